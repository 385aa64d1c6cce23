//! What a printer sends back (protocols B.2, B.3): four kinds of bytes on one stream, told apart by their
//! fixed bits. A paper status byte looks like the inside of an automatic status, so the parser knows whether
//! it is inside one.

use crate::receipt_printer::{Paper, PrinterStatus};
use crate::status::DeviceState;

/// Bytes of an automatic status.
pub const AUTO_BYTES: usize = 4;

/// Longest block (GS I answers a model name, at most 80 characters): anything longer is noise.
const MAX_BLOCK: usize = 128;

/// First bytes of blocks that end with 00 (GS I, GS ( H and their like).
const BLOCK_STARTS: [u8; 5] = [0x37, 0x3B, 0x3D, 0x5F, 0x35];

/// One thing that the printer said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// An answer to DLE EOT; only the asker knows to which.
    RealTime(u8),
    /// An automatic status.
    Auto(PrinterStatus),
    /// The answer to GS ( H function 48: the id it was sent with.
    Process([u8; 4]),
    /// The answer to GS r 1.
    PaperByte(u8),
    /// Another block, without its first and last byte.
    Block(Vec<u8>),
}

/// Which of the real-time questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// DLE EOT 1.
    Printer,
    /// DLE EOT 2.
    Offline,
    /// DLE EOT 3.
    Error,
    /// DLE EOT 4.
    Paper,
}

impl Question {
    /// All four, in order.
    pub const ALL: [Self; 4] = [Self::Printer, Self::Offline, Self::Error, Self::Paper];

    /// The bytes of the question: three, never a fourth (protocols C.2).
    #[must_use]
    pub fn encode(self) -> [u8; 3] {
        let n = match self {
            Self::Printer => 1,
            Self::Offline => 2,
            Self::Error => 3,
            Self::Paper => 4,
        };
        [0x10, 0x04, n]
    }
}

#[derive(Debug, Default)]
enum Partial {
    #[default]
    None,
    Auto(Vec<u8>),
    Block(Vec<u8>),
}

/// Sorts the bytes of a printer, one at a time.
#[derive(Debug, Default)]
pub struct StatusParser {
    partial: Partial,
}

impl StatusParser {
    /// A parser at the start of a stream.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets a half status; to be called after a pause, because one lost byte would shift all that follow.
    pub fn reset(&mut self) {
        self.partial = Partial::None;
    }

    /// Takes one byte; gives an event when it completes one. Bytes that are nothing are dropped.
    pub fn push(&mut self, byte: u8) -> Option<Event> {
        match std::mem::take(&mut self.partial) {
            Partial::None => self.start(byte),
            Partial::Auto(bytes) => self.in_auto(bytes, byte),
            Partial::Block(bytes) => self.in_block(bytes, byte),
        }
    }

    fn start(&mut self, byte: u8) -> Option<Event> {
        if is_real_time(byte) {
            return Some(Event::RealTime(byte));
        }
        if is_auto_start(byte) {
            self.partial = Partial::Auto(vec![byte]);
        } else if BLOCK_STARTS.contains(&byte) {
            self.partial = Partial::Block(vec![byte]);
        } else if is_plain(byte) {
            return Some(Event::PaperByte(byte));
        }
        None
    }

    fn in_auto(&mut self, mut bytes: Vec<u8>, byte: u8) -> Option<Event> {
        if is_real_time(byte) {
            // A real-time answer may come between any two bytes.
            self.partial = Partial::Auto(bytes);
            return Some(Event::RealTime(byte));
        }
        if !is_plain(byte) {
            return self.start(byte);
        }
        bytes.push(byte);
        if let [first, second, third, _] = bytes.as_slice() {
            return Some(Event::Auto(auto_status(*first, *second, *third)));
        }
        self.partial = Partial::Auto(bytes);
        None
    }

    fn in_block(&mut self, mut bytes: Vec<u8>, byte: u8) -> Option<Event> {
        match (byte, bytes.as_slice()) {
            (0, [0x37, 0x22, a, b, c, d]) => Some(Event::Process([*a, *b, *c, *d])),
            // A byte of the echo got lost: it echoes nothing.
            (0, [0x37, 0x22, ..]) => None,
            (0, [_, text @ ..]) => Some(Event::Block(text.to_vec())),
            // The text of a block has no control bytes: a status came in between, or the block broke off.
            (0x01..=0x1F, _) if is_real_time(byte) => {
                self.partial = Partial::Block(bytes);
                Some(Event::RealTime(byte))
            }
            (0x01..=0x1F, _) => self.start(byte),
            (_, [0x37, 0x22, _, _, _, _]) => self.start(byte),
            _ => {
                if bytes.len() < MAX_BLOCK {
                    bytes.push(byte);
                    self.partial = Partial::Block(bytes);
                }
                None
            }
        }
    }
}

fn is_real_time(byte: u8) -> bool {
    byte & 0x93 == 0x12
}

fn is_auto_start(byte: u8) -> bool {
    byte & 0x93 == 0x10
}

fn is_plain(byte: u8) -> bool {
    byte & 0x90 == 0
}

/// The three telling bytes of an automatic status.
fn auto_status(first: u8, second: u8, third: u8) -> PrinterStatus {
    let mut status = PrinterStatus { cover_open: first & 0x20 != 0, ..errors(second) };
    status.paper = paper(third & 0x0C != 0, third & 0x03 != 0);
    finish(status, first & 0x08 != 0)
}

/// The error bits that DLE EOT 3 and the second byte of an automatic status share.
fn errors(byte: u8) -> PrinterStatus {
    PrinterStatus {
        recoverable_error: byte & 0x04 != 0,
        cutter_error: byte & 0x08 != 0,
        unrecoverable_error: byte & 0x20 != 0,
        overheated: byte & 0x40 != 0,
        ..PrinterStatus::default()
    }
}

fn paper(out: bool, low: bool) -> Paper {
    match (out, low) {
        (true, _) => Paper::Out,
        (false, true) => Paper::Low,
        (false, false) => Paper::Full,
    }
}

/// Puts four real-time answers together; `None` is a question that nobody answered.
#[must_use]
pub fn real_time_status(answers: [Option<u8>; 4]) -> PrinterStatus {
    let [printer, offline, error, paper_byte] = answers;
    let mut status = error.map(errors).unwrap_or_default();
    status.cover_open = offline.is_some_and(|b| b & 0x04 != 0);
    let stopped_by_paper = offline.is_some_and(|b| b & 0x20 != 0);
    status.paper = match paper_byte {
        Some(b) => paper(b & 0x60 != 0 || stopped_by_paper, b & 0x0C != 0),
        None if stopped_by_paper => Paper::Out,
        None => Paper::Unknown,
    };
    if answers.iter().any(Option::is_none) {
        return PrinterStatus { state: DeviceState::Unknown, ..status };
    }
    finish(status, printer.is_some_and(|b| b & 0x08 != 0))
}

/// Draws the state in one word from the rest.
fn finish(mut status: PrinterStatus, offline: bool) -> PrinterStatus {
    if status.cutter_error && status.paper != Paper::Out {
        status.paper = Paper::Jammed;
    }
    let broken = status.cutter_error || status.unrecoverable_error;
    let stopped = offline || status.cover_open || status.paper == Paper::Out || status.recoverable_error;
    status.state = match (broken, stopped || status.overheated) {
        (true, _) => DeviceState::HardwareError,
        (false, true) => DeviceState::Offline,
        (false, false) => DeviceState::Online,
    };
    status
}

/// Whether a GS r 1 answer says that there is paper. Clones answer 0F while offline.
#[must_use]
pub fn paper_byte_has_paper(byte: u8) -> bool {
    byte & 0x0C == 0
}
