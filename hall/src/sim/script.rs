//! Scripted behaviour of the simulated billers.

use serde::{Deserialize, Serialize};

/// Whose behaviour is scripted. The more exact target wins.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Target {
    /// Every account of one biller, by the biller's code.
    Biller(String),
    /// One account of one fee.
    Account {
        /// Fee type.
        fee: String,
        /// Account number.
        account: String,
    },
}

/// How a biller is to behave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Behaviour {
    /// Answers after this time; beyond the hall's patience that is no answer.
    Slow {
        /// How long.
        ms: u64,
    },
    /// Closed: nothing is stated or booked.
    Closed {
        /// What it says about opening again.
        retry_after_s: u32,
    },
    /// In its day-cut, whatever the time is.
    DayCut,
    /// Never answers a booking or a question about one.
    Silent {
        /// Whether it books all the same.
        posts: bool,
    },
    /// Refuses a booking although the bill was stated.
    RejectAfterPayment {
        /// The reason it gives, for example `ACCOUNT_CLOSED`.
        reason: String,
    },
    /// Somebody pays the bill at a window between the statement and the booking.
    AlreadyPaidElsewhere,
    /// States a bill of nothing.
    ZeroBill,
    /// States a bill in the resident's favour.
    NegativeBill,
    /// States another amount than usual.
    AmountChanged {
        /// The difference.
        by_fen: i64,
    },
}
