//! The desk over HTTP.

mod asker;
mod body;
mod fault;
mod kiosk;
mod limit;
mod observe;
mod operations;
mod records;
mod sim;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use self::fault::Fault;
pub use self::fault::Misbehaviour;
use self::fault::misbehave;
pub(crate) use self::limit::Limiter;
pub use self::limit::RateLimit;
pub use self::sim::{AcquirerOrder, Authorise, Books, Script};
use crate::desk::Desk;
use crate::identity::Authority;
use crate::metrics::Metrics;
use crate::sim::{Acquirer, Billers};

/// Largest body: an order of 20 lines is some 4 kB, so this is generous and still harmless.
const BODY_BYTES_MAX: usize = 256 * 1024;

/// What the handlers share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) desk: Arc<Desk>,
    pub(crate) acquirer: Arc<Acquirer>,
    pub(crate) billers: Arc<Billers>,
    pub(crate) fault: Arc<Fault>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) limiter: Arc<Limiter>,
    pub(crate) body_wait: Duration,
    /// Signs certificates, where kiosks have any.
    pub(crate) authority: Option<Arc<Authority>>,
}

/// What the hall can be asked, as an OpenAPI 3.1 document.
#[derive(OpenApi)]
#[openapi(
    info(title = "Central hall of the kiosks", license(name = "GPL-3.0-only", identifier = "GPL-3.0-only")),
    tags(
        (name = "kiosk", description = "What kiosks ask"),
        (name = "operations", description = "What watches the hall"),
    ),
    // Answers that only a type of responses names are not found by themselves.
    components(schemas(hall_api::Problem)),
)]
struct Document;

/// The OpenAPI document, indented.
#[must_use]
pub fn openapi() -> String {
    let document = documented().split_for_parts().1;
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

fn documented() -> OpenApiRouter<Shared> {
    kiosk_routes().merge(operations_routes())
}

/// Every address of the hall; those of the simulation only when asked for.
pub(crate) fn router(shared: Shared, simulation: bool) -> Router {
    let kiosk = Router::from(kiosk_routes())
        .layer(from_fn_with_state(Arc::clone(&shared.limiter), limit::limit))
        .layer(from_fn_with_state(Arc::clone(&shared.fault), misbehave));
    let all = kiosk.merge(operations_routes()).route("/openapi.json", get(document));
    bounded(if simulation { all.merge(sim_routes()) } else { all }, shared)
}

/// The few addresses of the port where kiosks enrol, which lets in anybody.
pub(crate) fn enrolment_router(shared: Shared) -> Router {
    let all = Router::new()
        .route("/v1/certificates", post(kiosk::certify))
        .layer(from_fn_with_state(Arc::clone(&shared.limiter), limit::limit))
        .route("/healthz", get(operations::healthz))
        .route("/readyz", get(operations::readyz));
    bounded(all, shared)
}

fn bounded(all: Router<Shared>, shared: Shared) -> Router {
    all.fallback(body::no_such_address)
        .method_not_allowed_fallback(body::no_such_address)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(RequestBodyTimeoutLayer::new(shared.body_wait))
        .layer(CatchPanicLayer::custom(body::panicked))
        .layer(from_fn_with_state(Arc::clone(&shared.metrics), observe::observe))
        .with_state(shared)
}

async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], openapi()).into_response()
}

fn kiosk_routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(kiosk::health))
        .routes(routes!(kiosk::enrol))
        .routes(routes!(kiosk::quote))
        .routes(routes!(kiosk::person_bills))
        .routes(routes!(kiosk::hold))
        .routes(routes!(kiosk::report, kiosk::order))
        .routes(routes!(kiosk::orders))
        .routes(routes!(kiosk::inbox))
        .routes(routes!(kiosk::certify))
        .routes(routes!(kiosk::open_case))
        .routes(routes!(kiosk::rate))
        .routes(routes!(records::records))
        .routes(routes!(records::copy))
        .routes(routes!(records::verify))
}

fn operations_routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(operations::healthz))
        .routes(routes!(operations::readyz))
        .routes(routes!(operations::metrics))
}

fn sim_routes() -> Router<Shared> {
    Router::new()
        .route("/sim/v1/acquirer/authorise", post(sim::authorise))
        .route("/sim/v1/acquirer/query", post(sim::query))
        .route("/sim/v1/acquirer/reverse", post(sim::reverse))
        .route("/sim/v1/script", post(sim::script))
        .route("/sim/v1/books", get(sim::books))
}
