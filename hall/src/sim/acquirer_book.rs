//! The simulated acquirer's own book.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use serde::{Deserialize, Serialize};

use super::SimError;
use crate::money::Fen;
use crate::store::open_database;
use crate::word::{from_word, word_of};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS charges (
        order_id   TEXT PRIMARY KEY,
        amount_fen INTEGER NOT NULL,
        instrument TEXT NOT NULL,
        state      TEXT NOT NULL,
        settled    INTEGER NOT NULL DEFAULT 0,
        -- The acquirer's number of an approval, its code of a decline.
        reference  TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS refunds (
        order_id   TEXT NOT NULL REFERENCES charges (order_id),
        line       INTEGER NOT NULL,
        amount_fen INTEGER NOT NULL,
        reference  TEXT NOT NULL,
        PRIMARY KEY (order_id, line)
    ) STRICT;";

/// What became of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChargeRowState {
    /// The payer's bank paid.
    Approved,
    /// The payer's bank refused.
    Declined,
    /// Approved, then taken back.
    Reversed,
}

/// One charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeRow {
    /// The order, the acquirer's idempotency key.
    pub order_id: String,
    /// How much.
    pub amount_fen: i64,
    /// What was presented, for example `card` or `phone-code`.
    pub instrument: String,
    /// What became of it.
    pub state: ChargeRowState,
    /// True once it can no longer be reversed.
    pub settled: bool,
    /// The acquirer's number of an approval, its code of a decline.
    pub reference: String,
}

/// One refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundRow {
    /// The order.
    pub order_id: String,
    /// The line.
    pub line: u32,
    /// How much.
    pub amount_fen: i64,
    /// The acquirer's number.
    pub reference: String,
}

/// Every row of the acquirer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcquirerBooks {
    /// Charges by order.
    pub charges: Vec<ChargeRow>,
    /// Refunds by order and line.
    pub refunds: Vec<RefundRow>,
}

impl AcquirerBooks {
    /// Approvals less reversals less refunds, in fen: what the acquirer owes the hall.
    #[must_use]
    pub fn net_fen(&self) -> i64 {
        let kept = self.charges.iter().filter(|row| row.state == ChargeRowState::Approved);
        let kept_fen: i64 = kept.map(|row| row.amount_fen).sum();
        kept_fen - self.refunds.iter().map(|row| row.amount_fen).sum::<i64>()
    }
}

pub(super) struct AcquirerBook {
    connection: Connection,
}

impl AcquirerBook {
    pub(super) fn open(path: &Path) -> Result<Self, SimError> {
        let connection = open_database(path)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection })
    }

    /// Begins a change that no other program on the same book comes between.
    pub(super) fn begin(&self) -> Result<Transaction<'_>, SimError> {
        Ok(Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)?)
    }

    pub(super) fn charge(&self, order_id: &str) -> Result<Option<ChargeRow>, SimError> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT order_id, amount_fen, instrument, state, settled, reference FROM charges
                 WHERE order_id = ?1",
            )?
            .query_row([order_id], read_charge);
        Ok(found.optional()?)
    }

    pub(super) fn add_charge(&self, row: &ChargeRow) -> Result<(), SimError> {
        let state = word_of(&row.state);
        self.connection.prepare_cached("INSERT INTO charges VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(
            params![row.order_id, row.amount_fen, row.instrument, state, row.settled, row.reference],
        )?;
        Ok(())
    }

    pub(super) fn mark_reversed(&self, order_id: &str) -> Result<(), SimError> {
        self.connection
            .prepare_cached("UPDATE charges SET state = 'reversed' WHERE order_id = ?1")?
            .execute([order_id])?;
        Ok(())
    }

    pub(super) fn settle(&self) -> Result<(), SimError> {
        self.connection.execute("UPDATE charges SET settled = 1 WHERE state = 'approved'", [])?;
        Ok(())
    }

    pub(super) fn refund(&self, order_id: &str, line: u32) -> Result<Option<RefundRow>, SimError> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT order_id, line, amount_fen, reference FROM refunds WHERE order_id = ?1 AND line = ?2",
            )?
            .query_row(params![order_id, line], read_refund);
        Ok(found.optional()?)
    }

    pub(super) fn refunded(&self, order_id: &str) -> Result<Fen, SimError> {
        Ok(self
            .connection
            .prepare_cached("SELECT COALESCE(SUM(amount_fen), 0) FROM refunds WHERE order_id = ?1")?
            .query_row([order_id], |row| row.get(0))?)
    }

    pub(super) fn add_refund(&self, row: &RefundRow) -> Result<(), SimError> {
        self.connection.prepare_cached("INSERT INTO refunds VALUES (?1, ?2, ?3, ?4)")?.execute(params![
            row.order_id,
            row.line,
            row.amount_fen,
            row.reference
        ])?;
        Ok(())
    }

    /// A number that no other row has: rows are never deleted.
    pub(super) fn next_reference(&self, letter: char) -> Result<String, SimError> {
        let rows: i64 = self.connection.query_row(
            "SELECT (SELECT COUNT(*) FROM charges) + (SELECT COUNT(*) FROM refunds)",
            [],
            |row| row.get(0),
        )?;
        Ok(format!("{letter}{:010}", rows.saturating_add(1)))
    }

    pub(super) fn books(&self) -> Result<AcquirerBooks, SimError> {
        let mut charges = self.connection.prepare_cached(
            "SELECT order_id, amount_fen, instrument, state, settled, reference FROM charges
             ORDER BY order_id",
        )?;
        let mut refunds = self.connection.prepare_cached(
            "SELECT order_id, line, amount_fen, reference FROM refunds ORDER BY order_id, line",
        )?;
        Ok(AcquirerBooks {
            charges: charges.query_map([], read_charge)?.collect::<Result<_, _>>()?,
            refunds: refunds.query_map([], read_refund)?.collect::<Result<_, _>>()?,
        })
    }
}

fn read_charge(row: &Row<'_>) -> rusqlite::Result<ChargeRow> {
    let state: String = row.get(3)?;
    let unknown = rusqlite::Error::InvalidColumnType(3, state.clone(), rusqlite::types::Type::Text);
    Ok(ChargeRow {
        order_id: row.get(0)?,
        amount_fen: row.get(1)?,
        instrument: row.get(2)?,
        state: from_word(&state).ok_or(unknown)?,
        settled: row.get(4)?,
        reference: row.get(5)?,
    })
}

fn read_refund(row: &Row<'_>) -> rusqlite::Result<RefundRow> {
    Ok(RefundRow {
        order_id: row.get(0)?,
        line: row.get(1)?,
        amount_fen: row.get(2)?,
        reference: row.get(3)?,
    })
}
