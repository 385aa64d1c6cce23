//! A [`Line`] on a real serial port.
//!
//! Reading goes on until the system says that nothing is left, also after a hang-up: a device that answers
//! and disconnects at once has answered (protocols D).

use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, Mode, OFlags, flock};
use rustix::termios::ioctl_tiocexcl;
use serial2::{CharSize, FlowControl, SerialPort, Settings};

use super::{Flow, Line, Parity, PortCounters, PortSettings, StopBits};
use crate::status::DeviceError;
use crate::timing::{deadline_ms, wire_ms};

/// How long an exclusive lock of a process that is just ending is waited for: it closes its ports within
/// milliseconds, a second is generous (protocols M).
const LOCK_WAIT: Duration = Duration::from_secs(1);

/// Pause between two tries for the lock: twenty tries within [`LOCK_WAIT`].
const LOCK_RETRY: Duration = Duration::from_millis(50);

/// Where the system names ports by the socket in which they are.
const BY_PATH: &str = "/dev/serial/by-path";

/// The shortest time-out: the system counts whole milliseconds, and 0 would spin.
const MIN_WAIT: Duration = Duration::from_millis(1);

/// A serial port that can be lost and opened again by the same path.
#[derive(Debug)]
pub struct SerialPortLine {
    settings: PortSettings,
    handle: Option<SerialPort>,
    counters: PortCounters,
}

impl SerialPortLine {
    /// A line that is not open yet.
    #[must_use]
    pub fn new(settings: PortSettings) -> Self {
        Self { settings, handle: None, counters: PortCounters::new() }
    }

    /// The same, counting into numbers that somebody watches.
    #[must_use]
    pub fn counted(mut self, counters: PortCounters) -> Self {
        self.counters = counters;
        self
    }

    fn gone(&mut self) -> DeviceError {
        self.handle = None;
        DeviceError::PortGone { path: self.settings.path.clone() }
    }

    /// Two locks, one for programs that ask for it and one that the kernel enforces, and only then the
    /// settings: whoever holds the port must not notice that somebody tried.
    fn open_once(&self) -> io::Result<SerialPort> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::open(&self.settings.path, flags, Mode::empty())?;
        flock(&file, FlockOperation::NonBlockingLockExclusive)?;
        ioctl_tiocexcl(&file)?;
        let mut port = SerialPort::from(file);
        let wanted = self.set_up(port.get_configuration()?)?;
        port.set_configuration(&wanted)?;
        Ok(port)
    }

    fn set_up(&self, mut wanted: Settings) -> io::Result<Settings> {
        wanted.set_raw();
        wanted.set_baud_rate(self.settings.baud)?;
        wanted.set_char_size(CharSize::Bits8);
        wanted.set_stop_bits(match self.settings.stop_bits {
            StopBits::One => serial2::StopBits::One,
            StopBits::Two => serial2::StopBits::Two,
        });
        wanted.set_parity(match self.settings.parity {
            Parity::None => serial2::Parity::None,
            Parity::Odd => serial2::Parity::Odd,
            Parity::Even => serial2::Parity::Even,
        });
        wanted.set_flow_control(match self.settings.flow {
            Flow::None => FlowControl::None,
            Flow::Hardware => FlowControl::RtsCts,
            Flow::Software => FlowControl::XonXoff,
        });
        Ok(wanted)
    }

    fn refused(&self, error: &io::Error) -> DeviceError {
        let path = self.settings.path.clone();
        match error.kind() {
            _ if !Path::new(&path).exists() => DeviceError::PortMissing { path },
            io::ErrorKind::WouldBlock | io::ErrorKind::ResourceBusy => DeviceError::PortBusy { path },
            kind => DeviceError::PortRefused { path, kind },
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
            match self.open_once().map_err(|error| self.refused(&error)) {
                Err(DeviceError::PortBusy { .. }) if Instant::now() < give_up => thread::sleep(LOCK_RETRY),
                other => break other?,
            }
        };
        self.handle = Some(port);
        self.counters.opened();
        self.drain()
    }

    fn close(&mut self) {
        self.handle = None;
    }

    fn read(&mut self, buf: &mut [u8], deadline: Instant) -> Result<usize, DeviceError> {
        let Some(port) = self.handle.as_mut() else {
            return Err(self.gone());
        };
        match read_until(port, buf, deadline) {
            Ok(got) => {
                self.counters.received(got);
                // Asked when the device answers and when it is silent: the difference says that it is off.
                self.counters.ready_line(port.read_dsr().ok());
                Ok(got)
            }
            Err(_) => Err(self.gone()),
        }
    }

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), DeviceError> {
        let waited_ms = self.settings.write_timeout_ms + wire_ms(bytes.len(), self.settings.baud);
        let deadline = deadline_ms(waited_ms);
        let mut rest = bytes;
        while !rest.is_empty() {
            let Some(port) = self.handle.as_mut() else {
                return Err(self.gone());
            };
            let wait = deadline.saturating_duration_since(Instant::now());
            if wait.is_zero() {
                return Err(DeviceError::TimeOut { what: "write", waited_ms });
            }
            match port.set_write_timeout(wait.max(MIN_WAIT)).and_then(|()| port.write(rest)) {
                Ok(n) if n > 0 => {
                    self.counters.sent(n);
                    rest = rest.get(n..).unwrap_or_default();
                }
                Err(e) if is_passing(&e) => {}
                _ => return Err(self.gone()),
            }
        }
        Ok(())
    }

    fn set_baud(&mut self, baud: u32) -> Result<(), DeviceError> {
        self.settings.baud = baud;
        match self.handle.as_mut().map(|port| change_speed(port, baud)) {
            Some(Ok(())) => Ok(()),
            _ => Err(self.gone()),
        }
    }

    fn drain(&mut self) -> Result<(), DeviceError> {
        match self.handle.as_ref().map(SerialPort::discard_input_buffer) {
            Some(Ok(())) => Ok(()),
            _ => Err(self.gone()),
        }
    }

    fn counters(&self) -> Option<&PortCounters> {
        Some(&self.counters)
    }
}

/// The serial ports of this machine: by the socket where the system knows it, else by their own name.
#[must_use]
pub fn available_ports() -> Vec<PathBuf> {
    let sockets: Vec<PathBuf> = std::fs::read_dir(BY_PATH)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    let device = |socket: &PathBuf| std::fs::canonicalize(socket).ok();
    let stable = |port: PathBuf| {
        sockets.iter().find(|socket| device(socket).as_ref() == Some(&port)).cloned().unwrap_or(port)
    };
    let mut ports: Vec<PathBuf> =
        SerialPort::available_ports().unwrap_or_default().into_iter().map(stable).collect();
    ports.sort();
    ports
}

/// What was written before leaves at the old speed.
fn change_speed(port: &mut SerialPort, baud: u32) -> io::Result<()> {
    let mut wanted = port.get_configuration()?;
    wanted.set_baud_rate(baud)?;
    port.set_configuration(&wanted)
}

/// Bytes, or 0 at the deadline. The end of the file is an error: the device is gone.
fn read_until(port: &mut SerialPort, buf: &mut [u8], deadline: Instant) -> io::Result<usize> {
    loop {
        let wait = deadline.saturating_duration_since(Instant::now());
        port.set_read_timeout(wait.max(MIN_WAIT))?;
        match port.read(buf) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Err(error) if is_passing(&error) && wait.is_zero() => return Ok(0),
            Err(error) if is_passing(&error) => {}
            other => return other,
        }
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bytes_before_a_hang_up_are_read() {
        let (mut ours, theirs) = SerialPort::pair().unwrap();
        theirs.write_all(b"bye").unwrap();
        drop(theirs);
        let mut buf = [0; 8];
        let deadline = Instant::now() + Duration::from_secs(5);
        assert_eq!(read_until(&mut ours, &mut buf, deadline).unwrap(), 3);
        assert_eq!(&buf[..3], b"bye");
        assert!(read_until(&mut ours, &mut buf, deadline).is_err(), "then the device is gone");
    }
}
