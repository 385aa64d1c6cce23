//! Why the journal refuses, and what the technician does about it.

use rusqlite::ErrorCode;
use thiserror::Error;

use crate::money::{FenError, OrderIdError};

/// Why the journal refuses.
#[derive(Debug, Error)]
pub enum JournalError {
    /// Another process has this state directory. End it, or give this one a directory of its own.
    #[error("another process uses this state directory")]
    Locked,
    /// SQLite did not take a setting. The build is wrong: install the package again.
    #[error("sqlite keeps {name} at {actual} instead of {wanted}")]
    Pragma {
        /// The setting.
        name: &'static str,
        /// What the journal needs.
        wanted: &'static str,
        /// What SQLite says.
        actual: String,
    },
    /// SQLite is older than the repair of the WAL-reset bug. The build is wrong: install the package again.
    #[error("sqlite {0} can corrupt the journal")]
    SqliteTooOld(i32),
    /// A newer kiosk wrote this journal. Install that version again; nothing was touched.
    #[error("the journal has schema {found}, this program knows up to {known}")]
    Newer {
        /// Schema of the file.
        found: i64,
        /// Newest schema of this program.
        known: i64,
    },
    /// The file is damaged. Take no money; keep the directory, export it, and restore with the hall's ledger.
    #[error("the journal is damaged")]
    Corrupt,
    /// The disk is full; nothing was written. Make room: the next try works without a restart.
    #[error("the disk is full")]
    Full,
    /// The disk failed under a read or write. Restart the kiosk; if it comes again, replace the disk.
    #[error("the disk failed")]
    Disk(#[source] rusqlite::Error),
    /// The state directory cannot be used. Look at owner, mode and mount of the directory.
    #[error("the state directory cannot be used")]
    Io(#[from] std::io::Error),
    /// An earlier write failed, so what is on the disk is not known. Restart the kiosk: it checks the file.
    #[error("an earlier write failed; the journal takes nothing until it is opened again")]
    Halted,
    /// The journal's thread has ended. Restart the kiosk and report its log.
    #[error("the journal has stopped")]
    Stopped,
    /// An order's version does not follow the stored one. A defect: report it with the order's number.
    #[error("order {order}: version {given} does not follow {stored}")]
    OutOfOrder {
        /// The order.
        order: String,
        /// Version in the journal, 0 for none.
        stored: u32,
        /// Version that was to be recorded.
        given: u32,
    },
    /// Too much was taken offline already. Bring the hall's link back: delivery frees the cap.
    #[error("{unsent_fen} fen are unsent; {wanted_fen} more exceed the cap of {cap_fen}")]
    CapReached {
        /// Sum that the hall has not acknowledged.
        unsent_fen: i64,
        /// Total of the order that was refused.
        wanted_fen: i64,
        /// The cap.
        cap_fen: i64,
    },
    /// The kiosk has no enrolment epoch. Enrol it at the hall.
    #[error("the kiosk is not enrolled")]
    NotEnrolled,
    /// The epoch would go back, so that order ids could be reused. Enrol again for a new epoch.
    #[error("epoch {given} is older than {stored}")]
    EpochBack {
        /// Epoch in the journal.
        stored: u32,
        /// Epoch that was to be set.
        given: u32,
    },
    /// The sequence of this epoch is used up. Enrol again for a new epoch.
    #[error("no order id can be made")]
    OrderId(#[from] OrderIdError),
    /// The lines have no sum. A defect: report it.
    #[error("the lines have no sum")]
    Amount(#[from] FenError),
    /// The key file is missing or has the wrong size. Restore it from the kiosk's backup.
    #[error("the key file is missing or damaged")]
    Key,
    /// A sealed field does not open: damaged, moved to another row, or sealed by another key. As for
    /// `Corrupt`.
    #[error("a sealed field of {table} does not open")]
    Sealed {
        /// Table of the field.
        table: &'static str,
    },
    /// Content that cannot be written as, or read from, JSON. A defect or a damaged file: report it.
    #[error("content is not what its table holds")]
    Content(#[source] serde_json::Error),
    /// A print job cannot go there from where it stands. A defect: report it with the job's number.
    #[error("slip {job} cannot go from {from} to {to}")]
    SlipOutOfOrder {
        /// The print job.
        job: u64,
        /// Where it stands.
        from: &'static str,
        /// Where it was to go.
        to: &'static str,
    },
    /// No such print job. A defect: report it with the job's number.
    #[error("there is no slip {0}")]
    UnknownSlip(u64),
    /// SQLite refused a statement. A defect: report it with the log.
    #[error("sqlite refused a statement")]
    Sqlite(#[source] rusqlite::Error),
}

/// What screen and tiles say about the storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageTrouble {
    /// No room: payments wait until somebody makes room.
    StorageFull,
    /// Broken: payments wait for a technician.
    StorageFailed,
}

impl JournalError {
    /// What the resident is told; none where the storage is well and the refusal has words of its own.
    #[must_use]
    pub const fn resident(&self) -> Option<StorageTrouble> {
        match self {
            Self::Full => Some(StorageTrouble::StorageFull),
            Self::CapReached { .. } | Self::NotEnrolled | Self::EpochBack { .. } | Self::OrderId(_) => None,
            Self::Locked
            | Self::Pragma { .. }
            | Self::SqliteTooOld(_)
            | Self::Newer { .. }
            | Self::Corrupt => Some(StorageTrouble::StorageFailed),
            Self::Disk(_) | Self::Io(_) | Self::Halted | Self::Stopped | Self::Key | Self::Sealed { .. } => {
                Some(StorageTrouble::StorageFailed)
            }
            Self::OutOfOrder { .. } | Self::Amount(_) | Self::Content(_) | Self::Sqlite(_) => {
                Some(StorageTrouble::StorageFailed)
            }
            Self::SlipOutOfOrder { .. } | Self::UnknownSlip(_) => Some(StorageTrouble::StorageFailed),
        }
    }

    /// True when it is not known any more what is on the disk.
    pub(super) const fn leaves_doubt(&self) -> bool {
        matches!(self, Self::Disk(_) | Self::Corrupt)
    }
}

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::ReadOnly) => {
                Self::Disk(error)
            }
            _ => Self::Sqlite(error),
        }
    }
}

impl From<serde_json::Error> for JournalError {
    fn from(error: serde_json::Error) -> Self {
        Self::Content(error)
    }
}
