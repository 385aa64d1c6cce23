//! Letters as dots, for characters that the printer's own font lacks.
//!
//! Fonts are asked in order; files are read when a character first needs them, because most slips need none
//! and a Chinese font takes 20 MB of memory.

use std::cell::OnceCell;
use std::path::PathBuf;

use ab_glyph::{Font, FontArc, FontRef, FontVec, PxScale, ScaleFont, point};
use serde::{Deserialize, Serialize};

use super::job::Align;
use super::raster::Raster;

/// Dots of a column: half of the square in which a Chinese character stands.
pub const COLUMN_DOTS: usize = 12;

/// Dots of a Chinese character in each direction.
pub const SQUARE_DOTS: usize = 2 * COLUMN_DOTS;

/// White rows below a line; printers leave about as much.
pub const LEADING_DOTS: usize = 6;

/// Where the letters of a Chinese font stand, in parts of the square from the top.
const BASELINE: f32 = 0.88;

/// Ink begins at this coverage: thin strokes survive at 24 dots.
const INK: f32 = 0.4;

/// Longest font file: Noto's collection of all weights of all languages is 120 MB, one weight 20 MB.
const MAX_FONT_BYTES: u64 = 128 * 1024 * 1024;

/// What stands for a character that no font has (GETA MARK).
pub const PLACEHOLDER: char = '\u{3013}';

/// A font file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FontFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Which face of a collection.
    #[serde(default)]
    pub face: u32,
}

impl FontFile {
    /// Where distributions put their Chinese fonts. Face 2 of Noto's collection is simplified Chinese.
    #[must_use]
    pub fn system() -> Vec<Self> {
        [
            ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
            ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
            ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
            ("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf", 0),
        ]
        .map(|(path, face)| Self { path: PathBuf::from(path), face })
        .to_vec()
    }

    fn read(&self) -> Option<FontArc> {
        let bytes = std::fs::metadata(&self.path).ok().filter(|file| file.len() <= MAX_FONT_BYTES);
        let bytes = bytes.and_then(|_| std::fs::read(&self.path).ok())?;
        match FontVec::try_from_vec_and_index(bytes, self.face) {
            Ok(font) => Some(FontArc::from(font)),
            Err(_) => {
                tracing::warn!(path = %self.path.display(), "not a font");
                None
            }
        }
    }
}

/// How a line of text looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Where it stands.
    pub align: Align,
    /// Bold.
    pub bold: bool,
    /// Twice as wide and high.
    pub double: bool,
}

/// Fonts in the order in which they are asked.
#[derive(Debug, Default)]
pub struct Typeface {
    built_in: Option<FontArc>,
    files: Vec<(FontFile, OnceCell<Option<FontArc>>)>,
}

impl Typeface {
    /// Fonts from files.
    #[must_use]
    pub fn new(files: Vec<FontFile>) -> Self {
        Self { built_in: None, files: files.into_iter().map(|file| (file, OnceCell::new())).collect() }
    }

    /// The same with a font of the program before all files. Bytes that are no font are left out.
    #[must_use]
    pub fn with_built_in(self, font: &'static [u8]) -> Self {
        Self { built_in: FontRef::try_from_slice(font).ok().map(FontArc::from), ..self }
    }

    /// Whether any font has this character.
    #[must_use]
    pub fn has(&self, character: char) -> bool {
        self.font_of(character).is_some()
    }

    /// A line of text as dots, so many columns wide at most, and how many of its characters no font has. The
    /// white at its right is cut off. `None` for a line without a visible column.
    #[must_use]
    pub fn line(&self, text: &str, look: Look, columns: u8) -> Option<(Raster, usize)> {
        let size = if look.double { 2 } else { 1 };
        let paper = usize::from(columns) * COLUMN_DOTS;
        let text_width: usize = text.chars().map(|c| width_of(c) * size).sum();
        let room = paper.saturating_sub(text_width);
        let mut left = match look.align {
            Align::Left => 0,
            Align::Center => room / 2,
            Align::Right => room,
        };
        let width = (left + text_width).min(paper);
        let mut raster = Raster::blank(width, SQUARE_DOTS * size + LEADING_DOTS).ok()?;
        let mut missing = 0;
        for character in text.chars() {
            missing += usize::from(!self.draw(&mut raster, character, left, size, look.bold));
            left += width_of(character) * size;
        }
        Some((raster, missing))
    }

    /// Draws one character; `false` if [`PLACEHOLDER`] had to stand for it.
    fn draw(&self, raster: &mut Raster, character: char, left: usize, size: usize, bold: bool) -> bool {
        let cell = width_of(character) * size;
        let known = self.font_of(character);
        match known.or_else(|| self.font_of(PLACEHOLDER)) {
            Some(font) => {
                let shown = if known.is_some() { character } else { PLACEHOLDER };
                draw_glyph(raster, font, shown, (left, cell, SQUARE_DOTS * size), bold);
            }
            None => draw_bars(raster, left, cell, SQUARE_DOTS * size),
        }
        known.is_some()
    }

    fn font_of(&self, character: char) -> Option<&FontArc> {
        let files = self.files.iter().filter_map(|(file, font)| font.get_or_init(|| file.read()).as_ref());
        self.built_in.iter().chain(files).find(|font| font.glyph_id(character).0 != 0)
    }
}

/// Dots that a character takes across.
fn width_of(character: char) -> usize {
    if character.is_ascii() { COLUMN_DOTS } else { SQUARE_DOTS }
}

/// Dots are small numbers, so that no digit is lost either way.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn draw_glyph(
    raster: &mut Raster,
    font: &FontArc,
    character: char,
    (left, cell, square): (usize, usize, usize),
    bold: bool,
) {
    let em = font.units_per_em().unwrap_or(1000.0);
    let height = square as f32 * font.height_unscaled() / em;
    let advance = font.as_scaled(height).h_advance(font.glyph_id(character)).max(1.0);
    // Wide letters are narrowed to their cell, narrow ones stand in its middle.
    let narrowed = (cell as f32 / advance).min(1.0);
    let scale = PxScale { x: height * narrowed, y: height };
    let middle = left as f32 + (cell as f32 - advance * narrowed) / 2.0;
    let place = point(middle, square as f32 * BASELINE);
    let Some(outline) = font.outline_glyph(font.glyph_id(character).with_scale_and_position(scale, place))
    else {
        return;
    };
    let bounds = outline.px_bounds();
    outline.draw(|x, y, coverage| {
        let (x, y) = (bounds.min.x as i64 + i64::from(x), bounds.min.y as i64 + i64::from(y));
        if let (true, Ok(x), Ok(y)) = (coverage >= INK, usize::try_from(x), usize::try_from(y)) {
            raster.ink(x, y);
            if bold {
                raster.ink(x + 1, y);
            }
        }
    });
}

/// The placeholder itself, for a kiosk without any font: two bars.
fn draw_bars(raster: &mut Raster, left: usize, cell: usize, square: usize) {
    let (margin, bar) = (cell / 8, square / 6);
    for top in [square / 6, square * 4 / 6] {
        for y in top..top + bar {
            (left + margin..left + cell - margin).for_each(|x| raster.ink(x, y));
        }
    }
}
