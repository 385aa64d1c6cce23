//! API v1.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use hall_api::{
    Case, CaseRequest, Certificate, CertificateRequest, Enrolment, EnrolmentRequest, Health, Hold,
    HoldRequest, Inbox, OrderPage, OrderReport, OrderStatus, PersonBills, PersonBillsRequest, Problem, Quote,
    QuoteRequest, Rating,
};
use serde::Deserialize;
use utoipa::{IntoParams, IntoResponses};

use super::Shared;
use super::asker::Asker;
use super::body::{Strict, json};
use crate::refusal::Refusal;

pub(super) type Answer = Result<Response, Refusal>;
pub(super) type OneOf = Result<Path<String>, PathRejection>;

/// What every operation may answer instead.
#[derive(IntoResponses)]
#[response(status = "default", description = "Refused", content_type = "application/problem+json")]
#[expect(dead_code, reason = "describes the answer; it is made from a refusal")]
pub(super) struct Refused(Problem);

/// An order in the address.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the address; the order is read as text")]
struct OrderPath {
    /// Kiosk code, enrolment epoch and sequence.
    #[param(pattern = "^[0-9A-Z]{1,32}$")]
    order_id: String,
}

/// A kiosk in the address.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "describes the address; the kiosk is read as text")]
struct KioskPath {
    /// The kiosk's code.
    #[param(pattern = "^[0-9A-Za-z-]{1,32}$")]
    kiosk: String,
}

/// Whether the hall answers.
#[utoipa::path(get, path = "/v1/health", tag = "kiosk", responses(
    (status = 200, description = "Done", body = Health),
    Refused,
))]
pub(super) async fn health(State(shared): State<Shared>) -> Response {
    json(&shared.desk.health())
}

/// A new epoch for a kiosk.
#[utoipa::path(
    post, path = "/v1/enrolments", tag = "kiosk", request_body = EnrolmentRequest,
    responses(
        (status = 200, description = "Done", body = Enrolment),
        Refused,
    ),
)]
pub(super) async fn enrol(
    State(shared): State<Shared>,
    asker: Asker,
    Strict(request): Strict<EnrolmentRequest>,
) -> Answer {
    asker.speaks_for(&request.kiosk)?;
    Ok(json(&shared.desk.enrol(request).await?))
}

/// What is owed on one account.
#[utoipa::path(post, path = "/v1/quotes", tag = "kiosk", request_body = QuoteRequest, responses(
    (status = 200, description = "Done", body = Quote),
    Refused,
))]
pub(super) async fn quote(
    State(shared): State<Shared>,
    asker: Asker,
    Strict(request): Strict<QuoteRequest>,
) -> Answer {
    asker.speaks_for(&request.kiosk)?;
    Ok(json(&shared.desk.quote(request).await?))
}

/// Every open bill of one person.
#[utoipa::path(
    post, path = "/v1/persons/bills", tag = "kiosk", request_body = PersonBillsRequest,
    responses(
        (status = 200, description = "Done", body = PersonBills),
        Refused,
    ),
)]
pub(super) async fn person_bills(
    State(shared): State<Shared>,
    asker: Asker,
    Strict(request): Strict<PersonBillsRequest>,
) -> Answer {
    asker.speaks_for(&request.kiosk)?;
    Ok(json(&shared.desk.person_bills(request).await?))
}

/// Keeps bills for an order.
#[utoipa::path(
    put, path = "/v1/holds/{order_id}", tag = "kiosk", params(OrderPath), request_body = HoldRequest,
    responses(
        (status = 200, description = "Done", body = Hold),
        Refused,
    ),
)]
pub(super) async fn hold(
    State(shared): State<Shared>,
    asker: Asker,
    order_id: OneOf,
    Strict(request): Strict<HoldRequest>,
) -> Answer {
    asker.speaks_for(&request.kiosk)?;
    let Path(order_id) = order_id?;
    Ok(json(&shared.desk.hold(order_id, request).await?))
}

/// Takes a report of an order.
#[utoipa::path(
    put, path = "/v1/orders/{order_id}", tag = "kiosk", params(OrderPath), request_body = OrderReport,
    responses(
        (status = 200, description = "Done", body = OrderStatus),
        Refused,
    ),
)]
pub(super) async fn report(
    State(shared): State<Shared>,
    asker: Asker,
    order_id: OneOf,
    Strict(report): Strict<OrderReport>,
) -> Answer {
    asker.speaks_for(&report.kiosk)?;
    let Path(order_id) = order_id?;
    Ok(json(&shared.desk.report(&order_id, report).await?))
}

/// One order as it stands now.
#[utoipa::path(get, path = "/v1/orders/{order_id}", tag = "kiosk", params(OrderPath), responses(
    (status = 200, description = "Done", body = OrderStatus),
    Refused,
))]
pub(super) async fn order(State(shared): State<Shared>, asker: Asker, order_id: OneOf) -> Answer {
    let Path(order_id) = order_id?;
    Ok(json(&shared.desk.order(order_id, asker.kiosk()).await?))
}

/// Where in the inbox, and how long to wait.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct InboxQuery {
    /// The last event that the kiosk made durable.
    #[serde(default)]
    after: u64,
    /// How long to wait for the first event, in milliseconds; at most 25 s are waited.
    #[serde(default)]
    wait_ms: u64,
}

/// Where in a list, and how much of it.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// The last order of the page before; none for the first page.
    #[serde(default)]
    after: String,
    /// Orders of a page, 100 unless it is said.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

/// Orders of one kiosk, by their id.
#[utoipa::path(
    get, path = "/v1/kiosks/{kiosk}/orders", tag = "kiosk", params(KioskPath, PageQuery),
    responses(
        (status = 200, description = "Done", body = OrderPage),
        Refused,
    ),
)]
pub(super) async fn orders(
    State(shared): State<Shared>,
    asker: Asker,
    kiosk: OneOf,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Answer {
    let (Path(kiosk), Query(query)) = (kiosk?, query?);
    asker.speaks_for(&kiosk)?;
    Ok(json(&shared.desk.orders_of(kiosk, query.after, query.limit).await?))
}

/// What the hall tells a kiosk, waiting for news if need be.
#[utoipa::path(
    get, path = "/v1/kiosks/{kiosk}/inbox", tag = "kiosk", params(KioskPath, InboxQuery),
    responses(
        (status = 200, description = "Done", body = Inbox),
        Refused,
    ),
)]
pub(super) async fn inbox(
    State(shared): State<Shared>,
    asker: Asker,
    kiosk: OneOf,
    query: Result<Query<InboxQuery>, QueryRejection>,
) -> Answer {
    let (Path(kiosk), Query(query)) = (kiosk?, query?);
    asker.speaks_for(&kiosk)?;
    let _waiting = shared.metrics.wait();
    Ok(json(&shared.desk.inbox(kiosk, query.after, query.wait_ms).await?))
}

/// A client certificate: for a token at the port for enrolments, or over the old certificate.
#[utoipa::path(
    post, path = "/v1/certificates", tag = "kiosk", request_body = CertificateRequest,
    responses(
        (status = 200, description = "Done", body = Certificate),
        Refused,
    ),
)]
pub(super) async fn certify(
    State(shared): State<Shared>,
    asker: Asker,
    Strict(request): Strict<CertificateRequest>,
) -> Answer {
    let authority =
        shared.authority.as_ref().ok_or(Refusal::Forbidden { why: "this hall has no authority" })?;
    Ok(json(&shared.desk.certify(authority, request, asker.caller()).await?))
}

/// Opens a case.
#[utoipa::path(post, path = "/v1/cases", tag = "kiosk", request_body = CaseRequest, responses(
    (status = 200, description = "Done", body = Case),
    Refused,
))]
pub(super) async fn open_case(
    State(shared): State<Shared>,
    asker: Asker,
    Strict(request): Strict<CaseRequest>,
) -> Answer {
    asker.speaks_for(&request.kiosk)?;
    Ok(json(&shared.desk.open_case(request).await?))
}

/// Keeps a rating.
#[utoipa::path(
    put, path = "/v1/ratings/{order_id}", tag = "kiosk", params(OrderPath), request_body = Rating,
    responses(
        (status = 204, description = "Done"),
        Refused,
    ),
)]
pub(super) async fn rate(
    State(shared): State<Shared>,
    asker: Asker,
    order_id: OneOf,
    Strict(rating): Strict<Rating>,
) -> Result<StatusCode, Refusal> {
    asker.speaks_for(&rating.kiosk)?;
    let Path(order_id) = order_id?;
    shared.desk.rate(order_id, rating).await?;
    Ok(StatusCode::NO_CONTENT)
}
