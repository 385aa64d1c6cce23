//! Invented residents for the demo and its tests. Nobody here exists.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::shelf::Shelf;

/// An invented resident of Baotou.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DemoPerson {
    /// Name on the identity card.
    pub name: String,
    /// Sex on the identity card.
    pub sex: Sex,
    /// Nation, GB/T 3304: `01` is Han, `02` Mongol.
    pub nation_code: String,
    /// Birth date.
    pub birth: Date,
    /// Address on the identity card.
    pub address: String,
    /// Citizen identification number, with a valid check digit.
    pub id_number: String,
    /// Authority that issued the card.
    pub issuer: String,
    /// First day of the card's validity.
    pub valid_from: Date,
    /// Last day; none means for life.
    #[serde(default)]
    pub valid_until: Option<Date>,
    /// Mobile number.
    pub phone: String,
    /// Fee code → account number that this person pays for.
    pub accounts: BTreeMap<String, String>,
    /// Bank card that this person pays with.
    pub bank_card: BankCard,
}

/// Sex on an identity card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

/// As much of a bank card as a slip may ever show.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BankCard {
    /// First six digits.
    pub first6: String,
    /// Last four digits.
    pub last4: String,
}

impl fmt::Debug for DemoPerson {
    /// Redacted like a real resident, so that a test of the logs finds a leak.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("DemoPerson").field("birth", &self.birth).finish_non_exhaustive()
    }
}

/// Shape of `people.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeopleFile {
    person: Vec<DemoPerson>,
}

/// The invented residents inside the program.
pub fn demo_people() -> Vec<DemoPerson> {
    load_people(None).unwrap_or_default()
}

/// The invented residents, with the files of `overrides/demo` in place of, or beside, the
/// embedded one; or every problem of every file.
pub fn load_people(overrides: Option<&Path>) -> Result<Vec<DemoPerson>, Vec<Finding>> {
    let (files, findings) = Shelf::Demo.read_all::<PeopleFile>(overrides);
    let people = files.into_iter().flat_map(|(_, file)| file.person).collect();
    if findings.is_empty() { Ok(people) } else { Err(findings) }
}
