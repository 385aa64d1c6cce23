//! What the outside world answered: state of the line, ledger and inbox in one transaction.

use hall_api::{CaseKind, LineState};
use rusqlite::{Connection, params};

use super::StoreError;
use super::cases::open_case;
use super::holds::end_hold;
use super::inbox::tell;
use super::ledger::{Account, Entry, EntryKind, post};
use super::lines::set_state;
use super::tasks::Task;
use crate::money::Fen;

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
