//! Price lists that change on a known day.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Prices in force from a day on, until the next list begins.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Tariff {
    /// First day.
    pub from: Date,
    /// What can be bought, in the order of the screen.
    pub items: Vec<TariffItem>,
}

/// One price.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TariffItem {
    /// Identity within the fee; stays the same when the price changes.
    pub key: String,
    /// What is bought.
    pub name: String,
    /// Price in fen; zero is free.
    pub amount_fen: i64,
    /// How many can be bought in one payment.
    #[serde(default = "one")]
    pub quantity_max: u32,
}

fn one() -> u32 {
    1
}

impl Tariff {
    /// The price with this key.
    pub fn item(&self, key: &str) -> Option<&TariffItem> {
        self.items.iter().find(|item| item.key == key)
    }
}
