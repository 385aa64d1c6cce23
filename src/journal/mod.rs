//! The journal: what the kiosk must not forget, in one SQLite file. The only writer, the only user of
//! `rusqlite`.
//!
//! A power cut can come between any two instructions, a disk can fill up or lie. So one thread owns one
//! connection (WAL, `synchronous=FULL`), every method answers only after its transaction is on the disk, and
//! an effect that moves money is carried out only after that answer. Nothing personal is on the disk in the
//! clear: whole orders, steps and slips are sealed with a key that lives beside the database.
//!
//! | table | what it holds |
//! |---|---|
//! | `facts` | epoch, last sequence, last inbox event |
//! | `entries` | every step of every order, append-only, sealed |
//! | `orders` | each order as it stands, sealed, with the few plain columns that are searched |
//! | `outbox` | orders that the hall has not acknowledged, in sequence |
//! | `slips` | print jobs; the content is destroyed when it is no longer needed, row and hash stay |
//!
//! The one path: [`Journal::record`] appends the step, replaces the order and puts it in the outbox, all or
//! nothing. After an I/O error nobody knows what is on the disk: the journal refuses every further write
//! until the kiosk is started again and the file has been checked.

mod connection;
mod entry;
mod error;
mod facts;
mod inbox;
mod key;
mod ledger;
mod lock;
mod outbox;
mod room;
mod schema;
mod seal;
mod settings;
mod slip;
mod writer;

#[cfg(test)]
pub(crate) mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::Transaction;

pub use error::{JournalError, StorageTrouble};
pub use outbox::OutboxRow;
pub use settings::{JournalSettings, Moment, Observer, OfflineCap};
pub use slip::SlipRow;

use key::KeyRing;
use writer::Writer;

/// Handle to the journal's thread; clones share it, and the last one closes the file.
#[derive(Clone)]
pub struct Journal {
    writer: Arc<Writer>,
    keys: Arc<KeyRing>,
    dir: PathBuf,
    reserve_bytes: u64,
}

impl Journal {
    /// Opens or creates the journal of a state directory; refuses whatever it cannot vouch for.
    pub fn open(settings: JournalSettings) -> Result<Self, JournalError> {
        let JournalSettings { dir, reserve_bytes, observer, vfs, own_thread } = settings;
        room::make_dir(&dir)?;
        let lock = lock::take(&dir)?;
        let file = dir.join(connection::FILE_NAME);
        let keys = Arc::new(KeyRing::load_or_create(&dir, file.exists())?);
        let connection = connection::open(&file, vfs)?;
        room::sync_dir(&dir)?;
        let writer = Arc::new(Writer::start(connection, lock, observer, own_thread)?);
        let journal = Self { writer, keys, dir, reserve_bytes };
        journal.settle_slips_after_start()?;
        Ok(journal)
    }

    /// True while the file system has room for many more entries; without it no money is taken.
    #[must_use]
    pub fn has_room(&self) -> bool {
        room::free_bytes(&self.dir).is_ok_and(|free_bytes| free_bytes >= self.reserve_bytes)
    }

    /// Why no money may be taken now: the tiles say so before anybody begins.
    #[must_use]
    pub fn trouble(&self) -> Option<StorageTrouble> {
        if self.writer.is_halted() {
            return Some(StorageTrouble::StorageFailed);
        }
        (!self.has_room()).then_some(StorageTrouble::StorageFull)
    }

    /// Looks at every page and every index, which takes longer than the look at each start.
    pub fn check_integrity(&self) -> Result<(), JournalError> {
        self.read(|transaction| connection::check_all(transaction))
    }

    /// Runs one transaction and returns once it is durable.
    fn write<T, F>(&self, work: F) -> Result<T, JournalError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, JournalError> + Send + 'static,
    {
        self.writer.call(move |desk| desk.write(work))
    }

    /// Runs one reading transaction.
    fn read<T, F>(&self, work: F) -> Result<T, JournalError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, JournalError> + Send + 'static,
    {
        self.writer.call(move |desk| desk.read(work))
    }
}
