//! Lines of orders.

use hall_api::LineState;

use super::{Session, StoreError, values};
use crate::order::{CheckedLine, CheckedOrder};
use crate::word::word_of;

/// Kiosk, order and line.
pub type LineKey<'a> = (&'a str, &'a str, u32);

/// Keeps the lines of a new order.
pub(super) fn insert_lines(
    session: &dyn Session,
    order: &CheckedOrder,
    now_ms: i64,
) -> Result<(), StoreError> {
    let CheckedOrder { kiosk, order_id, .. } = order;
    for (number, line) in (0_u32..).zip(&order.lines) {
        let CheckedLine { biller, fee, account, tariff_item, amount, .. } = line;
        session.execute(
            "INSERT INTO lines
                 (kiosk, order_id, line, biller, fee, account, tariff_item, amount_fen, state, changed_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', $9)",
            values![kiosk, order_id, number, biller, fee, account, tariff_item, amount, now_ms],
        )?;
    }
    Ok(())
}

/// Puts a line into a state; its work, if any, is due at once.
pub(super) fn set_state(
    session: &dyn Session,
    (kiosk, order_id, line): LineKey<'_>,
    state: LineState,
    now_ms: i64,
) -> Result<(), StoreError> {
    session.execute(
        "UPDATE lines
         SET state = $4, attempts = 0, next_attempt_ms = 0, claimed_until_ms = 0, changed_ms = $5
         WHERE kiosk = $1 AND order_id = $2 AND line = $3",
        values![kiosk, order_id, line, word_of(&state), now_ms],
    )?;
    Ok(())
}
