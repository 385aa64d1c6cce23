//! What the hall tells each kiosk.

use hall_api::{Inbox, InboxEvent};
use rusqlite::{Connection, params};

use super::StoreError;
use super::kiosks::{Counter, next_number};
use super::orders::status_of;

/// Events of one answer; a full one is some 100 kB, well below what a kiosk reads at once.
const EVENTS_MAX: i64 = 100;

/// Tells a kiosk that one of its orders changed; part of the transaction that changes it.
pub fn tell(connection: &Connection, kiosk: &str, order_id: &str) -> Result<(), StoreError> {
    let seq = next_number(connection, kiosk, Counter::Events)?;
    connection
        .prepare_cached("INSERT INTO inbox VALUES (?1, ?2, ?3)")?
        .execute(params![kiosk, seq, order_id])?;
    Ok(())
}

/// Events after the given one, oldest first, each with its order as it stands now.
pub fn inbox_after(connection: &Connection, kiosk: &str, after: u64) -> Result<Inbox, StoreError> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let mut select = connection.prepare_cached(
        "SELECT seq, order_id FROM inbox WHERE kiosk = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
    )?;
    let rows = select.query_map(params![kiosk, after, EVENTS_MAX], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let found: Vec<(i64, String)> = rows.collect::<Result<_, _>>()?;
    let event = |(seq, order_id): (i64, String)| {
        let seq = u64::try_from(seq).map_err(|_| StoreError::Corrupt { column: "inbox.seq" })?;
        Ok(InboxEvent { seq, order: status_of(connection, kiosk, &order_id)? })
    };
    Ok(Inbox { events: found.into_iter().map(event).collect::<Result<_, StoreError>>()? })
}
