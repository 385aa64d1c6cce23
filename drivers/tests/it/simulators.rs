//! The simulators, byte by byte as the sheet says, without any driver.

use std::sync::Arc;
use std::time::{Duration, Instant};

use drivers::port::{Line, PortSettings, SerialPortLine};
use drivers::simulator::{MemoryBank, PaperLevel, PrinterSim, SamVSim, SimCard, TerminalSim, TerminalTimes};

use crate::support::{hex, path};

fn open(port: &std::path::Path) -> SerialPortLine {
    let mut line = SerialPortLine::new(PortSettings::new(path(port), 115_200));
    line.open().unwrap();
    line
}

/// Sends bytes and collects as many as are wanted; fewer come back only after ten seconds.
fn exchange(line: &mut SerialPortLine, bytes: &str, wanted: usize) -> Vec<u8> {
    line.write_all(&hex(bytes)).unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    let mut found = Vec::new();
    let mut chunk = [0; 2048];
    while found.len() < wanted && Instant::now() < deadline {
        let got = line.read(&mut chunk, deadline).unwrap();
        found.extend_from_slice(&chunk[..got]);
    }
    found
}

fn answers(line: &mut SerialPortLine, table: &[(&str, &str)]) {
    for (question, answer) in table {
        let answer = hex(answer);
        assert_eq!(exchange(line, question, answer.len()), answer, "{question}");
    }
}

const FIND: &str = "AA AA AA 96 69 00 03 20 01 22";
const SELECT: &str = "AA AA AA 96 69 00 03 20 02 21";
const READ: &str = "AA AA AA 96 69 00 03 30 01 32";

#[test]
fn the_reader_answers_with_the_frames_of_the_sheet() {
    let sim = SamVSim::start(None).unwrap();
    let mut line = open(sim.path());
    answers(
        &mut line,
        &[
            ("AA AA AA 96 69 00 03 11 FF ED", "AA AA AA 96 69 00 04 00 00 90 94"),
            ("AA AA AA 96 69 00 03 11 FF EE", "AA AA AA 96 69 00 04 00 00 10 14"),
            ("AA AA AA 96 69 00 03 77 00 74", "AA AA AA 96 69 00 04 00 00 21 25"),
            (FIND, "AA AA AA 96 69 00 04 00 00 80 84"),
            (SELECT, "AA AA AA 96 69 00 04 00 00 81 85"),
            (READ, "AA AA AA 96 69 00 04 00 00 41 45"),
        ],
    );
    sim.lay_card(SimCard::demo().remove(0));
    answers(
        &mut line,
        &[
            (READ, "AA AA AA 96 69 00 04 00 00 41 45"),
            (FIND, "AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97"),
            (SELECT, "AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C"),
        ],
    );
    let card = exchange(&mut line, READ, 1295);
    assert_eq!(card[..14], hex("AA AA AA 96 69 05 08 00 00 90 01 00 04 00"));
    assert_eq!((card.len(), card[5..].iter().fold(0, |sum, byte| sum ^ byte)), (1295, 0));
}

#[test]
fn the_printer_answers_with_the_bytes_of_the_sheet() {
    let sim = PrinterSim::start(None, 0).unwrap();
    let mut line = open(sim.path());
    answers(
        &mut line,
        &[
            ("10 04 01", "16"),
            ("10 04 02", "12"),
            ("10 04 03", "12"),
            ("10 04 04", "12"),
            ("1D 72 01", "00"),
            ("1D 28 48 06 00 30 30 41 42 43 44", "37 22 41 42 43 44 00"),
            ("1D 61 FF", "10 00 00 00"),
        ],
    );
    sim.set_paper(PaperLevel::Low);
    answers(&mut line, &[("", "10 00 03 00"), ("10 04 04", "1E")]);
    sim.set_paper(PaperLevel::Out);
    answers(&mut line, &[("", "18 00 0F 00"), ("10 04 01", "1A"), ("10 04 02", "32"), ("10 04 04", "7E")]);
    sim.refill();
    answers(&mut line, &[("", "10 00 00 00")]);
    sim.set_cover(true);
    answers(&mut line, &[("", "38 00 00 00")]);
}

#[test]
fn the_terminal_ignores_data_before_a_handshake_and_acknowledges_every_copy_after() {
    let times = TerminalTimes { heartbeat_ms: 600_000, ..TerminalTimes::default() };
    let sim = TerminalSim::start(None, Arc::new(MemoryBank::new()), times).unwrap();
    let mut line = open(sim.path());
    let hello = "55 AA 00 00 01 00 05 68 65 6C 6C 6F 66 CC 33";
    let ack = "55 AA 00 01 00 00 00 01 CC 33";
    line.write_all(&hex(hello)).unwrap();
    answers(
        &mut line,
        &[("55 AA 01 00 00 00 00 01 CC 33", "55 AA 02 00 00 00 00 02 CC 33"), (hello, ack), (hello, ack)],
    );
}

#[test]
fn the_link_goes_with_the_cable_and_with_the_simulator() {
    let link = std::env::temp_dir().join(format!("lucheng-sim-cable-{}", std::process::id()));
    let sim = PrinterSim::start(Some(&link), 0).unwrap();
    assert!(link.is_symlink());
    sim.cut_cable();
    assert!(!link.is_symlink());
    sim.plug_cable();
    assert!(link.is_symlink());
    let handle = sim.clone();
    drop(sim);
    assert!(link.is_symlink(), "a handle is left");
    drop(handle);
    assert!(!link.is_symlink());
}
