//! A [`Line`] on a real serial port.
//!
//! `serialport` sets the port up and writes. It reads nothing once a device has hung up, and a device that
//! answers and disconnects at once has answered (protocols D): reading goes through a second handle, until
//! the system says that nothing is left.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use serialport::{ClearBuffer, DataBits, FlowControl, SerialPort, TTYPort};

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
    handle: Option<Handle>,
    counters: PortCounters,
}

/// An open port.
#[derive(Debug)]
struct Handle {
    /// Reads. Opened first, because `port` then keeps everybody else out.
    tap: File,
    /// Settings, lines, writing.
    port: TTYPort,
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

    /// The exclusive lock comes before the settings: whoever holds the port must not notice that somebody
    /// tried.
    fn open_once(&self) -> Result<Handle, DeviceError> {
        let flags = OFlags::RDONLY | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let tap = rustix::fs::open(&self.settings.path, flags, Mode::empty())
            .map_err(|error| self.refused(io::Error::from(error).kind()))?;
        let port = self.builder().open_native().map_err(|error| match error.kind {
            serialport::ErrorKind::NoDevice => self.refused(io::ErrorKind::ResourceBusy),
            serialport::ErrorKind::Io(kind) => self.refused(kind),
            _ => self.refused(io::ErrorKind::InvalidInput),
        })?;
        Ok(Handle { tap: tap.into(), port })
    }

    fn builder(&self) -> serialport::SerialPortBuilder {
        serialport::new(&self.settings.path, self.settings.baud)
            .data_bits(DataBits::Eight)
            .stop_bits(match self.settings.stop_bits {
                StopBits::One => serialport::StopBits::One,
                StopBits::Two => serialport::StopBits::Two,
            })
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
    }

    fn refused(&self, kind: io::ErrorKind) -> DeviceError {
        let path = self.settings.path.clone();
        match kind {
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
            match self.open_once() {
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
        let Some(handle) = self.handle.as_mut() else {
            return Err(self.gone());
        };
        match read_until(&mut handle.tap, buf, deadline) {
            Ok(got) => {
                self.counters.received(got);
                if got == 0 {
                    self.counters.ready_line(handle.port.read_data_set_ready().ok());
                }
                Ok(got)
            }
            Err(_) => Err(self.gone()),
        }
    }

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), DeviceError> {
        let waited_ms = self.settings.write_timeout_ms + wire_ms(bytes.len(), self.settings.baud);
        let deadline = deadline_ms(waited_ms);
        // Asked before each command and at each silence after one; only a change says that the device is off.
        if let Some(Handle { port, .. }) = self.handle.as_mut() {
            self.counters.ready_line(port.read_data_set_ready().ok());
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            let Some(Handle { port, .. }) = self.handle.as_mut() else {
                return Err(self.gone());
            };
            let wait = deadline.saturating_duration_since(Instant::now());
            if wait.is_zero() {
                return Err(DeviceError::TimeOut { what: "write", waited_ms });
            }
            let wait = port.set_timeout(wait.max(MIN_WAIT)).map_err(io::Error::from);
            match wait.and_then(|()| port.write(rest)) {
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
        // What was written before leaves at the old speed.
        match self.handle.as_mut().map(|handle| handle.port.set_baud_rate(baud)) {
            Some(Ok(())) => Ok(()),
            _ => Err(self.gone()),
        }
    }

    fn drain(&mut self) -> Result<(), DeviceError> {
        match self.handle.as_ref().map(|handle| handle.port.clear(ClearBuffer::Input)) {
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
    let found = serialport::available_ports().unwrap_or_default().into_iter();
    let mut ports: Vec<PathBuf> = found.map(|port| stable(port.port_name.into())).collect();
    ports.sort();
    ports
}

/// Bytes, or 0 at the deadline. The end of the file is an error: the device is gone.
fn read_until(tap: &mut File, buf: &mut [u8], deadline: Instant) -> io::Result<usize> {
    loop {
        let wait = deadline.saturating_duration_since(Instant::now());
        let is_ready = match readable(tap, wait) {
            Err(error) if is_passing(&error) => false,
            other => other?,
        };
        if !is_ready {
            if wait.is_zero() {
                return Ok(0);
            }
            continue;
        }
        match tap.read(buf) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Err(error) if is_passing(&error) => {}
            other => return other,
        }
    }
}

/// Whether bytes, a hang-up or an error can be read.
fn readable(tap: &File, wait: Duration) -> io::Result<bool> {
    let wait = Timespec {
        tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: wait.subsec_nanos().into(),
    };
    Ok(poll(&mut [PollFd::new(tap, PollFlags::IN)], Some(&wait))? > 0)
}

fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

#[cfg(test)]
mod tests {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn the_last_bytes_before_a_hang_up_are_read() {
        let (mut theirs, ours) = UnixStream::pair().unwrap();
        let mut ours = File::from(OwnedFd::from(ours));
        theirs.write_all(b"bye").unwrap();
        drop(theirs);
        let mut buf = [0; 8];
        let deadline = Instant::now() + Duration::from_secs(5);
        assert_eq!(read_until(&mut ours, &mut buf, deadline).unwrap(), 3);
        assert_eq!(&buf[..3], b"bye");
        assert!(read_until(&mut ours, &mut buf, deadline).is_err(), "then the device is gone");
    }
}
