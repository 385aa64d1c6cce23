//! Orders: what the kiosk reports, what the hall answers.

use serde::{Deserialize, Serialize};

/// State of the charge as the kiosk knows it. Monotonic: see [`OrderReport::version`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ChargeState {
    /// Never charged; the hold ends.
    Declined,
    /// The total is zero, nothing was charged; lines are to be booked.
    Free,
    /// The terminal has not said yet.
    Unknown,
    /// Charged; lines are to be booked.
    Charged,
    /// A reversal is under way; nothing may be booked.
    Reversing,
    /// The terminal confirmed the reversal; the hold ends.
    Reversed,
    /// The terminal refused the reversal for good: the hall refunds every line.
    ReversalRefused,
    /// A person has to look at it.
    Manual,
}

/// One order as the kiosk knows it. `PUT` again with the same immutable fields replays the first answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderReport {
    /// Immutable: the kiosk.
    pub kiosk: String,
    /// Immutable: what is paid; 1 to 20 lines.
    pub lines: Vec<LineReport>,
    /// Immutable: sum of the lines in fen.
    pub total_fen: i64,
    /// Immutable: true when charged while the hall was away, so that no hold exists.
    pub offline: bool,
    /// Grows with each change of `charge` and `payment`; a stale report is answered with the current state.
    pub version: u32,
    /// Monotonic: state of the charge.
    pub charge: ChargeState,
    /// Monotonic: who charged what, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
    /// When the kiosk's clock says the order was made, RFC 3339; data only.
    pub made_at: String,
}

/// One line of an order; its place in the list is its number, from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LineReport {
    /// Fee type.
    pub fee: String,
    /// Account number.
    pub account: String,
    /// Tariff item, where the fee has a tariff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff_item: Option<String>,
    /// Amount in fen, positive or zero.
    pub amount_fen: i64,
}

/// How the money was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// The acquirer's transaction number.
    pub channel_reference: String,
    /// `card` or `phone-code`.
    pub method: String,
    /// Scheme as the terminal names it, for example `UNIONPAY`.
    pub scheme: String,
    /// Last four digits of the card; none for codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_last4: Option<String>,
    /// Terminal that charged.
    pub terminal: String,
}

/// State of one line at the hall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LineState {
    /// Nothing to book yet: the charge is not known to have happened.
    Waiting,
    /// The biller has been or will be asked.
    Booking,
    /// In the biller's book.
    Booked,
    /// The biller refused; a refund follows.
    Rejected,
    /// The acquirer has been or will be asked to give the money back.
    Refunding,
    /// The money went back.
    Refunded,
    /// A person has to look at it.
    Manual,
    /// The order ended without a charge.
    Void,
}

/// Outcome of one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LineStatus {
    /// Place in the order, from 0.
    pub line: u32,
    /// Where it stands.
    pub state: LineState,
    /// The biller's own number once booked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub biller_reference: Option<String>,
    /// The acquirer's number of the refund once refunded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_reference: Option<String>,
    /// Why it was rejected, a stable code such as `ALREADY_PAID`, `ACCOUNT_CLOSED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Balance on the account after booking, where the biller says it, in fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance_fen: Option<i64>,
}

/// The hall's view of one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderStatus {
    /// The order.
    pub order_id: String,
    /// Version of the newest report that the hall accepted.
    pub version: u32,
    /// State of the charge as the hall knows it.
    pub charge: ChargeState,
    /// One entry per line, in order.
    pub lines: Vec<LineStatus>,
    /// The hall's business date, `YYYY-MM-DD`.
    pub business_date: String,
}

/// Orders of one kiosk by their id, at most 100.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderPage {
    /// The orders.
    pub orders: Vec<OrderStatus>,
    /// What to ask for next as `after`; none on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A change that the hall tells the kiosk about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InboxEvent {
    /// Grows by one per kiosk; the kiosk remembers the last one it made durable.
    pub seq: u64,
    /// The order as it stands now.
    pub order: OrderStatus,
}

/// Events after the given one, oldest first, at most 100.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Inbox {
    /// The events.
    pub events: Vec<InboxEvent>,
}
