//! Cases that a person has to look at.

use hall_api::{Case, CaseKind};

use super::kiosks::{Counter, next_number};
use super::{Session, StoreError, values};
use crate::word::word_of;

/// Opens a case; the same order and kind give the same case again.
pub fn open_case(
    session: &dyn Session,
    (kiosk, order_id): (&str, &str),
    kind: CaseKind,
    line: Option<u32>,
    now_ms: i64,
) -> Result<Case, StoreError> {
    let kind = word_of(&kind);
    let known = session.query_optional(
        "SELECT case_no FROM cases WHERE kiosk = $1 AND order_id = $2 AND kind = $3",
        values![kiosk, order_id, kind],
    )?;
    if let Some(row) = known {
        return Ok(Case { case_no: row.get(0)?, opened: false });
    }
    let number = next_number(session, kiosk, Counter::Cases)?;
    let case_no = format!("{kiosk}-C{number:05}");
    session.execute(
        "INSERT INTO cases VALUES ($1, $2, $3, $4, $5, $6)",
        values![kiosk, order_id, kind, case_no, line, now_ms],
    )?;
    Ok(Case { case_no, opened: true })
}
