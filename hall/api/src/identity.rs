//! Who a kiosk is: certificates for keys that never leave it.

use serde::{Deserialize, Serialize};

/// Asks for a client certificate: with a token to enrol, without one to renew over the old certificate.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CertificateRequest {
    /// The kiosk that asks.
    pub kiosk: String,
    /// The single-use token; only where the kiosk has no certificate yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Certificate signing request (PKCS #10) in PEM; only its public key is used.
    pub csr_pem: String,
}

/// The token stays out of logs.
impl std::fmt::Debug for CertificateRequest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("CertificateRequest").field("kiosk", &self.kiosk).finish_non_exhaustive()
    }
}

/// A client certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Certificate {
    /// The certificate in PEM; its common name is the kiosk's code.
    pub certificate_pem: String,
    /// The authority that halls and kiosks trust, in PEM.
    pub authority_pem: String,
    /// When it runs out, RFC 3339; to be renewed when a third of its time is left.
    pub not_after: String,
}
