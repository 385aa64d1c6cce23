//! The desk over HTTP.

mod body;
mod fault;
mod kiosk;
mod sim;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post, put};

pub(crate) use self::fault::Fault;
pub use self::fault::Misbehaviour;
use self::fault::misbehave;
pub use self::sim::{AcquirerOrder, Authorise, Books, Script};
use crate::desk::Desk;
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
}

/// Every address of the hall; those of the simulation only when asked for.
pub(crate) fn router(shared: Shared, simulation: bool) -> Router {
    let kiosk = kiosk_routes().layer(from_fn_with_state(Arc::clone(&shared.fault), misbehave));
    let all = if simulation { kiosk.merge(sim_routes()) } else { kiosk };
    all.fallback(body::no_such_address)
        .method_not_allowed_fallback(body::no_such_address)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(shared)
}

fn kiosk_routes() -> Router<Shared> {
    Router::new()
        .route("/v1/health", get(kiosk::health))
        .route("/v1/enrolments", post(kiosk::enrol))
        .route("/v1/quotes", post(kiosk::quote))
        .route("/v1/persons/bills", post(kiosk::person_bills))
        .route("/v1/holds/{order_id}", put(kiosk::hold))
        .route("/v1/orders/{order_id}", put(kiosk::report).get(kiosk::order))
        .route("/v1/kiosks/{kiosk}/inbox", get(kiosk::inbox))
        .route("/v1/cases", post(kiosk::open_case))
        .route("/v1/ratings/{order_id}", put(kiosk::rate))
}

fn sim_routes() -> Router<Shared> {
    Router::new()
        .route("/sim/v1/acquirer/authorise", post(sim::authorise))
        .route("/sim/v1/acquirer/query", post(sim::query))
        .route("/sim/v1/acquirer/reverse", post(sim::reverse))
        .route("/sim/v1/script", post(sim::script))
        .route("/sim/v1/books", get(sim::books))
}
