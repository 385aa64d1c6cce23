//! Which characters the printer's own font has, and how wide they are (protocols B.1).

use encoding_rs::GB18030;
use serde::{Deserialize, Serialize};

/// The printer's own characters beyond ASCII. Others are printed as dots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CharacterSet {
    /// None: a printer without Chinese.
    Ascii,
    /// GB 2312, 6763 characters: cheap and old printers.
    Gb2312,
    /// The one- and two-byte part of GB18030, as most manuals promise.
    #[default]
    Gb18030TwoByte,
    /// All of GB18030, with its four-byte characters.
    Gb18030,
}

impl CharacterSet {
    /// Whether the printer has this character. Control characters it never has.
    #[must_use]
    pub fn has(self, character: char) -> bool {
        if character.is_ascii() {
            return !character.is_control();
        }
        // GB18030 gives codes to the private use area; what a printer shows there is anybody's guess.
        if matches!(character, '\u{E000}'..='\u{F8FF}') || character.is_control() {
            return false;
        }
        let mut utf8 = [0; 4];
        let (bytes, _, failed) = GB18030.encode(character.encode_utf8(&mut utf8));
        !failed
            && match (self, bytes.as_ref()) {
                (Self::Ascii, _) => false,
                (Self::Gb2312, [row, cell]) => is_gb2312(*row, *cell),
                (Self::Gb18030TwoByte, bytes) => bytes.len() <= 2,
                (Self::Gb18030, _) => true,
                (Self::Gb2312, _) => false,
            }
    }

    /// Whether the printer has every character of a text that came from [`printable`].
    #[must_use]
    pub fn has_all(self, text: &str) -> bool {
        text.chars().all(|character| self.has(character))
    }
}

/// Rows 1 to 9 are symbols, 16 to 87 ideographs. Rows 1 to 9 have gaps, into which GBK and GB18030 later put
/// signs such as the euro.
fn is_gb2312(row: u8, cell: u8) -> bool {
    let cells = match row {
        0xA1 | 0xA3 | 0xB0..=0xD6 | 0xD8..=0xF7 => 0xA1..=0xFE,
        0xA2 => 0xB1..=0xE2,
        0xA4 => 0xA1..=0xF3,
        0xA5 => 0xA1..=0xF6,
        0xA6 => 0xA1..=0xD8,
        0xA7 => 0xA1..=0xF1,
        0xA8 => 0xA1..=0xE9,
        0xA9 => 0xA4..=0xEF,
        0xD7 => 0xA1..=0xF9,
        _ => return false,
    };
    cells.contains(&cell)
}

/// Text without control characters (they would be commands) and without what has no shape: joiners,
/// separators, changes of direction. The narrow yen sign, of which GB18030 has four bytes, becomes the wide
/// one, which takes two columns: lay out what this gives back.
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !is_unseen(*c)).map(nearest).collect()
}

/// Columns that a text takes on paper in normal size, after [`printable`]; the same as dots.
#[must_use]
pub fn columns(text: &str) -> usize {
    printable(text).chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

const fn nearest(character: char) -> char {
    match character {
        '\u{A5}' => '\u{FFE5}',
        '\u{A0}' => ' ',
        other => other,
    }
}

const fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}
