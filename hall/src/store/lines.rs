//! Lines of orders.

use hall_api::LineState;
use rusqlite::{Connection, params};

use super::StoreError;
use crate::order::CheckedOrder;
use crate::word::word_of;

/// Kiosk, order and line.
pub type LineKey<'a> = (&'a str, &'a str, u32);

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
