//! The work that open lines wait for.
//!
//! A task is claimed in one transaction, which writes down that its outside step is about to be
//! made, and settled in another one. What lies between may be lost with the process at any point.

use hall_api::LineState;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::StoreError;
use super::lines::LineKey;
use super::orders::word;
use crate::money::Fen;
use crate::outside::AccountKey;

/// What a line waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskKind {
    /// The biller is to book it.
    Book,
    /// The acquirer is to give its money back.
    Refund,
}

/// One outside step.
#[derive(Clone, Debug)]
pub struct Task {
    /// The kiosk.
    pub kiosk: String,
    /// The order.
    pub order_id: String,
    /// The line.
    pub line: u32,
    /// What to do.
    pub kind: TaskKind,
    /// Whose account.
    pub key: AccountKey,
    /// How much.
    pub amount: Fen,
    /// How often it was tried before.
    pub tried_before: u32,
}

impl Task {
    /// Kiosk, order and line.
    #[must_use]
    pub fn line_key(&self) -> LineKey<'_> {
        (&self.kiosk, &self.order_id, self.line)
    }

    /// Who is asked: one of them is asked one thing at a time.
    #[must_use]
    pub fn party(&self) -> &str {
        match self.kind {
            TaskKind::Book => &self.key.biller,
            TaskKind::Refund => ACQUIRER,
        }
    }
}

/// Name of the acquirer among the parties; no biller code has a blank.
const ACQUIRER: &str = "the acquirer";

/// Twice the longest back-off. A task due later than this was put off before the clock was set
/// back, and is due now.
const DELAY_MAX_MS: i64 = 10 * 60 * 1_000;

/// Makes all open work due: after a start nobody knows how the clock moved meanwhile.
pub fn reset_delays(connection: &Connection) -> Result<(), StoreError> {
    connection.execute("UPDATE lines SET next_attempt_ms = 0 WHERE state IN ('booking', 'refunding')", [])?;
    Ok(())
}

/// Takes the oldest due task whose party is not busy, and writes down that it is being tried.
pub fn claim_task(connection: &Connection, busy: &[String], now_ms: i64) -> Result<Option<Task>, StoreError> {
    let marks = vec!["?"; busy.len()].join(", ");
    let sql = format!(
        "SELECT kiosk, order_id, line, state, biller, fee, account, tariff_item, amount_fen, attempts
         FROM lines WHERE state IN ('booking', 'refunding') AND NOT (next_attempt_ms BETWEEN ? AND ?)
           AND CASE state WHEN 'booking' THEN biller ELSE '{ACQUIRER}' END NOT IN ({marks})
         ORDER BY next_attempt_ms LIMIT 1"
    );
    let window = [now_ms.saturating_add(1), now_ms.saturating_add(DELAY_MAX_MS)].map(Value::from);
    let values = window.into_iter().chain(busy.iter().cloned().map(Value::from));
    let found = connection.prepare_cached(&sql)?.query_row(params_from_iter(values), read_task).optional()?;
    let Some(task) = found else { return Ok(None) };
    let (kiosk, order_id, line) = task.line_key();
    connection
        .prepare_cached(
            "UPDATE lines SET attempts = attempts + 1 WHERE kiosk = ?1 AND order_id = ?2 AND line = ?3",
        )?
        .execute(params![kiosk, order_id, line])?;
    Ok(Some(task))
}

fn read_task(row: &Row<'_>) -> rusqlite::Result<Task> {
    let state: LineState = word(row, 3)?;
    Ok(Task {
        kiosk: row.get(0)?,
        order_id: row.get(1)?,
        line: row.get(2)?,
        kind: if state == LineState::Booking { TaskKind::Book } else { TaskKind::Refund },
        key: AccountKey {
            biller: row.get(4)?,
            fee: row.get(5)?,
            account: row.get(6)?,
            tariff_item: row.get(7)?,
        },
        amount: row.get(8)?,
        tried_before: row.get(9)?,
    })
}

/// Leaves a line as it is and tries again later.
pub fn postpone_task(connection: &Connection, task: &Task, next_attempt_ms: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE lines SET next_attempt_ms = ?4 WHERE kiosk = ?1 AND order_id = ?2 AND line = ?3
               AND state IN ('booking', 'refunding')",
        )?
        .execute(params![task.kiosk, task.order_id, task.line, next_attempt_ms])?;
    Ok(())
}
