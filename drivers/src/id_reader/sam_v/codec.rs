//! SAM_V frames (protocols A.2 to A.4): `AA AA AA 96 69`, length, body, XOR of everything after the preamble.
//!
//! The line can lose or gain bytes at any place; the decoder skips to the next preamble and never gives a
//! frame whose checksum is wrong. XOR misses two flips in the same bit column, so whoever reads card data
//! checks the fields as well.

use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

/// Start of every frame, both ways.
const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];

/// Preamble and length word.
const HEADER: usize = PREAMBLE.len() + 2;

/// Shortest body of a reply: three status bytes and the checksum.
const MIN_LEN: usize = 4;

/// Longest body of a reply: text, photo and two fingerprints (0x090A).
pub const MAX_LEN: usize = 0x090A;

/// What the decoder keeps at most: one whole frame and one more header of the next.
const MAX_BUFFER: usize = 2 * HEADER + MAX_LEN;

/// What the host can ask of the SAM (protocols A.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Resets the SAM.
    Reset,
    /// Asks whether the SAM works.
    Status,
    /// Asks for the id of the SAM.
    ReadSamId,
    /// Looks for a card.
    FindCard,
    /// Selects the card that was found.
    SelectCard,
    /// Reads text and photo.
    ReadTextPhoto,
    /// Reads the newest address, if the card has one.
    ReadNewestAddress,
    /// Reads text, photo and fingerprints.
    ReadTextPhotoFingerprint,
}

impl Command {
    /// Command and parameter byte.
    #[must_use]
    pub fn code(self) -> [u8; 2] {
        match self {
            Self::Reset => [0x10, 0xFF],
            Self::Status => [0x11, 0xFF],
            Self::ReadSamId => [0x12, 0xFF],
            Self::FindCard => [0x20, 0x01],
            Self::SelectCard => [0x20, 0x02],
            Self::ReadTextPhoto => [0x30, 0x01],
            Self::ReadNewestAddress => [0x30, 0x03],
            Self::ReadTextPhotoFingerprint => [0x30, 0x10],
        }
    }

    /// Name for messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reset => "SAM reset",
            Self::Status => "SAM status",
            Self::ReadSamId => "SAM id",
            Self::FindCard => "find card",
            Self::SelectCard => "select card",
            Self::ReadTextPhoto | Self::ReadTextPhotoFingerprint => "read card",
            Self::ReadNewestAddress => "read newest address",
        }
    }

    /// The frame of this command.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let [command, parameter] = self.code();
        let body = [0x00, 0x03, command, parameter];
        let mut frame = PREAMBLE.to_vec();
        frame.extend_from_slice(&body);
        frame.push(xor(&body));
        frame
    }
}

/// SW3 of a reply, as far as a driver acts on it (protocols A.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// 90.
    Ok,
    /// 9F: a card was found.
    CardFound,
    /// 91: the card has no such item.
    NoSuchItem,
    /// 80: no card.
    FindFailed,
    /// 81: the card could not be selected.
    SelectFailed,
    /// 31, 32, 33, 41, 47: the card did not get through; lift it and lay it again.
    CardFailed(u8),
    /// 40: a card of another kind.
    UnsupportedCard,
    /// 60: the SAM failed its self-test.
    SelfTestFailed,
    /// 66: the SAM is not authorised.
    NotAuthorised,
    /// 10, 11: the SAM did not understand the frame of the host.
    HostFrameDamaged(u8),
    /// 21, 23, 24 and whatever is not in the table.
    Refused(u8),
}

impl From<u8> for Status {
    fn from(sw3: u8) -> Self {
        match sw3 {
            0x90 => Self::Ok,
            0x9F => Self::CardFound,
            0x91 => Self::NoSuchItem,
            0x80 => Self::FindFailed,
            0x81 => Self::SelectFailed,
            0x31 | 0x32 | 0x33 | 0x41 | 0x47 => Self::CardFailed(sw3),
            0x40 => Self::UnsupportedCard,
            0x60 => Self::SelfTestFailed,
            0x66 => Self::NotAuthorised,
            0x10 | 0x11 => Self::HostFrameDamaged(sw3),
            other => Self::Refused(other),
        }
    }
}

/// A whole reply whose checksum is right. The data may be personal: they are zeroised on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// SW3.
    pub status: Status,
    /// SW1 and SW2, the raw answer of the card; only meaningful for some values of SW3.
    pub card_status: [u8; 2],
    /// What follows the status bytes.
    pub data: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reply({:?}, {} bytes)", self.status, self.data.len())
    }
}

/// Damage on the line.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum FrameError {
    /// The checksum is wrong.
    #[error("wrong checksum")]
    Checksum,
    /// The length word is shorter than any reply or longer than the longest.
    #[error("impossible length {0}")]
    Length(usize),
    /// The frame stopped in the middle.
    #[error("frame stopped after {0} bytes")]
    Truncated(usize),
}

/// Takes bytes as they come and gives replies.
#[derive(Default)]
pub struct Decoder {
    buffer: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Decoder({} bytes)", self.buffer.len())
    }
}

impl Decoder {
    /// A decoder whose buffer never moves, so that no copy of personal data stays behind.
    #[must_use]
    pub fn new() -> Self {
        Self { buffer: Zeroizing::new(Vec::with_capacity(MAX_BUFFER)) }
    }

    /// Adds bytes. Those beyond the bound are dropped: a caller that takes every frame never gets there.
    pub fn push(&mut self, bytes: &[u8]) {
        let room = MAX_BUFFER.saturating_sub(self.buffer.len());
        self.buffer.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
    }

    /// Bytes of a frame that has begun and is not whole.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.buffer.len()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.buffer.as_mut_slice().zeroize();
        self.buffer.clear();
    }

    /// The next reply; `Ok(None)` means that it has not fully arrived.
    ///
    /// # Errors
    /// [`FrameError::Checksum`] or [`FrameError::Length`]; the damaged start is skipped, so the next call
    /// looks for the next preamble.
    pub fn next_reply(&mut self) -> Result<Option<Reply>, FrameError> {
        self.skip_to_preamble();
        let Some(len) = self.body_len() else {
            return Ok(None);
        };
        if !(MIN_LEN..=MAX_LEN).contains(&len) {
            self.consume(PREAMBLE.len());
            return Err(FrameError::Length(len));
        }
        let Some(frame) = self.buffer.get(PREAMBLE.len()..HEADER + len) else {
            return Ok(None);
        };
        let reply = parse(frame);
        self.consume(if reply.is_some() { HEADER + len } else { PREAMBLE.len() });
        reply.map(Some).ok_or(FrameError::Checksum)
    }

    fn body_len(&self) -> Option<usize> {
        match self.buffer.get(PREAMBLE.len()..HEADER)? {
            &[high, low] => Some(usize::from(u16::from_be_bytes([high, low]))),
            _ => None,
        }
    }

    /// Drops what cannot be the start of a frame.
    fn skip_to_preamble(&mut self) {
        let start = (0..self.buffer.len()).find(|&at| {
            let rest = self.buffer.get(at..).unwrap_or_default();
            rest.iter().zip(PREAMBLE).all(|(have, want)| *have == want)
        });
        self.consume(start.unwrap_or(self.buffer.len()));
    }

    /// Drops `n` bytes at the front and wipes where the rest was moved from.
    fn consume(&mut self, n: usize) {
        if n == 0 {
            return;
        }
        let keep = self.buffer.len().saturating_sub(n);
        self.buffer.rotate_left(n.min(keep + n));
        if let Some(tail) = self.buffer.get_mut(keep..) {
            tail.zeroize();
        }
        self.buffer.truncate(keep);
    }
}

/// A frame from the length word on; `None` if the checksum is wrong.
fn parse(frame: &[u8]) -> Option<Reply> {
    let (checksum, covered) = frame.split_last()?;
    match covered {
        [_, _, sw1, sw2, sw3, data @ ..] if xor(covered) == *checksum => Some(Reply {
            status: Status::from(*sw3),
            card_status: [*sw1, *sw2],
            data: Zeroizing::new(data.to_vec()),
        }),
        _ => None,
    }
}

fn xor(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}
