//! One fee type: what is paid, by which account number, under which rules.

pub mod account;
pub mod amount;
pub mod check_digit;
pub mod fault;
pub mod hours;
pub mod initials;
pub mod tariff;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use self::account::AccountRule;
use self::amount::AmountRule;
use self::hours::Hours;
use self::tariff::Tariff;

/// A fee that residents pay, as one TOML file of the catalogue describes it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FeeType {
    /// Identity, for example `BT-E01`; never reused for another fee.
    pub code: String,
    /// Id of the group whose page lists this fee.
    pub group: String,
    /// Place in the group; pages are filled in this order.
    pub order: u32,
    /// Full name, as on the slip.
    pub name: String,
    /// Text of the tile, at most six characters, where the name is longer.
    #[serde(default)]
    pub short_name: Option<String>,
    /// Other names that residents search by.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Lower-case pinyin initials that find this fee. A file states those with a reading that the
    /// dictionary gets wrong; the rest are computed from name, short name and aliases.
    #[serde(default)]
    pub initials: Vec<String>,
    /// Icon, one of [`crate::Catalogue::ICONS`].
    pub icon: String,
    /// Colour family, one of [`crate::Catalogue::TINTS`].
    pub tint: String,
    /// Family: a home tile opens the group filtered by this word, for example `water`.
    pub tile: String,
    /// Who is paid.
    pub biller: Biller,
    /// How the resident says whose bill it is.
    pub account: AccountRule,
    /// Where the amount comes from.
    pub bill: BillKind,
    /// Which amounts one payment may have.
    pub amount: AmountRule,
    /// Price lists, the earliest first; empty unless the bill is a tariff.
    #[serde(default, rename = "tariff")]
    pub tariffs: Vec<Tariff>,
    /// Who can give the money back.
    pub refund: Refund,
    /// When the biller books.
    #[serde(default)]
    pub hours: Hours,
    /// What happens while the hall is away.
    #[serde(default)]
    pub offline: Offline,
    /// What the slip says beside the amount, in print order.
    #[serde(default)]
    pub slip_fields: Vec<SlipField>,
    /// Where the resident gets the invoice: a sentence for the slip.
    pub invoice: String,
    /// What the kiosk must have to finish this fee, beside a payment terminal.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// True when the paper is a legal document: without a printer the fee is refused.
    #[serde(default)]
    pub statutory_document: bool,
    /// True for a charge of the government to residents, which some districts have abolished.
    #[serde(default)]
    pub resident_service: bool,
    /// True when the kiosk only prints the payment notice and takes no money.
    #[serde(default)]
    pub print_only: bool,
    /// False hides the fee.
    #[serde(default = "yes")]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

/// Who is paid.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Biller {
    /// Identity at the hall.
    pub code: String,
    /// Name, as on the slip.
    pub name: String,
    /// Help line, where the biller has one.
    #[serde(default)]
    pub phone: Option<String>,
}

/// Where the amount comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum BillKind {
    /// The hall is asked for the bill.
    Queried {
        /// The resident may pay another amount than the one owed.
        partial: bool,
    },
    /// The resident chooses the amount.
    FreeAmount,
    /// The price list says it.
    Tariff,
}

/// Who can give the money back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refund {
    /// The hall, when the biller rejects the booking.
    Auto,
    /// The hall before booking, the biller after it.
    AutoThenBiller,
    /// Only the biller.
    Biller,
    /// Nobody here: the agency's own procedure.
    No,
}

/// What happens to a payment while the hall is away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Offline {
    /// Refused before any money moves.
    #[default]
    Refuse,
    /// Charged within the site's caps, booked later.
    Queue,
}

/// One extra line of the slip.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SlipField {
    /// Key in the hall's answer.
    pub key: String,
    /// Label before the value.
    pub label: String,
}

/// What a fee needs beside a payment terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// A printer with paper.
    Printer,
    /// A writer for the biller's cards.
    CardWriter,
    /// A camera, to compare the face with the identity card.
    Camera,
    /// A machine that endorses travel permits.
    PermitWriter,
    /// A vehicle bound to the resident at the traffic police.
    Vehicle,
}

/// What the second line of a tile says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TileNote {
    /// A bill is looked up.
    QueryBill,
    /// Any amount is paid in.
    TopUp,
    /// A card is written.
    WriteCard,
    /// A price list applies.
    Tariff,
    /// Only a notice is printed.
    PrintOnly,
}

impl FeeType {
    /// Text of the tile.
    pub fn tile_text(&self) -> &str {
        self.short_name.as_deref().unwrap_or(&self.name)
    }

    /// Second line of the tile.
    pub fn note(&self) -> TileNote {
        match self.bill {
            _ if self.print_only => TileNote::PrintOnly,
            _ if self.needs.contains(&Need::CardWriter) => TileNote::WriteCard,
            BillKind::Queried { .. } => TileNote::QueryBill,
            BillKind::FreeAmount => TileNote::TopUp,
            BillKind::Tariff => TileNote::Tariff,
        }
    }

    /// The first thing this fee needs that is not among `available`.
    pub fn missing_need(&self, available: &[Need]) -> Option<Need> {
        self.needs.iter().copied().find(|need| !available.contains(need))
    }

    /// True when a kiosk with `available` can take money for this fee.
    pub fn is_payable(&self, available: &[Need]) -> bool {
        self.enabled && !self.print_only && self.missing_need(available).is_none()
    }

    /// The price list in force on `date`: the latest that has begun.
    pub fn tariff_on(&self, date: Date) -> Option<&Tariff> {
        self.tariffs.iter().filter(|tariff| tariff.from <= date).max_by_key(|tariff| tariff.from)
    }

    /// True when `text` finds this fee: pinyin initials, part of a name, or the code.
    pub fn matches(&self, text: &str) -> bool {
        self.search_rank(text).is_some()
    }

    /// How well `text` finds this fee; 0 is best, `None` is not at all.
    pub(crate) fn search_rank(&self, text: &str) -> Option<u8> {
        let wanted = text.trim().to_lowercase();
        if wanted.is_empty() {
            return None;
        }
        let words = self.search_words();
        let rank = |test: &dyn Fn(&str) -> bool| words.iter().any(|word| test(word));
        match () {
            () if rank(&|word| word == wanted) => Some(0),
            () if rank(&|word| word.starts_with(&wanted)) => Some(1),
            () if rank(&|word| word.contains(&wanted)) => Some(2),
            () => None,
        }
    }

    fn search_words(&self) -> Vec<String> {
        let names = [&self.name, &self.code].into_iter().chain(&self.short_name);
        let words = names.chain(&self.aliases).chain(&self.initials);
        words.map(|word| word.to_lowercase()).collect()
    }
}
