//! Sealed fields: XChaCha20-Poly1305, a random nonce in front, table and row key as associated data, so that
//! a field opens only in the row that it was written for.

use chacha20poly1305::aead::{Aead, Generate, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::JournalError;
use super::key::KeyRing;

const NONCE_BYTES: usize = 24;

/// Where a sealed field stands.
#[derive(Clone, Debug)]
pub(super) struct Place {
    table: &'static str,
    row: String,
}

impl Place {
    pub(super) fn entry(order: &str, version: u32) -> Self {
        Self { table: "entries", row: format!("{order}/{version}") }
    }

    pub(super) fn order(order: &str, version: u32) -> Self {
        Self { table: "orders", row: format!("{order}/{version}") }
    }

    pub(super) fn slip(job: u64) -> Self {
        Self { table: "slips", row: job.to_string() }
    }

    fn aad(&self) -> Vec<u8> {
        format!("{}/{}", self.table, self.row).into_bytes()
    }
}

impl KeyRing {
    /// Seals a value for one place.
    pub(super) fn seal_json(&self, place: &Place, value: &impl Serialize) -> Result<Vec<u8>, JournalError> {
        self.seal_bytes(place, &Zeroizing::new(serde_json::to_vec(value)?))
    }

    /// Opens a value sealed for this place.
    pub(super) fn open_json<T: DeserializeOwned>(
        &self,
        place: &Place,
        sealed: &[u8],
    ) -> Result<T, JournalError> {
        Ok(serde_json::from_slice(&Zeroizing::new(self.open_bytes(place, sealed)?))?)
    }

    /// Seals bytes for one place.
    pub(super) fn seal_bytes(&self, place: &Place, plain: &[u8]) -> Result<Vec<u8>, JournalError> {
        let broken = |_| JournalError::Sealed { table: place.table };
        let nonce = XNonce::try_generate().map_err(|_| JournalError::Sealed { table: place.table })?;
        let payload = Payload { msg: plain, aad: &place.aad() };
        let sealed = XChaCha20Poly1305::new(&self.seal.into()).encrypt(&nonce, payload).map_err(broken)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens bytes sealed for this place.
    pub(super) fn open_bytes(&self, place: &Place, sealed: &[u8]) -> Result<Vec<u8>, JournalError> {
        let broken = || JournalError::Sealed { table: place.table };
        let (nonce, msg) = sealed.split_at_checked(NONCE_BYTES).ok_or_else(broken)?;
        let nonce = XNonce::try_from(nonce).map_err(|_| broken())?;
        let payload = Payload { msg, aad: &place.aad() };
        XChaCha20Poly1305::new(&self.seal.into()).decrypt(&nonce, payload).map_err(|_| broken())
    }
}
