//! Commands and answers of smart cards (ISO 7816-4, short form).

use std::fmt;

use thiserror::Error;

/// The two bytes that end every answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct StatusWord(pub u16);

impl StatusWord {
    /// 9000.
    pub const OK: Self = Self(0x9000);

    /// 61xx: so many more bytes wait to be fetched (T=0).
    #[must_use]
    pub const fn more(self) -> Option<u8> {
        let [kind, bytes] = self.0.to_be_bytes();
        if kind == 0x61 { Some(bytes) } else { None }
    }

    /// 6Cxx: not done, because the answer has so many bytes (T=0).
    #[must_use]
    pub const fn right_length(self) -> Option<u8> {
        let [kind, bytes] = self.0.to_be_bytes();
        if kind == 0x6C { Some(bytes) } else { None }
    }
}

impl fmt::Debug for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StatusWord({:04X})", self.0)
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

/// An answer that is none.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ApduError {
    /// Shorter than a status word, or longer than 256 bytes and one.
    #[error("an answer of {0} bytes")]
    Length(usize),
    /// The status is right, but the data have another length.
    #[error("{got} bytes of data for {what}")]
    Data {
        /// The command.
        what: &'static str,
        /// Bytes of data.
        got: usize,
    },
    /// The card refuses the command.
    #[error("{what} refused with {status}")]
    Refused {
        /// The command.
        what: &'static str,
        /// Its answer.
        status: StatusWord,
    },
}

/// A command.
#[derive(Clone, PartialEq, Eq)]
pub struct Command {
    /// Name for messages.
    pub name: &'static str,
    /// CLA, INS, P1, P2.
    pub head: [u8; 4],
    /// At most 255 bytes.
    pub data: Vec<u8>,
    /// How many bytes are expected; 0 asks for 256.
    pub expected: Option<u8>,
}

/// The data may hold a PIN.
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Command({}, {} bytes)", self.name, self.data.len())
    }
}

impl Command {
    /// A command with data and, after them, an expected length.
    #[must_use]
    pub fn new(name: &'static str, head: [u8; 4], data: &[u8], expected: Option<u8>) -> Self {
        Self { name, head, data: data.to_vec(), expected }
    }

    /// Fetches what waits after 61xx.
    #[must_use]
    pub fn get_response(name: &'static str, bytes: u8) -> Self {
        Self::new(name, [0x00, 0xC0, 0x00, 0x00], &[], Some(bytes))
    }

    /// The bytes for the card.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.head.to_vec();
        if let Ok(length @ 1..) = u8::try_from(self.data.len()) {
            bytes.push(length);
            bytes.extend_from_slice(&self.data);
        }
        bytes.extend(self.expected);
        bytes
    }
}

/// An answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it says.
    pub data: Vec<u8>,
    /// How it ended.
    pub status: StatusWord,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({} bytes, {})", self.data.len(), self.status)
    }
}

impl Answer {
    /// Reads an answer.
    ///
    /// # Errors
    /// [`ApduError::Length`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ApduError> {
        match bytes.split_last_chunk::<2>() {
            Some((data, status)) if data.len() <= 256 => {
                Ok(Self { data: data.to_vec(), status: StatusWord(u16::from_be_bytes(*status)) })
            }
            _ => Err(ApduError::Length(bytes.len())),
        }
    }

    /// The data of an answer that must be 9000.
    ///
    /// # Errors
    /// [`ApduError::Refused`].
    pub fn ok(self, what: &'static str) -> Result<Vec<u8>, ApduError> {
        let Self { data, status } = self;
        if status == StatusWord::OK { Ok(data) } else { Err(ApduError::Refused { what, status }) }
    }
}
