//! ZVT frames on a serial line (protocols E5): `10 02`, the APDU with each `10` doubled, `10 03`, CRC low and
//! high byte; between frames the bare bytes `06` (received) and `15` (not received).

use crc::{CRC_16_KERMIT, Crc};
use thiserror::Error;

use crate::payment_terminal::ack_link::{Framing, Heard};

const DLE: u8 = 0x10;
const STX: u8 = 0x02;
const ETX: u8 = 0x03;
const ACK: u8 = 0x06;
const NAK: u8 = 0x15;

/// Longest APDU taken. A terminal may send receipts of a few kB; more than this is noise.
pub const MAX_APDU: usize = 4096;

/// Polynomial 0x8408 reflected, start 0; over the APDU as it was before doubling, and `03`.
const CRC: Crc<u16> = Crc::<u16>::new(&CRC_16_KERMIT);

/// What came over the line.
#[derive(Clone, PartialEq, Eq)]
pub enum Token {
    /// `06`.
    Ack,
    /// `15`.
    Nak,
    /// The bytes of an APDU whose CRC holds.
    Apdu(Vec<u8>),
}

/// An APDU may name a card: only its length is shown.
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ack => f.write_str("Ack"),
            Self::Nak => f.write_str("Nak"),
            Self::Apdu(apdu) => write!(f, "Apdu({} bytes)", apdu.len()),
        }
    }
}

/// Damage on the line.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum FrameError {
    /// The CRC is wrong.
    #[error("wrong CRC")]
    Crc,
    /// A `10` inside a frame that is neither doubled nor an end.
    #[error("stray 10 {0:02X} in a frame")]
    Stray(u8),
    /// The frame is longer than [`MAX_APDU`].
    #[error("frame too long")]
    TooLong,
}

/// The bytes of a frame around an APDU.
#[must_use]
pub fn encode(apdu: &[u8]) -> Vec<u8> {
    let mut out = vec![DLE, STX];
    for &byte in apdu {
        out.push(byte);
        if byte == DLE {
            out.push(byte);
        }
    }
    out.extend([DLE, ETX]);
    out.extend(crc_of(apdu).to_le_bytes());
    out
}

fn crc_of(apdu: &[u8]) -> u16 {
    let mut digest = CRC.digest();
    digest.update(apdu);
    digest.update(&[ETX]);
    digest.finalize()
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// Between frames.
    #[default]
    Outside,
    /// A `10` between frames.
    MaybeStart,
    /// In a frame.
    Inside,
    /// A `10` in a frame.
    Escape,
    /// After `10 03`: the low byte of the CRC comes.
    CrcLow,
    /// The low byte is this; the high byte comes.
    CrcHigh(u8),
}

/// Takes bytes as they come and gives tokens.
#[derive(Default)]
pub struct Decoder {
    state: State,
    apdu: Vec<u8>,
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Decoder({} bytes)", self.apdu.len())
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
        self.state != State::Outside
    }

    /// Forgets what has begun.
    pub fn clear(&mut self) {
        self.state = State::Outside;
        self.apdu.clear();
    }

    /// Takes one byte; `Ok(None)` means that nothing is whole yet.
    ///
    /// # Errors
    /// [`FrameError`]; the damaged frame is dropped and the next one is looked for.
    pub fn push(&mut self, byte: u8) -> Result<Option<Token>, FrameError> {
        match (self.state, byte) {
            (State::Outside, ACK) => return Ok(Some(Token::Ack)),
            (State::Outside, NAK) => return Ok(Some(Token::Nak)),
            (State::Outside | State::MaybeStart, DLE) => self.state = State::MaybeStart,
            (State::MaybeStart | State::Escape, STX) => self.begin(),
            (State::Outside | State::MaybeStart, _) => self.state = State::Outside,
            (State::Inside, DLE) => self.state = State::Escape,
            (State::Inside, _) | (State::Escape, DLE) => return self.add(byte),
            (State::Escape, ETX) => self.state = State::CrcLow,
            (State::Escape, _) => return self.fail(FrameError::Stray(byte)),
            (State::CrcLow, low) => self.state = State::CrcHigh(low),
            (State::CrcHigh(low), high) => return self.end(u16::from_le_bytes([low, high])),
        }
        Ok(None)
    }

    fn begin(&mut self) {
        self.apdu.clear();
        self.state = State::Inside;
    }

    fn add(&mut self, byte: u8) -> Result<Option<Token>, FrameError> {
        if self.apdu.len() >= MAX_APDU {
            return self.fail(FrameError::TooLong);
        }
        self.apdu.push(byte);
        self.state = State::Inside;
        Ok(None)
    }

    fn end(&mut self, crc: u16) -> Result<Option<Token>, FrameError> {
        if crc != crc_of(&self.apdu) {
            return self.fail(FrameError::Crc);
        }
        self.state = State::Outside;
        Ok(Some(Token::Apdu(std::mem::take(&mut self.apdu))))
    }

    fn fail(&mut self, error: FrameError) -> Result<Option<Token>, FrameError> {
        self.clear();
        Err(error)
    }
}

impl Framing for Decoder {
    fn frame(unit: &[u8]) -> Vec<u8> {
        encode(unit)
    }

    fn push(&mut self, byte: u8) -> Option<Heard> {
        match self.push(byte) {
            Ok(token) => token.map(|token| match token {
                Token::Ack => Heard::Received,
                Token::Nak => Heard::Unread,
                Token::Apdu(apdu) => Heard::Unit(apdu),
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
