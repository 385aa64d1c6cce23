//! The hall's database: one thread owns the only connection and is the only writer.
//!
//! Work comes as closures over the connection. Each runs in a savepoint of its own; all that wait
//! at the same moment share one transaction, and so one flush to the disk. An answer leaves only
//! after the commit.

mod cases;
mod connection;
mod holds;
mod inbox;
mod kiosks;
mod ledger;
mod lines;
mod orders;
mod quotes;
mod ratings;
mod schema;
mod settlements;
mod tasks;
mod writer;

use std::path::Path;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use thiserror::Error;
use tokio::sync::oneshot;

pub use cases::open_case;
pub(crate) use connection::open_database;
pub use holds::{HeldLine, NewHold, claim_hold, hold_of};
pub use inbox::inbox_after;
pub use kiosks::enrol;
pub use ledger::trial_balance;
pub use orders::{accept_report, all_orders, own_status, status_by_id};
pub use quotes::{KnownQuote, NewQuote, add_quote, quote_by_id};
pub use ratings::rate;
pub use settlements::{settle_booked, settle_refund_refused, settle_refunded, settle_rejected};
pub use tasks::{Task, TaskKind, claim_task, postpone_task, reset_delays};
use writer::{Job, job_of, run_writer};

/// Jobs that may wait for the writer. With 1,000 commits a second this is four seconds of work;
/// whoever comes later is told to try again instead of waiting longer than a kiosk does.
const QUEUE_MAX: usize = 4_096;

/// Why the store failed.
#[derive(Debug, Error)]
pub enum StoreError {
    /// SQLite refused.
    #[error("the database refused a statement")]
    Sqlite(#[from] rusqlite::Error),
    /// A setting that durability depends on did not take.
    #[error("pragma {name} is {found}, not {wanted}")]
    Pragma {
        /// Which.
        name: &'static str,
        /// What it must be.
        wanted: &'static str,
        /// What it is.
        found: String,
    },
    /// The file was written by a newer program.
    #[error("the database has schema {found}, this program knows {known}")]
    NewerSchema {
        /// Version of the file.
        found: u32,
        /// Version of this program.
        known: usize,
    },
    /// A row that this program cannot have written.
    #[error("the database holds an impossible value in {column}")]
    Corrupt {
        /// Where.
        column: &'static str,
    },
    /// A posting would leave the ledger out of balance; it was not made.
    #[error("a posting would leave the ledger out of balance by {sum_fen} fen")]
    Unbalanced {
        /// By how much.
        sum_fen: i64,
    },
    /// The transaction could not be committed; nothing was changed.
    #[error("the transaction was not committed")]
    NotCommitted,
    /// Too much work waits.
    #[error("too much work waits for the database")]
    Busy,
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
    /// The writer's thread could not be started.
    #[error("cannot start the writer's thread")]
    Thread(#[source] std::io::Error),
}

/// Handle to the writer. Dropping it finishes the waiting work and closes the file.
#[derive(Debug)]
pub struct Store {
    sender: Mutex<Option<SyncSender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Store {
    /// Opens or creates the database, checks its settings, brings its schema up to date.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut connection = open_database(path)?;
        // One hall per file: a second one on the same file fails here instead of booking twice.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        schema::migrate(&mut connection)?;
        let (sender, jobs) = sync_channel(QUEUE_MAX);
        let builder = std::thread::Builder::new().name("hall-store".to_owned());
        let thread = builder.spawn(move || run_writer(&connection, &jobs)).map_err(StoreError::Thread)?;
        Ok(Self { sender: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)) })
    }

    /// Runs work in the next transaction and awaits its commit.
    pub async fn run<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.submit(job_of(work, move |outcome| drop(reply.send(outcome))))?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// The same from a thread that may wait.
    pub fn run_waiting<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = sync_channel(1);
        self.submit(job_of(work, move |outcome| drop(reply.send(outcome))))?;
        answer.recv().unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// Finishes the waiting work and closes the file; later work is refused.
    pub fn close(&self) {
        drop(self.sender.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the writer's thread ended by a panic");
        }
    }

    fn submit(&self, job: Job) -> Result<(), StoreError> {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        match sender.as_ref().ok_or(StoreError::Closed)?.try_send(job) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => Err(StoreError::Busy),
            Err(TrySendError::Disconnected(_)) => Err(StoreError::Closed),
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Refusal;

    fn epoch_of(store: &Store) -> u32 {
        store.run_waiting(|connection| kiosks::enrol(connection, "BT07")).unwrap()
    }

    #[test]
    fn refused_work_leaves_nothing_behind_and_spoils_no_other() {
        let store = Store::open(Path::new(":memory:")).unwrap();
        assert_eq!(epoch_of(&store), 1);
        let refused: Result<(), Refusal> = store.run_waiting(|connection| {
            kiosks::enrol(connection, "BT07")?;
            Err(Refusal::UnknownOrder)
        });
        assert!(matches!(refused, Err(Refusal::UnknownOrder)));
        assert_eq!(epoch_of(&store), 2);
    }

    #[test]
    fn a_posting_is_made_once_and_balances() {
        let store = Store::open(Path::new(":memory:")).unwrap();
        let sum = store.run_waiting(|connection| {
            connection.execute_batch("PRAGMA defer_foreign_keys = ON")?;
            let entry = ledger::Entry {
                kiosk: "BT07",
                order_id: "A1",
                kind: ledger::EntryKind::Charge,
                line: None,
                debit: ledger::Account::AcquirerReceivable,
                credit: ledger::Account::Transit,
                amount: crate::money::Fen(100),
            };
            ledger::post(connection, &entry, 0)?;
            assert!(matches!(ledger::post(connection, &entry, 0), Err(StoreError::Sqlite(_))));
            let sum = trial_balance(connection)?;
            connection.execute_batch("DELETE FROM postings")?;
            Ok::<_, StoreError>(sum)
        });
        assert_eq!(sum.unwrap(), crate::money::Fen::ZERO);
    }

    #[test]
    fn a_closed_store_refuses_work() {
        let store = Store::open(Path::new(":memory:")).unwrap();
        store.close();
        let refused = store.run_waiting(|connection| kiosks::enrol(connection, "BT07"));
        assert!(matches!(refused, Err(StoreError::Closed)));
    }
}
