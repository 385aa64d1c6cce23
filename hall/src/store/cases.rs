//! Cases that a person has to look at.

use hall_api::{Case, CaseKind};
use rusqlite::{Connection, OptionalExtension, params};

use super::StoreError;
use super::kiosks::{Counter, next_number};
use crate::word::word_of;

/// Opens a case; the same order and kind give the same case again.
pub fn open_case(
    connection: &Connection,
    (kiosk, order_id): (&str, &str),
    kind: CaseKind,
    line: Option<u32>,
    now_ms: i64,
) -> Result<Case, StoreError> {
    let kind = word_of(&kind);
    let known = connection
        .prepare_cached("SELECT case_no FROM cases WHERE kiosk = ?1 AND order_id = ?2 AND kind = ?3")?
        .query_row([kiosk, order_id, &kind], |row| row.get(0));
    if let Some(case_no) = known.optional()? {
        return Ok(Case { case_no, opened: false });
    }
    let number = next_number(connection, kiosk, Counter::Cases)?;
    let case_no = format!("{kiosk}-C{number:05}");
    connection
        .prepare_cached("INSERT INTO cases VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![kiosk, order_id, kind, case_no, line, now_ms])?;
    Ok(Case { case_no, opened: true })
}
