//! Certificates that count no more, as the database said last.

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

/// Serial numbers of revoked certificates. Asked at each handshake and each request, so that it
/// also ends connections that are open.
#[derive(Debug, Default)]
pub(crate) struct Revoked(RwLock<HashSet<String>>);

impl Revoked {
    pub(crate) fn set(&self, serials: Vec<String>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = serials.into_iter().collect();
    }

    pub(crate) fn has(&self, serial: &str) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(serial)
    }
}
