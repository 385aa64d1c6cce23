//! Refusals: RFC 9457 problem details with a closed set of kinds.

use serde::{Deserialize, Serialize};

/// Why the hall refuses; the kiosk chooses the resident's words from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// 403: the token does not count, or the kiosk speaks for another one.
    Forbidden,
    /// 404: no such account at this biller; the same for an account of another biller.
    UnknownAccount,
    /// 404: no such order.
    UnknownOrder,
    /// 404: the hall does not know this fee type.
    UnknownFee,
    /// 404: no such record of this person; the same for the record of another person.
    UnknownRecord,
    /// 409: the application is not finished, or the certificate is of a level that is never printed.
    NotPrintable,
    /// 409: the certificate was withdrawn or has run out.
    NotValid,
    /// 409: nothing is owed on this account.
    NothingOwed,
    /// 409: another open order has this bill; `reference` names it.
    HeldElsewhere,
    /// 409: the same account, amount and biller were paid within ten minutes; `reference` names the order.
    PaidJustNow,
    /// 409: the same order is being worked on right now.
    InProgress,
    /// 410: the quote lapsed, or the amount changed since.
    QuoteExpired,
    /// 422: the same order id came with other immutable content.
    Conflict,
    /// 422: a field has a value that cannot be; `detail` names it.
    Invalid,
    /// 400: the body is not what this address takes.
    Malformed,
    /// 408: the body did not come in time.
    TooSlow,
    /// 413: the body is larger than 256 KiB.
    TooLarge,
    /// 429: too many requests; `retry_after_s` says when to go on.
    TooMany,
    /// 503: the biller is in its day-cut or closed; `retry_after_s` says how long.
    BillerClosed,
    /// 504: the biller did not answer.
    BillerSilent,
    /// 500: the hall itself failed; nothing was changed.
    Internal,
}

/// A refusal as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Why.
    pub kind: ProblemKind,
    /// HTTP status, repeated as RFC 9457 asks.
    pub status: u16,
    /// For the technician; without personal data.
    pub detail: String,
    /// The order that stands in the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// When another try makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
}

impl ProblemKind {
    /// The HTTP status that goes with this kind.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Forbidden => 403,
            Self::UnknownAccount | Self::UnknownOrder | Self::UnknownFee | Self::UnknownRecord => 404,
            Self::NothingOwed
            | Self::HeldElsewhere
            | Self::PaidJustNow
            | Self::InProgress
            | Self::NotPrintable
            | Self::NotValid => 409,
            Self::QuoteExpired => 410,
            Self::Conflict | Self::Invalid => 422,
            Self::Malformed => 400,
            Self::TooSlow => 408,
            Self::TooLarge => 413,
            Self::TooMany => 429,
            Self::BillerClosed => 503,
            Self::BillerSilent => 504,
            Self::Internal => 500,
        }
    }
}
