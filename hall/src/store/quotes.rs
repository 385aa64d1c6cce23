//! Quotes that residents may confirm.

use super::kiosks::{Counter, next_number};
use super::{Row, Session, StoreError, values};
use crate::money::Fen;
use crate::seal::SealedKey;

/// A lapsed quote is kept this long, to tell "lapsed" from "never given".
const LAPSED_KEPT_MS: i64 = 60 * 60 * 1_000;

/// A quote to be kept.
#[derive(Clone, Debug)]
pub struct NewQuote {
    /// The kiosk that asked.
    pub kiosk: String,
    /// Whose bill.
    pub key: SealedKey,
    /// What is owed.
    pub amount: Fen,
    /// True when another amount may be paid.
    pub partial: bool,
    /// When it lapses.
    pub lapses_ms: i64,
}

/// A quote that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownQuote {
    /// Whose bill.
    pub key: SealedKey,
    /// What was owed.
    pub amount: Fen,
    /// True when another amount may be paid.
    pub partial: bool,
    /// When it lapses.
    pub lapses_ms: i64,
}

/// Keeps a quote and gives its id.
pub fn add_quote(session: &dyn Session, quote: &NewQuote) -> Result<String, StoreError> {
    let number = next_number(session, &quote.kiosk, Counter::Quotes)?;
    let quote_id = format!("{}Q{number}", quote.kiosk);
    let NewQuote { kiosk, key, amount, partial, lapses_ms } = quote;
    let SealedKey { biller, fee, account, tariff_item } = key;
    session.execute(
        "INSERT INTO quotes VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![kiosk, quote_id, biller, fee, account, tariff_item, amount, partial, lapses_ms],
    )?;
    Ok(quote_id)
}

/// Forgets the quotes that lapsed long ago.
pub fn forget_lapsed(session: &dyn Session, now_ms: i64) -> Result<(), StoreError> {
    let before_ms = now_ms.saturating_sub(LAPSED_KEPT_MS);
    session.execute("DELETE FROM quotes WHERE lapses_ms < $1", values![before_ms])?;
    Ok(())
}

/// The quote with this id, if this kiosk got it.
pub fn quote_by_id(
    session: &dyn Session,
    kiosk: &str,
    quote_id: &str,
) -> Result<Option<KnownQuote>, StoreError> {
    let found = session.query_optional(
        "SELECT biller, fee, account, tariff_item, amount_fen, partial, lapses_ms
         FROM quotes WHERE kiosk = $1 AND quote_id = $2",
        values![kiosk, quote_id],
    )?;
    found.as_ref().map(read_quote).transpose()
}

fn read_quote(row: &Row) -> Result<KnownQuote, StoreError> {
    let key =
        SealedKey { biller: row.get(0)?, fee: row.get(1)?, account: row.get(2)?, tariff_item: row.get(3)? };
    Ok(KnownQuote { key, amount: row.get(4)?, partial: row.get(5)?, lapses_ms: row.get(6)? })
}
