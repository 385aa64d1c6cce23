//! A [`Line`] on a real serial port.
//!
//! When a device answers and disconnects at once, `serialport` loses that answer (protocols D). Every driver
//! takes a lost answer for silence, never for a result, so this costs a repeated question and nothing else.

use std::io::{self, Read, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serialport::{ClearBuffer, DataBits, FlowControl, SerialPort, StopBits, TTYPort};

use super::{Flow, Line, Parity, PortSettings};
use crate::status::DeviceError;
use crate::timing::deadline_ms;

/// How long an exclusive lock of a process that is just ending is waited for: it closes its ports within
/// milliseconds, a second is generous (protocols M).
const LOCK_WAIT: Duration = Duration::from_secs(1);

/// Pause between two tries for the lock: twenty tries within [`LOCK_WAIT`].
const LOCK_RETRY: Duration = Duration::from_millis(50);

/// The shortest read time-out: `serialport` counts whole milliseconds, and 0 would spin.
const MIN_READ_WAIT: Duration = Duration::from_millis(1);

/// A serial port that can be lost and opened again by the same path.
#[derive(Debug)]
pub struct SerialPortLine {
    settings: PortSettings,
    handle: Option<TTYPort>,
}

impl SerialPortLine {
    /// A line that is not open yet.
    #[must_use]
    pub fn new(settings: PortSettings) -> Self {
        Self { settings, handle: None }
    }

    fn gone(&mut self) -> DeviceError {
        self.handle = None;
        DeviceError::PortGone { path: self.settings.path.clone() }
    }

    fn open_once(&self) -> Result<TTYPort, DeviceError> {
        serialport::new(&self.settings.path, self.settings.baud)
            .data_bits(DataBits::Eight)
            .stop_bits(StopBits::One)
            .parity(match self.settings.parity {
                Parity::None => serialport::Parity::None,
                Parity::Odd => serialport::Parity::Odd,
                Parity::Even => serialport::Parity::Even,
            })
            .flow_control(match self.settings.flow {
                Flow::None => FlowControl::None,
                Flow::Hardware => FlowControl::Hardware,
                Flow::Software => FlowControl::Software,
            })
            .open_native()
            .map_err(|error| self.refused(&error))
    }

    /// `serialport` says "no device" both for a missing path and for a lock that is held.
    fn refused(&self, error: &serialport::Error) -> DeviceError {
        let path = self.settings.path.clone();
        match error.kind {
            _ if !Path::new(&path).exists() => DeviceError::PortMissing { path },
            serialport::ErrorKind::NoDevice => DeviceError::PortBusy { path },
            serialport::ErrorKind::Io(kind) => DeviceError::PortRefused { path, kind },
            _ => DeviceError::PortRefused { path, kind: io::ErrorKind::InvalidInput },
        }
    }
}

impl Line for SerialPortLine {
    fn name(&self) -> &str {
        &self.settings.path
    }

    fn is_open(&self) -> bool {
        self.handle.is_some()
    }

    fn open(&mut self) -> Result<(), DeviceError> {
        self.handle = None;
        let give_up = Instant::now() + LOCK_WAIT;
        let port = loop {
            match self.open_once() {
                Err(DeviceError::PortBusy { .. }) if Instant::now() < give_up => thread::sleep(LOCK_RETRY),
                other => break other?,
            }
        };
        self.handle = Some(port);
        self.drain()
    }

    fn close(&mut self) {
        self.handle = None;
    }

    fn read(&mut self, buf: &mut [u8], deadline: Instant) -> Result<usize, DeviceError> {
        let Some(port) = self.handle.as_mut() else {
            return Err(self.gone());
        };
        loop {
            let wait = deadline.saturating_duration_since(Instant::now());
            if port.set_timeout(wait.max(MIN_READ_WAIT)).is_err() {
                return Err(self.gone());
            }
            match port.read(buf) {
                Ok(0) => return Err(self.gone()),
                Ok(n) => return Ok(n),
                Err(e) if e.kind() == io::ErrorKind::TimedOut => return Ok(0),
                Err(e) if e.kind() == io::ErrorKind::Interrupted && !wait.is_zero() => {}
                Err(e) if e.kind() == io::ErrorKind::Interrupted => return Ok(0),
                Err(_) => return Err(self.gone()),
            }
        }
    }

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), DeviceError> {
        let waited_ms = self.settings.write_timeout_ms;
        let deadline = deadline_ms(waited_ms);
        let Some(port) = self.handle.as_mut() else {
            return Err(self.gone());
        };
        let mut rest = bytes;
        while !rest.is_empty() {
            let wait = deadline.saturating_duration_since(Instant::now());
            if wait.is_zero() {
                return Err(DeviceError::TimeOut { what: "write", waited_ms });
            }
            if port.set_timeout(wait.max(MIN_READ_WAIT)).is_err() {
                return Err(self.gone());
            }
            match port.write(rest) {
                Ok(n) if n > 0 => rest = rest.get(n..).unwrap_or_default(),
                Err(e) if matches!(e.kind(), io::ErrorKind::TimedOut | io::ErrorKind::Interrupted) => {}
                _ => return Err(self.gone()),
            }
        }
        Ok(())
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), DeviceError> {
        self.settings.baud = baud;
        match self.handle.as_mut().map(|port| port.set_baud_rate(baud)) {
            Some(Ok(())) => Ok(()),
            _ => Err(self.gone()),
        }
    }

    fn drain(&mut self) -> Result<(), DeviceError> {
        let Some(port) = self.handle.as_ref() else {
            return Err(self.gone());
        };
        match port.clear(ClearBuffer::Input) {
            Ok(()) => Ok(()),
            Err(_) => Err(self.gone()),
        }
    }
}
