//! A slip as bytes, in parts that are confirmed one by one (protocols B.3).

use thiserror::Error;

use super::line::line_bytes;
use super::settings::{Confirm, Cut, EscPosSettings};
use crate::receipt_printer::job::{MAX_LINES, PrintJob};
use crate::receipt_printer::typeface::Typeface;

/// Bytes of nothing that end a command which the loss of the port cut off: the longest that this driver
/// sends is a band of a picture, and receiptio flushes 8192 as well.
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
    /// A picture wider than the paper.
    #[error("picture of {0} dots")]
    TooWide(usize),
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

/// A job ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its parts, at least one.
    pub parts: Vec<Part>,
    /// Characters that neither the printer nor any font has.
    pub missing: usize,
}

/// Bytes after which the printer is in a known state: reset, code page, Chinese mode, automatic status (which
/// a reset cancels).
#[must_use]
pub fn prologue(settings: &EscPosSettings) -> Vec<u8> {
    let mut bytes = vec![0x1B, 0x40];
    if let Some(page) = settings.code_page {
        bytes.extend_from_slice(&[0x1B, 0x74, page]);
    }
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
pub fn sheet(
    job: &PrintJob,
    settings: &EscPosSettings,
    typeface: &Typeface,
    run: u32,
) -> Result<Sheet, PaperError> {
    let total = job.lines.len();
    if !(1..=MAX_LINES).contains(&total) {
        return Err(PaperError::Lines(total));
    }
    let mut sheet = Sheet { parts: Vec::new(), missing: 0 };
    let mut lines_done = 0;
    for lines in job.lines.chunks(usize::from(settings.lines_per_confirmation.max(1))) {
        lines_done += lines.len();
        let mut bytes = Vec::new();
        for line in lines {
            let (written, missing) = line_bytes(line, settings, typeface)?;
            bytes.extend(written);
            sheet.missing += missing;
        }
        if lines_done == total {
            bytes.extend(cut_bytes(settings));
        }
        let token = token(job.id, run, sheet.parts.len());
        bytes.extend(confirm_bytes(settings.confirm, token));
        sheet.parts.push(Part { bytes, lines_done, token });
    }
    Ok(sheet)
}

/// Job, run and part as four characters of 20..7E.
fn token(job: u32, run: u32, part: usize) -> [u8; 4] {
    let part = u32::try_from(part).unwrap_or(u32::MAX);
    let digit = |value: u32| TOKEN_BASE + u8::try_from(value % 95).unwrap_or(0);
    [digit(job), digit(run), digit(part / 95), digit(part)]
}

/// The question for confirmation.
#[must_use]
pub fn confirm_bytes(confirm: Confirm, token: [u8; 4]) -> Vec<u8> {
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
