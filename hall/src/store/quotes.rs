//! Quotes that residents may confirm.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::StoreError;
use super::kiosks::{Counter, next_number};
use crate::money::Fen;
use crate::outside::AccountKey;

/// A lapsed quote is kept this long, to tell "lapsed" from "never given".
const LAPSED_KEPT_MS: i64 = 60 * 60 * 1_000;

/// A quote to be kept.
#[derive(Clone, Debug)]
pub struct NewQuote {
    /// The kiosk that asked.
    pub kiosk: String,
    /// Whose bill.
    pub key: AccountKey,
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
    pub key: AccountKey,
    /// What was owed.
    pub amount: Fen,
    /// True when another amount may be paid.
    pub partial: bool,
    /// When it lapses.
    pub lapses_ms: i64,
}

/// Keeps a quote and gives its id. Quotes that lapsed long ago are forgotten on the way.
pub fn add_quote(connection: &Connection, quote: &NewQuote, now_ms: i64) -> Result<String, StoreError> {
    let number = next_number(connection, &quote.kiosk, Counter::Quotes)?;
    let quote_id = format!("{}Q{number}", quote.kiosk);
    let NewQuote { kiosk, key, amount, partial, lapses_ms } = quote;
    connection
        .prepare_cached("DELETE FROM quotes WHERE lapses_ms < ?1")?
        .execute([now_ms.saturating_sub(LAPSED_KEPT_MS)])?;
    connection.prepare_cached("INSERT INTO quotes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?.execute(
        params![
            kiosk,
            quote_id,
            key.biller,
            key.fee,
            key.account,
            key.tariff_item,
            amount,
            partial,
            lapses_ms
        ],
    )?;
    Ok(quote_id)
}

/// The quote with this id, if this kiosk got it.
pub fn quote_by_id(
    connection: &Connection,
    kiosk: &str,
    quote_id: &str,
) -> Result<Option<KnownQuote>, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT biller, fee, account, tariff_item, amount_fen, partial, lapses_ms
             FROM quotes WHERE kiosk = ?1 AND quote_id = ?2",
        )?
        .query_row([kiosk, quote_id], read_quote);
    Ok(found.optional()?)
}

fn read_quote(row: &Row<'_>) -> rusqlite::Result<KnownQuote> {
    let key =
        AccountKey { biller: row.get(0)?, fee: row.get(1)?, account: row.get(2)?, tariff_item: row.get(3)? };
    Ok(KnownQuote { key, amount: row.get(4)?, partial: row.get(5)?, lapses_ms: row.get(6)? })
}
