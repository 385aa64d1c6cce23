//! Identity of an order's immutable content.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// SHA-256 of a value's JSON, in hexadecimal. Fields are written in the order of their declaration,
/// so equal content has an equal hash.
pub fn content_hash<T: Serialize>(content: &T) -> String {
    let bytes = serde_json::to_vec(content).unwrap_or_default();
    Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
