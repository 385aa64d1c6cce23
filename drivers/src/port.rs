//! One serial port: opened exclusively, read with deadlines, and lost from time to time.
//!
//! A USB converter that is pulled gives end of file, EIO or a broken pipe. The handle must then be dropped
//! *before* the port is opened again, or the kernel gives the device a new number (protocols D and K).

mod counters;
mod link;
mod serial;

use std::time::Instant;

use serde::{Deserialize, Serialize};

pub use counters::{PortCounters, PortCounts};
pub use link::{Backoff, Link, Opened};
pub use serial::{SerialPortLine, available_ports};

use crate::status::DeviceError;

/// Parity of a serial port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Parity {
    /// No parity bit.
    #[default]
    None,
    /// Odd parity.
    Odd,
    /// Even parity.
    Even,
}

/// Flow control of a serial port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// None.
    #[default]
    None,
    /// RTS and CTS.
    Hardware,
    /// XON and XOFF.
    Software,
}

/// Stop bits of a serial port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopBits {
    /// One.
    #[default]
    One,
    /// Two.
    Two,
}

/// How to open a serial port; always 8 data bits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PortSettings {
    /// A path that names the socket, not the order of plugging: `/dev/serial/by-path/...`.
    pub path: String,
    /// Bits per second.
    pub baud: u32,
    /// Parity.
    #[serde(default)]
    pub parity: Parity,
    /// Flow control.
    #[serde(default)]
    pub flow: Flow,
    /// Stop bits.
    #[serde(default)]
    pub stop_bits: StopBits,
    /// How long the port may refuse to take bytes before the write fails, in ms; the time that the bytes need
    /// on the wire comes on top.
    #[serde(default = "default_write_timeout_ms")]
    pub write_timeout_ms: u64,
}

/// A printer that has run out of paper stops its flow for as long as it likes; 5 s is longer than a full
/// 4 kB buffer takes at 9600 baud, so a longer stop is a fault to be looked at by status.
fn default_write_timeout_ms() -> u64 {
    5000
}

impl PortSettings {
    /// The port at `path` with `baud`, no parity, no flow control and one stop bit.
    #[must_use]
    pub fn new(path: impl Into<String>, baud: u32) -> Self {
        Self {
            path: path.into(),
            baud,
            parity: Parity::None,
            flow: Flow::None,
            stop_bits: StopBits::One,
            write_timeout_ms: default_write_timeout_ms(),
        }
    }
}

/// A byte pipe to a device. Drivers are written against this, so that tests can use any pipe.
pub trait Line: Send {
    /// The path or name, for messages.
    fn name(&self) -> &str;

    /// Whether there is a handle. It says nothing about the device behind it.
    fn is_open(&self) -> bool;

    /// Drops an old handle, opens a new one and discards what was waiting: an answer to a host that died
    /// stays in the tty.
    ///
    /// # Errors
    /// `PortMissing`, `PortBusy` or `PortRefused`.
    fn open(&mut self) -> Result<(), DeviceError>;

    /// Drops the handle.
    fn close(&mut self);

    /// Waits until `deadline` for at least one byte. `Ok(0)` means that none came in time.
    ///
    /// # Errors
    /// `PortGone` when the device went away; the handle is then already dropped.
    fn read(&mut self, buf: &mut [u8], deadline: Instant) -> Result<usize, DeviceError>;

    /// Writes everything or fails.
    ///
    /// # Errors
    /// `PortGone` as for `read`; `TimeOut` when the port takes no more bytes.
    fn write_all(&mut self, bytes: &[u8]) -> Result<(), DeviceError>;

    /// Goes on at another speed; a later [`Line::open`] uses it too.
    ///
    /// # Errors
    /// `NotSupported` by a line without a speed; `PortGone` as for `read`, also when the port cannot do it.
    fn set_baud(&mut self, _baud: u32) -> Result<(), DeviceError> {
        Err(DeviceError::NotSupported)
    }

    /// Discards what has arrived and was not read.
    ///
    /// # Errors
    /// `PortGone` as for `read`.
    fn drain(&mut self) -> Result<(), DeviceError>;

    /// Where this line counts, if it does.
    fn counters(&self) -> Option<&PortCounters> {
        None
    }
}
