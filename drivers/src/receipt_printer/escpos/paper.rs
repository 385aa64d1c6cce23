//! A slip as bytes (protocols B.1, B.3, B.4).
//!
//! The `escpos` crate writes the standard commands into memory; what it does not know (Chinese mode,
//! confirmations, automatic status) goes in as plain bytes. Text can never become a command.

use std::cell::RefCell;
use std::rc::Rc;

use encoding_rs::GB18030;
use escpos::driver::Driver;
use escpos::errors::PrinterError;
use escpos::printer::Printer;
use escpos::utils::{Encoder, JustifyMode, Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption};
use thiserror::Error;

use super::settings::{Confirm, Cut, DoubleSize, EscPosSettings};
use crate::receipt_printer::job::{Align, MAX_LINES, PaperLine, PrintJob};

/// What stands for a character that the printer does not have (GETA MARK; two bytes in GB18030).
pub const PLACEHOLDER: char = '\u{3013}';

/// Longest QR content in bytes at correction level M: what a version 40 symbol holds.
const MAX_QR_BYTES: usize = 2331;

/// Bytes of nothing that end a command which the loss of the port cut off: the longest that this driver
/// sends is a QR code, and receiptio flushes 8192 as well.
pub const FLUSH_BYTES: usize = 8192;

/// First of the 95 characters that a confirmation id may have.
const TOKEN_BASE: u8 = 0x20;

/// A job that cannot become a slip.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PaperError {
    /// No lines, or more than a slip may have.
    #[error("{0} lines, 1 to {MAX_LINES} can be printed")]
    Lines(usize),
    /// A QR code that holds nothing or too much.
    #[error("QR code of {0} bytes")]
    Qr(usize),
    /// The encoder refused.
    #[error("encoder")]
    Encoder,
}

/// One part of a job: sent, then confirmed.
#[derive(Clone, PartialEq, Eq)]
pub struct Part {
    /// The bytes, with the question for confirmation at the end.
    pub bytes: Vec<u8>,
    /// How many lines are on paper once it is confirmed, from the start of the job.
    pub lines_done: usize,
    /// The id of the confirmation.
    pub token: [u8; 4],
}

/// Bytes after which the printer is in a known state: reset, Chinese mode, automatic status (which a reset
/// cancels).
#[must_use]
pub fn prologue(settings: &EscPosSettings) -> Vec<u8> {
    let mut bytes = vec![0x1B, 0x40];
    if settings.chinese_mode {
        bytes.extend_from_slice(&[0x1C, 0x26]);
    }
    if settings.auto_status {
        bytes.extend_from_slice(&[0x1D, 0x61, 0xFF]);
    }
    bytes
}

/// Cuts the job into parts. `run` differs from print to print, or the answer to an earlier print of the same
/// job, which comes when the paper is back, would confirm this one.
///
/// # Errors
/// [`PaperError`]; nothing was sent then.
pub fn parts(job: &PrintJob, settings: &EscPosSettings, run: u32) -> Result<Vec<Part>, PaperError> {
    let total = job.lines.len();
    if !(1..=MAX_LINES).contains(&total) {
        return Err(PaperError::Lines(total));
    }
    let mut parts = Vec::new();
    let mut lines_done = 0;
    for lines in job.lines.chunks(usize::from(settings.lines_per_confirmation.max(1))) {
        lines_done += lines.len();
        let mut bytes = Vec::new();
        for line in lines {
            bytes.extend(line_bytes(line, settings)?);
        }
        if lines_done == total {
            bytes.extend(cut_bytes(settings));
        }
        let token = token(job.id, run, parts.len());
        bytes.extend(confirm_bytes(settings.confirm, token));
        parts.push(Part { bytes, lines_done, token });
    }
    Ok(parts)
}

/// Job, run and part as four characters of 20..7E.
fn token(job: u32, run: u32, part: usize) -> [u8; 4] {
    let part = u32::try_from(part).unwrap_or(u32::MAX);
    let digit = |value: u32| TOKEN_BASE + u8::try_from(value % 95).unwrap_or(0);
    [digit(job), digit(run), digit(part / 95), digit(part)]
}

/// The question for confirmation.
fn confirm_bytes(confirm: Confirm, token: [u8; 4]) -> Vec<u8> {
    let mut bytes = match confirm {
        Confirm::GsR => return vec![0x1D, 0x72, 0x01],
        Confirm::ProcessId => vec![0x1D, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30],
    };
    bytes.extend_from_slice(&token);
    bytes
}

/// The cut of the profile, with the feed to the cutter.
#[must_use]
pub fn cut_bytes(settings: &EscPosSettings) -> Vec<u8> {
    let feed = settings.cut_feed;
    let own_feed = [0x1B, 0x64, feed];
    let cut: &[u8] = match settings.cut {
        Cut::FeedFull => return vec![0x1D, 0x56, 0x41, feed],
        Cut::FeedPartial => return vec![0x1D, 0x56, 0x42, feed],
        Cut::Full => &[0x1D, 0x56, 0x00],
        Cut::Partial => &[0x1D, 0x56, 0x01],
        Cut::OldFull => &[0x1B, 0x69],
        Cut::OldPartial => &[0x1B, 0x6D],
        Cut::None => &[],
    };
    [own_feed.as_slice(), cut].concat()
}

/// The bytes of one line.
///
/// # Errors
/// [`PaperError::Qr`] or [`PaperError::Encoder`].
pub fn line_bytes(line: &PaperLine, settings: &EscPosSettings) -> Result<Vec<u8>, PaperError> {
    let memory = Memory::default();
    let protocol = Protocol::new(Encoder::new(GB18030));
    let mut printer = Printer::new(memory.clone(), protocol, None);
    match line {
        PaperLine::Text { text, align, bold, double } => {
            write_text(&mut printer, text, (*align, *bold, *double), settings.double_size)
        }
        PaperLine::Rule => write_rule(&mut printer, settings.columns),
        PaperLine::Qr { data, module } => {
            let data = without_controls(data);
            if data.is_empty() || data.len() > MAX_QR_BYTES {
                return Err(PaperError::Qr(data.len()));
            }
            write_qr(&mut printer, &data, (*module).clamp(1, 16))
        }
        PaperLine::Feed(lines) => printer.feeds(*lines).map(|_| ()),
    }
    .and_then(|()| printer.print().map(|_| ()))
    .map_err(|_| PaperError::Encoder)?;
    Ok(memory.0.take())
}

type Slip = Printer<Memory>;

fn write_text(
    printer: &mut Slip,
    text: &str,
    (align, bold, double): (Align, bool, bool),
    size: DoubleSize,
) -> Result<(), PrinterError> {
    style(printer, align, bold, double, size)?;
    printer.write(&printable(text))?.custom(b"\n")?;
    // Back to plain, so that each line stands for itself.
    if align != Align::Left {
        printer.justify(JustifyMode::LEFT)?;
    }
    if bold {
        printer.bold(false)?;
    }
    if double {
        size_bytes(printer, size, false)?;
    }
    Ok(())
}

fn style(
    printer: &mut Slip,
    align: Align,
    bold: bool,
    double: bool,
    size: DoubleSize,
) -> Result<(), PrinterError> {
    match align {
        Align::Left => {}
        Align::Center => drop(printer.justify(JustifyMode::CENTER)?),
        Align::Right => drop(printer.justify(JustifyMode::RIGHT)?),
    }
    if bold {
        printer.bold(true)?;
    }
    if double {
        size_bytes(printer, size, true)?;
    }
    Ok(())
}

fn size_bytes(printer: &mut Slip, size: DoubleSize, double: bool) -> Result<(), PrinterError> {
    if size != DoubleSize::FsW {
        let factor = if double { 2 } else { 1 };
        printer.size(factor, factor)?;
    }
    if size != DoubleSize::GsExclamation {
        printer.custom(&[0x1C, 0x57, u8::from(double)])?;
    }
    Ok(())
}

fn write_rule(printer: &mut Slip, columns: u8) -> Result<(), PrinterError> {
    printer.write(&"-".repeat(usize::from(columns)))?.custom(b"\n")?;
    Ok(())
}

fn write_qr(printer: &mut Slip, data: &str, module: u8) -> Result<(), PrinterError> {
    let option = QRCodeOption::new(QRCodeModel::Model2, module, QRCodeCorrectionLevel::M);
    printer.justify(JustifyMode::CENTER)?.qrcode_option(data, option)?.justify(JustifyMode::LEFT)?;
    Ok(())
}

/// Text that the printer can print: no control characters (they would be commands), and [`PLACEHOLDER`] for
/// what GB18030 has only in four bytes, which printers show as garbage (protocols B.1). The narrow yen sign
/// is such a character and becomes the wide one, which takes two columns: lay out what this gives back.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).map(nearest_on_printer).collect()
}

/// Columns that a text takes on paper in normal size, after [`printable`].
#[must_use]
pub fn columns(text: &str) -> usize {
    text.chars()
        .filter(|c| !c.is_control())
        .map(|c| if nearest_on_printer(c).is_ascii() { 1 } else { 2 })
        .sum()
}

/// The character itself, or what stands for it.
fn nearest_on_printer(c: char) -> char {
    match c {
        '\u{A5}' => '\u{FFE5}',
        '\u{A0}' => ' ',
        c if is_on_printer(c) => c,
        _ => PLACEHOLDER,
    }
}

fn without_controls(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

fn is_on_printer(c: char) -> bool {
    let mut utf8 = [0; 4];
    let (bytes, _, failed) = GB18030.encode(c.encode_utf8(&mut utf8));
    !failed && bytes.len() <= 2
}

/// A driver of the `escpos` crate that keeps the bytes.
#[derive(Clone, Default)]
struct Memory(Rc<RefCell<Vec<u8>>>);

impl Driver for Memory {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    fn write(&self, data: &[u8]) -> Result<(), PrinterError> {
        self.0.borrow_mut().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _buf: &mut [u8]) -> Result<usize, PrinterError> {
        Ok(0)
    }

    fn flush(&self) -> Result<(), PrinterError> {
        Ok(())
    }
}
