//! Certificates for kiosks: given for a token, or renewed over the old one.

use hall_api::{Certificate, CertificateRequest};
use jiff::Timestamp;

use super::Desk;
use crate::clock::{Clock, SystemClock};
use crate::door::Caller;
use crate::identity::{Authority, digest_of};
use crate::order::check_kiosk;
use crate::refusal::Refusal;
use crate::store::{self, StoreError};

impl Desk {
    /// Gives a certificate: for a token, or to the kiosk that shows its old one.
    pub(crate) async fn certify(
        &self,
        authority: &Authority,
        request: CertificateRequest,
        caller: Option<Caller>,
    ) -> Result<Certificate, Refusal> {
        check_kiosk(&request.kiosk)?;
        let renews = matches!(&caller, Some(Caller::Kiosk { kiosk, .. }) if *kiosk == request.kiosk);
        if !renews && request.token.is_none() {
            return Err(Refusal::Forbidden { why: "a token is needed to enrol" });
        }
        let now = now();
        // Signed first: a request that cannot be signed does not use the token up.
        let signed = authority
            .sign(&request.csr_pem, &request.kiosk, now)
            .map_err(|_| Refusal::Invalid { field: "csr_pem", why: "not a signing request" })?;
        let (serial, not_after_ms) = (signed.serial.clone(), signed.not_after.as_millisecond());
        let digest = request.token.as_deref().filter(|_| !renews).map(digest_of);
        let now_ms = now.as_millisecond();
        let keep = move |session: &dyn store::Session| {
            if let Some(digest) = &digest
                && !store::use_token(session, (&request.kiosk, digest), now_ms)?
            {
                return Err(Refusal::Forbidden { why: "the token is unknown, used or lapsed" });
            }
            Ok(store::add_certificate(session, (&request.kiosk, &serial), (now_ms, not_after_ms))?)
        };
        self.store.run(keep).await?;
        Ok(Certificate {
            certificate_pem: signed.pem,
            authority_pem: authority.pem().to_owned(),
            not_after: signed.not_after.to_string(),
        })
    }

    /// Serial numbers that count no more.
    pub(crate) async fn revoked(&self) -> Result<Vec<String>, StoreError> {
        let now_ms = now().as_millisecond();
        self.store.look(move |session| store::revoked(session, now_ms)).await
    }
}

/// Certificates live on the real calendar, like those who check them.
fn now() -> Timestamp {
    SystemClock.now()
}
