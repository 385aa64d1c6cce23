//! The handshake: the hall shows its certificate, and lets in the kiosks that it knows.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore, ServerConfig,
    SignatureScheme,
};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::authority::read;
use super::{IdentityError, Revoked};
use crate::door::Caller;

/// Lets in whoever has a certificate of the folder's authority that was not revoked.
pub(crate) fn mutual(folder: &Path, revoked: Arc<Revoked>) -> Result<Arc<ServerConfig>, IdentityError> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(read(&folder.join("authority.pem"))?.as_bytes())?)?;
    let signed = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider()).build()?;
    let known = Arc::new(Known { signed, revoked });
    let config = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    let (chain, key) = shown(folder)?;
    Ok(Arc::new(config.with_client_cert_verifier(known).with_single_cert(chain, key)?))
}

/// Lets in anybody: who enrols has no certificate yet.
pub(crate) fn enrolling(folder: &Path) -> Result<Arc<ServerConfig>, IdentityError> {
    let config = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    let (chain, key) = shown(folder)?;
    Ok(Arc::new(config.with_no_client_auth().with_single_cert(chain, key)?))
}

/// Who showed this certificate.
pub(crate) fn caller_of(certificate: &CertificateDer<'_>) -> Option<Caller> {
    let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
    let kiosk = parsed.subject().iter_common_name().next()?.as_str().ok()?.to_owned();
    let serial = parsed.raw_serial().iter().map(|byte| format!("{byte:02x}")).collect();
    Some(Caller::Kiosk { kiosk, serial })
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn shown(folder: &Path) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), IdentityError> {
    let pem = read(&folder.join("hall.pem"))?;
    let chain = CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<_, _>>()?;
    Ok((chain, PrivateKeyDer::from_pem_slice(read(&folder.join("hall.key"))?.as_bytes())?))
}

/// Signed by the authority, and not revoked.
#[derive(Debug)]
struct Known {
    signed: Arc<dyn ClientCertVerifier>,
    revoked: Arc<Revoked>,
}

impl ClientCertVerifier for Known {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.signed.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let verified = self.signed.verify_client_cert(end_entity, intermediates, now)?;
        match caller_of(end_entity) {
            Some(Caller::Kiosk { serial, .. }) if !self.revoked.has(&serial) => Ok(verified),
            Some(_) => Err(CertificateError::Revoked.into()),
            None => Err(CertificateError::BadEncoding.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signed.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signed.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.signed.supported_verify_schemes()
    }
}
