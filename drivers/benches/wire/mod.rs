//! A wire that takes its time: a pseudo-terminal for the host, and each byte a moment later at the device.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// Bytes that a UART takes at once.
const FIFO_BYTES: usize = 16;

/// How often an idle direction looks whether it shall end.
const IDLE: Timespec = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };

type Sent = Arc<Mutex<Vec<(u8, Instant)>>>;

/// The wire; it ends with this.
pub struct Wire {
    path: PathBuf,
    sent: Sent,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
    _slave: OwnedFd,
}

impl Wire {
    /// A wire of so many bits per second to the port of a device.
    pub fn start(device: &Path, baud: u32) -> io::Result<Self> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let name: CString = ptsname(&master, Vec::new())?;
        let slave = open_raw(Path::new(name.to_str().map_err(io::Error::other)?))?;
        let path = PathBuf::from(name.to_string_lossy().into_owned());
        let (sent, stop) = (Sent::default(), Arc::new(AtomicBool::new(false)));
        let (host, device) = (Arc::new(master), Arc::new(open_raw(device)?));
        let byte_time = Duration::from_secs(10) / baud;
        let threads = vec![
            carry(host.clone(), device.clone(), byte_time, Some(sent.clone()), stop.clone()),
            carry(device, host, byte_time, None, stop.clone()),
        ];
        Ok(Self { path, sent, stop, threads, _slave: slave })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the host sent since the last call, each byte with the moment at which it had left.
    pub fn take_sent(&self) -> Vec<(u8, Instant)> {
        std::mem::take(&mut self.sent.lock().unwrap())
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
    }
}

fn open_raw(path: &Path) -> io::Result<OwnedFd> {
    let port = rustix::fs::open(path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())?;
    let mut modes = tcgetattr(&port)?;
    modes.make_raw();
    tcsetattr(&port, OptionalActions::Now, &modes)?;
    Ok(port)
}

fn carry(
    from: Arc<OwnedFd>,
    to: Arc<OwnedFd>,
    byte_time: Duration,
    sent: Option<Sent>,
    stop: Arc<AtomicBool>,
) -> JoinHandle<()> {
    thread::spawn(move || {
        // When the wire is free again. What waits at that moment leaves without a gap.
        let mut free = Instant::now();
        let mut idle = true;
        while !stop.load(Ordering::Acquire) {
            if !is_readable(&from, if idle { IDLE } else { Timespec::default() }) {
                idle = true;
                continue;
            }
            let mut bytes = [0; FIFO_BYTES];
            let Ok(got) = rustix::io::read(&from, &mut bytes) else { return };
            let mut leaves = if idle { Instant::now() } else { free };
            idle = false;
            for byte in bytes.iter().take(got) {
                leaves += byte_time;
                if let Some(sent) = &sent {
                    sent.lock().unwrap().push((*byte, leaves));
                }
            }
            free = leaves;
            wait_until(free);
            let Some(bytes) = bytes.get(..got) else { return };
            if rustix::io::write(&to, bytes).is_err() {
                return;
            }
        }
    })
}

fn is_readable(port: &OwnedFd, wait: Timespec) -> bool {
    let mut ports = [PollFd::from_borrowed_fd(port.as_fd(), PollFlags::IN)];
    poll(&mut ports, Some(&wait)).is_ok_and(|ready| ready > 0)
}

fn wait_until(moment: Instant) {
    while let Some(left) = moment.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        thread::park_timeout(left);
    }
}
