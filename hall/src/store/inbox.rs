//! What the hall tells each kiosk.

use hall_api::{Inbox, InboxEvent};

use super::kiosks::{Counter, next_number};
use super::orders::status_of;
use super::{Row, Session, StoreError, values};

/// Events of one answer; a full one is some 100 kB, well below what a kiosk reads at once.
const EVENTS_MAX: i64 = 100;

/// Longest time between telling and commit; what takes longer is found when the kiosk asks again.
const COMMIT_MS: i64 = 5_000;

/// Tells a kiosk that one of its orders changed; part of the transaction that changes it.
pub fn tell(session: &dyn Session, kiosk: &str, order_id: &str) -> Result<(), StoreError> {
    let seq = next_number(session, kiosk, Counter::Events)?;
    let clock = session.clock_ms();
    session.execute(
        &format!("INSERT INTO inbox (kiosk, seq, order_id, told_ms) VALUES ($1, $2, $3, {clock})"),
        values![kiosk, seq, order_id],
    )?;
    Ok(())
}

/// Events after the given one, oldest first, each with its order as it stands now.
pub fn inbox_after(session: &dyn Session, kiosk: &str, after: u64) -> Result<Inbox, StoreError> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let rows = session.query(
        "SELECT seq, order_id FROM inbox WHERE kiosk = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        values![kiosk, after, EVENTS_MAX],
    )?;
    let event = |row: &Row| {
        Ok(InboxEvent { seq: row.get(0)?, order: status_of(session, kiosk, &row.get::<String>(1)?)? })
    };
    Ok(Inbox { events: rows.iter().map(event).collect::<Result<_, StoreError>>()? })
}

/// The newest event of each kiosk that was told something in the last seconds, by any hall.
pub fn told_lately(session: &dyn Session) -> Result<Vec<(String, i64)>, StoreError> {
    let clock = session.clock_ms();
    let rows = session.query(
        &format!("SELECT kiosk, MAX(seq) FROM inbox WHERE told_ms >= {clock} - {COMMIT_MS} GROUP BY kiosk"),
        &[],
    )?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}
