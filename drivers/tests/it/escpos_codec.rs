use drivers::DeviceState;
use drivers::receipt_printer::escpos::charset::{columns, printable};
use drivers::receipt_printer::escpos::codec::{Event, Question, StatusParser, real_time_status};
use drivers::receipt_printer::escpos::paper::{Part, cut_bytes, prologue, sheet};
use drivers::receipt_printer::escpos::{CharacterSet, Confirm, Cut, line};
use drivers::receipt_printer::{
    Align, EscPosSettings, FontFile, Paper, PaperLine, PrintJob, PrinterFault, PrinterStatus, Raster,
    Typeface,
};
use proptest::prelude::*;

use crate::support::hex;

fn settings() -> EscPosSettings {
    EscPosSettings::default()
}

/// The bytes of a line, with the font of the screens as the only one.
fn line_bytes(line: &PaperLine, settings: &EscPosSettings) -> Result<Vec<u8>, ()> {
    line::line_bytes(line, settings, &screen_font()).map(|(bytes, _)| bytes).map_err(drop)
}

fn screen_font() -> Typeface {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/fonts/LuchengSans-Regular.otf");
    Typeface::new(vec![FontFile { path: path.into(), face: 0 }])
}

fn parts(job: &PrintJob, settings: &EscPosSettings, run: u32) -> Result<Vec<Part>, ()> {
    sheet(job, settings, &screen_font(), run).map(|sheet| sheet.parts).map_err(drop)
}

fn events(bytes: &[u8]) -> Vec<Event> {
    let mut parser = StatusParser::new();
    bytes.iter().filter_map(|byte| parser.push(*byte)).collect()
}

fn auto(bytes: &str) -> PrinterStatus {
    match events(&hex(bytes)).as_slice() {
        [Event::Auto(status)] => *status,
        other => panic!("{other:?}"),
    }
}

fn answers(bytes: &str) -> PrinterStatus {
    let bytes = hex(bytes);
    real_time_status([bytes.first(), bytes.get(1), bytes.get(2), bytes.get(3)].map(Option::<&u8>::copied))
}

#[test]
fn a_question_has_three_bytes() {
    assert_eq!(Question::ALL.map(Question::encode), [[16, 4, 1], [16, 4, 2], [16, 4, 3], [16, 4, 4]]);
}

#[test]
fn real_time_answers_follow_the_status_matrix() {
    for (bytes, state, paper, fault) in [
        ("16 12 12 12", DeviceState::Online, Paper::Full, None),
        ("12 12 12 12", DeviceState::Online, Paper::Full, None),
        ("16 12 12 1E", DeviceState::Online, Paper::Low, None),
        ("1A 32 12 7E", DeviceState::Offline, Paper::Out, Some(PrinterFault::PaperOut)),
        ("1E 16 12 12", DeviceState::Offline, Paper::Full, Some(PrinterFault::CoverOpen)),
        ("1E 12 12 12", DeviceState::Offline, Paper::Full, Some(PrinterFault::Offline)),
        ("1E 52 1A 12", DeviceState::HardwareError, Paper::Jammed, Some(PrinterFault::CutterError)),
        ("1E 52 16 12", DeviceState::Offline, Paper::Full, Some(PrinterFault::Recoverable)),
        ("1E 52 32 12", DeviceState::HardwareError, Paper::Full, Some(PrinterFault::Unrecoverable)),
        ("1E 52 52 12", DeviceState::Offline, Paper::Full, Some(PrinterFault::Overheated)),
    ] {
        let status = answers(bytes);
        assert_eq!((status.state, status.paper, status.fault()), (state, paper, fault), "{bytes}");
    }
}

#[test]
fn an_answer_that_never_came_is_unknown_and_no_good_news() {
    let status = real_time_status([Some(0x16), Some(0x12), Some(0x12), None]);
    assert_eq!((status.state, status.paper), (DeviceState::Unknown, Paper::Unknown));
    assert_eq!(status.fault(), Some(PrinterFault::Offline));
}

#[test]
fn automatic_statuses_follow_the_live_vectors() {
    assert_eq!(auto("10 00 00 00").fault(), None);
    let low = auto("10 00 03 00");
    assert_eq!((low.paper, low.state), (Paper::Low, DeviceState::Online));
    assert_eq!(auto("18 00 0F 00").paper, Paper::Out);
    assert!(auto("38 00 00 00").cover_open);
    assert_eq!(auto("18 00 00 00").state, DeviceState::Offline);
    assert!(auto("18 08 00 00").cutter_error);
}

#[test]
fn a_real_time_answer_between_the_bytes_of_an_automatic_status_is_told_apart() {
    let found = events(&hex("18 16 00 0F 12 00"));
    assert_eq!(found.len(), 3);
    assert_eq!((&found[0], &found[1]), (&Event::RealTime(0x16), &Event::RealTime(0x12)));
    assert!(matches!(&found[2], Event::Auto(status) if status.paper == Paper::Out));
}

#[test]
fn one_stream_with_all_kinds_of_bytes_is_sorted() {
    let found = events(&hex("00 37 22 20 21 22 23 00 16 10 00 00 00 0F 5F 53 49 4D 00"));
    assert_eq!(found[0], Event::PaperByte(0));
    assert_eq!(found[1], Event::Process([0x20, 0x21, 0x22, 0x23]));
    assert_eq!(found[2], Event::RealTime(0x16));
    assert!(matches!(found[3], Event::Auto(_)));
    assert_eq!(found[4], Event::PaperByte(0x0F));
    assert_eq!(found[5], Event::Block(b"SIM".to_vec()));
}

#[test]
fn a_status_that_lost_a_byte_is_forgotten_on_reset_or_by_the_next_start() {
    let mut parser = StatusParser::new();
    for byte in hex("18 00 0F") {
        assert_eq!(parser.push(byte), None);
    }
    parser.reset();
    assert_eq!(parser.push(0x00), Some(Event::PaperByte(0)));
    assert_eq!(events(&hex("18 00 10 00 00 00")).len(), 1);
}

#[test]
fn chinese_text_is_gb18030_in_two_bytes() {
    let bytes = line_bytes(&PaperLine::plain("鹿城之窗€"), &settings()).unwrap();
    assert_eq!(bytes, hex("C2 B9 B3 C7 D6 AE B4 B0 A2 E3 0A"));
}

#[test]
fn controls_and_what_has_no_shape_do_not_reach_the_printer() {
    assert_eq!(printable("¥1\u{a0}元\u{200b}\u{202e}\u{feff}"), "￥1 元");
    assert_eq!(columns("¥1 元㐀\u{1b}"), 8);
    let bytes = line_bytes(&PaperLine::plain("\u{1b}@\u{10}\u{4}\u{1}\u{7f}\n\u{85}x"), &settings()).unwrap();
    assert_eq!(bytes, b"@x\n");
}

#[test]
fn what_a_printer_has_depends_on_its_character_set() {
    use CharacterSet::{Ascii, Gb2312, Gb18030, Gb18030TwoByte};
    for (character, owners) in [
        ('A', vec![Ascii, Gb2312, Gb18030TwoByte, Gb18030]),
        ('鹿', vec![Gb2312, Gb18030TwoByte, Gb18030]),
        ('〓', vec![Gb2312, Gb18030TwoByte, Gb18030]),
        ('镕', vec![Gb18030TwoByte, Gb18030]),
        ('€', vec![Gb18030TwoByte, Gb18030]),
        ('㐀', vec![Gb18030]),
        ('𠀀', vec![Gb18030]),
        ('\u{e000}', vec![]),
        ('\n', vec![]),
    ] {
        let found: Vec<_> =
            [Ascii, Gb2312, Gb18030TwoByte, Gb18030].into_iter().filter(|s| s.has(character)).collect();
        assert_eq!(found, owners, "{character:?}");
    }
}

#[test]
fn a_printer_with_all_of_gb18030_gets_the_four_byte_vectors() {
    let settings = EscPosSettings { character_set: CharacterSet::Gb18030, ..settings() };
    assert_eq!(line_bytes(&PaperLine::plain("㐀𠀀"), &settings).unwrap(), hex("81 39 EE 39 95 32 82 36 0A"));
}

#[test]
fn a_line_with_a_character_that_the_printer_lacks_is_printed_as_dots() {
    // The font of the screens has the bullet, of which GB18030 has four bytes.
    let (bytes, missing) = line::line_bytes(&PaperLine::plain("a•元"), &settings(), &screen_font()).unwrap();
    assert_eq!(missing, 0);
    // 60 dots are 8 bytes; 24 rows and 6 of white.
    assert_eq!(bytes[..8], hex("1D 76 30 00 08 00 1E 00"));
    assert_eq!(bytes.len(), 8 + 8 * 30);
    let (_, missing) = line::line_bytes(&PaperLine::plain("a𠀀元"), &settings(), &screen_font()).unwrap();
    assert_eq!(missing, 1, "no font has it: the placeholder stands for it, and the caller hears of it");
    let (dots, missing) =
        line::line_bytes(&PaperLine::plain("𠀀"), &settings(), &Typeface::default()).unwrap();
    assert!(missing == 1 && dots[8..].iter().any(|byte| *byte != 0), "a kiosk without any font shows bars");
}

#[test]
fn dots_that_look_like_a_real_time_command_are_changed_by_one_dot() {
    let dots = Raster::from_bytes(24, 2, &hex("10 04 01 AA 10 05")).unwrap();
    let picture = PaperLine::Picture { dots, align: Align::Left };
    let bytes = line_bytes(&picture, &settings()).unwrap();
    assert_eq!(bytes, hex("1D 76 30 00 03 00 02 00 10 06 01 AA 10 07"));
}

#[test]
fn a_picture_stands_where_it_should_and_never_beyond_the_paper() {
    let dots = |width| Raster::from_bytes(width, 1, &vec![0xFF; width / 8]).unwrap();
    let bytes =
        line_bytes(&PaperLine::Picture { dots: dots(64), align: Align::Center }, &settings()).unwrap();
    assert_eq!(bytes[..8], hex("1D 76 30 00 28 00 01 00"));
    assert!(bytes[8..40].iter().all(|byte| *byte == 0) && bytes[40..] == [0xFF; 8]);
    assert!(line_bytes(&PaperLine::Picture { dots: dots(584), align: Align::Left }, &settings()).is_err());
}

#[test]
fn styles_are_set_and_taken_back() {
    let line = PaperLine::Text { text: "A".to_owned(), align: Align::Center, bold: true, double: true };
    let bytes = line_bytes(&line, &settings()).unwrap();
    assert_eq!(bytes, hex("1B 61 01 1B 45 01 1D 21 11 1C 57 01 41 0A 1B 61 00 1B 45 00 1D 21 00 1C 57 00"));
}

#[test]
fn a_qr_code_is_stored_and_printed_by_gs_k() {
    let bytes =
        line_bytes(&PaperLine::Qr { data: "https://x.cn".to_owned(), module: 6 }, &settings()).unwrap();
    let text = bytes.windows(8).any(|w| w == hex("1D 28 6B 0F 00 31 50 30").as_slice());
    let module = bytes.windows(8).any(|w| w == hex("1D 28 6B 03 00 31 43 06").as_slice());
    let print = bytes.windows(8).any(|w| w == hex("1D 28 6B 03 00 31 51 30").as_slice());
    assert!(text && module && print, "{bytes:02X?}");
}

#[test]
fn a_job_begins_with_reset_code_page_chinese_mode_and_automatic_status() {
    assert_eq!(prologue(&settings()), hex("1B 40 1C 26 1D 61 FF"));
    let settings = EscPosSettings { code_page: Some(0), chinese_mode: false, ..settings() };
    assert_eq!(prologue(&settings), hex("1B 40 1B 74 00 1D 61 FF"));
}

#[test]
fn each_part_ends_with_its_own_question() {
    let job = PrintJob { id: 7, copy: 0, lines: vec![PaperLine::plain("x"); 9] };
    let found = parts(&job, &settings(), 3).unwrap();
    assert_eq!(found.iter().map(|part| part.lines_done).collect::<Vec<_>>(), [8, 9]);
    assert!(found[0].bytes.ends_with(&hex("1D 28 48 06 00 30 30 27 23 20 20")));
    assert!(found[1].bytes.ends_with(&hex("1B 64 04 1D 56 01 1D 28 48 06 00 30 30 27 23 20 21")));
    let clone = EscPosSettings { confirm: Confirm::GsR, ..settings() };
    assert!(parts(&job, &clone, 3).unwrap()[1].bytes.ends_with(&hex("1D 72 01")));
}

#[test]
fn every_cut_of_the_sheet_can_be_chosen() {
    for (cut, bytes) in [
        (Cut::Full, "1B 64 04 1D 56 00"),
        (Cut::Partial, "1B 64 04 1D 56 01"),
        (Cut::FeedFull, "1D 56 41 04"),
        (Cut::FeedPartial, "1D 56 42 04"),
        (Cut::OldFull, "1B 64 04 1B 69"),
        (Cut::OldPartial, "1B 64 04 1B 6D"),
        (Cut::None, "1B 64 04"),
    ] {
        assert_eq!(cut_bytes(&EscPosSettings { cut, ..settings() }), hex(bytes), "{cut:?}");
    }
}

#[test]
fn a_job_without_lines_or_with_too_many_is_refused() {
    for lines in [0, 601] {
        let job = PrintJob { id: 1, copy: 0, lines: vec![PaperLine::Rule; lines] };
        assert!(parts(&job, &settings(), 3).is_err());
    }
    let job = PrintJob { id: 1, copy: 0, lines: vec![PaperLine::Qr { data: String::new(), module: 4 }] };
    assert!(parts(&job, &settings(), 3).is_err());
}

proptest! {
    #[test]
    fn no_text_becomes_a_command(text in any::<String>()) {
        let text: String = text.chars().filter(|c| CharacterSet::Gb18030TwoByte.has(*c)).collect();
        let bytes = line_bytes(&PaperLine::plain(text), &settings()).unwrap();
        let (last, body) = bytes.split_last().unwrap();
        prop_assert_eq!(*last, b'\n');
        prop_assert!(body.iter().all(|byte| *byte >= 0x20 && *byte != 0x7F), "{:02X?}", body);
    }

    #[test]
    fn dots_never_hold_a_real_time_command(dots in prop::collection::vec(prop::sample::select(
        vec![0x10_u8, 0x04, 0x05, 0x14, 0x01, 0x00]), 72)) {
        let dots = Raster::from_bytes(24, 24, &dots).unwrap();
        let bytes = line_bytes(&PaperLine::Picture { dots, align: Align::Left }, &settings()).unwrap();
        prop_assert!(!bytes.windows(2).any(|pair| matches!(pair, [0x10, 0x04 | 0x05 | 0x14])));
    }

    #[test]
    fn any_answer_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = events(&bytes);
    }
}
