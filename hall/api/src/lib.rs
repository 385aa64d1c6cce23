//! The wire between kiosk and hall: API v1, JSON over HTTP.
//!
//! | request | body → answer |
//! |---|---|
//! | `GET /v1/health` | → [`Health`] |
//! | `POST /v1/enrolments` | [`EnrolmentRequest`] → [`Enrolment`] |
//! | `POST /v1/quotes` | [`QuoteRequest`] → [`Quote`] |
//! | `POST /v1/persons/bills` | [`PersonBillsRequest`] → [`PersonBills`] |
//! | `PUT /v1/holds/{order_id}` | [`HoldRequest`] → [`Hold`] |
//! | `PUT /v1/orders/{order_id}` | [`OrderReport`] → [`OrderStatus`] |
//! | `GET /v1/orders/{order_id}` | → [`OrderStatus`] |
//! | `GET /v1/kiosks/{kiosk}/orders?after=ID&limit=N` | → [`OrderPage`] |
//! | `GET /v1/kiosks/{kiosk}/inbox?after=N&wait_ms=M` | → [`Inbox`], answered early when something arrives |
//! | `POST /v1/certificates` | [`CertificateRequest`] → [`Certificate`] |
//! | `POST /v1/cases` | [`CaseRequest`] → [`Case`] |
//! | `PUT /v1/ratings/{order_id}` | [`Rating`] → 204 |
//! | `POST /v1/persons/records` | [`RecordsRequest`] → [`Records`] |
//! | `POST /v1/copies` | [`CopyRequest`] → [`PrintedCopy`] |
//! | `GET /v1/copies/{code}` | → [`Verification`] |
//!
//! Every refusal is a [`Problem`] (RFC 9457, `application/problem+json`).
//! Every answer has an `x-request-id`, the caller's own where it sent one.
//! Amounts are integer fen; times are RFC 3339 text and decide nothing about money.

mod bill;
mod case;
mod identity;
mod order;
mod problem;
mod record;

pub use bill::{
    Hold, HoldLine, HoldRequest, PersonBills, PersonBillsRequest, Quote, QuoteField, QuoteRequest,
};
pub use case::{Case, CaseKind, CaseRequest, Rating};
pub use identity::{Certificate, CertificateRequest};
pub use order::{
    ChargeState, Inbox, InboxEvent, LineReport, LineState, LineStatus, OrderPage, OrderReport, OrderStatus,
    Payment,
};
pub use problem::{Problem, ProblemKind};
pub use record::{
    Application, ApplicationEvent, ApplicationState, ApplicationStep, CopyKind, CopyRequest, LegalClock,
    Licence, LicenceStanding, LicenceUse, PrintedCopy, Records, RecordsRequest, TrustLevel, UsePurpose,
    Verification,
};

use serde::{Deserialize, Serialize};

/// Whether the hall answers, and as what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// Version of the hall's program.
    pub version: String,
    /// The hall's clock, RFC 3339.
    pub now: String,
    /// True while billers and acquirer behind this hall are simulated.
    pub simulated: bool,
}

/// Asks for an enrolment epoch; each call gives a new one, so a re-imaged kiosk never reuses an order id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EnrolmentRequest {
    /// The kiosk's code, for example `BT07`.
    pub kiosk: String,
}

/// The epoch that goes into every order id of this kiosk until it is enrolled again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Enrolment {
    /// Starts at 1, grows by one with each enrolment of this kiosk.
    pub epoch: u32,
}
