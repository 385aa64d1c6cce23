//! Ratings, one per order.

use super::{Session, StoreError, values};
use crate::refusal::Refusal;

/// Keeps a rating. The same again changes nothing, another one is refused.
pub fn rate(
    session: &dyn Session,
    (kiosk, order_id): (&str, &str),
    level: u8,
    now_ms: i64,
) -> Result<(), Refusal> {
    match known_level(session, kiosk, order_id)? {
        Some(known) if known == level => return Ok(()),
        Some(_) => return Err(Refusal::Conflict { what: "the order has another rating" }),
        None => {}
    }
    session
        .execute("INSERT INTO ratings VALUES ($1, $2, $3, $4)", values![kiosk, order_id, level, now_ms])?;
    Ok(())
}

fn known_level(session: &dyn Session, kiosk: &str, order_id: &str) -> Result<Option<u8>, StoreError> {
    let sql = "SELECT level FROM ratings WHERE kiosk = $1 AND order_id = $2";
    session.query_optional(sql, values![kiosk, order_id])?.map(|row| row.get(0)).transpose()
}
