//! A slip that came out of the simulated printer, as text and as cells for a picture.

use drivers::receipt_printer::Align;
use drivers::simulator::{PrintedLine, PrintedSlip};

/// Text lines that a QR code takes.
pub const QR_LINES: usize = 8;

/// One character at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The character.
    pub text: char,
    /// Latin column from the left.
    pub column: usize,
    /// Text line from the top.
    pub line: usize,
    /// 2 for double size.
    pub size: usize,
    /// In bold.
    pub bold: bool,
}

/// A slip laid out in cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Every character.
    pub cells: Vec<Cell>,
    /// Text of the QR code and its first line.
    pub qr: Option<(String, usize)>,
    /// Height in text lines.
    pub lines: usize,
}

/// The slip as plain text, one line of paper a line.
#[must_use]
pub fn text(slip: &PrintedSlip) -> String {
    let mut text = String::new();
    for line in &slip.lines {
        match &line.qr {
            Some(qr) => text.push_str(&format!("[QR {qr}]")),
            None => text.push_str(&line.text),
        }
        text.push('\n');
    }
    text.push_str(if slip.complete { "-------- cut --------\n" } else { "~~~~~~~~ torn ~~~~~~~~\n" });
    text
}

/// The slip in cells, for paper of so many columns.
#[must_use]
pub fn sheet(slip: &PrintedSlip, columns: usize) -> Sheet {
    let mut sheet = Sheet::default();
    for line in &slip.lines {
        place(&mut sheet, line, columns);
    }
    sheet
}

fn place(sheet: &mut Sheet, line: &PrintedLine, columns: usize) {
    if let Some(qr) = &line.qr {
        sheet.qr = Some((qr.clone(), sheet.lines));
        sheet.lines += QR_LINES;
        return;
    }
    let size = if line.double { 2 } else { 1 };
    let width: usize = line.text.chars().map(|c| width_of(c) * size).sum();
    let mut column = match line.align {
        Align::Left => 0,
        Align::Center => columns.saturating_sub(width) / 2,
        Align::Right => columns.saturating_sub(width),
    };
    for character in line.text.chars() {
        if !character.is_whitespace() {
            sheet.cells.push(Cell { text: character, column, line: sheet.lines, size, bold: line.bold });
        }
        column += width_of(character) * size;
    }
    sheet.lines += size;
}

/// Columns of a character on the printer: one byte one column, two bytes two.
const fn width_of(character: char) -> usize {
    if character.is_ascii() { 1 } else { 2 }
}
