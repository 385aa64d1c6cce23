//! Lines and the work that they wait for.
//!
//! A task is claimed in one transaction, which writes down that its outside step is about to be
//! made, and settled in another one. What lies between may be lost with the process at any point.

use hall_api::{CaseKind, LineState};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};

use super::StoreError;
use super::cases::open_case;
use super::holds::end_hold;
use super::inbox::tell;
use super::ledger::{Account, Entry, EntryKind, post};
use super::orders::word;
use crate::money::Fen;
use crate::order::CheckedOrder;
use crate::outside::AccountKey;
use crate::word::word_of;

/// Kiosk, order and line.
pub type LineKey<'a> = (&'a str, &'a str, u32);

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

/// Keeps the lines of a new order.
pub(super) fn insert_lines(
    connection: &Connection,
    order: &CheckedOrder,
    now_ms: i64,
) -> Result<(), StoreError> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO lines
             (kiosk, order_id, line, biller, fee, account, tariff_item, amount_fen, state, changed_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'waiting', ?9)",
    )?;
    for (number, line) in (0_u32..).zip(&order.lines) {
        insert.execute(params![
            order.kiosk,
            order.order_id,
            number,
            line.biller,
            line.fee,
            line.account,
            line.tariff_item,
            line.amount,
            now_ms
        ])?;
    }
    Ok(())
}

/// Puts a line into a state; its work, if any, is due at once.
pub(super) fn set_state(
    connection: &Connection,
    (kiosk, order_id, line): LineKey<'_>,
    state: LineState,
    now_ms: i64,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE lines SET state = ?4, attempts = 0, next_attempt_ms = 0, changed_ms = ?5
             WHERE kiosk = ?1 AND order_id = ?2 AND line = ?3",
        )?
        .execute(params![kiosk, order_id, line, word_of(&state), now_ms])?;
    Ok(())
}

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

/// The biller booked the line.
pub fn settle_booked(
    connection: &Connection,
    task: &Task,
    reference: &str,
    balance: Option<Fen>,
    now_ms: i64,
) -> Result<(), StoreError> {
    let biller = Account::BillerPayable(task.key.biller.clone());
    move_money(connection, task, EntryKind::Booking, biller, now_ms)?;
    set_state(connection, task.line_key(), LineState::Booked, now_ms)?;
    let (kiosk, order_id, line) = task.line_key();
    connection
        .prepare_cached(
            "UPDATE lines SET biller_reference = ?4, balance_fen = ?5
             WHERE kiosk = ?1 AND order_id = ?2 AND line = ?3",
        )?
        .execute(params![kiosk, order_id, line, reference, balance])?;
    finish_change(connection, task)
}

/// The biller refused the line: its money goes back, if there is any.
pub fn settle_rejected(
    connection: &Connection,
    task: &Task,
    reason: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    let next = if task.amount == Fen::ZERO { LineState::Void } else { LineState::Refunding };
    set_state(connection, task.line_key(), next, now_ms)?;
    set_reason(connection, task, reason)?;
    finish_change(connection, task)
}

/// The acquirer gave the money back.
pub fn settle_refunded(
    connection: &Connection,
    task: &Task,
    reference: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    move_money(connection, task, EntryKind::Refund, Account::AcquirerReceivable, now_ms)?;
    set_state(connection, task.line_key(), LineState::Refunded, now_ms)?;
    let (kiosk, order_id, line) = task.line_key();
    connection
        .prepare_cached(
            "UPDATE lines SET refund_reference = ?4 WHERE kiosk = ?1 AND order_id = ?2 AND line = ?3",
        )?
        .execute(params![kiosk, order_id, line, reference])?;
    finish_change(connection, task)
}

/// The acquirer refused the refund for good: a person has to look at it.
pub fn settle_refund_refused(
    connection: &Connection,
    task: &Task,
    code: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    set_state(connection, task.line_key(), LineState::Manual, now_ms)?;
    let (kiosk, order_id, line) = task.line_key();
    connection
        .prepare_cached(
            "UPDATE lines SET reason = COALESCE(reason, ?4) WHERE kiosk = ?1 AND order_id = ?2 AND line = ?3",
        )?
        .execute(params![kiosk, order_id, line, code])?;
    open_case(connection, (kiosk, order_id), CaseKind::RefundRefused, Some(line), now_ms)?;
    finish_change(connection, task)
}

fn set_reason(connection: &Connection, task: &Task, reason: &str) -> Result<(), StoreError> {
    let (kiosk, order_id, line) = task.line_key();
    connection
        .prepare_cached("UPDATE lines SET reason = ?4 WHERE kiosk = ?1 AND order_id = ?2 AND line = ?3")?
        .execute(params![kiosk, order_id, line, reason])?;
    Ok(())
}

/// Takes the money of a line out of transit.
fn move_money(
    connection: &Connection,
    task: &Task,
    kind: EntryKind,
    credit: Account,
    now_ms: i64,
) -> Result<(), StoreError> {
    let (kiosk, order_id, line) = task.line_key();
    let entry = Entry {
        kiosk,
        order_id,
        kind,
        line: Some(line),
        debit: Account::Transit,
        credit,
        amount: task.amount,
    };
    post(connection, &entry, now_ms)
}

/// Tells the kiosk, and ends the hold with the last open line.
fn finish_change(connection: &Connection, task: &Task) -> Result<(), StoreError> {
    let (kiosk, order_id, _) = task.line_key();
    tell(connection, kiosk, order_id)?;
    let open: i64 = connection
        .prepare_cached(
            "SELECT COUNT(*) FROM lines WHERE kiosk = ?1 AND order_id = ?2
               AND state IN ('waiting', 'booking', 'refunding')",
        )?
        .query_row([kiosk, order_id], |row| row.get(0))?;
    if open == 0 { end_hold(connection, kiosk, order_id) } else { Ok(()) }
}
