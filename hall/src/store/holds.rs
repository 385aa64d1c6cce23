//! Bills kept for open orders.

use super::{Session, StoreError, values};
use crate::money::Fen;
use crate::refusal::Refusal;
use crate::seal::SealedKey;

/// The same account, amount and biller within this time asks the resident once more.
const JUST_NOW_MS: i64 = 10 * 60 * 1_000;

/// A hold to be taken.
#[derive(Clone, Debug)]
pub struct NewHold {
    /// The kiosk.
    pub kiosk: String,
    /// The order.
    pub order_id: String,
    /// Identity of kiosk and lines.
    pub lines_hash: String,
    /// Sum of the lines.
    pub total: Fen,
    /// What is kept.
    pub lines: Vec<HeldLine>,
}

/// One line of a hold.
#[derive(Clone, Debug)]
pub struct HeldLine {
    /// Whose bill.
    pub key: SealedKey,
    /// How much will be paid.
    pub amount: Fen,
    /// False for a free top-up: there is no bill that somebody else could pay.
    pub keeps_bill: bool,
}

/// Identity and sum of an order's hold, open or ended, of whichever kiosk.
pub fn hold_of(session: &dyn Session, order_id: &str) -> Result<Option<(String, Fen, bool)>, StoreError> {
    let found = session.query_optional(
        "SELECT lines_hash, total_fen, ended FROM holds WHERE order_id = $1",
        values![order_id],
    )?;
    found.map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).transpose()
}

/// Takes a hold, unless one of its bills is being paid or was paid just now. The same order again
/// gives the same hold.
pub fn claim_hold(
    session: &dyn Session,
    hold: &NewHold,
    pay_again: bool,
    now_ms: i64,
) -> Result<Fen, Refusal> {
    match hold_of(session, &hold.order_id)? {
        Some((hash, total, false)) if hash == hold.lines_hash => return Ok(total),
        Some((_, _, true)) => return Err(Refusal::Conflict { what: "the order has ended" }),
        Some(_) => return Err(Refusal::Conflict { what: "lines" }),
        None => {}
    }
    for line in &hold.lines {
        refuse_held(session, line)?;
        if !pay_again {
            refuse_paid_just_now(session, line, now_ms)?;
        }
    }
    insert_hold(session, hold)?;
    Ok(hold.total)
}

/// Keeps the bills of an order that was charged without a hold.
pub(super) fn ensure_hold(session: &dyn Session, hold: &NewHold) -> Result<(), StoreError> {
    match hold_of(session, &hold.order_id)? {
        Some(_) => Ok(()),
        None => insert_hold(session, hold),
    }
}

/// Ends the hold of an order that has ended.
pub fn end_hold(session: &dyn Session, kiosk: &str, order_id: &str) -> Result<(), StoreError> {
    let key = values![kiosk, order_id];
    session.execute("UPDATE holds SET ended = 1 WHERE kiosk = $1 AND order_id = $2", key)?;
    session.execute("UPDATE hold_lines SET keeps_bill = 0 WHERE kiosk = $1 AND order_id = $2", key)?;
    Ok(())
}

fn refuse_held(session: &dyn Session, line: &HeldLine) -> Result<(), Refusal> {
    if !line.keeps_bill {
        return Ok(());
    }
    let SealedKey { biller, fee, account, tariff_item } = &line.key;
    let other = session.query_optional(
        "SELECT order_id FROM hold_lines
         WHERE keeps_bill = 1 AND biller = $1 AND account = $2 AND fee = $3
           AND tariff_item IS NOT DISTINCT FROM $4
         LIMIT 1",
        values![biller, account, fee, tariff_item],
    )?;
    match other {
        Some(row) => Err(Refusal::HeldElsewhere { order_id: row.get(0)? }),
        None => Ok(()),
    }
}

/// A line that is being booked counts too: its money has moved.
fn refuse_paid_just_now(session: &dyn Session, line: &HeldLine, now_ms: i64) -> Result<(), Refusal> {
    if line.amount == Fen::ZERO {
        return Ok(());
    }
    let since = now_ms.saturating_sub(JUST_NOW_MS);
    let other = session.query_optional(
        "SELECT order_id FROM lines
         WHERE biller = $1 AND account = $2 AND changed_ms >= $3 AND amount_fen = $4
           AND state IN ('booking', 'booked') LIMIT 1",
        values![line.key.biller, line.key.account, since, line.amount],
    )?;
    match other {
        Some(row) => Err(Refusal::PaidJustNow { order_id: row.get(0)? }),
        None => Ok(()),
    }
}

fn insert_hold(session: &dyn Session, hold: &NewHold) -> Result<(), StoreError> {
    let NewHold { kiosk, order_id, lines_hash, total, lines } = hold;
    session.execute(
        "INSERT INTO holds (kiosk, order_id, lines_hash, total_fen) VALUES ($1, $2, $3, $4)",
        values![kiosk, order_id, lines_hash, total],
    )?;
    for (number, HeldLine { key, amount, keeps_bill }) in (0_u32..).zip(lines) {
        let SealedKey { biller, fee, account, tariff_item } = key;
        session.execute(
            "INSERT INTO hold_lines VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            values![kiosk, order_id, number, biller, fee, account, tariff_item, amount, keeps_bill],
        )?;
    }
    Ok(())
}
