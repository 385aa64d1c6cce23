//! What watches a hall asks: does it live, may it get work, what does it count.

use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Shared;
use crate::store::{Session, StoreError};

/// Longest wait for the database; who asks more often than this has other worries.
const READY_WAIT: Duration = Duration::from_secs(2);

/// The process answers.
#[utoipa::path(
    get, path = "/healthz", tag = "operations",
    responses((status = 200, description = "It lives"))
)]
pub(super) async fn healthz() -> StatusCode {
    StatusCode::OK
}

/// The hall takes requests: its database answers and it is not about to stop.
#[utoipa::path(get, path = "/readyz", tag = "operations", responses(
    (status = 200, description = "It may get work"),
    (status = 503, description = "It may not: the database does not answer, or the hall is stopping"),
))]
pub(super) async fn readyz(State(shared): State<Shared>) -> StatusCode {
    let asked = shared.desk.store.look(|session: &dyn Session| session.query_one("SELECT 1", &[]));
    let answered = tokio::time::timeout(READY_WAIT, asked).await;
    let ready = matches!(answered, Ok(Ok::<_, StoreError>(_))) && !shared.desk.is_closing();
    if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}

/// Counters and gauges for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operations",
    responses((status = 200, description = "Prometheus text", body = String, content_type = "text/plain")))]
pub(super) async fn metrics(State(shared): State<Shared>) -> Response {
    match shared.metrics.text() {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "cannot write the metrics");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
