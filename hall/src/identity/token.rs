//! Single-use tokens that enrol a kiosk.

use sha2::{Digest, Sha256};

/// A token of 128 random bits, which a person may type and a QR code may carry.
pub(crate) fn new_token() -> String {
    format!("{:032X}", rand::random::<u128>())
}

/// What the database keeps: nobody who reads it can enrol.
pub(crate) fn digest_of(token: &str) -> String {
    let digest = Sha256::digest(token.trim().to_ascii_uppercase().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
