//! Printed copies, each under a code that anybody may ask about.

use hall_api::CopyKind;
use jiff::civil::Date;

use super::{Session, StoreError, values};
use crate::word::word_of;

/// A copy that was given out.
pub struct KnownCopy {
    /// What was printed.
    pub kind: CopyKind,
    /// Number of the application or certificate.
    pub number: String,
    /// Which copy it is.
    pub copy: u32,
    /// On which day.
    pub day: String,
}

/// Counts a new copy of a document.
pub fn add_copy(
    session: &dyn Session,
    code: &str,
    (kind, number): (CopyKind, &str),
    (kiosk, today): (&str, Date),
) -> Result<u32, StoreError> {
    let kind = word_of(&kind);
    let sql = "SELECT COALESCE(MAX(copy), 0) + 1 FROM copies WHERE kind = $1 AND number = $2";
    let copy: u32 = session.query_one(sql, values![kind, number])?.get(0)?;
    let sql = "INSERT INTO copies VALUES ($1, $2, $3, $4, $5, $6)";
    session.execute(sql, values![code, kind, number, copy, kiosk, today.to_string()])?;
    Ok(copy)
}

/// The copy with this code.
pub fn copy_by_code(session: &dyn Session, code: &str) -> Result<Option<KnownCopy>, StoreError> {
    let sql = "SELECT kind, number, copy, day FROM copies WHERE code = $1";
    let Some(row) = session.query_optional(sql, values![code])? else { return Ok(None) };
    Ok(Some(KnownCopy { kind: row.word(0)?, number: row.get(1)?, copy: row.get(2)?, day: row.get(3)? }))
}
