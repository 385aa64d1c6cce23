//! Account numbers at rest: sealed, and still findable.
//!
//! XChaCha20-Poly1305 with a nonce that is itself a keyed digest of the account. The same account
//! is always sealed to the same text, so the database can look for it, and nobody without the key
//! can guess at it. Whoever reads the database sees which rows are about the same account, not
//! about which.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use thiserror::Error;

use crate::outside::AccountKey;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// Before every sealed text: tells it from what an older program wrote, and from later ways to seal.
const PREFIX: &str = "sealed1:";

/// Where the key comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// A file of 32 bytes that only its owner may read; made when it does not exist.
    File(PathBuf),
    /// A key that ends with the hall.
    Passing,
}

/// Why something cannot be sealed or opened.
#[derive(Debug, Error)]
pub enum SealError {
    /// The file with the key cannot be used.
    #[error("the key file {path} cannot be used")]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The file has another length.
    #[error("the key file {path} does not have 32 bytes")]
    Length {
        /// Which.
        path: PathBuf,
    },
    /// Sealed with another key, or changed since.
    #[error("an account number cannot be opened")]
    Open,
}

/// An account number that only the holder of the key can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedAccount(pub(crate) String);

/// One account at one biller, as the database knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedKey {
    /// The biller's code.
    pub biller: String,
    /// Fee type.
    pub fee: String,
    /// Account number.
    pub account: SealedAccount,
    /// Tariff item, where the fee has a tariff.
    pub tariff_item: Option<String>,
}

/// Seals and opens.
pub struct Seal {
    cipher: XChaCha20Poly1305,
    nonces: [u8; KEY_BYTES],
    identities: [u8; KEY_BYTES],
}

impl Seal {
    /// Reads the key, or makes one.
    pub(crate) fn open(source: &KeySource) -> Result<Self, SealError> {
        Ok(Self::new(&match source {
            KeySource::Passing => rand::random(),
            KeySource::File(path) => key_in(path)?,
        }))
    }

    /// Each purpose has a key of its own.
    pub(crate) fn new(root: &[u8; KEY_BYTES]) -> Self {
        Self {
            cipher: XChaCha20Poly1305::new(&mac(root, b"cipher").into()),
            nonces: mac(root, b"nonces"),
            identities: mac(root, b"identities"),
        }
    }

    /// Seals an account number.
    pub(crate) fn account(&self, account: &str) -> SealedAccount {
        let nonce: Vec<u8> = mac(&self.nonces, account.as_bytes()).into_iter().take(NONCE_BYTES).collect();
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().unwrap_or_default();
        // The cipher refuses only what is longer than 256 GiB.
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), account.as_bytes()).unwrap_or_default();
        SealedAccount(format!("{PREFIX}{}{}", hex(&nonce), hex(&sealed)))
    }

    /// Seals the account of a key.
    pub(crate) fn key(&self, key: &AccountKey) -> SealedKey {
        let AccountKey { biller, fee, account, tariff_item } = key.clone();
        SealedKey { biller, fee, account: self.account(&account), tariff_item }
    }

    /// Opens the account of a key.
    pub(crate) fn opened(&self, key: &SealedKey) -> Result<AccountKey, SealError> {
        let SealedKey { biller, fee, account, tariff_item } = key.clone();
        let account = self.opened_account(&account).ok_or(SealError::Open)?;
        Ok(AccountKey { biller, fee, account, tariff_item })
    }

    /// A digest of content with account numbers, useless for guessing at them.
    pub(crate) fn identity(&self, digest: &str) -> String {
        format!("{PREFIX}{}", hex(&mac(&self.identities, digest.as_bytes())))
    }

    /// Tells one key from another.
    pub(crate) fn fingerprint(&self) -> String {
        self.identity("fingerprint")
    }

    fn opened_account(&self, account: &SealedAccount) -> Option<String> {
        let bytes = unhex(account.0.strip_prefix(PREFIX)?)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>()?;
        let plain = self.cipher.decrypt(&XNonce::from(*nonce), sealed).ok()?;
        String::from_utf8(plain).ok()
    }
}

fn key_in(path: &Path) -> Result<[u8; KEY_BYTES], SealError> {
    let failed = |source| SealError::File { path: path.to_owned(), source };
    match std::fs::read(path) {
        Ok(bytes) => bytes.try_into().map_err(|_| SealError::Length { path: path.to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let key: [u8; KEY_BYTES] = rand::random();
            write_key(path, &key).map_err(failed)?;
            Ok(key)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Durable before anything is sealed with it.
fn write_key(path: &Path, key: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path)?;
    file.write_all(key)?;
    file.sync_all()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}

fn mac(key: &[u8; KEY_BYTES], message: &[u8]) -> [u8; KEY_BYTES] {
    // Any length of key is right for HMAC.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; KEY_BYTES] };
    mac.chain_update(message).finalize().into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_opens_with_its_key_only_and_looks_the_same_each_time() {
        let (seal, other) = (Seal::new(&[1; 32]), Seal::new(&[2; 32]));
        let sealed = seal.account("0101234567890");
        assert_eq!(seal.account("0101234567890"), sealed);
        assert_ne!(seal.account("0101234567891"), sealed);
        assert_eq!(seal.opened_account(&sealed).as_deref(), Some("0101234567890"));
        assert_eq!(other.opened_account(&sealed), None);
        assert!(!sealed.0.contains("0101234567890"));
    }

    #[test]
    fn a_changed_or_foreign_text_does_not_open() {
        let seal = Seal::new(&[1; 32]);
        let sealed = seal.account("60012345").0;
        let changed = sealed.replace(|last: char| last.is_ascii_digit(), "a");
        for text in [changed.as_str(), "60012345", "", "sealed1:", "sealed1:zz", "sealed1:00"] {
            assert_eq!(seal.opened_account(&SealedAccount(text.to_owned())), None, "{text}");
        }
    }

    #[test]
    fn a_key_file_is_made_once_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hall.key");
        let source = KeySource::File(path.clone());
        let first = Seal::open(&source).unwrap().fingerprint();
        assert_eq!(Seal::open(&source).unwrap().fingerprint(), first);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, b"short").unwrap();
        assert!(matches!(Seal::open(&source), Err(SealError::Length { .. })));
    }
}
