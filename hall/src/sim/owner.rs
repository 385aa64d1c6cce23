//! Who the simulated accounts belong to.

use kiosk_config::{Catalogue, DemoPerson, demo_people};
use serde::Deserialize;

/// Owners of the catalogue's sample accounts, already masked. Nobody there exists.
const SAMPLES: &str = include_str!("../../sim/owners.json");

/// Name and address as a biller masks them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Owner {
    pub(super) name: String,
    pub(super) address: String,
}

/// Every account that a simulated biller knows.
pub(super) struct Owners {
    people: Vec<DemoPerson>,
    samples: Vec<Owner>,
}

impl Owners {
    pub(super) fn new() -> Self {
        Self { people: demo_people(), samples: serde_json::from_str(SAMPLES).unwrap_or_default() }
    }

    /// The owner of an account; none when the biller does not know it.
    pub(super) fn owner(&self, catalogue: &Catalogue, fee: &str, account: &str, seed: u64) -> Option<Owner> {
        let person =
            self.people.iter().find(|person| person.accounts.get(fee).is_some_and(|own| own == account));
        if let Some(person) = person {
            return Some(Owner { name: mask_name(&person.name), address: mask_address(&person.address) });
        }
        let sample = &catalogue.fee(fee)?.account.sample;
        let place = usize::try_from(seed).unwrap_or(0).checked_rem(self.samples.len()).unwrap_or(0);
        if sample == account { self.samples.get(place).cloned() } else { None }
    }

    /// Fee and account of everything that one person pays for.
    pub(super) fn accounts_of(&self, id_number: &str) -> Vec<(String, String)> {
        let person = self.people.iter().find(|person| person.id_number == id_number);
        let accounts = person.into_iter().flat_map(|person| &person.accounts);
        accounts.map(|(fee, account)| (fee.clone(), account.clone())).collect()
    }

    /// True for the account of the first person, whose electricity bill the demo shows.
    pub(super) fn is_first_persons(&self, fee: &str, account: &str) -> bool {
        self.people.first().and_then(|person| person.accounts.get(fee)).is_some_and(|own| own == account)
    }
}

/// Everything but the last character is hidden, as billers do.
fn mask_name(name: &str) -> String {
    let hidden = name.chars().count().saturating_sub(1);
    let stars = std::iter::repeat_n('*', hidden);
    stars.chain(name.chars().skip(hidden)).collect()
}

/// Street and kind of building stay; numbers and everything behind the building are hidden. The building ends
/// with the first of the signs for building, block and house number; without one, half of the address is
/// shown.
fn mask_address(address: &str) -> String {
    const BUILDING_ENDS: [char; 3] = ['\u{697C}', '\u{680B}', '\u{53F7}'];
    let end = address.chars().position(|sign| BUILDING_ENDS.contains(&sign));
    let shown = end.map_or(address.chars().count() / 2, |place| place.saturating_add(1));
    let mut masked = String::new();
    for sign in address.chars().take(shown) {
        if !sign.is_ascii_digit() {
            masked.push(sign);
        } else if !masked.ends_with('*') {
            masked.push_str("***");
        }
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_addresses_are_masked() {
        assert_eq!(mask_name("王小娜"), "**娜");
        assert_eq!(mask_name("李"), "李");
        assert_eq!(mask_address("昆都仑区钢铁大街3号院5楼201"), "昆都仑区钢铁大街***号");
    }

    #[test]
    fn the_owners_of_samples_can_be_read() {
        assert!(!Owners::new().samples.is_empty());
    }
}
