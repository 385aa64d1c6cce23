//! How a kiosk comes to its certificate: once for a token, then over the one it has.

use std::path::Path;
use std::time::Duration;

use hall_api::Certificate;
use jiff::Timestamp;
use reqwest::Method;
use thiserror::Error;

use super::client::{Client, Miss};
use super::identity::{self, Identity, IdentityError, NewKey, until};
use super::shared::Shared;
use crate::clock::calendar;

const ADDRESS: &str = "/v1/certificates";
/// Longest wait for an answer while a technician stands there.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Longest sleep before the calendar is looked at again: clocks are set, machines sleep.
const LOOK: Duration = Duration::from_secs(6 * 3_600);
/// After a renewal that failed; a month is left then.
const RETRY: Duration = Duration::from_secs(900);

/// Why a kiosk was not enrolled. Nothing has changed, except that the token may be used up.
#[derive(Debug, Error)]
pub enum EnrolError {
    /// Key or files.
    #[error("no identity can be made")]
    Identity(#[from] IdentityError),
    /// The HTTP client cannot be built.
    #[error("the http client cannot be built")]
    Client(#[from] reqwest::Error),
    /// The system gives no event queue.
    #[error("the request cannot start")]
    Start(#[from] std::io::Error),
    /// Nobody answers there who has a certificate of this authority.
    #[error("no hall of this authority answers at {0}")]
    NoHall(String),
    /// The hall says why not.
    #[error("the hall refuses: {0}")]
    Refused(String),
}

/// Makes a key, has it signed for a token, and keeps both in the folder. Says until when they count.
pub fn enrol(
    url: &str,
    (kiosk, token): (&str, &str),
    authority_pem: &[u8],
    folder: &Path,
) -> Result<Timestamp, EnrolError> {
    let client = Client::over(identity::stranger(authority_pem)?, url, TIMEOUT)?;
    let key = NewKey::make()?;
    let request = key.request(kiosk, Some(token))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(client.send::<Certificate>(Method::POST, ADDRESS, &request));
    let signed = answer.map_err(|miss| match miss {
        Miss::Problem { problem, .. } => EnrolError::Refused(problem.detail),
        Miss::Garbage { .. } | Miss::NoAnswer | Miss::NoConnection => EnrolError::NoHall(url.to_owned()),
    })?;
    Ok(key.keep(folder, &signed.certificate_pem, authority_pem)?)
}

/// Renews for ever, while a third of the certificate's time is left; without one there is nothing to do.
pub(super) async fn run(shared: &Shared) {
    let Some(identity) = shared.client.identity() else { return std::future::pending().await };
    loop {
        shared.until_online(true).await;
        let left = until(identity.lifetime().renewal(), calendar());
        if !left.is_zero() {
            tokio::time::sleep(left.min(LOOK)).await;
        } else if !renew(shared, identity).await {
            tokio::time::sleep(RETRY).await;
        }
    }
}

async fn renew(shared: &Shared, identity: &Identity) -> bool {
    let Ok(key) = NewKey::make() else { return false };
    let Ok(request) = key.request(&shared.settings.kiosk, None) else { return false };
    let answer = shared.client.send::<Certificate>(Method::POST, ADDRESS, &request).await;
    let runs_out = identity.lifetime().end();
    let Ok(signed) = answer else {
        tracing::warn!(%runs_out, "the hall does not renew this kiosk's certificate");
        return false;
    };
    let kept = identity.renew(&key, &signed.certificate_pem);
    if let Err(error) = &kept {
        tracing::error!(%error, %runs_out, "the renewed certificate cannot be kept");
    }
    kept.is_ok()
}
