//! The key file: 32 random bytes beside the database, made once, readable by the owner only.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rand::TryRng;
use rand::rngs::SysRng;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{Journal, JournalError, room};

const FILE_NAME: &str = "journal.key";
/// Written first and then renamed, so that a power cut leaves a whole key or none.
const NEW_FILE_NAME: &str = "journal.key.new";
/// Key of XChaCha20-Poly1305 and of the digest.
pub(super) const KEY_BYTES: usize = 32;
/// Block of SHA-256, for HMAC (RFC 2104).
const BLOCK_BYTES: usize = 64;

/// One key per use, derived from the file.
#[derive(ZeroizeOnDrop)]
pub(super) struct KeyRing {
    /// Seals fields.
    pub(super) seal: [u8; KEY_BYTES],
    payer: [u8; KEY_BYTES],
}

impl KeyRing {
    /// Loads the key; makes one only for a journal that does not exist yet.
    pub(super) fn load_or_create(dir: &Path, journal_exists: bool) -> Result<Self, JournalError> {
        let mut root = match std::fs::read(dir.join(FILE_NAME)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound && !journal_exists => create(dir)?.to_vec(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(JournalError::Key),
            Err(error) => return Err(error.into()),
        };
        if root.len() != KEY_BYTES {
            return Err(JournalError::Key);
        }
        let ring = Self { seal: hmac(&root, b"seal"), payer: hmac(&root, b"payer") };
        root.zeroize();
        Ok(ring)
    }
}

fn create(dir: &Path) -> Result<[u8; KEY_BYTES], JournalError> {
    let mut key = [0; KEY_BYTES];
    SysRng.try_fill_bytes(&mut key).map_err(|_| JournalError::Key)?;
    let new = dir.join(NEW_FILE_NAME);
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&new)?;
    file.write_all(&key)?;
    file.sync_all()?;
    std::fs::rename(&new, dir.join(FILE_NAME))?;
    room::sync_dir(dir)?;
    Ok(key)
}

/// HMAC-SHA256 (RFC 2104); every key here is shorter than a block.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let padded = |pad: u8| {
        let mut block = [pad; BLOCK_BYTES];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().into()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Journal {
    /// Keyed digest of an ID number: the same card finds its order, and nobody without the key finds the
    /// card.
    #[must_use]
    pub fn payer_digest(&self, id_number: &str) -> String {
        hex(&hmac(&self.keys.payer, id_number.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_hmac_sha256_as_rfc_4231_has_it() {
        let mac = hmac(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(hex(&mac), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
