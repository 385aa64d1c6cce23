//! The words for the state of a device and for what went wrong with it, after the XFS vocabulary.
//!
//! State and result are two things: a printer can be online and still fail one job, and a reader that says
//! "no card" is healthy.

use std::io;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::barcode_scanner::gm65::Gm65Error;
use crate::barcode_scanner::text::ScanError;
use crate::card_writer::apdu::ApduError;
use crate::document_printer::ipp::IppFault;
use crate::id_reader::card::CardError;
use crate::id_reader::sam_v::codec::FrameError as SamFrameError;
use crate::payment_terminal::ecr_hub::message::MessageError;

/// What a device can do at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceState {
    /// It answers and can work.
    Online,
    /// It is there but does not take work (paper out, cover open, no handshake).
    Offline,
    /// It has no power.
    PoweredOff,
    /// Its port does not exist or vanished.
    Absent,
    /// It reports a defect of its own that a technician must repair.
    HardwareError,
    /// Somebody must do something by hand at the device: lift a card.
    UserError,
    /// It works on something.
    Busy,
    /// It reports tampering.
    FraudAttempt,
    /// Nothing is known, which is never taken for good.
    #[default]
    Unknown,
}

/// What a person at the device must do before the next try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserFault {
    /// The card must be lifted and laid again: most SAMs do not find a card again after a damaged read
    /// (protocols M).
    LayCardAgain,
    /// The card is of a kind that this reader does not know.
    UnsupportedCard,
    /// The card was read and still lies there; nobody else's visit may begin before it is taken.
    RemoveCard,
    /// This is another card than the one that a torn load must be settled with.
    OtherCard,
}

/// A defect that the device itself reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HardwareFault {
    /// The SAM failed its self-test and accepts no further command (SW3 60).
    SamSelfTest,
    /// The SAM is not authorised (SW3 66).
    SamNotAuthorised,
    /// The SAM answered with a status that does not belong to the command; the byte is SW3.
    SamRefused(u8),
    /// The reader of the card writer failed in the middle of a command.
    CardReaderFailed,
}

/// Bytes that arrived but do not mean what the protocol promises.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ProtocolFault {
    /// A damaged frame of the ID reader.
    #[error("ID reader frame")]
    SamFrame(#[from] SamFrameError),
    /// A whole frame whose card data are absurd.
    #[error("card data")]
    Card(#[from] CardError),
    /// Bytes of a scanner that are no code.
    #[error("scanned code")]
    Scan(#[from] ScanError),
    /// A scanner that answers a command wrongly.
    #[error("scanner command")]
    Gm65(#[from] Gm65Error),
    /// An answer of a card that the purse's commands do not allow.
    #[error("card answer")]
    Purse(#[from] ApduError),
    /// A payload of the payment terminal that is not a message.
    #[error("payment terminal message")]
    Message(#[from] MessageError),
    /// An answer of the document printer that is not what was asked for.
    #[error("document printer")]
    Ipp(#[from] IppFault),
    /// A frame that cannot be sent because its payload is longer than the protocol allows.
    #[error("payload of {bytes} bytes, at most {max}")]
    TooLong {
        /// Bytes of the payload.
        bytes: usize,
        /// The most the protocol can carry.
        max: usize,
    },
}

/// Why an operation on a device failed. Nothing personal is ever in it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DeviceError {
    /// No answer in time.
    #[error("no answer to {what} within {waited_ms} ms")]
    TimeOut {
        /// The command, in the words of the protocol.
        what: &'static str,
        /// How long was waited.
        waited_ms: u64,
    },
    /// Somebody asked to stop, and nothing had happened yet.
    #[error("canceled")]
    Canceled,
    /// The device answers but cannot do this now.
    #[error("device not ready")]
    DeviceNotReady,
    /// The device reports a defect.
    #[error("hardware error: {0:?}")]
    HardwareError(HardwareFault),
    /// A person must act first.
    #[error("user error: {0:?}")]
    UserError(UserFault),
    /// The port vanished while open, or a try to reopen it is not due yet.
    #[error("port {path} is gone")]
    PortGone {
        /// Path of the port.
        path: String,
    },
    /// There is no such port.
    #[error("port {path} does not exist")]
    PortMissing {
        /// Path of the port.
        path: String,
    },
    /// Another process holds the port.
    #[error("port {path} is in use")]
    PortBusy {
        /// Path of the port.
        path: String,
    },
    /// The operating system refused the port.
    #[error("port {path}: {kind}")]
    PortRefused {
        /// Path of the port.
        path: String,
        /// What the system said.
        kind: io::ErrorKind,
    },
    /// The device sent something that the protocol does not allow.
    #[error("protocol")]
    Protocol(#[from] ProtocolFault),
    /// This driver or this model cannot do it at all.
    #[error("not supported")]
    NotSupported,
}

impl DeviceError {
    /// The state of a device whose last operation ended like this.
    #[must_use]
    pub fn state(&self) -> DeviceState {
        match self {
            Self::PortGone { .. } | Self::PortMissing { .. } => DeviceState::Absent,
            Self::TimeOut { .. } | Self::DeviceNotReady | Self::PortRefused { .. } => DeviceState::Offline,
            Self::PortBusy { .. } => DeviceState::Busy,
            Self::HardwareError(_) => DeviceState::HardwareError,
            Self::UserError(_) => DeviceState::UserError,
            Self::Canceled | Self::Protocol(_) | Self::NotSupported => DeviceState::Unknown,
        }
    }

    /// A stable word for logs, metrics and JSON.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TimeOut { .. } => "time-out",
            Self::Canceled => "canceled",
            Self::DeviceNotReady => "device-not-ready",
            Self::HardwareError(_) => "hardware-error",
            Self::UserError(_) => "user-error",
            Self::PortGone { .. } => "port-gone",
            Self::PortMissing { .. } => "port-missing",
            Self::PortBusy { .. } => "port-busy",
            Self::PortRefused { .. } => "port-refused",
            Self::Protocol(_) => "protocol",
            Self::NotSupported => "not-supported",
        }
    }

    /// Whether the port itself is lost, so that only reopening helps.
    #[must_use]
    pub fn is_port_loss(&self) -> bool {
        matches!(
            self,
            Self::PortGone { .. }
                | Self::PortMissing { .. }
                | Self::PortBusy { .. }
                | Self::PortRefused { .. }
        )
    }
}
