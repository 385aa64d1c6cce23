//! One instance per state directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::JournalError;

const FILE_NAME: &str = "lucheng.lock";

/// Takes the directory; it is free again when the file is dropped or the process dies.
pub(super) fn take(dir: &Path) -> Result<File, JournalError> {
    let path = dir.join(FILE_NAME);
    let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JournalError::Locked),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}
