use std::sync::atomic::{AtomicU32, Ordering};

use drivers::port::SerialPortLine;
use drivers::receipt_printer::escpos::Confirm;
use drivers::receipt_printer::{
    Align, EscPosPrinter, EscPosSettings, Paper, PaperLine, PrintJob, PrintOutcome, PrinterFault,
    ReceiptPrinter,
};
use drivers::simulator::{PaperLevel, PrinterSim, SimEvent};
use drivers::{DeviceError, DeviceState};

use crate::support::{path, wait_for};

pub fn settings() -> EscPosSettings {
    EscPosSettings::default().scaled(4)
}

pub fn pair() -> (PrinterSim, EscPosPrinter<SerialPortLine>) {
    let sim = PrinterSim::start(None, 0).unwrap();
    let printer = EscPosPrinter::on_port(path(sim.path()), settings());
    (sim, printer)
}

fn text(words: &str) -> PaperLine {
    PaperLine::plain(words)
}

pub fn numbered(lines: usize) -> PrintJob {
    PrintJob { id: next_id(), copy: 0, lines: (0..lines).map(|n| text(&format!("line {n}"))).collect() }
}

/// Every slip has an identity of its own.
pub fn next_id() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

pub fn print(printer: &mut EscPosPrinter<SerialPortLine>, job: &PrintJob) -> PrintOutcome {
    printer.print(job, &mut |_| {}).outcome
}

#[test]
fn a_slip_comes_out_as_it_was_laid_out() {
    let (sim, mut printer) = pair();
    let lines = vec![
        PaperLine::Text { text: "缴费凭条".to_owned(), align: Align::Center, bold: true, double: true },
        PaperLine::Rule,
        text("户名 林*例 ¥116.63"),
        PaperLine::Qr { data: "https://lucheng.example/r/1".to_owned(), module: 6 },
        PaperLine::Text { text: "谢谢".to_owned(), align: Align::Right, bold: false, double: false },
        PaperLine::Feed(2),
    ];
    let mut steps = Vec::new();
    let outcome = printer
        .print(&PrintJob { id: next_id(), copy: 0, lines }, &mut |percent| steps.push(percent))
        .outcome;
    assert_eq!(outcome, PrintOutcome::Printed);
    assert_eq!(steps, [0, 100]);
    let slips = sim.printed();
    assert_eq!(slips.len(), 1);
    let slip = &slips[0];
    assert!(slip.complete);
    assert_eq!(slip.lines[0].text, "缴费凭条");
    assert!(slip.lines[0].bold && slip.lines[0].double && slip.lines[0].align == Align::Center);
    assert_eq!(slip.lines[1].text, "-".repeat(48));
    assert_eq!(slip.lines[2].text, "户名 林*例 ￥116.63");
    assert!(!slip.lines[2].bold && !slip.lines[2].double && slip.lines[2].align == Align::Left);
    assert_eq!(slip.lines[3].qr.as_deref(), Some("https://lucheng.example/r/1"));
    assert_eq!(slip.lines[4].align, Align::Right);
    let unknown = sim.take_events().into_iter().any(|event| matches!(event, SimEvent::UnknownCommand { .. }));
    assert!(!unknown);
}

#[test]
fn a_long_slip_reports_its_progress_and_prints_every_line_once() {
    let (sim, mut printer) = pair();
    let mut steps = Vec::new();
    let outcome = printer.print(&numbered(40), &mut |percent| steps.push(percent)).outcome;
    assert_eq!(outcome, PrintOutcome::Printed);
    assert_eq!(steps, [0, 20, 40, 60, 80, 100]);
    let texts: Vec<String> = sim.printed()[0].lines.iter().take(40).map(|line| line.text.clone()).collect();
    assert_eq!(texts, (0..40).map(|n| format!("line {n}")).collect::<Vec<_>>());
}

#[test]
fn the_clone_that_knows_no_process_id_prints_by_gs_r() {
    let (sim, _) = pair();
    sim.set_ignores_process_id(true);
    let settings = EscPosSettings { confirm: Confirm::GsR, ..settings() };
    let mut printer = EscPosPrinter::on_port(path(sim.path()), settings);
    assert_eq!(print(&mut printer, &numbered(10)), PrintOutcome::Printed);
    assert!(sim.printed()[0].complete);
}

#[test]
fn status_says_what_is_wrong() {
    let (sim, mut printer) = pair();
    let status = printer.status().unwrap();
    assert_eq!((status.state, status.paper), (DeviceState::Online, Paper::Full));
    sim.set_paper(PaperLevel::Low);
    assert_eq!(printer.status().unwrap().paper, Paper::Low);
    sim.set_paper(PaperLevel::Out);
    assert_eq!(printer.status().unwrap().fault(), Some(PrinterFault::PaperOut));
    sim.refill();
    sim.set_cover(true);
    assert_eq!(printer.status().unwrap().fault(), Some(PrinterFault::CoverOpen));
    sim.set_cover(false);
    sim.set_cutter_stuck(true);
    let status = printer.status().unwrap();
    assert_eq!((status.state, status.fault()), (DeviceState::HardwareError, Some(PrinterFault::CutterError)));
    sim.set_cutter_stuck(false);
    assert_eq!(printer.status().unwrap().fault(), None);
}

#[test]
fn nothing_is_printed_without_paper_or_with_an_open_cover() {
    let (sim, mut printer) = pair();
    sim.set_paper(PaperLevel::Out);
    assert_eq!(print(&mut printer, &numbered(3)), PrintOutcome::NotStarted(PrinterFault::PaperOut));
    sim.refill();
    sim.set_cover(true);
    assert_eq!(print(&mut printer, &numbered(3)), PrintOutcome::NotStarted(PrinterFault::CoverOpen));
    sim.set_cover(false);
    assert!(sim.printed().is_empty());
    assert_eq!(print(&mut printer, &numbered(3)), PrintOutcome::Printed);
}

#[test]
fn paper_that_ends_in_the_middle_interrupts_with_a_lower_bound() {
    let (sim, mut printer) = pair();
    assert_eq!(print(&mut printer, &numbered(1)), PrintOutcome::Printed);
    sim.clear_printed();
    sim.out_after_lines(19);
    let outcome = print(&mut printer, &numbered(40));
    assert_eq!(outcome, PrintOutcome::Interrupted { lines_confirmed: 16, fault: PrinterFault::PaperOut });
    assert_eq!(printer.status().unwrap().paper, Paper::Out);
    let torn = sim.printed();
    assert_eq!((torn[0].lines.len(), torn[0].complete), (19, false));
}

#[test]
fn after_a_refill_the_next_slip_is_whole_and_apart_from_what_was_left() {
    let (sim, mut printer) = pair();
    sim.out_after_lines(3);
    assert!(matches!(
        print(&mut printer, &numbered(20)),
        PrintOutcome::Interrupted { lines_confirmed: 0, .. }
    ));
    sim.refill();
    assert_eq!(print(&mut printer, &numbered(20)), PrintOutcome::Printed);
    let slips = sim.printed();
    let last = slips.last().unwrap();
    assert!(last.complete);
    assert_eq!(last.lines[0].text, "line 0");
    assert_eq!(last.lines.iter().filter(|line| !line.text.is_empty()).count(), 20);
    assert!(!slips[0].complete);
}

#[test]
fn silence_is_never_good_news() {
    let (sim, _) = pair();
    let mut printer = EscPosPrinter::on_port(path(sim.path()), EscPosSettings::default().scaled(20));
    sim.set_silent(true);
    assert!(matches!(printer.status(), Err(DeviceError::TimeOut { .. })));
    assert_eq!(print(&mut printer, &numbered(3)), PrintOutcome::NotStarted(PrinterFault::Silent));
    assert!(sim.printed().is_empty());
}

#[test]
fn a_printer_that_confirms_nothing_leaves_the_job_in_doubt() {
    let (sim, _) = pair();
    sim.set_ignores_process_id(true);
    let mut printer = EscPosPrinter::on_port(path(sim.path()), EscPosSettings::default().scaled(40));
    assert_eq!(print(&mut printer, &numbered(3)), PrintOutcome::Doubtful(PrinterFault::Silent));
}

#[test]
fn a_cable_that_is_cut_before_or_between_jobs_heals() {
    let (sim, mut printer) = pair();
    assert_eq!(print(&mut printer, &numbered(2)), PrintOutcome::Printed);
    sim.cut_cable();
    assert_eq!(print(&mut printer, &numbered(2)), PrintOutcome::NotStarted(PrinterFault::PortLost));
    sim.plug_cable();
    wait_for("the printer to be back", || printer.status().ok());
    assert_eq!(print(&mut printer, &numbered(2)), PrintOutcome::Printed);
    assert_eq!(sim.printed().len(), 2);
}

#[test]
fn a_cable_that_is_cut_in_the_middle_of_a_job_leaves_it_in_doubt() {
    let sim = PrinterSim::start(None, 5).unwrap();
    let mut printer = EscPosPrinter::on_port(path(sim.path()), settings());
    let cutter = sim.clone();
    let outcome = printer.print(&numbered(100), &mut |percent| {
        if percent >= 16 {
            cutter.cut_cable();
        }
    });
    assert_eq!(outcome.outcome, PrintOutcome::Doubtful(PrinterFault::PortLost));
    sim.plug_cable();
    wait_for("the printer to be back", || printer.status().ok());
    sim.clear_printed();
    assert_eq!(print(&mut printer, &numbered(4)), PrintOutcome::Printed);
    let slips = sim.printed();
    let own: Vec<&str> = slips.last().unwrap().lines.iter().map(|line| line.text.as_str()).take(4).collect();
    assert_eq!(own, ["line 0", "line 1", "line 2", "line 3"]);
}

#[test]
fn control_characters_in_words_print_as_nothing_and_command_nothing() {
    let (sim, mut printer) = pair();
    let job = PrintJob {
        id: next_id(),
        copy: 0,
        lines: vec![text("a\u{1b}@\u{1d}V\u{0}b\u{10}\u{4}\u{1}"), text("c")],
    };
    assert_eq!(print(&mut printer, &job), PrintOutcome::Printed);
    let slips = sim.printed();
    assert_eq!(slips.len(), 1);
    assert_eq!((slips[0].lines[0].text.as_str(), slips[0].lines[1].text.as_str()), ("a@Vb", "c"));
}

#[test]
fn an_empty_job_is_refused() {
    let (_sim, mut printer) = pair();
    assert_eq!(print(&mut printer, &numbered(0)), PrintOutcome::NotStarted(PrinterFault::BadJob));
}
