//! What PC/SC says when it cannot.

use thiserror::Error;

/// Why a call failed.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PcscError {
    /// There is no `libpcsclite`, or not all of it.
    #[error("libpcsclite is not installed")]
    NoLibrary,
    /// The daemon does not run.
    #[error("pcscd does not run")]
    NoService,
    /// There is no such reader.
    #[error("no such card reader")]
    NoReader,
    /// No card lies on the reader, or one that does not answer.
    #[error("no card")]
    NoCard,
    /// The card was lifted, or somebody reset it.
    #[error("the card is gone")]
    CardGone,
    /// Another program uses the card.
    #[error("another program uses the card")]
    Shared,
    /// The daemon waited long enough.
    #[error("time-out")]
    TimeOut,
    /// Another code, after the table in `pcsclite.h`.
    #[error("PC/SC error {0:08X}")]
    Other(u32),
}

impl PcscError {
    /// The meaning of a return code that is not 0.
    pub(crate) const fn of(code: u32) -> Self {
        match code {
            0x8010_0009 | 0x8010_0017 | 0x8010_002E => Self::NoReader,
            0x8010_000A => Self::TimeOut,
            0x8010_000B => Self::Shared,
            0x8010_000C | 0x8010_0066 | 0x8010_0067 => Self::NoCard,
            0x8010_0016 | 0x8010_002F | 0x8010_0068 | 0x8010_0069 => Self::CardGone,
            0x8010_001D | 0x8010_001E => Self::NoService,
            other => Self::Other(other),
        }
    }
}
