//! Commands of a GM65 module (protocols F and M): zones of its memory are read and written.
//!
//! A code may come before, after and in the middle of an answer, because the module sends both as they come.

use crc::{CRC_16_XMODEM, Crc};
use thiserror::Error;
use zeroize::Zeroizing;

const CHECK: Crc<u16> = Crc::<u16>::new(&CRC_16_XMODEM);

/// Start of every command.
const COMMAND: [u8; 2] = [0x7E, 0x00];

/// Start of every answer, up to its length.
const ANSWER: [u8; 3] = [0x02, 0x00, 0x00];

/// Bytes of an answer beside its data: start, length, CRC.
const AROUND: usize = ANSWER.len() + 1 + 2;

/// The most that may be waited through for an answer: the longest code beside it.
pub const MAX_MIXED: usize = 4096;

/// What a module can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Reads so many bytes of memory from an address.
    Read {
        /// Where.
        address: u16,
        /// How many.
        bytes: u8,
    },
    /// Writes memory; forgotten with the power.
    Write {
        /// Where.
        address: u16,
        /// What, at most 255 bytes.
        data: Vec<u8>,
    },
    /// Keeps in flash what was written.
    Save,
}

impl Command {
    /// Lights the module until it has seen a code.
    #[must_use]
    pub fn trigger() -> Self {
        Self::Write { address: 0x0002, data: vec![1] }
    }

    /// Asks for the divisor of the speed; every module answers it.
    #[must_use]
    pub const fn query_baud() -> Self {
        Self::Read { address: 0x002A, bytes: 2 }
    }

    /// Name for messages.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Read { .. } => "read zone",
            Self::Write { .. } => "write zone",
            Self::Save => "save zones",
        }
    }

    /// The frame of this command.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let (kind, address, data): (u8, u16, &[u8]) = match self {
            Self::Read { address, bytes } => (0x07, *address, std::slice::from_ref(bytes)),
            Self::Write { address, data } => (0x08, *address, data.get(..255).unwrap_or(data)),
            Self::Save => (0x09, 0, &[0]),
        };
        let mut frame = COMMAND.to_vec();
        frame.extend([kind, u8::try_from(data.len()).unwrap_or(u8::MAX)]);
        frame.extend(address.to_be_bytes());
        frame.extend_from_slice(data);
        let crc = CHECK.checksum(frame.get(COMMAND.len()..).unwrap_or_default());
        frame.extend(crc.to_be_bytes());
        frame
    }

    /// How many bytes of data its answer has.
    #[must_use]
    pub fn answer_bytes(&self) -> usize {
        match self {
            Self::Read { bytes, .. } => usize::from(*bytes),
            Self::Write { .. } | Self::Save => 1,
        }
    }
}

/// Damage on the line, or a module that refuses.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Gm65Error {
    /// Bytes came, but no answer is among them.
    #[error("no answer among {0} bytes")]
    NoAnswer(usize),
    /// The module did not do it.
    #[error("refused with {0:02X}")]
    Refused(u8),
}

/// An answer, and what came around it.
#[derive(PartialEq, Eq)]
pub struct Mixed {
    /// Data of the answer.
    pub data: Vec<u8>,
    /// Bytes of codes, in the order in which they came.
    pub codes: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Mixed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mixed({:02X?}, {} bytes of codes)", self.data, self.codes.len())
    }
}

/// Finds an answer with `answer_bytes` of data in what came so far; `None` until it is there.
///
/// Codes may lie before it, behind it, or once inside it. An answer begins with bytes that no code has, and
/// ends with its CRC, so what lies between its parts can be told.
#[must_use]
pub fn find_answer(came: &[u8], answer_bytes: usize) -> Option<Mixed> {
    let begin = came.iter().position(|byte| Some(byte) == ANSWER.first())?;
    let (before, rest) = came.split_at_checked(begin)?;
    let whole = AROUND + answer_bytes;
    let spare = rest.len().checked_sub(whole)?;
    let answers = (0..=spare).flat_map(|gap| (1..whole).map(move |at| (at, gap))).filter_map(|(at, gap)| {
        let (head, tail) = rest.split_at_checked(at)?;
        if !head.iter().zip(ANSWER).all(|(have, want)| *have == want) {
            return None;
        }
        let (inside, tail) = tail.split_at_checked(gap)?;
        let (tail, behind) = tail.split_at_checked(whole - at)?;
        let data = parse(&[head, tail].concat(), answer_bytes)?;
        let codes = Zeroizing::new([before, inside, behind].concat());
        Some((unended(inside) + unended(behind), Mixed { data, codes }))
    });
    // A byte of a code can look like one of the answer: the reading with whole codes is the likelier one.
    answers.min_by_key(|(unended, _)| *unended).map(|(_, mixed)| mixed)
}

/// 1 for the bytes of a code whose tail is missing.
fn unended(code: &[u8]) -> u8 {
    u8::from(!matches!(code.last(), None | Some(b'\r' | b'\n' | b'\t')))
}

/// The data of a whole answer whose length and CRC are right.
fn parse(answer: &[u8], answer_bytes: usize) -> Option<Vec<u8>> {
    let (covered, crc) = answer.split_last_chunk::<2>()?;
    let data = covered.strip_prefix(&ANSWER)?;
    let (length, data) = data.split_first()?;
    let right = usize::from(*length) == answer_bytes
        && data.len() == answer_bytes
        && CHECK.checksum(covered.get(2..)?).to_be_bytes() == *crc;
    right.then(|| data.to_vec())
}
