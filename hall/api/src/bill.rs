//! Bills: quotes before a payment, holds while one is under way.

use serde::{Deserialize, Serialize};

/// Asks what is owed on one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct QuoteRequest {
    /// The kiosk that asks.
    pub kiosk: String,
    /// Site of the kiosk, a code of the site profiles: tariffs differ by district.
    #[serde(default)]
    pub site: String,
    /// Fee type, a code of the catalogue such as `BT-E01`.
    pub fee: String,
    /// Account number, already checked against the catalogue's rule.
    pub account: String,
    /// Item of a tariff, for fees that have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff_item: Option<String>,
}

/// What is owed, with an identity and an expiry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quote {
    /// Identity of this quote.
    pub quote_id: String,
    /// Fee type.
    pub fee: String,
    /// Account number in full; the kiosk masks it after the bill page.
    pub account: String,
    /// Owner's name as the biller masks it.
    pub owner_masked: String,
    /// Address as the biller masks it; empty where the biller gives none.
    pub address_masked: String,
    /// Amount owed in fen; zero or negative means that nothing is to be paid.
    pub amount_fen: i64,
    /// True when the resident may pay another amount than the one owed.
    pub partial: bool,
    /// What the bill says beside the amount, in the biller's order.
    pub fields: Vec<QuoteField>,
    /// Time left until the quote lapses, counted on the kiosk's own monotonic clock.
    pub valid_ms: u64,
}

/// One line of a bill, such as a period or a meter reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuoteField {
    /// Key of the catalogue's slip fields.
    pub key: String,
    /// Value as shown.
    pub value: String,
}

/// Asks for every open bill of one person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PersonBillsRequest {
    /// The kiosk that asks.
    pub kiosk: String,
    /// Site of the kiosk, a code of the site profiles: tariffs differ by district.
    #[serde(default)]
    pub site: String,
    /// Citizen identification number from the card.
    pub id_number: String,
}

impl std::fmt::Debug for PersonBillsRequest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("PersonBillsRequest").field("kiosk", &self.kiosk).finish_non_exhaustive()
    }
}

/// Open bills of all billers, each a quote that can be paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonBills {
    /// At most 50, the largest first.
    pub quotes: Vec<Quote>,
}

/// Asks to keep bills for one order until that order ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HoldRequest {
    /// The kiosk that asks.
    pub kiosk: String,
    /// Site of the kiosk, a code of the site profiles: tariffs differ by district.
    #[serde(default)]
    pub site: String,
    /// What the order will pay; 1 to 20 lines.
    pub lines: Vec<HoldLine>,
    /// The resident has seen that the same was paid within ten minutes and wants to pay again.
    #[serde(default)]
    pub pay_again: bool,
}

/// One line of a hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HoldLine {
    /// The quote that the resident confirmed; none for a free top-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote_id: Option<String>,
    /// Fee type.
    pub fee: String,
    /// Account number.
    pub account: String,
    /// Tariff item, where the fee has a tariff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff_item: Option<String>,
    /// Amount in fen that the resident agreed to.
    pub amount_fen: i64,
}

/// Bills kept for one order; ends only with the order, never by time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hold {
    /// The order that holds.
    pub order_id: String,
    /// Sum of the lines in fen, as the hall priced them; equal to the request, or the request was refused.
    pub total_fen: i64,
}
