//! Bare text with a tail (protocols F): where one code ends and the next begins.

use encoding_rs::GB18030;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

use super::code::ScannedCode;

/// What the scanner sends after each code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tail {
    /// Any of the others, told by itself; a pause ends a code too.
    #[default]
    Any,
    /// 0D.
    Cr,
    /// 0A.
    Lf,
    /// 0D 0A.
    CrLf,
    /// 09.
    Tab,
    /// Nothing: only a pause ends a code.
    None,
}

impl Tail {
    const fn ends(self, byte: u8) -> bool {
        match self {
            Self::Any => matches!(byte, b'\r' | b'\n' | b'\t'),
            Self::Cr => byte == b'\r',
            Self::Lf | Self::CrLf => byte == b'\n',
            Self::Tab => byte == b'\t',
            Self::None => false,
        }
    }
}

/// Bytes that are no code. Says nothing of the bytes.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ScanError {
    /// More bytes than any code may have.
    #[error("longer than {0} bytes")]
    TooLong(usize),
    /// The code stopped before its tail.
    #[error("stopped after {0} bytes, without its tail")]
    Truncated(usize),
    /// A control character, or neither UTF-8 nor GB18030.
    #[error("not text")]
    NotText,
}

/// Takes bytes as they come and gives codes.
pub struct Splitter {
    tail: Tail,
    max_bytes: usize,
    /// Never moves while it grows, so that no copy of a code stays behind.
    buffer: Zeroizing<Vec<u8>>,
    /// The code is already too long: its rest is thrown away.
    overrun: bool,
}

impl std::fmt::Debug for Splitter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Splitter({:?}, {} bytes)", self.tail, self.buffer.len())
    }
}

impl Splitter {
    /// For codes of at most `max_bytes`, which end with `tail`.
    #[must_use]
    pub fn new(tail: Tail, max_bytes: usize) -> Self {
        Self { tail, max_bytes, buffer: Zeroizing::new(Vec::with_capacity(max_bytes)), overrun: false }
    }

    /// Whether a code has begun and not ended.
    #[must_use]
    pub fn pending(&self) -> bool {
        self.overrun || !self.buffer.is_empty()
    }

    /// Forgets what has begun.
    pub fn clear(&mut self) {
        self.buffer.as_mut_slice().zeroize();
        self.buffer.clear();
        self.overrun = false;
    }

    /// Takes one byte; gives a code with its last one.
    ///
    /// # Errors
    /// [`ScanError`] at the end of what is no code.
    pub fn push(&mut self, byte: u8) -> Result<Option<ScannedCode>, ScanError> {
        if self.tail.ends(byte) {
            return self.end();
        }
        if self.buffer.len() < self.max_bytes {
            self.buffer.push(byte);
        } else {
            self.overrun = true;
        }
        Ok(None)
    }

    /// The line was quiet for longer than within a code.
    ///
    /// # Errors
    /// [`ScanError`] if what is there is no code, or should have had a tail.
    pub fn pause(&mut self) -> Result<Option<ScannedCode>, ScanError> {
        if matches!(self.tail, Tail::Any | Tail::None) || !self.pending() {
            return self.end();
        }
        let seen = self.buffer.len();
        self.clear();
        Err(ScanError::Truncated(seen))
    }

    fn end(&mut self) -> Result<Option<ScannedCode>, ScanError> {
        if self.tail == Tail::CrLf && self.buffer.last() == Some(&b'\r') {
            self.buffer.pop();
        }
        let code = if self.overrun {
            Err(ScanError::TooLong(self.max_bytes))
        } else if self.buffer.is_empty() {
            Ok(None)
        } else {
            decode(&self.buffer).map(|text| Some(ScannedCode::new(text)))
        };
        self.clear();
        code
    }
}

/// Modules are set to UTF-8 or to GBK, and few tell which. Text in one is hardly ever valid in the other.
fn decode(bytes: &[u8]) -> Result<Zeroizing<String>, ScanError> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes);
            text.ok_or(ScanError::NotText)?.into_owned()
        }
    };
    let text = Zeroizing::new(text);
    // GS1 codes hold group separators.
    let strange = |c: char| c.is_control() && c != '\u{1D}';
    if text.chars().any(strange) { Err(ScanError::NotText) } else { Ok(text) }
}
