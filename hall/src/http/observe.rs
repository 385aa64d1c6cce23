//! One line in the log and one count for each request, under an id that the caller learns.
//!
//! The log names the address as the hall declares it, never as it was called: what a caller puts
//! into an address may be personal.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::clock::Stopwatch;
use crate::metrics::Metrics;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id that a caller may choose.
const REQUEST_ID_CHARS_MAX: usize = 64;

pub(super) async fn observe(
    State(metrics): State<Arc<Metrics>>,
    path: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let watch = Stopwatch::start();
    let id = request_id(request.headers());
    let (method, route) = (request.method().clone(), path.as_ref().map_or("none", MatchedPath::as_str));
    let span = tracing::info_span!("request", id, %method, route);
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, elapsed) = (response.status().as_u16(), watch.elapsed());
    metrics.answered(known(&method), route, status, elapsed.as_secs_f64());
    span.in_scope(|| tracing::info!(status, ms = elapsed.as_millis(), "answered"));
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The caller's own id where it is harmless in a log, or a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(|id| {
        let harmless = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        harmless && (1..=REQUEST_ID_CHARS_MAX).contains(&id.len())
    });
    given.map_or_else(|| format!("{:032x}", rand::random::<u128>()), str::to_owned)
}

/// Methods are counted by name; invented ones are counted together.
fn known(method: &axum::http::Method) -> &str {
    match method.as_str() {
        name @ ("GET" | "PUT" | "POST" | "HEAD" | "DELETE" | "OPTIONS" | "PATCH") => name,
        _ => "other",
    }
}
