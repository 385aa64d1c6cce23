//! ZVT application data units (protocols E5): class, instruction, length, data. A length of `FF` is followed
//! by two bytes, the low one first.

use thiserror::Error;

use super::frame::MAX_APDU;

/// Class, instruction and the longest form of the length.
const HEADER_BYTES: usize = 5;

/// One data unit. Class and instruction are the two bytes by which the sheet names it: `06 01`.
#[derive(Clone, PartialEq, Eq)]
pub struct Apdu {
    /// Class and instruction.
    pub control: [u8; 2],
    /// What follows the length.
    pub data: Vec<u8>,
}

/// The data may name a card: only their length is shown.
impl std::fmt::Debug for Apdu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [class, instr] = self.control;
        write!(f, "Apdu({class:02X} {instr:02X}, {} bytes)", self.data.len())
    }
}

/// Bytes that are no data unit.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ApduError {
    /// Shorter than a header.
    #[error("no header")]
    Header,
    /// The length does not fit the data.
    #[error("length {said} for {found} bytes")]
    Length {
        /// What the length says.
        said: usize,
        /// What there is.
        found: usize,
    },
    /// More data than one frame may carry.
    #[error("{0} bytes of data")]
    TooLong(usize),
}

impl Apdu {
    /// A unit of at most [`MAX_APDU`] bytes.
    ///
    /// # Errors
    /// [`ApduError::TooLong`].
    pub fn new(control: [u8; 2], data: Vec<u8>) -> Result<Self, ApduError> {
        if data.len() > MAX_APDU - HEADER_BYTES {
            return Err(ApduError::TooLong(data.len()));
        }
        Ok(Self { control, data })
    }

    /// A unit without data.
    #[must_use]
    pub fn bare(control: [u8; 2]) -> Self {
        Self { control, data: Vec::new() }
    }

    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = self.control.to_vec();
        match u8::try_from(self.data.len()) {
            Ok(short) if short < 0xFF => out.push(short),
            _ => {
                out.push(0xFF);
                out.extend(u16::try_from(self.data.len()).unwrap_or(u16::MAX).to_le_bytes());
            }
        }
        out.extend_from_slice(&self.data);
        out
    }

    /// Reads a unit that fills `bytes`.
    ///
    /// # Errors
    /// [`ApduError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, ApduError> {
        let (control, said, data) = match bytes {
            [class, instr, 0xFF, low, high, data @ ..] => {
                ([*class, *instr], usize::from(u16::from_le_bytes([*low, *high])), data)
            }
            [_, _, 0xFF, ..] => return Err(ApduError::Header),
            [class, instr, len, data @ ..] => ([*class, *instr], usize::from(*len), data),
            _ => return Err(ApduError::Header),
        };
        if said != data.len() {
            return Err(ApduError::Length { said, found: data.len() });
        }
        Ok(Self { control, data: data.to_vec() })
    }
}
