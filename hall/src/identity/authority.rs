//! The authority that halls and kiosks of one city trust.
//!
//! Four files in one folder: `authority.pem` and `authority.key` sign; `hall.pem` and `hall.key`
//! are what a hall shows. Every hall of a city has the same authority.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SerialNumber,
};
use thiserror::Error;
use time::OffsetDateTime;

/// A kiosk's certificate: long enough for a summer without maintenance.
const KIOSK_DAYS: i64 = 90;
/// A hall's own certificate.
const HALL_DAYS: i64 = 397;
/// The authority.
const AUTHORITY_DAYS: i64 = 3_650;
/// How far two clocks may differ.
const SKEW: SignedDuration = SignedDuration::from_hours(1);

/// Why an identity cannot be made or read.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// A file cannot be read or written.
    #[error("the file {path} cannot be used")]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A certificate, key or request cannot be read or made.
    #[error("a certificate, a key or a signing request cannot be used")]
    Certificate(#[from] rcgen::Error),
    /// TLS refuses what the files hold.
    #[error("the certificates do not fit together")]
    Tls(#[from] rustls::Error),
    /// A file does not hold what its name says.
    #[error("a file holds no certificate or no key")]
    Pem(#[from] rustls::pki_types::pem::Error),
    /// Whom to let in cannot be decided.
    #[error("the authority cannot be used to know kiosks")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
}

/// Signs certificates.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// A certificate that was just signed.
pub(crate) struct Signed {
    pub(crate) pem: String,
    pub(crate) serial: String,
    pub(crate) not_after: Timestamp,
}

impl Authority {
    /// Makes an authority and a hall's certificate for some names, and keeps all in a folder that has
    /// none yet. For development and for a first installation.
    pub fn make(folder: &Path, hosts: Vec<String>, now: Timestamp) -> Result<Self, IdentityError> {
        let key = KeyPair::generate()?;
        let mut params = params_for("Central hall authority", now, AUTHORITY_DAYS);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let pem = params.self_signed(&key)?.pem();
        write(&folder.join("authority.key"), &key.serialize_pem())?;
        write(&folder.join("authority.pem"), &pem)?;
        let authority = Self { issuer: Issuer::from_ca_cert_pem(&pem, key)?, pem };
        authority.make_hall(folder, hosts, now)?;
        Ok(authority)
    }

    /// Reads the authority of a folder.
    pub fn load(folder: &Path) -> Result<Self, IdentityError> {
        let pem = read(&folder.join("authority.pem"))?;
        let key = KeyPair::from_pem(&read(&folder.join("authority.key"))?)?;
        Ok(Self { issuer: Issuer::from_ca_cert_pem(&pem, key)?, pem })
    }

    /// The authority's certificate.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Signs a kiosk's key. Of the request only the key is used.
    pub(crate) fn sign(&self, csr_pem: &str, kiosk: &str, now: Timestamp) -> Result<Signed, IdentityError> {
        let mut request = CertificateSigningRequestParams::from_pem(csr_pem)?;
        let serial = serial();
        request.params = params_for(kiosk, now, KIOSK_DAYS);
        request.params.serial_number = Some(SerialNumber::from_slice(&serial));
        request.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        Ok(Signed {
            pem: request.signed_by(&self.issuer)?.pem(),
            serial: serial.iter().map(|byte| format!("{byte:02x}")).collect(),
            not_after: after(now, KIOSK_DAYS),
        })
    }

    fn make_hall(&self, folder: &Path, hosts: Vec<String>, now: Timestamp) -> Result<(), IdentityError> {
        let key = KeyPair::generate()?;
        let mut params = params_for("Central hall", now, HALL_DAYS);
        params.subject_alt_names = CertificateParams::new(hosts)?.subject_alt_names;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        write(&folder.join("hall.key"), &key.serialize_pem())?;
        write(&folder.join("hall.pem"), &params.signed_by(&key, &self.issuer)?.pem())
    }
}

fn params_for(name: &str, now: Timestamp, days: i64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.use_authority_key_identifier_extension = true;
    params.not_before = moment(now.checked_sub(SKEW).unwrap_or(now));
    params.not_after = moment(after(now, days));
    params
}

/// Sixteen random bytes; the first bit is clear, because the number is signed.
fn serial() -> [u8; 16] {
    (rand::random::<u128>() >> 1 | 1).to_be_bytes()
}

fn after(now: Timestamp, days: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(days.saturating_mul(24))).unwrap_or(now)
}

fn moment(time: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(time.as_second()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

pub(super) fn read(path: &Path) -> Result<String, IdentityError> {
    std::fs::read_to_string(path).map_err(|source| IdentityError::File { path: path.to_owned(), source })
}

/// Never over a file that is there.
fn write(path: &Path, text: &str) -> Result<(), IdentityError> {
    let file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|source| IdentityError::File { path: path.to_owned(), source })
}
