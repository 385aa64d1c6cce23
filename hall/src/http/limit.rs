//! How often one caller may ask.

use std::num::NonZeroU32;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::door::Caller;
use crate::refusal::Refusal;

/// Callers that are remembered; beyond it, those that have been quiet are forgotten.
const CALLERS_MAX: usize = 100_000;

/// Requests of one caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// On average, each second.
    pub per_second: NonZeroU32,
    /// At once, after a quiet time.
    pub burst: NonZeroU32,
}

impl Default for RateLimit {
    /// A resident causes a request each second or so. The burst is what a kiosk brings after a day
    /// without its hall.
    fn default() -> Self {
        let number = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Self { per_second: number(50), burst: number(500) }
    }
}

pub(crate) struct Limiter(DefaultKeyedRateLimiter<Caller>);

impl Limiter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        Self(DefaultKeyedRateLimiter::keyed(Quota::per_second(limit.per_second).allow_burst(limit.burst)))
    }

    fn check(&self, caller: &Caller) -> Result<(), Refusal> {
        if self.0.len() > CALLERS_MAX {
            self.0.retain_recent();
        }
        self.0.check_key(caller).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
            Refusal::TooMany { retry_after_s: seconds.saturating_add(1) }
        })
    }
}

/// Refuses what comes too fast, before anything is read.
pub(super) async fn limit(
    State(limiter): State<Arc<Limiter>>,
    request: Request,
    next: Next,
) -> Result<Response, Refusal> {
    if let Some(caller) = request.extensions().get::<Caller>() {
        limiter.check(caller)?;
    }
    Ok(next.run(request).await)
}
