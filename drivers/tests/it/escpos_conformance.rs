//! Every answer of protocols B as a stream: byte by byte, glued, behind noise, cut off, damaged.

use drivers::port::{Line, PortSettings, SerialPortLine};
use drivers::receipt_printer::escpos::codec::{Event, StatusParser};
use drivers::receipt_printer::{Paper, PrinterFault};
use drivers::simulator::PrinterSim;

use crate::support::{hex, path, wait_for};

/// Bytes and what they mean, shortened to what a driver acts on.
const VECTORS: [(&str, Meaning); 14] = [
    ("16", Meaning::RealTime(0x16)),
    ("12", Meaning::RealTime(0x12)),
    ("1A", Meaning::RealTime(0x1A)),
    ("32", Meaning::RealTime(0x32)),
    ("7E", Meaning::RealTime(0x7E)),
    ("10 00 00 00", Meaning::Auto(None)),
    ("10 00 03 00", Meaning::Auto(None)),
    ("18 00 0F 00", Meaning::Auto(Some(PrinterFault::PaperOut))),
    ("38 00 00 00", Meaning::Auto(Some(PrinterFault::CoverOpen))),
    ("18 00 00 00", Meaning::Auto(Some(PrinterFault::Offline))),
    ("00", Meaning::PaperByte(0x00)),
    ("0F", Meaning::PaperByte(0x0F)),
    ("37 22 41 42 43 44 00", Meaning::Process(*b"ABCD")),
    ("5F 45 50 53 4F 4E 00", Meaning::Block),
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Meaning {
    RealTime(u8),
    Auto(Option<PrinterFault>),
    PaperByte(u8),
    Process([u8; 4]),
    Block,
}

fn meaning(event: &Event) -> Meaning {
    match event {
        Event::RealTime(byte) => Meaning::RealTime(*byte),
        Event::Auto(status) => Meaning::Auto(status.fault()),
        Event::PaperByte(byte) => Meaning::PaperByte(*byte),
        Event::Process(id) => Meaning::Process(*id),
        Event::Block(_) => Meaning::Block,
    }
}

fn feed(parser: &mut StatusParser, bytes: &[u8]) -> Vec<Meaning> {
    bytes.iter().filter_map(|byte| parser.push(*byte)).map(|event| meaning(&event)).collect()
}

#[test]
fn every_vector_is_understood_alone_and_glued_to_every_other() {
    for (first, meant) in VECTORS {
        assert_eq!(feed(&mut StatusParser::new(), &hex(first)), [meant], "{first}");
        for (second, then) in VECTORS {
            let glued = [hex(first), hex(second)].concat();
            assert_eq!(feed(&mut StatusParser::new(), &glued), [meant, then], "{first} {second}");
        }
    }
}

#[test]
fn noise_before_a_vector_does_not_reach_it() {
    for (bytes, meant) in VECTORS {
        // None of these begins anything: their fixed bits are wrong.
        let glued = [hex("FF 91 93 A0 80 C1"), hex(bytes)].concat();
        assert_eq!(feed(&mut StatusParser::new(), &glued), [meant], "{bytes}");
        // What looks like a beginning is forgotten after the pause.
        for noise in ["10", "18 0F", "37", "37 22 41", "5F 41 42"] {
            let mut parser = StatusParser::new();
            assert_eq!(feed(&mut parser, &hex(noise)), [], "{noise}");
            parser.reset();
            assert_eq!(feed(&mut parser, &hex(bytes)), [meant], "{noise} {bytes}");
        }
    }
}

#[test]
fn a_vector_that_is_cut_off_means_nothing_and_spoils_nothing_after_the_pause() {
    for (bytes, _) in VECTORS {
        let bytes = hex(bytes);
        for cut in 0..bytes.len() {
            for (next, meant) in VECTORS {
                let mut parser = StatusParser::new();
                assert_eq!(feed(&mut parser, &bytes[..cut]), [], "{bytes:02X?} {cut}");
                parser.reset();
                assert_eq!(feed(&mut parser, &hex(next)), [meant], "{bytes:02X?} {cut} {next}");
            }
        }
    }
}

/// There is no checksum: a flipped bit may change a status, but it must not confirm a part of a job.
#[test]
fn no_flipped_bit_confirms_what_was_not_printed() {
    for (bytes, meant) in VECTORS {
        let bytes = hex(bytes);
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let mut parser = StatusParser::new();
            let found = feed(&mut parser, &damaged);
            assert!(!found.contains(&Meaning::Process(*b"ABCD")), "{damaged:02X?}");
            if let Meaning::Process(_) | Meaning::Block = meant {
                let blocks = found.iter().filter(|found| matches!(found, Meaning::Auto(_)));
                assert_eq!(blocks.count(), 0, "{damaged:02X?} became a status");
            }
            parser.reset();
            assert_eq!(feed(&mut parser, &bytes), [meant], "{damaged:02X?}");
        }
    }
}

#[test]
fn a_real_time_answer_between_any_two_bytes_is_told_apart() {
    for (bytes, meant) in VECTORS {
        let bytes = hex(bytes);
        for at in 1..bytes.len() {
            let stream = [&bytes[..at], &[0x16], &bytes[at..]].concat();
            let found = feed(&mut StatusParser::new(), &stream);
            assert_eq!(found, [Meaning::RealTime(0x16), meant], "{stream:02X?}");
        }
    }
}

#[test]
fn paper_is_read_from_the_third_byte_alone() {
    for (third, paper) in [(0x00, Paper::Full), (0x03, Paper::Low), (0x0C, Paper::Out), (0x0F, Paper::Out)] {
        let mut parser = StatusParser::new();
        let events: Vec<Event> =
            [0x10, 0, third, 0].into_iter().filter_map(|byte| parser.push(byte)).collect();
        assert!(matches!(events.as_slice(), [Event::Auto(status)] if status.paper == paper), "{third:02X}");
    }
}

/// The bytes of receiptline for a title and a line (protocols L.2), as another host sends them.
#[test]
fn the_simulator_prints_the_golden_text_of_another_host() {
    let sim = PrinterSim::start(None, 0).unwrap();
    let mut line = SerialPortLine::new(PortSettings::new(path(sim.path()), 115_200));
    line.open().unwrap();
    line.write_all(&hex("1B 40 1B 45 31 1D 21 11 1B 74 00 1C 26 BD C9 B7 D1 C6 BE CC F5 0A")).unwrap();
    line.write_all(&hex("1B 45 30 1D 21 00 1B 74 00 1C 26 BB A7 C3 FB 20 C1 D6 C4 B3 0A 1D 56 42 00"))
        .unwrap();
    let slip = wait_for("the cut", || sim.printed().into_iter().find(|slip| slip.complete));
    let lines: Vec<_> = slip.lines.iter().map(|line| (line.text.as_str(), line.bold, line.double)).collect();
    assert_eq!(lines[..2], [("缴费凭条", true, true), ("户名 林某", false, false)]);
}
