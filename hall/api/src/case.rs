//! Cases a person has to look at, and ratings.

use serde::{Deserialize, Serialize};

/// Why a case is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CaseKind {
    /// The resident says that the wrong account was paid.
    WrongAccount,
    /// The terminal's books and the kiosk's differ.
    ChargeDisputed,
    /// A refund was refused for good.
    RefundRefused,
}

/// Opens a case; the same order and kind give the same case again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CaseRequest {
    /// The kiosk that asks.
    pub kiosk: String,
    /// The order in question.
    pub order_id: String,
    /// Why.
    pub kind: CaseKind,
    /// The line in question; none for the whole order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// A case with the number that the resident takes home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Case {
    /// Number of the case.
    pub case_no: String,
    /// True when this call opened it.
    pub opened: bool,
}

/// 好差评: one rating per order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// The kiosk that asks.
    pub kiosk: String,
    /// 5 very satisfied … 1 very dissatisfied (GB/T 39734).
    pub level: u8,
}
