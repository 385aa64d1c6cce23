//! Why the hall says no.

use hall_api::{Problem, ProblemKind};
use thiserror::Error;

use crate::store::StoreError;

/// A request that is not carried out; nothing was changed.
#[derive(Debug, Error)]
pub enum Refusal {
    /// Not for this caller.
    #[error("not allowed: {why}")]
    Forbidden {
        /// What is missing.
        why: &'static str,
    },
    /// The biller does not know the account.
    #[error("no such account at this biller")]
    UnknownAccount,
    /// Nobody reported such an order.
    #[error("no such order")]
    UnknownOrder,
    /// The catalogue has no such fee, or it is switched off.
    #[error("no such fee")]
    UnknownFee,
    /// This person has no such application or certificate.
    #[error("no such record of this person")]
    UnknownRecord,
    /// There is no document to print.
    #[error("there is nothing to print: {why}")]
    NotPrintable {
        /// What is missing.
        why: &'static str,
    },
    /// The certificate does not count any more.
    #[error("the certificate was withdrawn or has run out")]
    NotValid,
    /// The bill is paid.
    #[error("nothing is owed on this account")]
    NothingOwed,
    /// Another open order pays the same bill.
    #[error("another open order has this bill")]
    HeldElsewhere {
        /// That order.
        order_id: String,
    },
    /// The same was paid a moment ago.
    #[error("the same account, amount and biller were paid within ten minutes")]
    PaidJustNow {
        /// The order that paid it.
        order_id: String,
    },
    /// The price that the resident confirmed no longer stands.
    #[error("the quote does not stand: {why}")]
    QuoteExpired {
        /// What happened to it.
        why: &'static str,
    },
    /// The order is known with other content.
    #[error("the same order with other content: {what}")]
    Conflict {
        /// What differs.
        what: &'static str,
    },
    /// A value that cannot be.
    #[error("{field}: {why}")]
    Invalid {
        /// Where.
        field: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The body is not what this address takes.
    #[error("not a request of this address: {why}")]
    Malformed {
        /// What the reader said.
        why: String,
    },
    /// The body is too large.
    #[error("the body is larger than 256 KiB")]
    TooLarge,
    /// Too many requests of one caller.
    #[error("too many requests")]
    TooMany {
        /// When to go on.
        retry_after_s: u32,
    },
    /// The body did not come.
    #[error("the body did not come in time")]
    TooSlow,
    /// The biller is in its day-cut or closed.
    #[error("the biller is closed")]
    BillerClosed {
        /// When another try makes sense.
        retry_after_s: u32,
    },
    /// The biller did not answer.
    #[error("the biller did not answer")]
    BillerSilent,
    /// The store failed.
    #[error("the hall's store failed")]
    Store(#[from] StoreError),
    /// A task of the hall ended before its answer.
    #[error("a task of the hall ended before its answer")]
    Interrupted,
}

impl Refusal {
    /// The kind on the wire.
    #[must_use]
    pub const fn kind(&self) -> ProblemKind {
        match self {
            Self::Forbidden { .. } => ProblemKind::Forbidden,
            Self::UnknownAccount => ProblemKind::UnknownAccount,
            Self::UnknownOrder => ProblemKind::UnknownOrder,
            Self::UnknownFee => ProblemKind::UnknownFee,
            Self::UnknownRecord => ProblemKind::UnknownRecord,
            Self::NotPrintable { .. } => ProblemKind::NotPrintable,
            Self::NotValid => ProblemKind::NotValid,
            Self::NothingOwed => ProblemKind::NothingOwed,
            Self::HeldElsewhere { .. } => ProblemKind::HeldElsewhere,
            Self::PaidJustNow { .. } => ProblemKind::PaidJustNow,
            Self::QuoteExpired { .. } => ProblemKind::QuoteExpired,
            Self::Conflict { .. } => ProblemKind::Conflict,
            Self::Invalid { .. } => ProblemKind::Invalid,
            Self::Malformed { .. } => ProblemKind::Malformed,
            Self::TooSlow => ProblemKind::TooSlow,
            Self::TooLarge => ProblemKind::TooLarge,
            Self::TooMany { .. } => ProblemKind::TooMany,
            Self::BillerClosed { .. } => ProblemKind::BillerClosed,
            Self::BillerSilent => ProblemKind::BillerSilent,
            Self::Store(_) | Self::Interrupted => ProblemKind::Internal,
        }
    }

    /// The refusal as it goes over the wire.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let kind = self.kind();
        let (reference, retry_after_s) = match self {
            Self::HeldElsewhere { order_id } | Self::PaidJustNow { order_id } => {
                (Some(order_id.clone()), None)
            }
            Self::BillerClosed { retry_after_s } | Self::TooMany { retry_after_s } => {
                (None, Some(*retry_after_s))
            }
            _ => (None, None),
        };
        Problem { kind, status: kind.status(), detail: self.to_string(), reference, retry_after_s }
    }
}
