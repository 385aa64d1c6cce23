//! MIS frames (protocols E3): `02`, the length of the data as four packed digits, the data, `03`, XOR of
//! length, data and `03`; between frames the bare bytes `06` (received), `15` (damaged) and `04` (end).

use thiserror::Error;

use crate::payment_terminal::ack_link::{Framing, Heard};

const STX: u8 = 0x02;
const ETX: u8 = 0x03;
const EOT: u8 = 0x04;
const ACK: u8 = 0x06;
const NAK: u8 = 0x15;

/// Longest data of a frame, by the sheet.
pub const MAX_DATA: usize = 1024;

/// Start and length.
const HEADER_BYTES: usize = 3;

/// End and checksum.
const TRAILER_BYTES: usize = 2;

/// What came over the line.
#[derive(Clone, PartialEq, Eq)]
pub enum Token {
    /// `06`.
    Ack,
    /// `15`.
    Nak,
    /// `04`.
    Eot,
    /// The data of a frame whose checksum holds.
    Data(Vec<u8>),
}

/// The data may name a card: only their length is shown.
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ack => f.write_str("Ack"),
            Self::Nak => f.write_str("Nak"),
            Self::Eot => f.write_str("Eot"),
            Self::Data(data) => write!(f, "Data({} bytes)", data.len()),
        }
    }
}

/// Damage on the line.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum FrameError {
    /// The checksum is wrong.
    #[error("wrong checksum")]
    Checksum,
    /// No `03` where the length says it is.
    #[error("no end")]
    End,
    /// A length that is no number, or more than [`MAX_DATA`].
    #[error("impossible length")]
    Length,
}

/// The frame around data; `None` for more than [`MAX_DATA`] bytes.
#[must_use]
pub fn encode(data: &[u8]) -> Option<Vec<u8>> {
    if data.len() > MAX_DATA {
        return None;
    }
    let packed = |value: usize| u8::try_from(value / 10 * 16 + value % 10).unwrap_or(0);
    let covered = [&[packed(data.len() / 100), packed(data.len() % 100)], data, &[ETX]].concat();
    Some([&[STX], covered.as_slice(), &[xor(&covered)]].concat())
}

fn xor(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

/// Takes bytes as they come and gives tokens.
#[derive(Default)]
pub struct Decoder {
    /// A frame from its start.
    frame: Vec<u8>,
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Decoder({} bytes)", self.frame.len())
    }
}

impl Decoder {
    /// An empty decoder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether a frame has begun and is not whole.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        !self.frame.is_empty()
    }

    /// Forgets what has begun.
    pub fn clear(&mut self) {
        self.frame.clear();
    }

    /// Takes one byte; `Ok(None)` means that nothing is whole yet. Other bytes between frames, such as the
    /// zeros that some terminals send, are skipped.
    ///
    /// # Errors
    /// [`FrameError`]; the damaged frame is dropped.
    pub fn push(&mut self, byte: u8) -> Result<Option<Token>, FrameError> {
        if self.frame.is_empty() {
            return Ok(match byte {
                STX => {
                    self.frame.push(byte);
                    None
                }
                ACK => Some(Token::Ack),
                NAK => Some(Token::Nak),
                EOT => Some(Token::Eot),
                _ => None,
            });
        }
        self.frame.push(byte);
        let parsed = parse(&self.frame);
        if !matches!(parsed, Ok(None)) {
            self.frame.clear();
        }
        parsed
    }
}

impl Framing for Decoder {
    fn frame(unit: &[u8]) -> Vec<u8> {
        // A request has a dozen short fields; one that did not fit would be sent as nothing and time out.
        encode(unit).unwrap_or_default()
    }

    fn push(&mut self, byte: u8) -> Option<Heard> {
        match self.push(byte) {
            Ok(token) => token.map(|token| match token {
                Token::Ack => Heard::Received,
                Token::Nak => Heard::Unread,
                Token::Eot => Heard::Nothing,
                Token::Data(data) => Heard::Unit(data),
            }),
            Err(error) => {
                tracing::debug!(%error, "damaged frame");
                Some(Heard::Damaged)
            }
        }
    }

    fn is_inside(&self) -> bool {
        self.is_inside()
    }

    fn clear(&mut self) {
        self.clear();
    }
}

fn parse(frame: &[u8]) -> Result<Option<Token>, FrameError> {
    let Some(&[_, high, low]) = frame.get(..HEADER_BYTES) else {
        return Ok(None);
    };
    let len = length(high, low).ok_or(FrameError::Length)?;
    let end = HEADER_BYTES + len;
    let (Some(covered), Some(&[etx, checksum])) = (frame.get(1..=end), frame.get(end..end + TRAILER_BYTES))
    else {
        return Ok(None);
    };
    if etx != ETX {
        return Err(FrameError::End);
    }
    if xor(covered) != checksum {
        return Err(FrameError::Checksum);
    }
    Ok(Some(Token::Data(frame.get(HEADER_BYTES..end).unwrap_or_default().to_vec())))
}

/// Four packed digits.
fn length(high: u8, low: u8) -> Option<usize> {
    let digits = [high >> 4, high & 15, low >> 4, low & 15];
    let len =
        digits.iter().try_fold(0, |sum, digit| (*digit < 10).then(|| sum * 10 + usize::from(*digit)))?;
    (len <= MAX_DATA).then_some(len)
}
