//! One request and its answer, bounded in time and size.

use std::time::Duration;

use hall_api::{Problem, ProblemKind};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use rustls::ClientConfig;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::identity::{Identity, plain};
use super::{HallFault, HallLinkError, HallLinkSettings};

/// Largest answer: an inbox of 100 orders with 20 lines each is some 400 KiB.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// HTTP client of one hall.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    timeout: Duration,
    identity: Option<Identity>,
}

/// Why a request has no answer that can be used.
#[derive(Debug)]
pub(super) enum Miss {
    /// No connection to the hall.
    NoConnection,
    /// Connected, but no whole answer in time.
    NoAnswer,
    /// 5xx without a reason, or an answer that makes no sense.
    Garbage {
        /// HTTP status.
        status: StatusCode,
    },
    /// The hall says why not.
    Problem {
        /// HTTP status.
        status: StatusCode,
        /// What it says.
        problem: Problem,
    },
}

impl Client {
    pub(super) fn new(settings: &HallLinkSettings) -> Result<Self, HallLinkError> {
        let timeout = Duration::from_millis(settings.timeout_ms);
        let identity = settings.identity.as_deref().map(Identity::load).transpose()?;
        let tls = identity.as_ref().map_or_else(plain, Identity::tls)?;
        Ok(Self { identity, ..Self::over(tls, &settings.url, timeout)? })
    }

    /// A client that is nobody in particular.
    pub(super) fn over(tls: ClientConfig, url: &str, timeout: Duration) -> Result<Self, reqwest::Error> {
        // The way to the hall is configured here and nowhere else: no proxy of the environment, no redirect.
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(timeout)
            .build()?;
        Ok(Self { http, base: url.trim_end_matches('/').to_owned(), timeout, identity: None })
    }

    /// Who asks, where the hall wants to know.
    pub(super) const fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// Reads.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Miss> {
        self.exchange(self.request(Method::GET, path)).await
    }

    /// Reads, and gives the hall more time than usual.
    pub(super) async fn wait<T: DeserializeOwned>(&self, path: &str, patience: Duration) -> Result<T, Miss> {
        self.exchange(self.request(Method::GET, path).timeout(self.timeout + patience)).await
    }

    /// Sends something and reads the answer.
    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Miss> {
        self.exchange(self.request(method, path).json(body)).await
    }

    /// Sends something that is answered without content.
    pub(super) async fn tell(&self, method: Method, path: &str, body: &impl Serialize) -> Result<(), Miss> {
        let response = self.request(method, path).json(body).send().await.map_err(lost)?;
        let status = response.status();
        let bytes = bounded_body(response).await?;
        if status.is_success() { Ok(()) } else { Err(refusal(status, &bytes)) }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).timeout(self.timeout)
    }

    async fn exchange<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Miss> {
        let response = request.send().await.map_err(lost)?;
        let status = response.status();
        let bytes = bounded_body(response).await?;
        if !status.is_success() {
            return Err(refusal(status, &bytes));
        }
        serde_json::from_slice(&bytes).map_err(|_| Miss::Garbage { status })
    }
}

impl Miss {
    /// True when somebody who may well be the hall answered.
    pub(super) fn is_answer(&self) -> bool {
        match self {
            Self::NoConnection | Self::NoAnswer => false,
            Self::Garbage { status } | Self::Problem { status, .. } => status.is_client_error(),
        }
    }

    /// How the asker sees it.
    pub(super) fn fault(self) -> HallFault {
        match self {
            Self::NoConnection | Self::NoAnswer => HallFault::Away,
            Self::Problem { problem, .. } if problem.kind != ProblemKind::Internal => {
                HallFault::Refused(problem)
            }
            Self::Problem { .. } | Self::Garbage { .. } => HallFault::Failed,
        }
    }
}

/// A connection that breaks off later may be the fault of this one request and says nothing about the link.
fn lost(error: reqwest::Error) -> Miss {
    // A request that cannot be built has a wrong address: nobody is there.
    if error.is_connect() || error.is_builder() { Miss::NoConnection } else { Miss::NoAnswer }
}

fn refusal(status: StatusCode, bytes: &[u8]) -> Miss {
    match serde_json::from_slice(bytes) {
        Ok(problem) => Miss::Problem { status, problem },
        Err(_) => Miss::Garbage { status },
    }
}

async fn bounded_body(mut response: Response) -> Result<Vec<u8>, Miss> {
    let status = response.status();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        if bytes.len() + chunk.len() > MAX_BODY_BYTES {
            return Err(Miss::Garbage { status });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
