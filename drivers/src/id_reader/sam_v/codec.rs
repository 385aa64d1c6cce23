//! SAM_V frames (protocols A.2 to A.4): `AA AA AA 96 69`, length, body, XOR of everything after the preamble.
//!
//! The line can lose or gain bytes at any place; the decoder skips to the next preamble and never gives a
//! frame whose checksum is wrong. XOR misses two flips in the same bit column, so whoever reads card data
//! checks the fields as well.

use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

pub use super::command::{Baud, Command};
pub use super::status::Status;

/// Start of every frame, both ways.
const PREAMBLE: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];

/// Preamble and length word.
const HEADER: usize = PREAMBLE.len() + 2;

/// Shortest body of a reply: three status bytes and the checksum.
const MIN_LEN: usize = 4;

/// Shortest reply, with its preamble and length.
pub(super) const MIN_REPLY: usize = HEADER + MIN_LEN;

/// Longest body of a reply: text, photo and two fingerprints (0x090A).
pub const MAX_LEN: usize = 0x090A;

/// What the decoder keeps at most: one whole frame and one more header of the next.
const MAX_BUFFER: usize = 2 * HEADER + MAX_LEN;

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

/// A frame around its length word, command and data.
pub(super) fn frame(covered: &[u8]) -> Vec<u8> {
    let mut frame = PREAMBLE.to_vec();
    frame.extend_from_slice(covered);
    frame.push(xor(covered));
    frame
}

fn xor(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}
