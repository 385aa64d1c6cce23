//! The state directory: made private, made durable, measured.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use super::JournalError;

/// Makes the directory for the owner only; one that exists keeps its mode.
pub(super) fn make_dir(dir: &Path) -> Result<(), JournalError> {
    if dir.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        sync_dir(parent)?;
    }
    Ok(())
}

/// Makes the names in a directory durable.
pub(super) fn sync_dir(dir: &Path) -> Result<(), JournalError> {
    Ok(File::open(dir)?.sync_all()?)
}

/// Space that this process may still use on the file system of `dir`.
pub(super) fn free_bytes(dir: &Path) -> Result<u64, JournalError> {
    let found = rustix::fs::statvfs(dir).map_err(std::io::Error::from)?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}
