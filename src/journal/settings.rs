//! Where the journal is and who watches it.

use std::path::PathBuf;
use std::sync::Arc;

/// Free space wanted before money is taken: about 10,000 orders with everything that follows them, so that
/// whatever was begun can be finished and delivered even if the disk fills up meanwhile.
const RESERVE_BYTES: u64 = 64 * 1024 * 1024;

/// Side of a durable commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The transaction is complete but not on the disk.
    Before,
    /// The transaction is on the disk; nobody has been told yet.
    After,
}

/// Told of each durable commit with its running number, from 1; the crash test kills the process here.
pub type Observer = Arc<dyn Fn(Moment, u64) + Send + Sync>;

/// How to open a journal.
#[derive(Clone)]
pub struct JournalSettings {
    /// State directory; created for the owner only.
    pub dir: PathBuf,
    /// Free space of the file system wanted before money is taken.
    pub reserve_bytes: u64,
    /// Watches durable commits.
    pub observer: Option<Observer>,
    /// Name of the SQLite file system that holds the database; none: the machine's own.
    pub vfs: Option<&'static str>,
    /// False does all work on the thread that asks: for the simulation.
    pub own_thread: bool,
}

impl JournalSettings {
    /// The usual settings for a state directory.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), reserve_bytes: RESERVE_BYTES, observer: None, vfs: None, own_thread: true }
    }
}

/// How much may be taken while the hall does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfflineCap {
    /// Sum of all offline orders of this kiosk that the hall has not acknowledged.
    pub per_kiosk_fen: i64,
}
