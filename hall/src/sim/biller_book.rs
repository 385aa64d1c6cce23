//! The simulated billers' own books.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::SimError;
use crate::money::Fen;
use crate::outside::{AccountKey, BookingRequest};
use crate::store::open_database;

/// A line can be booked twice here: the book does not protect the hall from itself.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS bookings (
        number      INTEGER PRIMARY KEY,
        order_id    TEXT NOT NULL,
        line        INTEGER NOT NULL,
        biller      TEXT NOT NULL,
        fee         TEXT NOT NULL,
        account     TEXT NOT NULL,
        tariff_item TEXT,
        amount_fen  INTEGER NOT NULL,
        balance_fen INTEGER
    ) STRICT;
    CREATE INDEX IF NOT EXISTS bookings_by_line ON bookings (order_id, line);
    CREATE INDEX IF NOT EXISTS bookings_by_account ON bookings (fee, account);
    CREATE TABLE IF NOT EXISTS rejections (
        number     INTEGER PRIMARY KEY,
        order_id   TEXT NOT NULL,
        line       INTEGER NOT NULL,
        biller     TEXT NOT NULL,
        amount_fen INTEGER NOT NULL,
        reason     TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS rejections_by_line ON rejections (order_id, line);
    CREATE TABLE IF NOT EXISTS window_payments (
        fee         TEXT NOT NULL,
        account     TEXT NOT NULL,
        tariff_item TEXT
    ) STRICT;";

/// One booked line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookedRow {
    /// The biller's number.
    pub reference: String,
    /// The order.
    pub order_id: String,
    /// The line.
    pub line: u32,
    /// The biller's code.
    pub biller: String,
    /// Fee type.
    pub fee: String,
    /// Account number.
    pub account: String,
    /// How much.
    pub amount_fen: i64,
    /// Balance afterwards, where the biller says it.
    pub balance_fen: Option<i64>,
}

/// One refused line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRow {
    /// The order.
    pub order_id: String,
    /// The line.
    pub line: u32,
    /// The biller's code.
    pub biller: String,
    /// How much was offered.
    pub amount_fen: i64,
    /// Why.
    pub reason: String,
}

/// Every row of every biller.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillerBooks {
    /// Booked lines, in the order of their coming.
    pub booked: Vec<BookedRow>,
    /// Refused lines, in the order of their coming.
    pub rejected: Vec<RejectedRow>,
}

impl BillerBooks {
    /// Sum of the booked lines, in fen.
    #[must_use]
    pub fn booked_fen(&self) -> i64 {
        self.booked.iter().map(|row| row.amount_fen).sum()
    }
}

pub(super) struct BillerBook {
    connection: Connection,
}

impl BillerBook {
    pub(super) fn open(path: &Path) -> Result<Self, SimError> {
        let connection = open_database(path)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection })
    }

    /// How often, and how much, was paid into an account here.
    pub(super) fn paid(&self, key: &AccountKey) -> Result<(i64, Fen), SimError> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT COUNT(*), COALESCE(SUM(amount_fen), 0) FROM bookings
                 WHERE fee = ?1 AND account = ?2 AND tariff_item IS ?3",
            )?
            .query_row(params![key.fee, key.account, key.tariff_item], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?)
    }

    /// True when the bill was paid at a window.
    pub(super) fn is_paid_elsewhere(&self, key: &AccountKey) -> Result<bool, SimError> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM window_payments
                                WHERE fee = ?1 AND account = ?2 AND tariff_item IS ?3)",
            )?
            .query_row(params![key.fee, key.account, key.tariff_item], |row| row.get(0))?)
    }

    pub(super) fn pay_elsewhere(&self, key: &AccountKey) -> Result<(), SimError> {
        self.connection.execute(
            "INSERT INTO window_payments VALUES (?1, ?2, ?3)",
            params![key.fee, key.account, key.tariff_item],
        )?;
        Ok(())
    }

    pub(super) fn add_booking(
        &self,
        request: &BookingRequest,
        balance: Option<Fen>,
    ) -> Result<String, SimError> {
        let BookingRequest { order_id, line, key, amount } = request;
        self.connection
            .prepare_cached(
                "INSERT INTO bookings
                     (order_id, line, biller, fee, account, tariff_item, amount_fen, balance_fen)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                order_id,
                line,
                key.biller,
                key.fee,
                key.account,
                key.tariff_item,
                amount,
                balance
            ])?;
        Ok(reference(self.connection.last_insert_rowid()))
    }

    pub(super) fn add_rejection(&self, request: &BookingRequest, reason: &str) -> Result<(), SimError> {
        let BookingRequest { order_id, line, key, amount } = request;
        self.connection
            .prepare_cached(
                "INSERT INTO rejections (order_id, line, biller, amount_fen, reason)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![order_id, line, key.biller, amount, reason])?;
        Ok(())
    }

    pub(super) fn booking(&self, request: &BookingRequest) -> Result<Option<BookedRow>, SimError> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT number, order_id, line, biller, fee, account, amount_fen, balance_fen FROM bookings
                 WHERE order_id = ?1 AND line = ?2 AND biller = ?3 ORDER BY number LIMIT 1",
            )?
            .query_row(params![request.order_id, request.line, request.key.biller], read_booked);
        Ok(found.optional()?)
    }

    pub(super) fn rejection(&self, request: &BookingRequest) -> Result<Option<RejectedRow>, SimError> {
        let found = self
            .connection
            .prepare_cached(
                "SELECT order_id, line, biller, amount_fen, reason FROM rejections
                 WHERE order_id = ?1 AND line = ?2 AND biller = ?3 ORDER BY number DESC LIMIT 1",
            )?
            .query_row(params![request.order_id, request.line, request.key.biller], read_rejected);
        Ok(found.optional()?)
    }

    pub(super) fn books(&self) -> Result<BillerBooks, SimError> {
        let mut booked = self.connection.prepare_cached(
            "SELECT number, order_id, line, biller, fee, account, amount_fen, balance_fen FROM bookings
             ORDER BY number",
        )?;
        let mut rejected = self.connection.prepare_cached(
            "SELECT order_id, line, biller, amount_fen, reason FROM rejections ORDER BY number",
        )?;
        Ok(BillerBooks {
            booked: booked.query_map([], read_booked)?.collect::<Result<_, _>>()?,
            rejected: rejected.query_map([], read_rejected)?.collect::<Result<_, _>>()?,
        })
    }
}

fn reference(number: i64) -> String {
    format!("B{number:010}")
}

fn read_booked(row: &Row<'_>) -> rusqlite::Result<BookedRow> {
    Ok(BookedRow {
        reference: reference(row.get(0)?),
        order_id: row.get(1)?,
        line: row.get(2)?,
        biller: row.get(3)?,
        fee: row.get(4)?,
        account: row.get(5)?,
        amount_fen: row.get(6)?,
        balance_fen: row.get(7)?,
    })
}

fn read_rejected(row: &Row<'_>) -> rusqlite::Result<RejectedRow> {
    Ok(RejectedRow {
        order_id: row.get(0)?,
        line: row.get(1)?,
        biller: row.get(2)?,
        amount_fen: row.get(3)?,
        reason: row.get(4)?,
    })
}
