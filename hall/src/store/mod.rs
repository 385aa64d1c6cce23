//! The hall's database: SQLite in a file, or PostgreSQL.
//!
//! Work comes as closures over a [`Session`] and is kept whole or not at all; an answer leaves only
//! after the commit. What work does is written once, in statements that both databases understand
//! ([`session`]); an [`Engine`] decides how jobs become transactions.

mod cases;
mod connection;
mod copies;
mod holds;
mod identity;
mod inbox;
mod job;
mod kiosks;
mod ledger;
mod lines;
mod orders;
mod pg_session;
mod postgres;
mod queue;
mod quotes;
mod ratings;
mod reconciliation;
mod records;
mod schema;
mod sealing;
pub(crate) mod session;
mod settlements;
mod sqlite;
mod tasks;

use std::sync::mpsc::sync_channel;

use thiserror::Error;
use tokio::sync::oneshot;

use crate::database::Database;

pub use cases::open_case;
pub(crate) use connection::open_database;
pub use copies::{add_copy, copy_by_code};
pub use holds::{HeldLine, NewHold, claim_hold, hold_of};
pub use identity::{add_certificate, add_token, revoke, revoked, use_token};
pub use inbox::{inbox_after, told_lately};
pub use job::Isolation;
use job::{Job, job_of};
pub use kiosks::enrol;
pub use ledger::trial_balance;
pub use orders::{accept_report, all_orders, orders_of, own_status, status_by_id};
pub use quotes::{KnownQuote, NewQuote, add_quote, forget_lapsed, quote_by_id};
pub use ratings::rate;
pub use reconciliation::{
    DifferenceCase, FinanceRow, begin_reconciliation, difference_cases, finance_rows, keep_report,
    orders_to_compare,
};
pub use records::{
    NewApplication, NewLicence, add_application, add_licence, application_by_no, application_event,
    application_of, applications_of, licence_by_no, licence_of, licences_of, log_use, set_finding,
    withdraw_licence,
};
pub use sealing::{bind_key, seal_old_rows};
pub(crate) use session::values;
pub use session::{AsValue, FromValue, Row, Session, Value};
pub use settlements::{settle_booked, settle_refund_refused, settle_refunded, settle_rejected};
pub use tasks::{Task, TaskKind, claim_task, is_open, postpone_task, release_claims, reset_delays};

/// Jobs that may wait for the writer. With 1,000 commits a second this is four seconds of work;
/// whoever comes later is told to try again instead of waiting longer than a kiosk does.
const QUEUE_MAX: usize = 4_096;

/// Why the store failed.
#[derive(Debug, Error)]
pub enum StoreError {
    /// SQLite refused.
    #[error("the database refused a statement")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL refused, or was not reached.
    #[error("the database server refused a statement or was not reached")]
    Postgres(#[from] ::postgres::Error),
    /// The server is too old.
    #[error("PostgreSQL 15 or newer is needed, the server says {found}")]
    OldServer {
        /// Its version number, 150004 for 15.4.
        found: i64,
    },
    /// Other work was always faster; nothing was changed.
    #[error("the database gave the transaction up again and again")]
    Contended,
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
    /// The schema cannot be brought up to date; a newer program may have written it.
    #[error("the schema of the database does not fit this program")]
    Schema(#[source] Box<refinery_core::Error>),
    /// A statement that always has a row had none.
    #[error("a row is missing")]
    NoRow,
    /// A value of another type than this program writes.
    #[error("the database holds an impossible value in column {column} of an answer")]
    Column {
        /// Which, counted from 0.
        column: usize,
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
    /// The database was sealed with another key.
    #[error("the account numbers of this database are sealed with another key")]
    OtherKey,
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

/// How one database turns jobs into transactions.
trait Engine: Send + Sync {
    /// Takes a job, unless too many wait.
    fn submit(&self, job: Box<dyn Job>) -> Result<(), StoreError>;

    /// True when other halls may work on the same database.
    fn is_shared(&self) -> bool;

    /// Finishes the waiting work; later work is refused.
    fn close(&self);
}

/// Handle to the database. Dropping it finishes the waiting work.
pub struct Store {
    engine: Box<dyn Engine>,
}

impl Store {
    /// Opens or creates the database, checks its settings, brings its schema up to date.
    pub fn open(database: &Database) -> Result<Self, StoreError> {
        let engine: Box<dyn Engine> = match database {
            Database::Sqlite(path) => Box::new(sqlite::Sqlite::open(path)?),
            Database::Postgres(config) => Box::new(postgres::Postgres::open(config)?),
        };
        Ok(Self { engine })
    }

    /// True when other halls may work on the same database.
    pub fn is_shared(&self) -> bool {
        self.engine.is_shared()
    }

    /// Runs work in the next transaction and awaits its commit.
    pub async fn run<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnMut(&dyn Session) -> Result<T, E> + Send + 'static,
    {
        self.run_in(Isolation::Serializable, work).await
    }

    /// Runs work that only reads.
    pub async fn look<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnMut(&dyn Session) -> Result<T, E> + Send + 'static,
    {
        self.run_in(Isolation::Snapshot, work).await
    }

    /// Runs work that is kept apart from others as far as it needs.
    pub async fn run_in<T, E, W>(&self, isolation: Isolation, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnMut(&dyn Session) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.engine.submit(job_of(isolation, work, move |outcome| drop(reply.send(outcome))))?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// Like [`run`](Self::run), from a thread that may wait.
    pub fn run_waiting<T, E, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        W: FnMut(&dyn Session) -> Result<T, E> + Send + 'static,
    {
        let (reply, answer) = sync_channel(1);
        self.engine
            .submit(job_of(Isolation::Serializable, work, move |outcome| drop(reply.send(outcome))))?;
        answer.recv().unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// Finishes the waiting work; later work is refused.
    pub fn close(&self) {
        self.engine.close();
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::refusal::Refusal;

    fn store() -> Store {
        Store::open(&Database::Sqlite(PathBuf::from(":memory:"))).unwrap()
    }

    fn epoch_of(store: &Store) -> u32 {
        store.run_waiting(|session| kiosks::enrol(session, "BT07")).unwrap()
    }

    #[test]
    fn refused_work_leaves_nothing_behind_and_spoils_no_other() {
        let store = store();
        assert_eq!(epoch_of(&store), 1);
        let refused: Result<(), Refusal> = store.run_waiting(|session| {
            kiosks::enrol(session, "BT07")?;
            Err(Refusal::UnknownOrder)
        });
        assert!(matches!(refused, Err(Refusal::UnknownOrder)));
        assert_eq!(epoch_of(&store), 2);
    }

    #[test]
    fn a_posting_is_made_once_and_balances() {
        let sum = store().run_waiting(|session| {
            session.batch("PRAGMA defer_foreign_keys = ON")?;
            let entry = ledger::Entry {
                kiosk: "BT07",
                order_id: "A1",
                kind: ledger::EntryKind::Charge,
                line: None,
                debit: ledger::Account::AcquirerReceivable,
                credit: ledger::Account::Transit,
                amount: crate::money::Fen(100),
            };
            ledger::post(session, &entry, 0)?;
            assert!(matches!(ledger::post(session, &entry, 0), Err(StoreError::Sqlite(_))));
            let sum = trial_balance(session)?;
            session.batch("DELETE FROM postings")?;
            Ok::<_, StoreError>(sum)
        });
        assert_eq!(sum.unwrap(), crate::money::Fen::ZERO);
    }

    #[test]
    fn a_closed_store_refuses_work() {
        let store = store();
        store.close();
        let refused = store.run_waiting(|session| kiosks::enrol(session, "BT07"));
        assert!(matches!(refused, Err(StoreError::Closed)));
    }
}
