//! A slip as a list of lines. Words come from the caller; the driver adds none.

use serde::{Deserialize, Serialize};

/// The longest slip: 80 mm paper has about 8 lines per inch, so this is nearly two metres.
pub const MAX_LINES: usize = 600;

/// One job; the cut at its end is implied.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintJob {
    /// Number of the job, for confirmations; jobs that follow one another have different ones.
    pub id: u32,
    /// The lines from top to bottom, 1..=[`MAX_LINES`].
    pub lines: Vec<PaperLine>,
}

/// One line of a slip.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaperLine {
    /// Text that the caller has broken to the width of the paper (a Chinese character takes two columns,
    /// four if `double`; `escpos::paper::columns` counts). Control characters are dropped; what GB18030 has
    /// only in four bytes becomes U+3013, and the yen sign the wide one.
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
        write!(f, "PrintJob({}, {} lines)", self.id, self.lines.len())
    }
}

/// Only the kind of line is shown.
impl std::fmt::Debug for PaperLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text { text, .. } => write!(f, "Text({} characters)", text.chars().count()),
            Self::Rule => write!(f, "Rule"),
            Self::Qr { data, .. } => write!(f, "Qr({} bytes)", data.len()),
            Self::Feed(lines) => write!(f, "Feed({lines})"),
        }
    }
}
