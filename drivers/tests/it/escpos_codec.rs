use drivers::DeviceState;
use drivers::receipt_printer::escpos::codec::{Event, Question, StatusParser, real_time_status};
use drivers::receipt_printer::escpos::paper::{columns, cut_bytes, line_bytes, parts, printable, prologue};
use drivers::receipt_printer::escpos::{Confirm, Cut};
use drivers::receipt_printer::{
    Align, EscPosSettings, Paper, PaperLine, PrintJob, PrinterFault, PrinterStatus,
};
use proptest::prelude::*;

use crate::support::hex;

fn settings() -> EscPosSettings {
    EscPosSettings::default()
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
        ("1E 52 52 12", DeviceState::Offline, Paper::Full, Some(PrinterFault::Recoverable)),
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
fn characters_of_four_bytes_and_controls_do_not_reach_the_printer() {
    assert_eq!(printable("a㐀𠀀b"), "a〓〓b");
    assert_eq!(printable("¥1\u{a0}元"), "￥1 元");
    assert_eq!(columns("¥1 元㐀\u{1b}"), 8);
    let bytes = line_bytes(&PaperLine::plain("\u{1b}@\u{10}\u{4}\u{1}\u{7f}\n\u{85}x"), &settings()).unwrap();
    assert_eq!(bytes, b"@x\n");
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
fn a_job_begins_with_reset_chinese_mode_and_automatic_status() {
    assert_eq!(prologue(&settings()), hex("1B 40 1C 26 1D 61 FF"));
}

#[test]
fn each_part_ends_with_its_own_question() {
    let job = PrintJob { id: 7, lines: vec![PaperLine::plain("x"); 9] };
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
        let job = PrintJob { id: 1, lines: vec![PaperLine::Rule; lines] };
        assert!(parts(&job, &settings(), 3).is_err());
    }
    let job = PrintJob { id: 1, lines: vec![PaperLine::Qr { data: String::new(), module: 4 }] };
    assert!(parts(&job, &settings(), 3).is_err());
}

proptest! {
    #[test]
    fn no_text_becomes_a_command(text in any::<String>()) {
        let bytes = line_bytes(&PaperLine::plain(text), &settings()).unwrap();
        let (last, body) = bytes.split_last().unwrap();
        prop_assert_eq!(*last, b'\n');
        prop_assert!(body.iter().all(|byte| *byte >= 0x20 && *byte != 0x7F), "{:02X?}", body);
    }

    #[test]
    fn any_answer_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = events(&bytes);
    }
}
