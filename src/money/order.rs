//! An order as a value: what is paid, and how far it has come.

use serde::{Deserialize, Serialize};

use super::{Fen, FenError, OrderId};

/// How the resident pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Bank card or phone held to the terminal.
    Card,
    /// Payment code on a phone, scanned by the terminal.
    PhoneCode,
}

/// Why nothing was charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeclineReason {
    /// The resident canceled at the screen or at the terminal.
    Canceled,
    /// Nobody laid a card or showed a code in time.
    TimedOut,
    /// The bank refused.
    DeclinedByBank,
    /// The bank refused for lack of money.
    InsufficientFunds,
    /// The bank refused because of a limit.
    LimitExceeded,
    /// The terminal was occupied by another request.
    TerminalBusy,
    /// The terminal could not be asked.
    TerminalAbsent,
    /// Given up or crashed before the terminal was asked.
    GaveUp,
}

/// Who charged what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The acquirer's transaction number.
    pub channel_reference: String,
    /// How it was paid.
    pub method: Method,
    /// Scheme as the terminal names it.
    pub scheme: String,
    /// Last four digits of the card; none for codes.
    pub card_last4: Option<String>,
    /// The terminal's own number.
    pub terminal: String,
}

/// How far the charge has come (`design/money.md`, order).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Charge {
    /// Written down; the terminal has not been asked.
    Intended,
    /// The terminal may have been asked.
    Charging,
    /// Nothing was charged.
    Declined(DeclineReason),
    /// The total is zero; the terminal is never asked.
    Free,
    /// Charged; lines are being booked.
    Charged(Payment),
    /// The terminal did not say.
    Unknown,
    /// A reversal was requested this many times, or is due; nothing may be booked any more.
    Reversing(u32),
    /// The terminal confirmed that nothing stays charged.
    Reversed,
    /// The terminal refused the reversal for good; every line is refunded.
    ReversalRefused,
    /// A person has to look at it.
    Manual,
}

/// How far a line has come (`design/money.md`, line).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineState {
    /// Not charged yet.
    Waiting,
    /// The hall has to book it.
    Booking,
    /// In the biller's book.
    Booked,
    /// The biller refused.
    Rejected,
    /// The money is on its way back.
    Refunding,
    /// The money went back.
    Refunded,
    /// A person has to look at it.
    Manual,
    /// The order ended without a charge.
    Void,
}

/// One bill or top-up of an order.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Fee type, a code of the catalogue.
    pub fee: String,
    /// Account number in full: sealed at rest, masked on screen and paper.
    pub account: String,
    /// Owner as the biller masks it; empty when the biller was not asked.
    pub owner_masked: String,
    /// Item of a tariff, for fees that have one.
    pub tariff_item: Option<String>,
    /// The quote that the resident confirmed.
    pub quote_id: Option<String>,
    /// What the bill said beside the amount, for the slip.
    pub fields: Vec<(String, String)>,
    /// Amount in fen.
    pub amount_fen: Fen,
    /// How far it has come.
    pub state: LineState,
    /// The biller's number once booked, the acquirer's once refunded.
    pub reference: Option<String>,
    /// Stable code of a rejection.
    pub reason: Option<String>,
    /// Balance on the account after booking, where the biller says it.
    pub balance_fen: Option<i64>,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Line")
            .field("fee", &self.fee)
            .field("amount_fen", &self.amount_fen)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// One payment with one or more lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Identity, made by the kiosk, used once.
    pub id: OrderId,
    /// What is paid; a basket has at most eight, the hall takes twenty.
    pub lines: Vec<Line>,
    /// How the resident chose to pay.
    pub method: Method,
    /// Taken while the hall was away: no hold exists, the hall books or rejects later.
    pub offline: bool,
    /// The kiosk's clock when it was made, RFC 3339; data only, decides nothing.
    pub made_at: String,
    /// Keyed digest of the payer's card, so that the same card finds the order again.
    pub payer: Option<String>,
    /// How far the charge has come.
    pub charge: Charge,
    /// An approval that came after a decline or a reversal request; it never leads to a booking.
    pub late_approval: Option<Payment>,
    /// Grows with each change that the hall has to hear of.
    pub version: u32,
}

impl Order {
    /// Sum of the lines.
    pub fn total(&self) -> Result<Fen, FenError> {
        Fen::sum(self.lines.iter().map(|line| line.amount_fen))
    }

    /// True while money may have moved and nobody knows, or a reversal is under way: the terminal is blocked.
    #[must_use]
    pub const fn blocks_terminal(&self) -> bool {
        matches!(self.charge, Charge::Charging | Charge::Unknown | Charge::Reversing(_))
    }

    /// True once nothing can change any more without a person.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self.charge {
            Charge::Declined(_) | Charge::Reversed | Charge::Manual => true,
            Charge::Intended | Charge::Charging | Charge::Unknown | Charge::Reversing(_) => false,
            Charge::Free | Charge::Charged(_) | Charge::ReversalRefused => {
                self.lines.iter().all(|line| line.state.is_final())
            }
        }
    }

    /// True when money moved and did not come back, or may have.
    #[must_use]
    pub const fn money_moved(&self) -> bool {
        !matches!(self.charge, Charge::Intended | Charge::Declined(_) | Charge::Free | Charge::Reversed)
    }
}

impl Charge {
    /// Name in journal and reports.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Charging => "charging",
            Self::Declined(_) => "declined",
            Self::Free => "free",
            Self::Charged(_) => "charged",
            Self::Unknown => "unknown",
            Self::Reversing(_) => "reversing",
            Self::Reversed => "reversed",
            Self::ReversalRefused => "reversal-refused",
            Self::Manual => "manual",
        }
    }
}

impl LineState {
    /// True once the line stays as it is, unless a person acts.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Booked | Self::Refunded | Self::Manual | Self::Void)
    }
}
