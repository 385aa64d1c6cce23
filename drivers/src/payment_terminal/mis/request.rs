//! The requests of the driver, as fields.

use super::field::{Fields, tag};
use super::settings::MisSettings;
use crate::payment_terminal::ScannedCode;

/// 00: a transaction.
const TRANSACTION: [u8; 1] = [0x00];

/// The largest amount that twelve digits hold.
const MAX_FEN: i64 = 999_999_999_999;

/// What every request says.
pub(super) fn of_type(kind: &str, random: u8, settings: &MisSettings) -> Fields {
    Fields::new()
        .with(tag::PACKET, TRANSACTION)
        .with(tag::TYPE, kind)
        .with(tag::RANDOM, [packed(random % 100)])
        .with(tag::DESK, settings.desk.as_str())
        .with(tag::OPERATOR, settings.operator.as_str())
}

fn packed(pair: u8) -> u8 {
    pair / 10 * 16 + pair % 10
}

/// Adds an amount; `None` for one that twelve digits do not hold.
pub(super) fn with_amount(fields: Fields, amount_fen: i64) -> Option<Fields> {
    if !(0..=MAX_FEN).contains(&amount_fen) {
        return None;
    }
    let mut rest = u64::try_from(amount_fen).ok()?;
    let mut digits = [0; 6];
    for pair in digits.iter_mut().rev() {
        *pair = packed(u8::try_from(rest % 100).ok()?);
        rest /= 100;
    }
    Some(fields.with(tag::AMOUNT, digits))
}

/// Adds the code that the kiosk has scanned.
pub(super) fn with_code(fields: Fields, code: &ScannedCode) -> Fields {
    fields.with(tag::SCANNED_CODE, code.digits())
}

/// Adds where the original stands in the terminal's books, as a query has told.
pub(super) fn with_original(fields: Fields, original: &Fields) -> Fields {
    let from_to = [
        (tag::INVOICE, tag::ORIGINAL_INVOICE),
        (tag::TRACE, tag::ORIGINAL_TRACE),
        (tag::REFERENCE, tag::REFERENCE),
    ];
    from_to.into_iter().fold(fields, |fields, (from, to)| match original.get(from) {
        Some(value) => fields.with(to, value),
        None => fields,
    })
}
