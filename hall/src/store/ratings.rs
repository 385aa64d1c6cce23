//! Ratings, one per order.

use rusqlite::{Connection, OptionalExtension, params};

use super::StoreError;
use crate::refusal::Refusal;

/// Keeps a rating. The same again changes nothing, another one is refused.
pub fn rate(
    connection: &Connection,
    (kiosk, order_id): (&str, &str),
    level: u8,
    now_ms: i64,
) -> Result<(), Refusal> {
    match known_level(connection, kiosk, order_id)? {
        Some(known) if known == level => return Ok(()),
        Some(_) => return Err(Refusal::Conflict { what: "the order has another rating" }),
        None => {}
    }
    connection
        .execute("INSERT INTO ratings VALUES (?1, ?2, ?3, ?4)", params![kiosk, order_id, level, now_ms])
        .map_err(StoreError::from)?;
    Ok(())
}

fn known_level(connection: &Connection, kiosk: &str, order_id: &str) -> Result<Option<u8>, StoreError> {
    let found = connection
        .prepare_cached("SELECT level FROM ratings WHERE kiosk = ?1 AND order_id = ?2")?
        .query_row([kiosk, order_id], |row| row.get(0));
    Ok(found.optional()?)
}
