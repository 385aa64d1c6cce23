//! What is on the paper, seen as a person or a phone sees it.

use drivers::receipt_printer::{
    Align, EscPosPrinter, EscPosSettings, FontFile, PaperLine, PrintJob, PrintOutcome, PrintReport, Raster,
    ReceiptPrinter, Typeface,
};
use drivers::simulator::PrinterSim;

use crate::escpos_driver::{next_id, settings};
use crate::support::path;

fn screen_font() -> FontFile {
    FontFile {
        path: concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/fonts/LuchengSans-Regular.otf").into(),
        face: 0,
    }
}

/// Prints on a printer whose only font is that of the screens.
fn print(lines: Vec<PaperLine>) -> (PrinterSim, PrintReport) {
    let sim = PrinterSim::start(None, 0).unwrap();
    let settings = EscPosSettings { fonts: vec![screen_font()], ..settings() };
    let mut printer = EscPosPrinter::on_port(path(sim.path()), settings);
    let report = printer.print(&PrintJob { id: next_id(), copy: 0, lines }, &mut |_| {});
    (sim, report)
}

fn picture(sim: &PrinterSim) -> Raster {
    sim.printed()[0].picture(48, &Typeface::new(vec![screen_font()])).unwrap()
}

#[test]
fn a_phone_reads_the_qr_code_on_the_paper() {
    let data = "https://lucheng.example/r/A1B2C3D4E5F6";
    let lines = vec![
        PaperLine::plain("缴费凭条"),
        PaperLine::Qr { data: data.to_owned(), module: 6 },
        PaperLine::plain("谢谢"),
    ];
    let (sim, report) = print(lines);
    assert_eq!(report.outcome, PrintOutcome::Printed);
    let paper = picture(&sim);
    let mut grey = rqrr::PreparedImage::prepare_from_greyscale(paper.width(), paper.height(), |x, y| {
        if paper.dot(x, y) { 0 } else { 255 }
    });
    let (_, content) = grey.detect_grids()[0].decode().unwrap();
    assert_eq!(content, data);
}

#[test]
fn a_rare_character_is_on_the_paper_as_dots_and_a_missing_one_is_reported() {
    let (sim, report) = print(vec![PaperLine::plain("户名 •某")]);
    assert_eq!(report, PrintReport { outcome: PrintOutcome::Printed, missing_characters: 0 });
    let found = picture(&sim);
    let expected = Typeface::new(vec![screen_font()]);
    let (expected, _) = expected.line("户名 •某", drivers::receipt_printer::Look::default(), 48).unwrap();
    for (x, y) in (0..expected.height()).flat_map(|y| (0..expected.width()).map(move |x| (x, y))) {
        assert_eq!(found.dot(x, y), expected.dot(x, y), "{x} {y}");
    }
    let (_, report) = print(vec![PaperLine::plain("户名 𠀀㐀")]);
    assert_eq!(report, PrintReport { outcome: PrintOutcome::Printed, missing_characters: 2 });
}

#[test]
fn a_logo_comes_out_dot_by_dot_even_where_its_bytes_look_like_questions() {
    let bytes: Vec<u8> = (0..48 * 100).map(|at| [0x10, 0x04, 0x01, 0xFF][at % 4]).collect();
    let logo = Raster::from_bytes(384, 100, &bytes).unwrap();
    let (sim, report) = print(vec![PaperLine::Picture { dots: logo.clone(), align: Align::Center }]);
    assert_eq!(report.outcome, PrintOutcome::Printed);
    let found = picture(&sim);
    let left = (576 - 384) / 2;
    let differs =
        |y: usize| (0..384).filter(|x| x % 32 != 14 && logo.dot(*x, y) != found.dot(left + x, y)).count();
    // One dot of each group of 32 keeps the bytes from being a question.
    assert_eq!((0..100).map(differs).sum::<usize>(), 0);
}
