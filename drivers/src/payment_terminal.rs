//! Payment terminals: cards and phone codes.
//!
//! A sale has three outcomes. Silence, a lost cable and an answer that nobody understands are `Unknown`, and
//! the caller asks by order number until it knows, or reverses (protocols E7). The driver never turns doubt
//! into a decline and never sends the same sale twice under two numbers.

mod ack_link;
pub mod card_number;
pub mod ecr_hub;
pub mod mis;
pub mod money;
mod scanned_code;
mod settlement;
pub mod zvt;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use ecr_hub::{EcrHub, EcrHubSettings};
pub use mis::{Mis, MisSettings};
pub use scanned_code::ScannedCode;
pub use settlement::Settlement;
pub use zvt::{Zvt, ZvtSettings};

use crate::cancel::CancelToken;
use crate::status::{DeviceError, DeviceState};

/// How the resident pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PayMethod {
    /// Bank card: tap, insert or swipe.
    Card,
    /// A payment code shown on a phone and scanned by the terminal.
    PhoneCode,
}

/// The longest order number, in characters (protocols M).
pub const MAX_ORDER_CHARS: usize = 32;

/// One sale to be asked for. Its number is made once by the caller and durable before this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// Our order number: 1..=32 of `0-9A-Z`.
    pub order: String,
    /// Amount in fen, more than 0.
    pub amount_fen: i64,
    /// How the resident pays.
    pub method: PayMethod,
}

impl Sale {
    /// Whether the sale has a shape that a terminal accepts.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        order_is_well_formed(&self.order) && self.amount_fen > 0
    }
}

/// Whether an order number is 1..=32 of `0-9A-Z`.
#[must_use]
pub fn order_is_well_formed(order: &str) -> bool {
    (1..=MAX_ORDER_CHARS).contains(&order.len())
        && order.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

/// Where a sale stands; for the screen only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaleProgress {
    /// The link to the terminal is being made.
    Connecting,
    /// The request is on its way.
    Sent,
    /// The terminal has the request and waits for the resident.
    Accepted,
    /// Cancelling was asked for; the result still counts.
    CancelRequested,
}

/// A charge that the terminal confirms, for our order and our amount.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Our order number.
    pub order: String,
    /// Amount in fen.
    pub amount_fen: i64,
    /// The channel's reference.
    pub trans_no: String,
    /// How it was paid.
    pub method: PayMethod,
    /// `UNIONPAY`, `WECHAT`, `ALIPAY`, ...; empty if the terminal does not say.
    pub scheme: String,
    /// Last four digits of the card, if a card and if said. More is never kept.
    pub card_last4: Option<String>,
    /// Which terminal.
    pub terminal_id: String,
    /// When, in the words of the terminal.
    pub ended_at: String,
}

/// Order and reference are enough to find it; the card is not shown.
impl fmt::Debug for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Approval")
            .field("order", &self.order)
            .field("amount_fen", &self.amount_fen)
            .field("trans_no", &self.trans_no)
            .finish_non_exhaustive()
    }
}

/// A charge that surely did not happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decline {
    /// The bank or the channel refused; its code.
    Refused(String),
    /// The resident or the kiosk cancelled before the charge.
    Canceled,
    /// The terminal works on another request and did not take ours; final by profile.
    Busy,
    /// The request was never sent: no link, or a sale that no terminal would take.
    NotSent(NotSent),
}

/// Why a sale never left the kiosk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotSent {
    /// The port or the handshake failed.
    NoLink,
    /// Order number or amount have a wrong shape.
    BadSale,
    /// Cancelled before sending.
    Canceled,
    /// The wire has no field for a code that the kiosk has scanned.
    NoCodeField,
    /// The terminal could not be asked, or our note of the sale could not be made durable, and without that
    /// its outcome could not be found again.
    NotPrepared,
}

/// Why nobody knows yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownReason {
    /// No result within the time.
    Silence,
    /// The cable or the link was lost after the request was sent.
    LinkLost,
    /// A result for another order.
    Crossed,
    /// A result with another amount.
    AmountMismatch,
    /// A result that is neither a sure yes nor a sure no; the code, if any.
    Unclear(String),
}

/// How a sale ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SaleOutcome {
    /// Charged.
    Approved(Approval),
    /// Surely not charged.
    Declined(Decline),
    /// Not known: query, and reverse if it stays unknown.
    Unknown(UnknownReason),
}

/// What the terminal knows of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QueryOutcome {
    /// Charged. Compare the amount: a query does not know what was asked for.
    Approved(Approval),
    /// Not charged.
    Declined(Decline),
    /// Cancelled or reversed.
    Canceled,
    /// Still at work; ask again.
    InProgress,
    /// The terminal never heard of it.
    NotFound,
    /// No answer, or one that cannot be understood.
    NoAnswer,
}

/// How a reversal ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReversalOutcome {
    /// The charge is undone, or there never was one.
    Reversed,
    /// Refused for good, with the code: only a refund is left.
    Refused(String),
    /// Not now; ask again.
    NotReversedYet,
    /// No answer; ask again.
    NoAnswer,
}

/// A result that came when nobody was waiting for it any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateResult {
    /// The order it speaks of.
    pub order: String,
    /// What it says. An approval carries the amount the terminal names.
    pub outcome: QueryOutcome,
}

/// What a terminal can do beside sale, query and reversal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Pays back under a number of its own.
    pub refund: bool,
    /// Closes its batch and says what it comes to.
    pub settlement: bool,
    /// Forwards a code that the kiosk has scanned.
    pub scanned_code: bool,
}

/// What the kiosk asks of a payment terminal.
pub trait PaymentTerminal: Send {
    /// Opens the port if it was lost and shakes hands until the terminal confirms.
    ///
    /// # Errors
    /// Port loss, or `TimeOut` without a confirmation.
    fn probe(&mut self) -> Result<(), DeviceError>;

    /// To be called about each 200 ms between transactions: heartbeats both ways, late frames, reconnection.
    /// It does not wait for the device.
    ///
    /// # Errors
    /// Port loss.
    fn idle(&mut self) -> Result<DeviceState, DeviceError>;

    /// Asks for one sale and waits for its result. Cancelling is a request: the outcome comes from the result
    /// alone.
    fn sale(
        &mut self,
        sale: &Sale,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(SaleProgress),
    ) -> SaleOutcome;

    /// Asks what became of an order.
    fn query(&mut self, order: &str) -> QueryOutcome;

    /// Undoes an order.
    fn reverse(&mut self, order: &str) -> ReversalOutcome;

    /// What else this terminal can do.
    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    /// As [`PaymentTerminal::sale`], for a phone code that the kiosk has scanned. The code goes into the
    /// wire's own field for it and nowhere else.
    fn sale_by_code(
        &mut self,
        _sale: &Sale,
        _code: &ScannedCode,
        _cancel: &CancelToken,
        _progress: &mut dyn FnMut(SaleProgress),
    ) -> SaleOutcome {
        SaleOutcome::Declined(Decline::NotSent(NotSent::NoCodeField))
    }

    /// Signs the terminal on at its bank, as each morning and after "sign on again".
    ///
    /// # Errors
    /// Port loss, `TimeOut`, `DeviceNotReady` when it refuses, `NotSupported`.
    fn sign_on(&mut self) -> Result<(), DeviceError> {
        Err(DeviceError::NotSupported)
    }

    /// Pays back an order under a number of its own: `Reversed` when the money went back. The same number
    /// never pays back twice.
    ///
    /// # Errors
    /// `NotSupported` where the wire cannot; the hall then refunds through the acquirer.
    fn refund(
        &mut self,
        _order: &str,
        _refund_order: &str,
        _amount_fen: i64,
    ) -> Result<ReversalOutcome, DeviceError> {
        Err(DeviceError::NotSupported)
    }

    /// Closes the batch and says what it comes to. After silence the batch may be closed: a second call then
    /// closes an empty one, and the acquirer's file decides.
    ///
    /// # Errors
    /// Port loss, `TimeOut`, `DeviceNotReady` when it refuses, `NotSupported`.
    fn settle(&mut self) -> Result<Settlement, DeviceError> {
        Err(DeviceError::NotSupported)
    }

    /// Brings a stuck terminal back to its start: opens the port anew, gives up what it works at and makes
    /// the link again. What became of the sale at hand is for a query to say.
    ///
    /// # Errors
    /// Port loss, `TimeOut` of the terminal, `NotSupported`.
    fn reset(&mut self) -> Result<(), DeviceError> {
        Err(DeviceError::NotSupported)
    }

    /// Hands out the results that came late, oldest first, and forgets them.
    fn take_late(&mut self) -> Vec<LateResult>;
}
