//! Orders: recorded step by step, and read back whole.

use rusqlite::{Params, Row, Transaction, params};

use super::entry::{Entry, unsent_fen};
use super::key::KeyRing;
use super::seal::Place;
use super::{Journal, JournalError, OfflineCap};
use crate::money::{Order, OrderId, Step};

/// An order as its row holds it.
pub(super) struct SealedOrder {
    id: String,
    version: u32,
    sealed: Vec<u8>,
}

impl SealedOrder {
    /// From the columns `id, version, sealed`, which come first.
    pub(super) fn from_row(row: &Row<'_>) -> Result<Self, rusqlite::Error> {
        Ok(Self { id: row.get(0)?, version: row.get(1)?, sealed: row.get(2)? })
    }

    pub(super) fn open(&self, keys: &KeyRing) -> Result<Order, JournalError> {
        keys.open_json(&Place::order(&self.id, self.version), &self.sealed)
    }
}

impl Journal {
    /// Makes a step durable together with the order after it, and puts it in the outbox if the hall has to
    /// hear of it. The version follows the stored one, or nothing is written.
    pub fn record(&self, order: &Order, step: &Step) -> Result<(), JournalError> {
        let entry = Entry::new(&self.keys, order, step)?;
        self.write(move |transaction| entry.write(transaction))
    }

    /// Writes a new order down; an offline one only within the cap, checked in the same transaction.
    pub fn intend(&self, order: &Order, cap: Option<OfflineCap>) -> Result<(), JournalError> {
        let entry = Entry::new(&self.keys, order, &Step::Intend)?;
        self.write(move |transaction| {
            if let Some(cap) = cap {
                entry.check_cap(transaction, cap)?;
            }
            entry.write(transaction)
        })
    }

    /// Orders that can still change without a person, oldest first.
    pub fn open_orders(&self) -> Result<Vec<Order>, JournalError> {
        self.orders("SELECT id, version, sealed FROM orders WHERE final = 0 ORDER BY number", [])
    }

    /// One order.
    pub fn order(&self, id: &OrderId) -> Result<Option<Order>, JournalError> {
        let found = self.orders("SELECT id, version, sealed FROM orders WHERE id = ?1", [id.to_string()])?;
        Ok(found.into_iter().next())
    }

    /// The newest order of a payer, by [`Journal::payer_digest`].
    pub fn latest_of_payer(&self, payer: &str) -> Result<Option<Order>, JournalError> {
        let query = "SELECT id, version, sealed FROM orders WHERE payer = ?1 ORDER BY number DESC LIMIT 1";
        Ok(self.orders(query, [payer.to_owned()])?.into_iter().next())
    }

    /// Sum of the offline orders that the hall has not acknowledged, in fen.
    pub fn unsent_fen(&self) -> Result<i64, JournalError> {
        self.read(unsent_fen)
    }

    /// Every step of an order: running number, name, version.
    pub fn steps(&self, order: &OrderId) -> Result<Vec<(u64, String, u32)>, JournalError> {
        let id = order.to_string();
        self.read(move |transaction| {
            let mut statement = transaction.prepare_cached(
                "SELECT seq, step, version FROM entries WHERE order_id = ?1 ORDER BY version",
            )?;
            let rows = statement.query_map(params![id], |row| {
                Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?, row.get(2)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn orders<P>(&self, query: &'static str, given: P) -> Result<Vec<Order>, JournalError>
    where
        P: Params + Send + 'static,
    {
        let sealed = self.read(move |transaction| sealed_orders(transaction, query, given))?;
        sealed.iter().map(|order| order.open(&self.keys)).collect()
    }
}

fn sealed_orders(
    transaction: &Transaction<'_>,
    query: &str,
    given: impl Params,
) -> Result<Vec<SealedOrder>, JournalError> {
    let mut statement = transaction.prepare_cached(query)?;
    let rows = statement.query_map(given, SealedOrder::from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}
