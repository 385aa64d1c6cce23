//! Who asks, and for whom that caller may speak.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::door::Caller;
use crate::refusal::Refusal;

/// The caller of a request. Over TLS it is a kiosk; on a loopback address nobody is known.
pub(super) struct Asker(Option<Caller>);

impl Asker {
    /// A known kiosk speaks for itself only.
    pub(super) fn speaks_for(&self, kiosk: &str) -> Result<(), Refusal> {
        match &self.0 {
            Some(Caller::Kiosk { kiosk: known, .. }) if known != kiosk => {
                Err(Refusal::Forbidden { why: "the certificate is another kiosk's" })
            }
            _ => Ok(()),
        }
    }

    /// The kiosk, where it is known.
    pub(super) fn kiosk(self) -> Option<String> {
        match self.0 {
            Some(Caller::Kiosk { kiosk, .. }) => Some(kiosk),
            _ => None,
        }
    }

    pub(super) fn caller(self) -> Option<Caller> {
        self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Asker {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<Caller>().cloned()))
    }
}
