//! What the outside world answered: state of the line, ledger and inbox in one transaction.

use hall_api::{CaseKind, LineState};

use super::cases::open_case;
use super::holds::end_hold;
use super::inbox::tell;
use super::ledger::{Account, Entry, EntryKind, post};
use super::lines::set_state;
use super::tasks::Task;
use super::{Session, StoreError, values};
use crate::money::Fen;

/// The biller booked the line.
pub fn settle_booked(
    session: &dyn Session,
    task: &Task,
    reference: &str,
    balance: Option<Fen>,
    now_ms: i64,
) -> Result<(), StoreError> {
    let biller = Account::BillerPayable(task.key.biller.clone());
    move_money(session, task, EntryKind::Booking, biller, now_ms)?;
    set_state(session, task.line_key(), LineState::Booked, now_ms)?;
    let (kiosk, order_id, line) = task.line_key();
    session.execute(
        "UPDATE lines SET biller_reference = $4, balance_fen = $5
         WHERE kiosk = $1 AND order_id = $2 AND line = $3",
        values![kiosk, order_id, line, reference, balance],
    )?;
    finish_change(session, task)
}

/// The biller refused the line: its money goes back, if there is any.
pub fn settle_rejected(
    session: &dyn Session,
    task: &Task,
    reason: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    let next = if task.amount == Fen::ZERO { LineState::Void } else { LineState::Refunding };
    set_state(session, task.line_key(), next, now_ms)?;
    set_reason(session, task, reason)?;
    finish_change(session, task)
}

/// The acquirer gave the money back.
pub fn settle_refunded(
    session: &dyn Session,
    task: &Task,
    reference: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    move_money(session, task, EntryKind::Refund, Account::AcquirerReceivable, now_ms)?;
    set_state(session, task.line_key(), LineState::Refunded, now_ms)?;
    let (kiosk, order_id, line) = task.line_key();
    session.execute(
        "UPDATE lines SET refund_reference = $4 WHERE kiosk = $1 AND order_id = $2 AND line = $3",
        values![kiosk, order_id, line, reference],
    )?;
    finish_change(session, task)
}

/// The acquirer refused the refund for good: a person has to look at it.
pub fn settle_refund_refused(
    session: &dyn Session,
    task: &Task,
    code: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    set_state(session, task.line_key(), LineState::Manual, now_ms)?;
    let (kiosk, order_id, line) = task.line_key();
    session.execute(
        "UPDATE lines SET reason = COALESCE(reason, $4) WHERE kiosk = $1 AND order_id = $2 AND line = $3",
        values![kiosk, order_id, line, code],
    )?;
    open_case(session, (kiosk, order_id), CaseKind::RefundRefused, Some(line), now_ms)?;
    finish_change(session, task)
}

fn set_reason(session: &dyn Session, task: &Task, reason: &str) -> Result<(), StoreError> {
    let (kiosk, order_id, line) = task.line_key();
    session.execute(
        "UPDATE lines SET reason = $4 WHERE kiosk = $1 AND order_id = $2 AND line = $3",
        values![kiosk, order_id, line, reason],
    )?;
    Ok(())
}

/// Takes the money of a line out of transit.
fn move_money(
    session: &dyn Session,
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
    post(session, &entry, now_ms)
}

/// Tells the kiosk, and ends the hold with the last open line.
fn finish_change(session: &dyn Session, task: &Task) -> Result<(), StoreError> {
    let (kiosk, order_id, _) = task.line_key();
    tell(session, kiosk, order_id)?;
    let open = session.query_one(
        "SELECT COUNT(*) FROM lines WHERE kiosk = $1 AND order_id = $2
           AND state IN ('waiting', 'booking', 'refunding')",
        values![kiosk, order_id],
    )?;
    if open.get::<i64>(0)? == 0 { end_hold(session, kiosk, order_id) } else { Ok(()) }
}
