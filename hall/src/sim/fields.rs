//! What a simulated bill says beside its amount.

use std::collections::BTreeMap;

use hall_api::QuoteField;
use kiosk_config::FeeType;

use crate::money::Fen;

/// Value of each slip field. `{amount}` is the bill in yuan, `{digits:N}` are N digits,
/// `{number:A:B}` is a number from A to B; all derive from the account, so that it always says the
/// same. Fields that exist only after a booking, such as a voucher, are left out.
const TEMPLATES: &str = include_str!("../../sim/fields.json");

/// Templates by key.
pub(super) struct Fields {
    templates: BTreeMap<String, String>,
}

impl Fields {
    pub(super) fn new() -> Self {
        Self { templates: serde_json::from_str(TEMPLATES).unwrap_or_default() }
    }

    /// The fields of one bill, in the order of the slip.
    pub(super) fn of(&self, fee: &FeeType, amount: Fen, seed: u64) -> Vec<QuoteField> {
        let known = fee.slip_fields.iter().filter_map(|field| Some((field, self.templates.get(&field.key)?)));
        known
            .map(|(field, template)| QuoteField {
                key: field.key.clone(),
                value: fill(template, amount, seed),
            })
            .collect()
    }
}

/// Replaces the first `{…}` of a template.
fn fill(template: &str, amount: Fen, seed: u64) -> String {
    let Some((before, rest)) = template.split_once('{') else { return template.to_owned() };
    let Some((name, after)) = rest.split_once('}') else { return template.to_owned() };
    let words: Vec<&str> = name.split(':').collect();
    let value = match words.as_slice() {
        ["amount"] => yuan(amount),
        ["digits", count] => digits(seed, count.parse().unwrap_or(1)),
        ["number", from, to] => number(seed, from.parse().unwrap_or(0), to.parse().unwrap_or(0)),
        _ => String::new(),
    };
    format!("{before}{value}{after}")
}

fn yuan(amount: Fen) -> String {
    format!("{}.{:02}", amount.0 / 100, amount.0.unsigned_abs() % 100)
}

fn digits(seed: u64, count: usize) -> String {
    format!("{seed:020}").chars().rev().take(count).collect()
}

fn number(seed: u64, from: u64, to: u64) -> String {
    let span = to.saturating_sub(from).saturating_add(1);
    (from + seed.checked_rem(span).unwrap_or(0)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled_from_the_account() {
        assert!(!Fields::new().templates.is_empty());
        assert_eq!(fill("{amount}", Fen(11_663), 0), "116.63");
        assert_eq!(fill("{number:10:12}.00", Fen(0), 4), "11.00");
        assert_eq!(fill("{digits:4}", Fen(0), 1_234), "4321");
        assert_eq!(fill("plain", Fen(0), 1), "plain");
    }
}
