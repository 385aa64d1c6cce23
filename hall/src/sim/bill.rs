//! How much a simulated account owes before anything was paid: derived from the account alone.

use kiosk_config::{BillKind, FeeType};
use sha2::{Digest, Sha256};

use crate::money::Fen;

/// Usual household bills end here; the bounds of the catalogue reach much further.
const USUAL_MAX_FEN: i64 = 60_000;

/// A number that depends on fee and account only.
pub(super) fn seed_of(fee: &str, account: &str) -> u64 {
    let hash = Sha256::digest(format!("{fee} {account}"));
    hash.iter().take(7).fold(0, |seed, byte| (seed << 8) | u64::from(*byte))
}

/// What is owed in a queried bill; zero for amounts that the resident chooses.
pub(super) fn first_amount(fee: &FeeType, seed: u64) -> Fen {
    match fee.bill {
        BillKind::FreeAmount | BillKind::Tariff => Fen::ZERO,
        BillKind::Queried { .. } => Fen(amount_within(fee, seed)),
    }
}

fn amount_within(fee: &FeeType, seed: u64) -> i64 {
    let rule = &fee.amount;
    if rule.choices_only && !rule.choices_fen.is_empty() {
        let place = usize::try_from(seed).unwrap_or(0) % rule.choices_fen.len();
        return rule.choices_fen.get(place).copied().unwrap_or(rule.min_fen);
    }
    let step = rule.step_fen.max(1);
    let low = (rule.min_fen.max(1) + step - 1) / step;
    let high = (rule.max_fen.min(USUAL_MAX_FEN.max(rule.min_fen)) / step).max(low);
    let span = u64::try_from(high - low + 1).unwrap_or(1);
    let offset = i64::try_from(seed % span).unwrap_or(0);
    (low + offset) * step
}

#[cfg(test)]
mod tests {
    use super::*;
    use kiosk_config::Catalogue;

    #[test]
    fn every_queried_bill_is_within_the_bounds_of_its_fee() {
        for fee in &Catalogue::load(None).unwrap().fees {
            if matches!(fee.bill, BillKind::Queried { .. }) {
                let amount = first_amount(fee, seed_of(&fee.code, &fee.account.sample));
                assert_eq!(fee.amount.check(amount.0), Ok(()), "{}", fee.code);
            }
        }
    }
}
