//! ECR-Hub frames (protocols E4): `55 AA`, type, acknowledged id, id, length (big-endian), data, XOR of type
//! to data, `CC 33`.
//!
//! The data may contain the two bytes of the tail, so only the length says where a frame ends.

use thiserror::Error;

const HEAD: [u8; 2] = [0x55, 0xAA];
const TAIL: [u8; 2] = [0xCC, 0x33];

/// Head, type, ack, id and length.
const HEADER_BYTES: usize = 7;

/// Checksum and tail.
const TRAILER_BYTES: usize = 3;

/// Longest data of a frame, by the protocol.
pub const MAX_DATA: usize = 1024;

/// What the decoder keeps at most: two of the longest frames, because a copy may follow at once.
const MAX_BUFFER: usize = 2 * (HEADER_BYTES + MAX_DATA + TRAILER_BYTES);

/// Type of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Data, acknowledgement or heartbeat.
    Normal,
    /// The host asks for a link.
    Handshake,
    /// The terminal grants it.
    HandshakeConfirm,
}

impl Kind {
    fn code(self) -> u8 {
        match self {
            Self::Normal => 0,
            Self::Handshake => 1,
            Self::HandshakeConfirm => 2,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        [Self::Normal, Self::Handshake, Self::HandshakeConfirm].into_iter().find(|kind| kind.code() == code)
    }
}

/// One frame.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// Its type.
    pub kind: Kind,
    /// The id it acknowledges; 0 for none.
    pub ack: u8,
    /// Its own id, 1..=255 with data; 0 for none.
    pub id: u8,
    /// The payload.
    pub data: Vec<u8>,
}

/// The payload may name a card: only its length is shown.
impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({:?}, ack {}, id {}, {} bytes)", self.kind, self.ack, self.id, self.data.len())
    }
}

/// Damage on the line.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum FrameError {
    /// The checksum is wrong.
    #[error("wrong checksum")]
    Checksum,
    /// The tail is missing where the length says it is.
    #[error("no tail")]
    Tail,
    /// The length is more than the protocol allows.
    #[error("impossible length {0}")]
    Length(usize),
    /// A type that does not exist.
    #[error("unknown type {0}")]
    Kind(u8),
}

impl Frame {
    /// A frame without data.
    #[must_use]
    pub fn bare(kind: Kind) -> Self {
        Self { kind, ack: 0, id: 0, data: Vec::new() }
    }

    /// A heartbeat.
    #[must_use]
    pub fn heartbeat() -> Self {
        Self::bare(Kind::Normal)
    }

    /// The acknowledgement of `id`.
    #[must_use]
    pub fn ack(id: u8) -> Self {
        Self { ack: id, ..Self::bare(Kind::Normal) }
    }

    /// Data under an id.
    ///
    /// # Errors
    /// [`FrameError::Length`] for more than [`MAX_DATA`] bytes.
    pub fn data(id: u8, data: Vec<u8>) -> Result<Self, FrameError> {
        if data.len() > MAX_DATA {
            return Err(FrameError::Length(data.len()));
        }
        Ok(Self { kind: Kind::Normal, ack: 0, id, data })
    }

    /// The bytes of the frame.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        // A frame is made by `data` or without data, so its length fits; a longer one would be cut here.
        let data = self.data.get(..self.data.len().min(MAX_DATA)).unwrap_or_default();
        let [high, low] = u16::try_from(data.len()).unwrap_or(0).to_be_bytes();
        let mut covered = vec![self.kind.code(), self.ack, self.id, high, low];
        covered.extend_from_slice(data);
        [HEAD.as_slice(), &covered, &[xor(&covered)], TAIL.as_slice()].concat()
    }
}

/// Takes bytes as they come and gives frames.
#[derive(Default)]
pub struct Decoder {
    buffer: Vec<u8>,
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Decoder({} bytes)", self.buffer.len())
    }
}

impl Decoder {
    /// An empty decoder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds bytes; those beyond the bound are dropped.
    pub fn push(&mut self, bytes: &[u8]) {
        let room = MAX_BUFFER.saturating_sub(self.buffer.len());
        self.buffer.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.buffer.clear();
    }

    /// Bytes of a frame that has begun and is not whole.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.buffer.len()
    }

    /// The next frame; `Ok(None)` means that it has not fully arrived.
    ///
    /// # Errors
    /// [`FrameError`]; the damaged start is skipped, so the next call looks for the next head.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        self.skip_to_head();
        let parsed = parse(&self.buffer);
        match &parsed {
            Ok(Some(frame)) => drop(self.buffer.drain(..HEADER_BYTES + frame.data.len() + TRAILER_BYTES)),
            Ok(None) => {}
            Err(_) => drop(self.buffer.drain(..HEAD.len())),
        }
        parsed
    }

    fn skip_to_head(&mut self) {
        let starts_here = |rest: &[u8]| rest.iter().zip(HEAD).all(|(have, want)| *have == want);
        let start = (0..self.buffer.len()).find(|&at| starts_here(self.buffer.get(at..).unwrap_or_default()));
        self.buffer.drain(..start.unwrap_or(self.buffer.len()));
    }
}

fn parse(bytes: &[u8]) -> Result<Option<Frame>, FrameError> {
    let Some(&[_, _, kind, ack, id, high, low]) = bytes.get(..HEADER_BYTES) else {
        return Ok(None);
    };
    let len = usize::from(u16::from_be_bytes([high, low]));
    if len > MAX_DATA {
        return Err(FrameError::Length(len));
    }
    let end = HEADER_BYTES + len;
    let (Some(covered), Some(&[checksum, tail_1, tail_2])) =
        (bytes.get(HEAD.len()..end), bytes.get(end..end + TRAILER_BYTES))
    else {
        return Ok(None);
    };
    if [tail_1, tail_2] != TAIL {
        return Err(FrameError::Tail);
    }
    if xor(covered) != checksum {
        return Err(FrameError::Checksum);
    }
    let kind = Kind::from_code(kind).ok_or(FrameError::Kind(kind))?;
    Ok(Some(Frame { kind, ack, id, data: bytes.get(HEADER_BYTES..end).unwrap_or_default().to_vec() }))
}

fn xor(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}
