//! A slip as a list of lines. Words come from the caller; the driver adds none.

use serde::{Deserialize, Serialize};

use super::raster::Raster;

/// The longest slip: 80 mm paper has about 8 lines per inch, so this is nearly two metres.
pub const MAX_LINES: usize = 600;

/// One job; the cut at its end is implied.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintJob {
    /// Identity of the job: all prints of the same slip have the same, and no other slip has it.
    pub id: u32,
    /// Which print of it this is; 0 is the first. A driver sends no print twice, so whoever wants the slip
    /// again counts up, and marks it in its lines.
    pub copy: u32,
    /// The lines from top to bottom, 1..=[`MAX_LINES`].
    pub lines: Vec<PaperLine>,
}

/// One line of a slip.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaperLine {
    /// Text that the caller has broken to the width of the paper (a Chinese character takes two columns,
    /// four if `double`; `escpos::charset::columns` counts). Control and invisible characters are dropped,
    /// the narrow yen sign becomes the wide one, and a line with a character that the printer lacks is
    /// printed as dots.
    Text {
        /// The words.
        text: String,
        /// Where they stand.
        align: Align,
        /// Bold.
        bold: bool,
        /// Twice as wide and high.
        double: bool,
    },
    /// A line across the paper.
    Rule,
    /// A QR code in the middle.
    Qr {
        /// What it says.
        data: String,
        /// Dots per module, 1..=16; others are brought into this range.
        module: u8,
    },
    /// A picture, such as a logo; at most as wide as the paper.
    Picture {
        /// Its dots.
        dots: Raster,
        /// Where it stands.
        align: Align,
    },
    /// Empty lines.
    Feed(u8),
}

/// Where a line of text stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// At the right edge.
    Right,
}

impl PaperLine {
    /// A plain line at the left edge.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), align: Align::Left, bold: false, double: false }
    }
}

/// A slip names people and accounts: only its size is shown.
impl std::fmt::Debug for PrintJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PrintJob({}.{}, {} lines)", self.id, self.copy, self.lines.len())
    }
}

/// Only the kind of line is shown.
impl std::fmt::Debug for PaperLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text { text, .. } => write!(f, "Text({} characters)", text.chars().count()),
            Self::Rule => write!(f, "Rule"),
            Self::Qr { data, .. } => write!(f, "Qr({} bytes)", data.len()),
            Self::Picture { dots, .. } => write!(f, "Picture({dots:?})"),
            Self::Feed(lines) => write!(f, "Feed({lines})"),
        }
    }
}
