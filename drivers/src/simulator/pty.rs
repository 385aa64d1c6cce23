//! A pseudo-terminal under a stable name.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags, fcntl_setfl};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, ioctl_tiocnxcl, tcgetattr, tcsetattr};

/// Bytes taken at once: what a tty holds.
const READ_CHUNK: usize = 4096;

/// How long a host that does not read may stop the device; after that the rest is lost, as on a real wire.
const WRITE_WAIT: Duration = Duration::from_millis(50);

/// The device's side of a serial cable.
#[derive(Debug)]
pub(super) struct Pty {
    master: OwnedFd,
    /// Kept open, or the last bytes are lost and reads fail whenever no host is there.
    slave: OwnedFd,
    link: PathBuf,
    target: PathBuf,
}

impl Pty {
    /// Makes a pseudo-terminal and lets `link` point to it. A symbolic link that is there is replaced.
    pub(super) fn create(link: &Path) -> io::Result<Self> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let name = ptsname(&master, Vec::new())?;
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let slave = rustix::fs::open(name.as_c_str(), flags, Mode::empty())?;
        make_raw(&slave)?;
        fcntl_setfl(&master, OFlags::RDWR | OFlags::NONBLOCK)?;
        let target = PathBuf::from(name.to_string_lossy().into_owned());
        point(link, &target)?;
        Ok(Self { master, slave, link: link.to_owned(), target })
    }

    /// The speed that the host has set, in bits per second.
    pub(super) fn baud(&self) -> io::Result<u32> {
        Ok(tcgetattr(&self.slave)?.output_speed())
    }

    /// What the host sent, after at most `wait`; empty if nothing.
    pub(super) fn read(&self, wait: Duration) -> io::Result<Vec<u8>> {
        if !self.ready(PollFlags::IN, wait)? {
            // A host that was killed leaves its exclusive mark on the tty, because we keep it open. Hosts
            // lock the file as well, so nobody can slip in between.
            ioctl_tiocnxcl(&self.slave)?;
            return Ok(Vec::new());
        }
        let mut chunk = [0; READ_CHUNK];
        match rustix::io::read(&self.master, &mut chunk) {
            Ok(got) => Ok(chunk.into_iter().take(got).collect()),
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }

    /// Sends bytes; those that the host does not take in time are lost.
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match rustix::io::write(&self.master, rest) {
                Ok(sent) => rest = rest.get(sent..).unwrap_or_default(),
                Err(rustix::io::Errno::AGAIN) if self.ready(PollFlags::OUT, WRITE_WAIT)? => {}
                Err(rustix::io::Errno::AGAIN) => return Ok(()),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Bytes that the host could read and has not read yet.
    pub(super) fn unread(&self) -> u64 {
        rustix::io::ioctl_fionread(&self.slave).unwrap_or(0)
    }

    fn ready(&self, what: PollFlags, wait: Duration) -> io::Result<bool> {
        let timeout = Timespec::try_from(wait).map_err(io::Error::other)?;
        match poll(&mut [PollFd::new(&self.master, what)], Some(&timeout)) {
            Ok(ready) => Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // Only our own link: another simulator may have taken the name.
        if std::fs::read_link(&self.link).is_ok_and(|target| target == self.target) {
            let _ = std::fs::remove_file(&self.link);
        }
    }
}

/// No echo and no line editing before the host has set up its side.
fn make_raw(slave: &OwnedFd) -> io::Result<()> {
    let mut modes = tcgetattr(slave)?;
    modes.make_raw();
    Ok(tcsetattr(slave, OptionalActions::Now, &modes)?)
}

/// Replaces a link in one step, so that its name is never missing in between.
fn point(link: &Path, target: &Path) -> io::Result<()> {
    if link.exists() && !link.is_symlink() {
        return Err(io::Error::from(io::ErrorKind::AlreadyExists));
    }
    let fresh = link.with_extension(format!("new{}", std::process::id()));
    let _ = std::fs::remove_file(&fresh);
    symlink(target, &fresh)?;
    std::fs::rename(&fresh, link)
}

/// A name of its own for a simulator that was given none.
pub(super) fn temporary_link() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("lucheng-sim-{}-{number}", std::process::id()))
}
