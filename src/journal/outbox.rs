//! Orders that the hall has not acknowledged.

use rusqlite::{Row, params};

use super::ledger::SealedOrder;
use super::{Journal, JournalError};
use crate::money::{Order, OrderId};

/// An order on its way to the hall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its place in the outbox; grows, and stays while the order changes.
    pub seq: u64,
    /// The order as it stands now.
    pub order: Order,
    /// Version of the newest step that the hall has to hear of.
    pub version: u32,
    /// How often delivery failed.
    pub attempts: u32,
    /// Why the hall refuses it for good; such a row waits for a person.
    pub set_aside: Option<String>,
}

struct SealedRow {
    order: SealedOrder,
    seq: i64,
    version: u32,
    attempts: u32,
    set_aside: Option<String>,
}

impl Journal {
    /// The first rows in sequence, those set aside included.
    pub fn outbox(&self, limit: u32) -> Result<Vec<OutboxRow>, JournalError> {
        self.outbox_rows(0, limit, true)
    }

    /// The first rows to be delivered behind a place, those set aside left out.
    pub fn undelivered(&self, after_seq: u64, limit: u32) -> Result<Vec<OutboxRow>, JournalError> {
        self.outbox_rows(after_seq, limit, false)
    }

    /// How many orders the hall has not acknowledged.
    pub fn unsent_count(&self) -> Result<u64, JournalError> {
        self.read(|transaction| {
            let count: i64 = transaction.query_row("SELECT count(*) FROM outbox", [], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
    }

    /// The hall has this version: the row goes, unless a newer step was recorded meanwhile. True when it
    /// went.
    pub fn acknowledge(&self, order: &OrderId, version: u32) -> Result<bool, JournalError> {
        let id = order.to_string();
        self.write(move |transaction| {
            let mut delete =
                transaction.prepare_cached("DELETE FROM outbox WHERE order_id = ?1 AND version <= ?2")?;
            let gone = delete.execute(params![id, version])? > 0;
            if gone {
                let mut update = transaction
                    .prepare_cached("UPDATE orders SET exposed = 0 WHERE id = ?1 AND exposed = 1")?;
                update.execute(params![id])?;
            }
            Ok(gone)
        })
    }

    /// Delivery failed and will be tried again.
    pub fn count_attempt(&self, order: &OrderId) -> Result<(), JournalError> {
        self.change_row(order, "UPDATE outbox SET attempts = attempts + 1 WHERE order_id = ?1")
    }

    /// The hall refuses the order for good: it waits for a person and does not block the rows behind it.
    pub fn set_aside(&self, order: &OrderId, reason: &str) -> Result<(), JournalError> {
        let (id, reason) = (order.to_string(), reason.to_owned());
        self.write(move |transaction| {
            let mut update =
                transaction.prepare_cached("UPDATE outbox SET set_aside = ?2 WHERE order_id = ?1")?;
            update.execute(params![id, reason])?;
            Ok(())
        })
    }

    /// A person wants the order delivered again.
    pub fn release(&self, order: &OrderId) -> Result<(), JournalError> {
        self.change_row(order, "UPDATE outbox SET set_aside = NULL WHERE order_id = ?1")
    }

    fn change_row(&self, order: &OrderId, statement: &'static str) -> Result<(), JournalError> {
        let id = order.to_string();
        self.write(move |transaction| {
            transaction.prepare_cached(statement)?.execute(params![id])?;
            Ok(())
        })
    }

    fn outbox_rows(&self, after_seq: u64, limit: u32, all: bool) -> Result<Vec<OutboxRow>, JournalError> {
        let after_seq = i64::try_from(after_seq).unwrap_or(i64::MAX);
        let rows: Vec<SealedRow> = self.read(move |transaction| {
            let mut statement = transaction.prepare_cached(
                "SELECT o.id, o.version, o.sealed, b.seq, b.version, b.attempts, b.set_aside
                 FROM outbox b JOIN orders o ON o.id = b.order_id
                 WHERE b.seq > ?1 AND (?2 OR b.set_aside IS NULL) ORDER BY b.seq LIMIT ?3",
            )?;
            let rows = statement.query_map(params![after_seq, all, limit], SealedRow::from_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        rows.into_iter().map(|row| row.open(self)).collect()
    }
}

impl SealedRow {
    fn from_row(row: &Row<'_>) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            order: SealedOrder::from_row(row)?,
            seq: row.get(3)?,
            version: row.get(4)?,
            attempts: row.get(5)?,
            set_aside: row.get(6)?,
        })
    }

    fn open(self, journal: &Journal) -> Result<OutboxRow, JournalError> {
        let Self { order, seq, version, attempts, set_aside } = self;
        let order = order.open(&journal.keys)?;
        Ok(OutboxRow { seq: seq.unsigned_abs(), order, version, attempts, set_aside })
    }
}
