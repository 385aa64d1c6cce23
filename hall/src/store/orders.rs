//! Orders as the kiosks report them, and their lines.

use hall_api::{ChargeState, LineStatus, OrderPage, OrderStatus};

use super::holds::{HeldLine, NewHold, end_hold, ensure_hold, hold_of};
use super::inbox::tell;
use super::ledger::{Account, Entry, EntryKind, post};
use super::{Row, Session, StoreError, lines, values};
use crate::clock::business_date;
use crate::money::Fen;
use crate::order::{CheckedOrder, can_follow, line_after};
use crate::refusal::Refusal;
use crate::seal::SealedKey;
use crate::word::word_of;

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
    session: &dyn Session,
    order: &CheckedOrder,
    now: jiff::Timestamp,
) -> Result<(OrderStatus, bool), Refusal> {
    let known = known_order(session, &order.order_id)?;
    if known.as_ref().is_some_and(|known| known.content_hash != order.content_hash) {
        return Err(Refusal::Conflict { what: "kiosk, lines, total or offline" });
    }
    let changed = match &known {
        None => {
            refuse_other_hold(session, order)?;
            insert_order(session, order, now)?;
            true
        }
        Some(known) if order.version <= known.version => false,
        Some(known) if can_follow(Some(known.charge), order.charge) => {
            advance_order(session, order, known.charge, now)?;
            true
        }
        Some(_) => return Err(Refusal::Invalid { field: "charge", why: "cannot follow what was reported" }),
    };
    Ok((status_of(session, &order.kiosk, &order.order_id)?, changed))
}

/// The order with this id, of whichever kiosk.
pub fn status_by_id(session: &dyn Session, order_id: &str) -> Result<Option<OrderStatus>, StoreError> {
    let known = known_order(session, order_id)?;
    known.map(|known| status_of(session, &known.kiosk, order_id)).transpose()
}

/// The order with this id, if it is this kiosk's.
pub fn own_status(
    session: &dyn Session,
    kiosk: &str,
    order_id: &str,
) -> Result<Option<OrderStatus>, StoreError> {
    let known = known_order(session, order_id)?.filter(|known| known.kiosk == kiosk);
    known.map(|known| status_of(session, &known.kiosk, order_id)).transpose()
}

/// Every order as it stands now, in the order of its key.
pub fn all_orders(session: &dyn Session) -> Result<Vec<OrderStatus>, StoreError> {
    let keys = session.query("SELECT kiosk, order_id FROM orders ORDER BY kiosk, order_id", &[])?;
    let status = |row: &Row| status_of(session, &row.get::<String>(0)?, &row.get::<String>(1)?);
    keys.iter().map(status).collect()
}

/// A page of a kiosk's orders.
pub fn orders_of(
    session: &dyn Session,
    kiosk: &str,
    after: &str,
    limit: u32,
) -> Result<OrderPage, StoreError> {
    let keys = session.query(
        "SELECT order_id FROM orders WHERE kiosk = $1 AND order_id > $2 ORDER BY order_id LIMIT $3",
        values![kiosk, after, limit],
    )?;
    let status = |row: &Row| status_of(session, kiosk, &row.get::<String>(0)?);
    let orders: Vec<OrderStatus> = keys.iter().map(status).collect::<Result<_, _>>()?;
    let full = u32::try_from(orders.len()) == Ok(limit);
    let next = orders.last().filter(|_| full).map(|order| order.order_id.clone());
    Ok(OrderPage { orders, next })
}

/// One order as it stands now.
pub(super) fn status_of(
    session: &dyn Session,
    kiosk: &str,
    order_id: &str,
) -> Result<OrderStatus, StoreError> {
    let order = session.query_one(
        "SELECT version, charge, business_date FROM orders WHERE kiosk = $1 AND order_id = $2",
        values![kiosk, order_id],
    )?;
    let lines = session.query(
        "SELECT line, state, biller_reference, refund_reference, reason, balance_fen
         FROM lines WHERE kiosk = $1 AND order_id = $2 ORDER BY line",
        values![kiosk, order_id],
    )?;
    Ok(OrderStatus {
        order_id: order_id.to_owned(),
        version: order.get(0)?,
        charge: order.word(1)?,
        lines: lines.iter().map(read_line).collect::<Result<_, _>>()?,
        business_date: order.get(2)?,
    })
}

fn read_line(row: &Row) -> Result<LineStatus, StoreError> {
    Ok(LineStatus {
        line: row.get(0)?,
        state: row.word(1)?,
        biller_reference: row.get(2)?,
        refund_reference: row.get(3)?,
        reason: row.get(4)?,
        balance_fen: row.get(5)?,
    })
}

fn known_order(session: &dyn Session, order_id: &str) -> Result<Option<KnownOrder>, StoreError> {
    let found = session.query_optional(
        "SELECT kiosk, content_hash, version, charge FROM orders WHERE order_id = $1",
        values![order_id],
    )?;
    let known = |row: Row| {
        let (kiosk, content_hash, version) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(KnownOrder { kiosk, content_hash, version, charge: row.word(3)? })
    };
    found.map(known).transpose()
}

/// An order pays what it held.
fn refuse_other_hold(session: &dyn Session, order: &CheckedOrder) -> Result<(), Refusal> {
    match hold_of(session, &order.order_id)? {
        Some((hash, _, _)) if hash != order.lines_hash => {
            Err(Refusal::Conflict { what: "lines differ from the hold" })
        }
        _ => Ok(()),
    }
}

fn insert_order(session: &dyn Session, order: &CheckedOrder, now: jiff::Timestamp) -> Result<(), StoreError> {
    let now_ms = now.as_millisecond();
    session.execute(
        "INSERT INTO orders VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        values![
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
        ],
    )?;
    lines::insert_lines(session, order, now_ms)?;
    ensure_hold(session, &hold_for(order))?;
    follow_charge(session, order, None, now_ms)
}

fn advance_order(
    session: &dyn Session,
    order: &CheckedOrder,
    from: ChargeState,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    session.execute(
        "UPDATE orders SET version = $3, charge = $4, payment = COALESCE($5, payment), business_date = $6
         WHERE kiosk = $1 AND order_id = $2",
        values![
            order.kiosk,
            order.order_id,
            order.version,
            word_of(&order.charge),
            payment_text(order)?,
            business_date(now).to_string(),
        ],
    )?;
    follow_charge(session, order, Some(from), now.as_millisecond())
}

/// Everything that a change of the charge brings with it, in the same transaction.
fn follow_charge(
    session: &dyn Session,
    order: &CheckedOrder,
    from: Option<ChargeState>,
    now_ms: i64,
) -> Result<(), StoreError> {
    if from == Some(order.charge) {
        return Ok(());
    }
    for (number, line) in (0_u32..).zip(&order.lines) {
        let state = line_after(order.charge, line.amount);
        lines::set_state(session, (&order.kiosk, &order.order_id, number), state, now_ms)?;
    }
    if matches!(order.charge, ChargeState::Charged | ChargeState::ReversalRefused) {
        post_charge(session, order, now_ms)?;
    }
    if matches!(order.charge, ChargeState::Declined | ChargeState::Reversed | ChargeState::Manual) {
        end_hold(session, &order.kiosk, &order.order_id)?;
    }
    tell(session, &order.kiosk, &order.order_id)
}

fn post_charge(session: &dyn Session, order: &CheckedOrder, now_ms: i64) -> Result<(), StoreError> {
    let entry = Entry {
        kiosk: &order.kiosk,
        order_id: &order.order_id,
        kind: EntryKind::Charge,
        line: None,
        debit: Account::AcquirerReceivable,
        credit: Account::Transit,
        amount: order.total,
    };
    post(session, &entry, now_ms)
}

fn payment_text(order: &CheckedOrder) -> Result<Option<String>, StoreError> {
    let text = order.payment.as_ref().map(serde_json::to_string).transpose();
    text.map_err(|_| StoreError::Corrupt { column: "orders.payment" })
}

fn hold_for(order: &CheckedOrder) -> NewHold {
    let line = |line: &crate::order::CheckedLine| HeldLine {
        key: SealedKey {
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
