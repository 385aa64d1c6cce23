//! Tokens that enrol a kiosk, and the certificates that were given.

use super::{Session, StoreError, values};

/// Keeps a new token.
pub fn add_token(
    session: &dyn Session,
    (kiosk, digest): (&str, &str),
    lapses_ms: i64,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO tokens (kiosk, digest, lapses_ms) VALUES ($1, $2, $3)";
    session.execute(sql, values![kiosk, digest, lapses_ms]).map(drop)
}

/// Uses a token up. False when it is unknown, used or lapsed.
pub fn use_token(
    session: &dyn Session,
    (kiosk, digest): (&str, &str),
    now_ms: i64,
) -> Result<bool, StoreError> {
    let used = session.execute(
        "UPDATE tokens SET used_ms = $3
         WHERE kiosk = $1 AND digest = $2 AND used_ms IS NULL AND lapses_ms > $3",
        values![kiosk, digest, now_ms],
    )?;
    Ok(used == 1)
}

/// Keeps a certificate that is about to be given.
pub fn add_certificate(
    session: &dyn Session,
    (kiosk, serial): (&str, &str),
    (issued_ms, not_after_ms): (i64, i64),
) -> Result<(), StoreError> {
    let sql = "INSERT INTO certificates VALUES ($1, $2, $3, $4, NULL)";
    session.execute(sql, values![kiosk, serial, issued_ms, not_after_ms]).map(drop)
}

/// Revokes every certificate of a kiosk and says how many there were.
pub fn revoke(session: &dyn Session, kiosk: &str, now_ms: i64) -> Result<u64, StoreError> {
    let sql = "UPDATE certificates SET revoked_ms = $2 WHERE kiosk = $1 AND revoked_ms IS NULL";
    session.execute(sql, values![kiosk, now_ms])
}

/// Serial numbers of revoked certificates that have not run out.
pub fn revoked(session: &dyn Session, now_ms: i64) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT serial FROM certificates WHERE revoked_ms IS NOT NULL AND not_after_ms > $1";
    session.query(sql, values![now_ms])?.iter().map(|row| row.get(0)).collect()
}
