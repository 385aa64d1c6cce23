//! The double-entry ledger. Debits are positive, credits negative.

use super::{Session, StoreError, values};
use crate::money::Fen;

/// An account of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    /// What the acquirer owes the hall.
    AcquirerReceivable,
    /// Money that was taken and is neither booked nor given back.
    Transit,
    /// What the hall owes a biller.
    BillerPayable(String),
}

impl Account {
    fn name(&self) -> String {
        match self {
            Self::AcquirerReceivable => "acquirer:receivable".to_owned(),
            Self::Transit => "transit".to_owned(),
            Self::BillerPayable(code) => format!("biller:{code}:payable"),
        }
    }
}

/// What a posting is made for. With order and line it is the posting's identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// The acquirer took the money.
    Charge,
    /// The biller booked a line.
    Booking,
    /// The acquirer gave the money of a line back.
    Refund,
}

impl EntryKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Booking => "booking",
            Self::Refund => "refund",
        }
    }
}

/// One posting.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// The kiosk.
    pub kiosk: &'a str,
    /// The order.
    pub order_id: &'a str,
    /// What for.
    pub kind: EntryKind,
    /// The line; none for the whole order.
    pub line: Option<u32>,
    /// Account that is debited.
    pub debit: Account,
    /// Account that is credited.
    pub credit: Account,
    /// How much; zero posts nothing.
    pub amount: Fen,
}

/// Makes a posting and checks that posting and ledger balance; the same posting again fails.
pub fn post(session: &dyn Session, entry: &Entry<'_>, now_ms: i64) -> Result<(), StoreError> {
    if entry.amount == Fen::ZERO {
        return Ok(());
    }
    let credit = entry.amount.checked_neg().ok_or(StoreError::Corrupt { column: "postings.amount_fen" })?;
    add_row(session, entry, &entry.debit.name(), entry.amount, now_ms)?;
    add_row(session, entry, &entry.credit.name(), credit, now_ms)?;
    let posted = session.query_one(
        "SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM postings
         WHERE kiosk = $1 AND order_id = $2",
        values![entry.kiosk, entry.order_id],
    )?;
    expect_zero(posted.get(0)?)?;
    let balance = session.query_one(
        "SELECT CAST(COALESCE(SUM(balance_fen), 0) AS BIGINT) FROM balances WHERE kiosk = $1",
        values![entry.kiosk],
    )?;
    expect_zero(balance.get(0)?)
}

/// Sum of every posting, zero at any time.
pub fn trial_balance(session: &dyn Session) -> Result<Fen, StoreError> {
    let sql = "SELECT CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT) FROM postings";
    session.query_one(sql, &[])?.get(0)
}

fn add_row(
    session: &dyn Session,
    entry: &Entry<'_>,
    account: &str,
    amount: Fen,
    now_ms: i64,
) -> Result<(), StoreError> {
    let line = entry.line.map_or(-1, i64::from);
    session.execute(
        "INSERT INTO postings VALUES ($1, $2, $3, $4, $5, $6, $7)",
        values![entry.kiosk, entry.order_id, entry.kind.name(), line, account, amount, now_ms],
    )?;
    session.execute(
        "INSERT INTO balances VALUES ($1, $2, $3) ON CONFLICT (kiosk, account)
         DO UPDATE SET balance_fen = balances.balance_fen + excluded.balance_fen",
        values![entry.kiosk, account, amount],
    )?;
    Ok(())
}

const fn expect_zero(sum: Fen) -> Result<(), StoreError> {
    if sum.0 == 0 { Ok(()) } else { Err(StoreError::Unbalanced { sum_fen: sum.0 }) }
}
