//! Orders as the kiosks report them, and their lines.

use hall_api::{ChargeState, LineStatus, OrderStatus};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::de::DeserializeOwned;

use super::holds::{HeldLine, NewHold, end_hold, ensure_hold, hold_of};
use super::inbox::tell;
use super::ledger::{Account, Entry, EntryKind, post};
use super::{StoreError, lines};
use crate::clock::business_date;
use crate::money::Fen;
use crate::order::{CheckedOrder, can_follow, line_after};
use crate::outside::AccountKey;
use crate::refusal::Refusal;
use crate::word::{from_word, word_of};

/// What is kept of an order beside its lines.
struct KnownOrder {
    kiosk: String,
    content_hash: String,
    version: u32,
    charge: ChargeState,
}

/// Takes a report: a new order is kept, a newer report moves the charge, anything else changes
/// nothing. Answers with the order as it stands afterwards, and whether it changed.
pub fn accept_report(
    connection: &Connection,
    order: &CheckedOrder,
    now: jiff::Timestamp,
) -> Result<(OrderStatus, bool), Refusal> {
    let known = known_order(connection, &order.order_id)?;
    if known.as_ref().is_some_and(|known| known.content_hash != order.content_hash) {
        return Err(Refusal::Conflict { what: "kiosk, lines, total or offline" });
    }
    let changed = match &known {
        None => {
            refuse_other_hold(connection, order)?;
            insert_order(connection, order, now)?;
            true
        }
        Some(known) if order.version <= known.version => false,
        Some(known) if can_follow(Some(known.charge), order.charge) => {
            advance_order(connection, order, known.charge, now)?;
            true
        }
        Some(_) => return Err(Refusal::Invalid { field: "charge", why: "cannot follow what was reported" }),
    };
    Ok((status_of(connection, &order.kiosk, &order.order_id)?, changed))
}

/// The order with this id, of whichever kiosk.
pub fn status_by_id(connection: &Connection, order_id: &str) -> Result<Option<OrderStatus>, StoreError> {
    let known = known_order(connection, order_id)?;
    known.map(|known| status_of(connection, &known.kiosk, order_id)).transpose()
}

/// The order with this id, if it is this kiosk's.
pub fn own_status(
    connection: &Connection,
    kiosk: &str,
    order_id: &str,
) -> Result<Option<OrderStatus>, StoreError> {
    let known = known_order(connection, order_id)?.filter(|known| known.kiosk == kiosk);
    known.map(|known| status_of(connection, &known.kiosk, order_id)).transpose()
}

/// Every order as it stands now, in the order of its key.
pub fn all_orders(connection: &Connection) -> Result<Vec<OrderStatus>, StoreError> {
    let mut select = connection.prepare("SELECT kiosk, order_id FROM orders ORDER BY kiosk, order_id")?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let keys: Vec<(String, String)> = rows.collect::<Result<_, _>>()?;
    keys.iter().map(|(kiosk, order_id)| status_of(connection, kiosk, order_id)).collect()
}

/// One order as it stands now.
pub(super) fn status_of(
    connection: &Connection,
    kiosk: &str,
    order_id: &str,
) -> Result<OrderStatus, StoreError> {
    let mut status = connection
        .prepare_cached(
            "SELECT version, charge, business_date FROM orders WHERE kiosk = ?1 AND order_id = ?2",
        )?
        .query_row([kiosk, order_id], |row| {
            Ok(OrderStatus {
                order_id: order_id.to_owned(),
                version: row.get(0)?,
                charge: word(row, 1)?,
                lines: Vec::new(),
                business_date: row.get(2)?,
            })
        })?;
    let mut select = connection.prepare_cached(
        "SELECT line, state, biller_reference, refund_reference, reason, balance_fen
         FROM lines WHERE kiosk = ?1 AND order_id = ?2 ORDER BY line",
    )?;
    status.lines = select.query_map([kiosk, order_id], read_line)?.collect::<Result<_, _>>()?;
    Ok(status)
}

fn read_line(row: &Row<'_>) -> rusqlite::Result<LineStatus> {
    Ok(LineStatus {
        line: row.get(0)?,
        state: word(row, 1)?,
        biller_reference: row.get(2)?,
        refund_reference: row.get(3)?,
        reason: row.get(4)?,
        balance_fen: row.get(5)?,
    })
}

/// A wire enumeration from its word.
pub(super) fn word<T: DeserializeOwned>(row: &Row<'_>, index: usize) -> rusqlite::Result<T> {
    let text: String = row.get(index)?;
    from_word(&text).ok_or(rusqlite::Error::InvalidColumnType(index, text, rusqlite::types::Type::Text))
}

fn known_order(connection: &Connection, order_id: &str) -> Result<Option<KnownOrder>, StoreError> {
    let found = connection
        .prepare_cached("SELECT kiosk, content_hash, version, charge FROM orders WHERE order_id = ?1")?
        .query_row([order_id], |row| {
            let (kiosk, content_hash, version) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(KnownOrder { kiosk, content_hash, version, charge: word(row, 3)? })
        });
    Ok(found.optional()?)
}

/// An order pays what it held.
fn refuse_other_hold(connection: &Connection, order: &CheckedOrder) -> Result<(), Refusal> {
    match hold_of(connection, &order.order_id)? {
        Some((hash, _, _)) if hash != order.lines_hash => {
            Err(Refusal::Conflict { what: "lines differ from the hold" })
        }
        _ => Ok(()),
    }
}

fn insert_order(
    connection: &Connection,
    order: &CheckedOrder,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let now_ms = now.as_millisecond();
    connection
        .prepare_cached("INSERT INTO orders VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")?
        .execute(params![
            order.kiosk,
            order.order_id,
            order.content_hash,
            order.total,
            order.offline,
            order.version,
            word_of(&order.charge),
            payment_text(order)?,
            order.made_at,
            now_ms,
            business_date(now).to_string(),
        ])?;
    lines::insert_lines(connection, order, now_ms)?;
    ensure_hold(connection, &hold_for(order))?;
    follow_charge(connection, order, None, now_ms)
}

fn advance_order(
    connection: &Connection,
    order: &CheckedOrder,
    from: ChargeState,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE orders SET version = ?3, charge = ?4, payment = COALESCE(?5, payment), business_date = ?6
             WHERE kiosk = ?1 AND order_id = ?2",
        )?
        .execute(params![
            order.kiosk,
            order.order_id,
            order.version,
            word_of(&order.charge),
            payment_text(order)?,
            business_date(now).to_string(),
        ])?;
    follow_charge(connection, order, Some(from), now.as_millisecond())
}

/// Everything that a change of the charge brings with it, in the same transaction.
fn follow_charge(
    connection: &Connection,
    order: &CheckedOrder,
    from: Option<ChargeState>,
    now_ms: i64,
) -> Result<(), StoreError> {
    if from == Some(order.charge) {
        return Ok(());
    }
    for (number, line) in (0_u32..).zip(&order.lines) {
        let state = line_after(order.charge, line.amount);
        lines::set_state(connection, (&order.kiosk, &order.order_id, number), state, now_ms)?;
    }
    if matches!(order.charge, ChargeState::Charged | ChargeState::ReversalRefused) {
        post_charge(connection, order, now_ms)?;
    }
    if matches!(order.charge, ChargeState::Declined | ChargeState::Reversed | ChargeState::Manual) {
        end_hold(connection, &order.kiosk, &order.order_id)?;
    }
    tell(connection, &order.kiosk, &order.order_id)
}

fn post_charge(connection: &Connection, order: &CheckedOrder, now_ms: i64) -> Result<(), StoreError> {
    let entry = Entry {
        kiosk: &order.kiosk,
        order_id: &order.order_id,
        kind: EntryKind::Charge,
        line: None,
        debit: Account::AcquirerReceivable,
        credit: Account::Transit,
        amount: order.total,
    };
    post(connection, &entry, now_ms)
}

fn payment_text(order: &CheckedOrder) -> Result<Option<String>, StoreError> {
    let text = order.payment.as_ref().map(serde_json::to_string).transpose();
    text.map_err(|_| StoreError::Corrupt { column: "orders.payment" })
}

fn hold_for(order: &CheckedOrder) -> NewHold {
    let line = |line: &crate::order::CheckedLine| HeldLine {
        key: AccountKey {
            biller: line.biller.clone(),
            fee: line.fee.clone(),
            account: line.account.clone(),
            tariff_item: line.tariff_item.clone(),
        },
        amount: line.amount,
        keeps_bill: line.keeps_bill && line.amount > Fen::ZERO,
    };
    NewHold {
        kiosk: order.kiosk.clone(),
        order_id: order.order_id.clone(),
        lines_hash: order.lines_hash.clone(),
        total: order.total,
        lines: order.lines.iter().map(line).collect(),
    }
}
