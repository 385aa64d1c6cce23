//! The outside world as the hall sees it: billers that are asked, an acquirer that gives money back.
//!
//! Every call may take long and is made from a thread that may wait. "No answer" is an answer of
//! its own ([`BillAnswer::Silent`], [`BookingAnswer::Silent`], [`RefundAnswer::Silent`]): it says
//! nothing about what happened outside.

use hall_api::QuoteField;

use crate::money::Fen;
use crate::reconcile::{BookedLine, SettledOrder};

/// One account at one biller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountKey {
    /// The biller's code.
    pub biller: String,
    /// Fee type.
    pub fee: String,
    /// Account number.
    pub account: String,
    /// Tariff item, where the fee has a tariff.
    pub tariff_item: Option<String>,
}

/// A bill as the biller states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// Owner's name, masked by the biller.
    pub owner_masked: String,
    /// Address, masked by the biller; empty where it gives none.
    pub address_masked: String,
    /// What is owed.
    pub amount: Fen,
    /// True when another amount may be paid.
    pub partial: bool,
    /// What the bill says beside the amount.
    pub fields: Vec<QuoteField>,
}

/// Answer to the question what is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BillAnswer {
    /// A bill; its amount may be zero or negative.
    Stated(Bill),
    /// The bill is paid.
    NothingOwed,
    /// No such account.
    UnknownAccount,
    /// Closed for now.
    Closed {
        /// When to ask again.
        retry_after_s: u32,
    },
    /// No answer in time.
    Silent,
}

/// One line to be booked; order and line are the biller's idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookingRequest {
    /// The order.
    pub order_id: String,
    /// The line.
    pub line: u32,
    /// Whose account.
    pub key: AccountKey,
    /// How much.
    pub amount: Fen,
}

/// Answer to a booking, or to the question what became of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BookingAnswer {
    /// In the biller's book.
    Booked {
        /// The biller's number.
        reference: String,
        /// Balance on the account afterwards, where the biller says it.
        balance: Option<Fen>,
    },
    /// Refused for good.
    Rejected {
        /// A stable code.
        reason: String,
    },
    /// The biller never saw this line. Only an answer to a question, never to a booking.
    NotFound,
    /// Closed for now; nothing was booked.
    Closed {
        /// When to ask again.
        retry_after_s: u32,
    },
    /// No answer in time: it may be booked or not.
    Silent,
}

impl BookingAnswer {
    /// One word for counters.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Booked { .. } => "booked",
            Self::Rejected { .. } => "rejected",
            Self::NotFound => "not-found",
            Self::Closed { .. } => "closed",
            Self::Silent => "silent",
        }
    }
}

/// Billers as the hall asks them.
pub trait BillerDesk: Send + Sync {
    /// What is owed on an account.
    fn bill(&self, key: &AccountKey) -> BillAnswer;

    /// Every account of one person.
    fn accounts_of(&self, id_number: &str) -> Vec<AccountKey>;

    /// Books one line.
    fn book(&self, request: &BookingRequest) -> BookingAnswer;

    /// What became of a booking.
    fn find(&self, request: &BookingRequest) -> BookingAnswer;

    /// The billers' files: every line in their books. None when a file did not come.
    fn booked(&self) -> Option<Vec<BookedLine>>;
}

/// Answer to a refund. The same order and line again give the same answer and move no more money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundAnswer {
    /// The money went back.
    Refunded {
        /// The acquirer's number.
        reference: String,
    },
    /// Refused for good.
    Refused {
        /// The acquirer's code.
        code: String,
    },
    /// No answer in time.
    Silent,
}

impl RefundAnswer {
    /// One word for counters.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Refunded { .. } => "refunded",
            Self::Refused { .. } => "refused",
            Self::Silent => "silent",
        }
    }
}

/// The acquirer as the hall asks it.
pub trait RefundDesk: Send + Sync {
    /// Gives the money of one line back.
    fn refund(&self, order_id: &str, line: u32, amount: Fen) -> RefundAnswer;

    /// The settlement file: every order in the acquirer's book. None when it did not come.
    fn settlement(&self) -> Option<Vec<SettledOrder>>;
}
