//! Bytes of a card that nobody here decodes.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A photo (WLT) or fingerprints as the card holds them. No open decoder is known; they stay opaque, are
/// zeroised on drop and show only their length.
#[derive(Clone, Default, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct OpaqueBytes(Vec<u8>);

impl OpaqueBytes {
    /// Takes the bytes.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes, for an optional decoder. Never log them.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for OpaqueBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpaqueBytes({} bytes)", self.0.len())
    }
}
