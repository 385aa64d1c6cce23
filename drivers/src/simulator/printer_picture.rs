//! The paper of the simulated printer as a picture, dot by dot, as a person or a phone sees it.

use qrcode::{Color, EcLevel, QrCode};

use super::printer_paper::{LINE_DOTS, PrintedLine, PrintedSlip};
use crate::receipt_printer::Align;
use crate::receipt_printer::COLUMN_DOTS;
use crate::receipt_printer::Look;
use crate::receipt_printer::Raster;
use crate::receipt_printer::Typeface;

/// White modules around a QR code.
const QUIET_MODULES: usize = 4;

impl PrintedSlip {
    /// The slip on paper of so many columns, its letters in these fonts. `None` for an empty slip, and for
    /// one longer than any.
    #[must_use]
    pub fn picture(&self, columns: u8, typeface: &Typeface) -> Option<Raster> {
        let width = usize::from(columns) * COLUMN_DOTS;
        let lines: Vec<_> = self.lines.iter().map(|line| line_dots(line, columns, typeface)).collect();
        let height = lines.iter().map(|(_, height)| height).sum();
        let mut paper = Raster::blank(width, height).ok()?;
        let mut top = 0;
        for (dots, height) in lines {
            if let Some((dots, left)) = dots {
                paper.stamp(&dots, left, top);
            }
            top += height;
        }
        Some(paper)
    }
}

/// The dots of a line with their place from the left, and its height.
fn line_dots(line: &PrintedLine, columns: u8, typeface: &Typeface) -> (Option<(Raster, usize)>, usize) {
    if let Some(picture) = &line.picture {
        return (Some((picture.clone(), 0)), picture.height());
    }
    if let Some(dots) = line.qr.as_deref().and_then(|data| qr_dots(data, usize::from(line.qr_module))) {
        let room = (usize::from(columns) * COLUMN_DOTS).saturating_sub(dots.width());
        let left = match line.align {
            Align::Left => 0,
            Align::Center => room / 2,
            Align::Right => room,
        };
        let height = dots.height();
        return (Some((dots, left)), height);
    }
    let look = Look { align: line.align, bold: line.bold, double: line.double };
    let dots = typeface.line(&line.text, look, columns).map(|(dots, _)| (dots, 0));
    let height = if line.double { 2 * LINE_DOTS } else { LINE_DOTS };
    (dots, height)
}

fn qr_dots(data: &str, module: usize) -> Option<Raster> {
    let code = QrCode::with_error_correction_level(data, EcLevel::M).ok()?;
    let modules = code.width();
    let side = (modules + 2 * QUIET_MODULES) * module;
    let mut dots = Raster::blank(side, side).ok()?;
    for (at, _) in code.to_colors().iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
        let (left, top) = (at % modules + QUIET_MODULES, at / modules + QUIET_MODULES);
        for dot in 0..module * module {
            dots.ink(left * module + dot % module, top * module + dot / module);
        }
    }
    Some(dots)
}
