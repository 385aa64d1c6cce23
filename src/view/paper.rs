//! A printed slip as a picture, drawn by the same renderer as the screens. Only for demo and visits.

use drivers::simulator::PrintedSlip;
use kiosk_ui::{Paper, PaperCell, PaperWindow};
use slint::{ComponentHandle, ModelRc, PhysicalSize, PlatformError, Rgba8Pixel, SharedPixelBuffer, VecModel};

use super::qr;
use crate::demo::paper::sheet;

/// Columns of the simulated printer.
const COLUMNS: usize = 48;
/// Pixels of a column, a text line and the margin: the same as in `paper.slint`.
const PIXELS: (usize, usize, usize) = (12, 30, 32);

/// Draws a slip.
pub fn paper(slip: &PrintedSlip) -> Result<SharedPixelBuffer<Rgba8Pixel>, PlatformError> {
    let window = PaperWindow::new()?;
    let sheet = sheet(slip, COLUMNS);
    let number = |value: usize| i32::try_from(value).unwrap_or(i32::MAX);
    let cells = sheet.cells.iter().map(|cell| PaperCell {
        text: cell.text.to_string().into(),
        column: number(cell.column),
        line: number(cell.line),
        size: number(cell.size),
        bold: cell.bold,
    });
    let paper = window.global::<Paper>();
    paper.set_columns(number(COLUMNS));
    paper.set_lines(number(sheet.lines));
    paper.set_cells(ModelRc::new(VecModel::from_iter(cells)));
    paper.set_cut(slip.complete);
    paper.set_qr_line(-1);
    if let Some((text, line)) = &sheet.qr {
        paper.set_qr(qr::image(text));
        paper.set_qr_line(number(*line));
    }
    let size = |cells: usize, pixels: usize| u32::try_from(cells * pixels + 2 * PIXELS.2).unwrap_or(u32::MAX);
    window.window().set_size(PhysicalSize::new(size(COLUMNS, PIXELS.0), size(sheet.lines, PIXELS.1)));
    window.show()?;
    window.window().take_snapshot()
}
