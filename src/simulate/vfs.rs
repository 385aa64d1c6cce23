//! SQLite's door to simulated disks.

use std::io::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlite_vfs::wip::{WalIndex, WalIndexLock};
use sqlite_vfs::{DatabaseHandle, LockKind, OpenAccess, OpenOptions, Vfs};

use super::disk::{Change, Disk};

/// File systems that can be made in one process; each worker needs one for its whole life.
const DOORS_MAX: usize = 64;

/// A file system of SQLite with one disk behind it, which can be exchanged.
#[derive(Clone)]
pub struct Door {
    /// Its name, for [`JournalSettings`](crate::journal::JournalSettings).
    pub name: &'static str,
    disk: Arc<Mutex<Option<Disk>>>,
}

/// No file system could be made.
#[derive(Debug, thiserror::Error)]
#[error("sqlite takes no further file system")]
pub struct NoDoor;

impl Door {
    /// Makes a file system. It stays until the process ends: SQLite cannot give one back.
    pub fn make() -> Result<Self, NoDoor> {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::SeqCst);
        if number >= DOORS_MAX {
            return Err(NoDoor);
        }
        let name: &'static str = Box::leak(format!("simulated-disk-{number}").into_boxed_str());
        let disk: Arc<Mutex<Option<Disk>>> = Arc::default();
        sqlite_vfs::register(name, System(Arc::clone(&disk)), false).map_err(|_| NoDoor)?;
        Ok(Self { name, disk })
    }

    /// Puts this disk behind the door.
    pub fn lead_to(&self, disk: &Disk) {
        *self.disk.lock().unwrap_or_else(PoisonError::into_inner) = Some(disk.clone());
    }
}

struct System(Arc<Mutex<Option<Disk>>>);

impl System {
    fn disk(&self) -> Result<Disk, Error> {
        let disk = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        disk.ok_or_else(|| Error::other("no disk"))
    }
}

struct Handle {
    disk: Disk,
    name: String,
    lock: LockKind,
}

impl Vfs for System {
    type Handle = Handle;

    fn open(&self, name: &str, opts: OpenOptions) -> Result<Handle, Error> {
        let disk = self.disk()?;
        let makes = matches!(opts.access, OpenAccess::Create | OpenAccess::CreateNew);
        if !disk.is_on() || (!makes && !disk.exists(name)) {
            return Err(Error::other("not there"));
        }
        disk.make(name);
        Ok(Handle { disk, name: name.to_owned(), lock: LockKind::None })
    }

    fn delete(&self, name: &str) -> Result<(), Error> {
        self.disk()?.remove(name)
    }

    fn exists(&self, name: &str) -> Result<bool, Error> {
        Ok(self.disk()?.exists(name))
    }

    fn temporary_name(&self) -> String {
        "temporary".to_owned()
    }

    /// The same in each run: SQLite salts its WAL with it.
    fn random(&self, buffer: &mut [i8]) {
        for (place, byte) in buffer.iter_mut().enumerate() {
            *byte = i8::try_from(place % 100).unwrap_or(0);
        }
    }

    fn sleep(&self, duration: Duration) -> Duration {
        duration
    }
}

impl DatabaseHandle for Handle {
    type WalIndex = NoIndex;

    fn size(&self) -> Result<u64, Error> {
        Ok(self.disk.length(&self.name))
    }

    fn read_exact_at(&mut self, buf: &mut [u8], offset: u64) -> Result<(), Error> {
        self.disk.read(&self.name, place(offset), buf)
    }

    fn write_all_at(&mut self, buf: &[u8], offset: u64) -> Result<(), Error> {
        self.disk.change(&self.name, Change::Write(place(offset), buf.to_vec()))
    }

    fn sync(&mut self, _data_only: bool) -> Result<(), Error> {
        self.disk.sync(&self.name)
    }

    fn set_len(&mut self, size: u64) -> Result<(), Error> {
        self.disk.change(&self.name, Change::Length(place(size)))
    }

    fn lock(&mut self, lock: LockKind) -> Result<bool, Error> {
        self.lock = lock;
        Ok(true)
    }

    fn reserved(&mut self) -> Result<bool, Error> {
        Ok(false)
    }

    fn current_lock(&self) -> Result<LockKind, Error> {
        Ok(self.lock)
    }

    fn wal_index(&self, _readonly: bool) -> Result<NoIndex, Error> {
        Ok(NoIndex)
    }
}

fn place(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// The journal has its database to itself and keeps the index of its WAL in its own memory.
struct NoIndex;

impl WalIndex for NoIndex {
    fn map(&mut self, _region: u32) -> Result<[u8; 32_768], Error> {
        Err(Error::other("no shared memory"))
    }

    fn lock(&mut self, _locks: std::ops::Range<u8>, _lock: WalIndexLock) -> Result<bool, Error> {
        Err(Error::other("no shared memory"))
    }

    fn delete(self) -> Result<(), Error> {
        Ok(())
    }
}
