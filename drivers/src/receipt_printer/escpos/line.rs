//! One line of a slip as bytes (protocols B.1, B.4).
//!
//! The `escpos` crate writes the standard commands into memory; what it does not know goes in as plain bytes.
//! Neither text nor dots can become a command.

use std::cell::RefCell;
use std::rc::Rc;

use encoding_rs::GB18030;
use escpos::driver::Driver;
use escpos::errors::PrinterError;
use escpos::printer::Printer;
use escpos::utils::{Encoder, JustifyMode, Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption};

use super::charset::printable;
use super::paper::PaperError;
use super::settings::{DoubleSize, EscPosSettings};
use crate::receipt_printer::job::{Align, PaperLine};
use crate::receipt_printer::raster::Raster;
use crate::receipt_printer::typeface::{COLUMN_DOTS, Look, Typeface};

/// Longest QR content in bytes at correction level M: what a version 40 symbol holds.
const MAX_QR_BYTES: usize = 2331;

/// Rows of one raster command. The widest paper has 104 bytes a row, so a command stays below 4 kB: it fits
/// the buffer of any printer and is ended by the flush after a loss of the port.
const BAND_ROWS: usize = 32;

/// The bytes of a line, and how many of its characters neither the printer nor any font has.
///
/// # Errors
/// [`PaperError::Qr`], [`PaperError::TooWide`] or [`PaperError::Encoder`].
pub fn line_bytes(
    line: &PaperLine,
    settings: &EscPosSettings,
    typeface: &Typeface,
) -> Result<(Vec<u8>, usize), PaperError> {
    let written = |bytes| (bytes, 0);
    match line {
        PaperLine::Text { text, align, bold, double } => {
            text_line(text, Look { align: *align, bold: *bold, double: *double }, settings, typeface)
        }
        PaperLine::Rule => with_printer(|printer| write_rule(printer, settings.columns)).map(written),
        PaperLine::Qr { data, module } => {
            let data: String = data.chars().filter(|c| !c.is_control()).collect();
            if data.is_empty() || data.len() > MAX_QR_BYTES {
                return Err(PaperError::Qr(data.len()));
            }
            with_printer(|printer| write_qr(printer, &data, (*module).clamp(1, 16))).map(written)
        }
        PaperLine::Picture { dots, align } => picture_bytes(dots, *align, settings.columns).map(written),
        PaperLine::Feed(lines) => with_printer(|printer| printer.feeds(*lines).map(|_| ())).map(written),
    }
}

fn text_line(
    text: &str,
    look: Look,
    settings: &EscPosSettings,
    typeface: &Typeface,
) -> Result<(Vec<u8>, usize), PaperError> {
    let text = printable(text);
    if settings.character_set.has_all(&text) {
        let bytes = with_printer(|printer| write_text(printer, &text, look, settings.double_size))?;
        return Ok((bytes, 0));
    }
    let (dots, missing) = typeface.line(&text, look, settings.columns).ok_or(PaperError::Encoder)?;
    Ok((raster_bytes(&dots), missing))
}

fn picture_bytes(dots: &Raster, align: Align, columns: u8) -> Result<Vec<u8>, PaperError> {
    let paper = usize::from(columns) * COLUMN_DOTS;
    let room = paper.checked_sub(dots.width()).ok_or(PaperError::TooWide(dots.width()))?;
    let left = match align {
        Align::Left => 0,
        Align::Center => room / 2,
        Align::Right => room,
    };
    // White dots instead of an alignment command: clones align text only.
    let mut placed = Raster::blank(left + dots.width(), dots.height()).map_err(|_| PaperError::Encoder)?;
    placed.stamp(dots, left, 0);
    Ok(raster_bytes(&placed))
}

/// GS v 0 in bands.
fn raster_bytes(dots: &Raster) -> Vec<u8> {
    let mut bytes = Vec::new();
    for band in dots.bytes().chunks(dots.row_bytes() * BAND_ROWS) {
        let rows = band.len() / dots.row_bytes();
        bytes.extend_from_slice(&[0x1D, 0x76, 0x30, 0x00]);
        for size in [dots.row_bytes(), rows] {
            bytes.extend(u16::try_from(size).unwrap_or(u16::MAX).to_le_bytes());
        }
        bytes.extend(defused(band));
    }
    bytes
}

/// Printers obey DLE EOT, DLE ENQ and DLE DC4 even inside a picture (protocols M): one dot more, and it is
/// none of them.
fn defused(band: &[u8]) -> Vec<u8> {
    let mut bytes = band.to_vec();
    for at in 1..bytes.len() {
        if let Some([0x10, byte @ (0x04 | 0x05 | 0x14)]) = bytes.get_mut(at - 1..=at) {
            *byte |= 0x02;
        }
    }
    bytes
}

/// What `write` has the `escpos` crate write.
fn with_printer(write: impl FnOnce(&mut Slip) -> Result<(), PrinterError>) -> Result<Vec<u8>, PaperError> {
    let memory = Memory::default();
    let mut printer = Printer::new(memory.clone(), Protocol::new(Encoder::new(GB18030)), None);
    write(&mut printer).and_then(|()| printer.print().map(|_| ())).map_err(|_| PaperError::Encoder)?;
    Ok(memory.0.take())
}

type Slip = Printer<Memory>;

fn write_text(printer: &mut Slip, text: &str, look: Look, size: DoubleSize) -> Result<(), PrinterError> {
    style(printer, look, size)?;
    printer.write(text)?.custom(b"\n")?;
    // Back to plain, so that each line stands for itself.
    if look.align != Align::Left {
        printer.justify(JustifyMode::LEFT)?;
    }
    if look.bold {
        printer.bold(false)?;
    }
    if look.double {
        size_bytes(printer, size, false)?;
    }
    Ok(())
}

fn style(printer: &mut Slip, look: Look, size: DoubleSize) -> Result<(), PrinterError> {
    match look.align {
        Align::Left => {}
        Align::Center => drop(printer.justify(JustifyMode::CENTER)?),
        Align::Right => drop(printer.justify(JustifyMode::RIGHT)?),
    }
    if look.bold {
        printer.bold(true)?;
    }
    if look.double {
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
