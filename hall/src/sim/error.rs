//! Why a simulated party failed, as opposed to refused.

use thiserror::Error;

use crate::store::StoreError;

/// A simulated party could not use its book.
#[derive(Debug, Error)]
pub enum SimError {
    /// The book could not be opened.
    #[error("cannot open a simulated book")]
    Open(#[from] StoreError),
    /// The book could not be read or written.
    #[error("cannot use a simulated book")]
    Book(#[from] rusqlite::Error),
}
