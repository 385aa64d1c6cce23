//! PURE: whether a line of a hold has the right amount.

use hall_api::HoldLine;
use kiosk_config::{BillKind, FeeType};

use crate::money::Fen;
use crate::outside::Bill;
use crate::refusal::Refusal;
use crate::store::KnownQuote;

/// Bounds of the catalogue. Zero passes where the charge is abolished or a tariff is free.
pub(super) fn check_amount(fee: &FeeType, line: &HoldLine, abolished: bool) -> Result<(), Refusal> {
    if fee.print_only {
        return Err(Refusal::Invalid { field: "fee", why: "only a notice is printed for this fee" });
    }
    if line.amount_fen == 0 && (abolished || fee.bill == BillKind::Tariff) {
        return Ok(());
    }
    // A bill may be any number of fen; the catalogue's step is for amounts that residents choose.
    let exact = matches!(fee.bill, BillKind::Queried { partial: false });
    let fits = if exact { line.amount_fen > 0 } else { fee.amount.check(line.amount_fen).is_ok() };
    if fits {
        Ok(())
    } else {
        Err(Refusal::Invalid { field: "amount_fen", why: "outside the bounds of the fee" })
    }
}

/// The resident pays what was confirmed, and it is still what the biller wants.
pub(super) fn check_price(
    fee: &FeeType,
    line: &HoldLine,
    quote: &KnownQuote,
    bill: &Bill,
) -> Result<(), Refusal> {
    if bill.amount != quote.amount {
        return Err(Refusal::QuoteExpired { why: "the amount changed" });
    }
    if bill.partial || is_price(fee, line, bill.amount) {
        return Ok(());
    }
    if bill.amount <= Fen::ZERO {
        return Err(Refusal::NothingOwed);
    }
    Err(Refusal::Invalid { field: "amount_fen", why: "not the amount of the bill" })
}

/// The amount of the bill; something of a tariff may be bought several times.
fn is_price(fee: &FeeType, line: &HoldLine, price: Fen) -> bool {
    if price <= Fen::ZERO {
        return price == Fen::ZERO && line.amount_fen == 0;
    }
    let times = line.amount_fen.checked_div(price.0).unwrap_or(0);
    let most = if fee.bill == BillKind::Tariff { quantity_max(fee, line) } else { 1 };
    price.0.checked_mul(times) == Some(line.amount_fen) && (1..=i64::from(most)).contains(&times)
}

fn quantity_max(fee: &FeeType, line: &HoldLine) -> u32 {
    let key = line.tariff_item.as_deref().unwrap_or_default();
    let newest_first = fee.tariffs.iter().rev();
    newest_first.filter_map(|tariff| tariff.item(key)).map(|item| item.quantity_max).next().unwrap_or(1)
}
