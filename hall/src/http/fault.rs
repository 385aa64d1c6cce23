//! A hall that misbehaves on purpose, to test kiosks.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

/// What the hall answers instead of what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Misbehaviour {
    /// This status without a body; nothing is carried out.
    Status(u16),
    /// Carries the request out and answers 200 with bytes that mean nothing.
    Garbage,
    /// Answers right, after this time.
    Slow {
        /// How long.
        ms: u64,
    },
}

/// The misbehaviour in force.
#[derive(Debug, Default)]
pub(crate) struct Fault(Mutex<Option<Misbehaviour>>);

impl Fault {
    pub(crate) fn set(&self, misbehaviour: Option<Misbehaviour>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = misbehaviour;
    }

    fn get(&self) -> Option<Misbehaviour> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) async fn misbehave(State(fault): State<Arc<Fault>>, request: Request, next: Next) -> Response {
    match fault.get() {
        None => next.run(request).await,
        Some(Misbehaviour::Status(code)) => {
            StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }
        Some(Misbehaviour::Garbage) => {
            drop(next.run(request).await);
            b"\xff\x00}{ not what you asked for".into_response()
        }
        Some(Misbehaviour::Slow { ms }) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            next.run(request).await
        }
    }
}
