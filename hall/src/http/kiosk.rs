//! API v1.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use hall_api::{
    CaseRequest, EnrolmentRequest, HoldRequest, OrderReport, PersonBillsRequest, QuoteRequest, Rating,
};
use serde::Deserialize;

use super::Shared;
use super::body::{Strict, json};
use crate::refusal::Refusal;

type Answer = Result<Response, Refusal>;
type OrderPath = Result<Path<String>, PathRejection>;

pub(super) async fn health(State(shared): State<Shared>) -> Response {
    json(&shared.desk.health())
}

pub(super) async fn enrol(State(shared): State<Shared>, Strict(request): Strict<EnrolmentRequest>) -> Answer {
    Ok(json(&shared.desk.enrol(request).await?))
}

pub(super) async fn quote(State(shared): State<Shared>, Strict(request): Strict<QuoteRequest>) -> Answer {
    Ok(json(&shared.desk.quote(request).await?))
}

pub(super) async fn person_bills(
    State(shared): State<Shared>,
    Strict(request): Strict<PersonBillsRequest>,
) -> Answer {
    Ok(json(&shared.desk.person_bills(request).await?))
}

pub(super) async fn hold(
    State(shared): State<Shared>,
    order_id: OrderPath,
    Strict(request): Strict<HoldRequest>,
) -> Answer {
    let Path(order_id) = order_id?;
    Ok(json(&shared.desk.hold(order_id, request).await?))
}

pub(super) async fn report(
    State(shared): State<Shared>,
    order_id: OrderPath,
    Strict(report): Strict<OrderReport>,
) -> Answer {
    let Path(order_id) = order_id?;
    Ok(json(&shared.desk.report(&order_id, report).await?))
}

pub(super) async fn order(State(shared): State<Shared>, order_id: OrderPath) -> Answer {
    let Path(order_id) = order_id?;
    Ok(json(&shared.desk.order(order_id).await?))
}

/// Where in the inbox, and how long to wait.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InboxQuery {
    #[serde(default)]
    after: u64,
    #[serde(default)]
    wait_ms: u64,
}

pub(super) async fn inbox(
    State(shared): State<Shared>,
    kiosk: OrderPath,
    query: Result<Query<InboxQuery>, QueryRejection>,
) -> Answer {
    let (Path(kiosk), Query(query)) = (kiosk?, query?);
    Ok(json(&shared.desk.inbox(kiosk, query.after, query.wait_ms).await?))
}

pub(super) async fn open_case(State(shared): State<Shared>, Strict(request): Strict<CaseRequest>) -> Answer {
    Ok(json(&shared.desk.open_case(request).await?))
}

pub(super) async fn rate(
    State(shared): State<Shared>,
    order_id: OrderPath,
    Strict(rating): Strict<Rating>,
) -> Result<StatusCode, Refusal> {
    let Path(order_id) = order_id?;
    shared.desk.rate(order_id, rating).await?;
    Ok(StatusCode::NO_CONTENT)
}
