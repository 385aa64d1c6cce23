//! Who the kiosk is to the hall, and which hall it believes: two files in one folder.
//!
//! `kiosk.pem` holds the private key and its certificate, so that both change at once; `authority.pem` is
//! whom the hall's certificate must come from. The key is made here and never leaves the kiosk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use hall_api::CertificateRequest;
use jiff::{SignedDuration, Timestamp};
use rcgen::{CertificateParams, KeyPair};
use rustls::client::ResolvesClientCert;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, SignatureScheme};
use thiserror::Error;
use x509_parser::prelude::{FromDer, X509Certificate};

/// Key and certificate, in the folder.
const SHOWN: &str = "kiosk.pem";
/// Whom the hall's certificate must come from.
const AUTHORITY: &str = "authority.pem";

/// Why there is no identity.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// The kiosk has none yet: `lucheng enrol` makes one.
    #[error("this kiosk is not enrolled at its hall: lucheng enrol does that ({} is missing)", .0.display())]
    NotEnrolled(PathBuf),
    /// A file cannot be read or written.
    #[error("the file {} cannot be used", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A file does not hold what its name says.
    #[error("a file holds no certificate or no key")]
    Pem(#[from] rustls::pki_types::pem::Error),
    /// Key and certificate do not belong together, or TLS does not know their kind.
    #[error("key and certificates do not fit together")]
    Tls(#[from] rustls::Error),
    /// A certificate without readable dates.
    #[error("a certificate cannot be read")]
    Certificate,
    /// No key or no signing request can be made.
    #[error("no key can be made")]
    Key(#[from] rcgen::Error),
}

/// A kiosk's identity at a hall.
pub struct Identity {
    folder: PathBuf,
    authority: CertificateDer<'static>,
    shown: Arc<Shown>,
}

/// What the kiosk shows in each handshake; renewed while the kiosk runs.
#[derive(Debug)]
struct Shown(RwLock<Certified>);

#[derive(Clone, Debug)]
struct Certified {
    key: Arc<CertifiedKey>,
    lifetime: Lifetime,
}

/// From when to when a certificate counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lifetime {
    begin: Timestamp,
    end: Timestamp,
}

/// A key that the hall has not signed yet.
pub(super) struct NewKey(KeyPair);

impl Identity {
    /// The identity in a folder.
    pub fn load(folder: &Path) -> Result<Self, IdentityError> {
        let authority = certificate(&read(&folder.join(AUTHORITY))?)?;
        let shown = Certified::read(&read(&folder.join(SHOWN))?)?;
        Ok(Self { folder: folder.to_owned(), authority, shown: Arc::new(Shown(RwLock::new(shown))) })
    }

    /// TLS for a hall that wants to know who asks.
    pub(super) fn tls(&self) -> Result<ClientConfig, IdentityError> {
        let shown = Arc::clone(&self.shown) as Arc<dyn ResolvesClientCert>;
        Ok(trusting(Some(&self.authority))?.with_client_cert_resolver(shown))
    }

    /// From when to when the certificate counts.
    pub(super) fn lifetime(&self) -> Lifetime {
        self.shown.get().lifetime
    }

    /// Keeps a new key with its certificate, and shows it from the next handshake on.
    pub(super) fn renew(&self, key: &NewKey, certificate_pem: &str) -> Result<(), IdentityError> {
        let pem = key.pem_with(certificate_pem);
        let certified = Certified::read(&pem)?;
        replace(&self.folder.join(SHOWN), &pem)?;
        *self.shown.0.write().unwrap_or_else(PoisonError::into_inner) = certified;
        Ok(())
    }
}

impl Lifetime {
    /// When a third of the time is left.
    pub(super) fn renewal(self) -> Timestamp {
        let third = self.begin.duration_until(self.end) / 3;
        self.end.checked_sub(third).unwrap_or(self.end)
    }

    /// When the certificate runs out.
    pub(super) const fn end(self) -> Timestamp {
        self.end
    }
}

impl Certified {
    fn read(pem: &[u8]) -> Result<Self, IdentityError> {
        let chain = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>()?;
        let lifetime = lifetime(chain.first().ok_or(IdentityError::Certificate)?)?;
        let key = CertifiedKey::from_der(chain, PrivateKeyDer::from_pem_slice(pem)?, &provider())?;
        Ok(Self { key: Arc::new(key), lifetime })
    }
}

impl Shown {
    fn get(&self) -> Certified {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.get().key)
    }

    fn has_certs(&self) -> bool {
        true
    }
}

impl NewKey {
    /// A fresh key.
    pub(super) fn make() -> Result<Self, IdentityError> {
        Ok(Self(KeyPair::generate()?))
    }

    /// Asks the hall to sign it.
    pub(super) fn request(
        &self,
        kiosk: &str,
        token: Option<&str>,
    ) -> Result<CertificateRequest, IdentityError> {
        let csr_pem = CertificateParams::default().serialize_request(&self.0)?.pem()?;
        Ok(CertificateRequest { kiosk: kiosk.to_owned(), token: token.map(str::to_owned), csr_pem })
    }

    /// Keeps the key, its certificate and the authority in a folder; returns when the certificate runs out.
    pub(super) fn keep(
        &self,
        folder: &Path,
        certificate_pem: &str,
        authority_pem: &[u8],
    ) -> Result<Timestamp, IdentityError> {
        let pem = self.pem_with(certificate_pem);
        let certified = Certified::read(&pem)?;
        let made = fs::create_dir_all(folder);
        made.map_err(|source| IdentityError::File { path: folder.to_owned(), source })?;
        replace(&folder.join(AUTHORITY), authority_pem)?;
        replace(&folder.join(SHOWN), &pem)?;
        Ok(certified.lifetime.end)
    }

    fn pem_with(&self, certificate_pem: &str) -> Vec<u8> {
        (self.0.serialize_pem() + certificate_pem).into_bytes()
    }
}

/// TLS for a hall that lets in anybody, where kiosks enrol.
pub(super) fn stranger(authority_pem: &[u8]) -> Result<ClientConfig, IdentityError> {
    Ok(trusting(Some(&certificate(authority_pem)?))?.with_no_client_auth())
}

/// TLS that believes nobody: for a hall on a loopback address, which has none.
pub(super) fn plain() -> Result<ClientConfig, IdentityError> {
    Ok(trusting(None)?.with_no_client_auth())
}

fn trusting(
    authority: Option<&CertificateDer<'static>>,
) -> Result<rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert>, IdentityError> {
    let mut roots = RootCertStore::empty();
    if let Some(authority) = authority {
        roots.add(authority.clone())?;
    }
    let config = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn certificate(pem: &[u8]) -> Result<CertificateDer<'static>, IdentityError> {
    Ok(CertificateDer::from_pem_slice(pem)?)
}

fn lifetime(certificate: &CertificateDer<'_>) -> Result<Lifetime, IdentityError> {
    let (_, parsed) = X509Certificate::from_der(certificate).map_err(|_| IdentityError::Certificate)?;
    let moment = |time: x509_parser::time::ASN1Time| {
        Timestamp::from_second(time.timestamp()).map_err(|_| IdentityError::Certificate)
    };
    let dates = parsed.validity();
    Ok(Lifetime { begin: moment(dates.not_before)?, end: moment(dates.not_after)? })
}

fn read(path: &Path) -> Result<Vec<u8>, IdentityError> {
    fs::read(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => IdentityError::NotEnrolled(path.to_owned()),
        _ => IdentityError::File { path: path.to_owned(), source },
    })
}

/// The old file or the new one is there whatever breaks, and nobody else can read either.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), IdentityError> {
    let written = path.with_extension("new");
    let write = || -> io::Result<()> {
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&written)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&written, path)?;
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    write().map_err(|source| IdentityError::File { path: path.to_owned(), source })
}

/// How long until a moment; nothing once it has passed.
pub(super) fn until(moment: Timestamp, now: Timestamp) -> std::time::Duration {
    let left = now.duration_until(moment).max(SignedDuration::ZERO);
    left.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_renewed_when_a_third_of_its_time_is_left() {
        let day = |day: i64| Timestamp::from_second(day * 86_400).unwrap();
        let lifetime = Lifetime { begin: day(0), end: day(90) };
        assert_eq!(lifetime.renewal(), day(60));
        assert_eq!(until(lifetime.renewal(), day(59)).as_secs(), 86_400);
        assert_eq!(until(lifetime.renewal(), day(61)).as_secs(), 0);
    }

    #[test]
    fn a_folder_without_identity_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let Err(error) = Identity::load(folder.path()) else { panic!("loaded from nothing") };
        assert!(matches!(error, IdentityError::NotEnrolled(_)), "{error}");
        assert!(error.to_string().contains("lucheng enrol"));
    }
}
