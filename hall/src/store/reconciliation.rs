//! The hall's side of a reconciliation, and what came of it.

use std::fmt;

use hall_api::ChargeState;

use super::kiosks::{Counter, next_number};
use super::sealing::EVERY_KIOSK;
use super::{Row, Session, StoreError, values};
use crate::reconcile::{Class, Difference, HallLine, HallOrder, Report};
use crate::word::word_of;

/// Who works a difference first.
const OWNER: &str = "finance";

/// Longest time that one hall needs for a reconciliation.
const TAKEN_MS: i64 = 60 * 60 * 1_000;

/// A difference that a person has to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferenceCase {
    /// Number of the case.
    pub case_no: String,
    /// Business date on which it was found.
    pub business_date: String,
    /// Who works it.
    pub owner: String,
    /// What differs.
    pub difference: Difference,
}

/// One line for a terminal: case, date, class, order, amounts, owner.
impl fmt::Display for DifferenceCase {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { case_no, business_date, owner, difference } = self;
        let Difference { class, order_id, line, ours_fen, theirs_fen, .. } = difference;
        let (class, line) = (word_of(class), line.map_or_else(|| "-".to_owned(), |line| line.to_string()));
        write!(
            out,
            "{case_no} {business_date} {class} {order_id}/{line} ours {ours_fen} theirs {theirs_fen} {owner}"
        )
    }
}

/// Every order with its lines.
pub fn orders_to_compare(session: &dyn Session) -> Result<Vec<HallOrder>, StoreError> {
    let rows = session.query(
        "SELECT o.kiosk, o.order_id, o.charge, o.total_fen, l.state, l.amount_fen
         FROM orders o JOIN lines l ON l.kiosk = o.kiosk AND l.order_id = o.order_id
         ORDER BY o.kiosk, o.order_id, l.line",
        &[],
    )?;
    let mut orders: Vec<HallOrder> = Vec::new();
    for row in &rows {
        let line = HallLine { state: row.word(4)?, amount_fen: row.get(5)? };
        let (kiosk, order_id): (String, String) = (row.get(0)?, row.get(1)?);
        match orders.last_mut().filter(|order| order.kiosk == kiosk && order.order_id == order_id) {
            Some(order) => order.lines.push(line),
            None => {
                let (charge, total_fen): (ChargeState, i64) = (row.word(2)?, row.get(3)?);
                orders.push(HallOrder { kiosk, order_id, charge, total_fen, lines: vec![line] });
            }
        }
    }
    Ok(orders)
}

/// Takes the reconciliation of a business date. False when another hall has done it, or took it in
/// the last hour.
pub fn begin_reconciliation(session: &dyn Session, date: &str, now_ms: i64) -> Result<bool, StoreError> {
    let begun = session.execute(
        "INSERT INTO reconciliations (kiosk, business_date, begun_ms) VALUES ($1, $2, $3)
         ON CONFLICT (kiosk, business_date) DO UPDATE SET begun_ms = excluded.begun_ms
         WHERE reconciliations.even IS NULL AND reconciliations.begun_ms < $4",
        values![EVERY_KIOSK, date, now_ms, now_ms.saturating_sub(TAKEN_MS)],
    )?;
    Ok(begun == 1)
}

/// Keeps a report: each difference becomes a case, once.
pub fn keep_report(
    session: &dyn Session,
    report: &Report,
    date: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    for difference in &report.differences {
        keep_difference(session, difference, date)?;
    }
    let (even, found) = (count(report.even), count(report.differences.len() as u64));
    session.execute(
        "INSERT INTO reconciliations VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (kiosk, business_date)
         DO UPDATE SET even = excluded.even, differences = excluded.differences",
        values![EVERY_KIOSK, date, now_ms, even, found],
    )?;
    Ok(())
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn keep_difference(session: &dyn Session, difference: &Difference, date: &str) -> Result<(), StoreError> {
    let kiosk = difference.kiosk.as_deref().unwrap_or(EVERY_KIOSK);
    let (class, line) = (word_of(&difference.class), difference.line.map_or(-1, i64::from));
    let known = session.query_optional(
        "SELECT 1 FROM differences WHERE kiosk = $1 AND order_id = $2 AND class = $3 AND line = $4",
        values![kiosk, difference.order_id, class, line],
    )?;
    if known.is_some() {
        return Ok(());
    }
    let number = next_number(session, kiosk, Counter::Cases)?;
    let place = difference.kiosk.as_deref().unwrap_or("HALL");
    let case_no = format!("{place}-C{number:05}");
    let Difference { order_id, ours_fen, theirs_fen, .. } = difference;
    session.execute(
        "INSERT INTO differences VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![kiosk, order_id, class, line, case_no, ours_fen, theirs_fen, date, OWNER],
    )?;
    Ok(())
}

/// Every difference that was found, by kiosk and order.
pub fn difference_cases(session: &dyn Session) -> Result<Vec<DifferenceCase>, StoreError> {
    let rows = session.query(
        "SELECT kiosk, order_id, class, line, case_no, ours_fen, theirs_fen, business_date, owner
         FROM differences ORDER BY kiosk, order_id, line, class",
        &[],
    )?;
    rows.iter().map(read_case).collect()
}

fn read_case(row: &Row) -> Result<DifferenceCase, StoreError> {
    let kiosk: String = row.get(0)?;
    let line: i64 = row.get(3)?;
    let class: Class = row.word(2)?;
    Ok(DifferenceCase {
        case_no: row.get(4)?,
        business_date: row.get(7)?,
        owner: row.get(8)?,
        difference: Difference {
            class,
            kiosk: (kiosk != EVERY_KIOSK).then_some(kiosk),
            order_id: row.get(1)?,
            line: u32::try_from(line).ok(),
            ours_fen: row.get(5)?,
            theirs_fen: row.get(6)?,
        },
    })
}

/// One line for the books of a finance department; without the account number.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FinanceRow {
    business_date: String,
    kiosk: String,
    order_id: String,
    line: u32,
    biller: String,
    fee: String,
    amount_fen: i64,
    state: String,
    biller_reference: Option<String>,
    refund_reference: Option<String>,
}

/// Every line in which money moved, by business date and biller.
pub fn finance_rows(session: &dyn Session) -> Result<Vec<FinanceRow>, StoreError> {
    let rows = session.query(
        "SELECT o.business_date, l.kiosk, l.order_id, l.line, l.biller, l.fee, l.amount_fen, l.state,
                l.biller_reference, l.refund_reference
         FROM lines l JOIN orders o ON o.kiosk = l.kiosk AND o.order_id = l.order_id
         WHERE l.state NOT IN ('void', 'waiting')
         ORDER BY o.business_date, l.biller, l.kiosk, l.order_id, l.line",
        &[],
    )?;
    let read = |row: &Row| {
        Ok(FinanceRow {
            business_date: row.get(0)?,
            kiosk: row.get(1)?,
            order_id: row.get(2)?,
            line: row.get(3)?,
            biller: row.get(4)?,
            fee: row.get(5)?,
            amount_fen: row.get(6)?,
            state: row.get(7)?,
            biller_reference: row.get(8)?,
            refund_reference: row.get(9)?,
        })
    };
    rows.iter().map(read).collect()
}

impl FinanceRow {
    /// Whose statement it belongs to.
    pub(crate) fn biller(&self) -> &str {
        &self.biller
    }
}
