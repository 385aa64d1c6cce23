//! The bank behind the simulated terminal. Its books are its own: no journal of the kiosk writes them.

use serde::{Deserialize, Serialize};

/// What the resident presents to the terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Instrument {
    /// A bank card; never more of its number than this.
    Card {
        /// First six digits.
        first6: String,
        /// Last four digits.
        last4: String,
        /// `UNIONPAY`, ...
        scheme: String,
    },
    /// A payment code on a phone.
    PhoneCode {
        /// `WECHAT`, `ALIPAY`, `UNIONPAY`, ...
        scheme: String,
    },
}

impl Instrument {
    /// A card for demonstrations.
    #[must_use]
    pub fn demo_card() -> Self {
        Self::Card { first6: "622848".to_owned(), last4: "1234".to_owned(), scheme: "UNIONPAY".to_owned() }
    }

    /// A phone code of `WECHAT`, `ALIPAY` or another scheme.
    #[must_use]
    pub fn phone_code(scheme: &str) -> Self {
        Self::PhoneCode { scheme: scheme.to_owned() }
    }

    /// `UNIONPAY`, `WECHAT`, ...
    #[must_use]
    pub fn scheme(&self) -> &str {
        match self {
            Self::Card { scheme, .. } | Self::PhoneCode { scheme } => scheme,
        }
    }
}

/// What the bank says to a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BankAnswer {
    /// Charged, or charged before under the same order.
    Approved {
        /// The bank's reference.
        trans_no: String,
    },
    /// Not charged.
    Declined {
        /// The bank's code.
        code: String,
    },
    /// The bank cannot be reached; nobody knows.
    NoAnswer,
}

/// What the bank knows of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BankRecord {
    /// Charged.
    Approved {
        /// Amount in fen.
        amount_fen: i64,
        /// The bank's reference.
        trans_no: String,
    },
    /// Refused.
    Declined {
        /// The bank's code.
        code: String,
    },
    /// Charged and undone, or undone before it could be charged.
    Reversed,
    /// Never heard of.
    NotFound,
    /// The bank cannot be reached.
    NoAnswer,
}

/// What the bank says to a reversal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BankReversal {
    /// Undone.
    Reversed,
    /// Refused for good: the day's books are closed.
    AlreadySettled,
    /// Nothing to undo. The order can no longer be charged.
    NotFound,
    /// The bank cannot be reached.
    NoAnswer,
}

/// What the bank says to a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BankRefund {
    /// Paid back, or paid back before under the same number.
    Refunded,
    /// Nothing to pay back, or less than was asked for.
    Refused,
    /// The bank cannot be reached.
    NoAnswer,
}

/// A closed batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankTotals {
    /// Its number.
    pub batch: String,
    /// Charges that stand.
    pub charges: u32,
    /// Charges less refunds, in fen.
    pub net_fen: i64,
}

/// An acquirer. It is called from the thread of the terminal and may block; the same order is never booked
/// twice.
pub trait Bank: Send + Sync {
    /// Charges an order.
    fn authorise(&self, order: &str, amount_fen: i64, instrument: &Instrument) -> BankAnswer;

    /// Looks an order up.
    fn query(&self, order: &str) -> BankRecord;

    /// Undoes an order; from then on it can no longer be charged.
    fn reverse(&self, order: &str) -> BankReversal;

    /// Pays back a part of an order, or all of it, under a number of its own.
    fn refund(&self, _number: &str, _order: &str, _amount_fen: i64) -> BankRefund {
        BankRefund::Refused
    }

    /// Closes the batch: what is charged can no longer be undone. `None` if the bank cannot be reached.
    fn close_batch(&self) -> Option<BankTotals> {
        None
    }
}
