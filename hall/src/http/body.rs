//! Bodies in and out: strict JSON, and every refusal as a problem document.

use std::error::Error;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower_http::timeout::TimeoutError;

use crate::refusal::Refusal;

/// A JSON body, read strictly whatever the content type says.
pub(super) struct Strict<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Strict<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let bytes = Bytes::from_request(request, state).await?;
        let value = serde_json::from_slice(&bytes);
        value.map(Self).map_err(|error| Refusal::Malformed { why: place_of(&error) })
    }
}

/// Where the body stops being right. The reader's own words may quote the body, which is personal.
fn place_of(error: &serde_json::Error) -> String {
    let kind = match error.classify() {
        serde_json::error::Category::Data => "a field that is missing, unknown or of another type",
        serde_json::error::Category::Syntax => "not JSON",
        serde_json::error::Category::Eof | serde_json::error::Category::Io => "cut short",
    };
    format!("{kind}, at line {} column {}", error.line(), error.column())
}

impl From<BytesRejection> for Refusal {
    fn from(rejection: BytesRejection) -> Self {
        let causes = std::iter::successors(rejection.source(), |cause| (*cause).source());
        if causes.into_iter().any(|cause| cause.is::<TimeoutError>()) {
            return Self::TooSlow;
        }
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            _ => Self::Malformed { why: "the body could not be read".to_owned() },
        }
    }
}

impl From<PathRejection> for Refusal {
    fn from(_: PathRejection) -> Self {
        Self::Malformed { why: "the address could not be read".to_owned() }
    }
}

impl From<QueryRejection> for Refusal {
    fn from(_: QueryRejection) -> Self {
        Self::Malformed { why: "the query could not be read".to_owned() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = self.problem();
        if problem.status >= 500 {
            tracing::error!(error = &self as &dyn std::error::Error, "a request failed");
        }
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response =
            (status, [(header::CONTENT_TYPE, "application/problem+json")], text(&problem)).into_response();
        if let Some(seconds) = problem.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// A JSON answer.
pub(super) fn json<T: Serialize>(value: &T) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text(value)).into_response()
}

fn text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Answer of a handler that panicked: the fault is ours and is said in the log only.
pub(super) fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Refusal::Interrupted.into_response()
}

/// Answer of every address that the hall does not have.
pub(super) async fn no_such_address() -> Refusal {
    Refusal::Malformed { why: "no such address or method".to_owned() }
}
