//! Which receipt belongs to which of our orders. The wire does not say, so this is written down before the
//! terminal is asked, and outlives the program.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::payment_terminal::{Approval, PayMethod};

/// Orders kept: more than a kiosk has in a day, and a reversal comes within the day.
const MAX_ORDERS: usize = 512;

/// Why the memory cannot be used.
#[derive(Debug, Error)]
pub enum MemoryError {
    /// The file cannot be read or written.
    #[error("memory of receipts {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file holds something else.
    #[error("memory of receipts {path} is damaged")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        #[source]
        source: serde_json::Error,
    },
}

/// What the books of the terminal ended with before a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum LastReceipt {
    /// Nothing is in them.
    Empty,
    /// A refusal, which takes no number.
    Unnumbered,
    /// This one.
    Number(u16),
}

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Fate {
    /// Not known yet.
    Open,
    /// In the books under this receipt; the terminal itself does not know whether its bank has charged.
    Doubtful { receipt: u16 },
    /// Charged under this receipt.
    Charged { receipt: u16, approval: Approval },
    /// Surely not charged, with the code.
    Declined { code: String },
    /// Undone, or surely never in the books.
    Undone,
    /// Charged, and its batch is closed.
    Settled { approval: Approval },
}

impl Fate {
    /// Whether the terminal must be asked.
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Self::Open | Self::Doubtful { .. })
    }

    /// The receipt that a reversal names.
    pub(super) fn receipt(&self) -> Option<u16> {
        match self {
            Self::Doubtful { receipt } | Self::Charged { receipt, .. } => Some(*receipt),
            Self::Open | Self::Declined { .. } | Self::Undone | Self::Settled { .. } => None,
        }
    }
}

/// One order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) order: String,
    pub(super) amount_fen: i64,
    pub(super) method: PayMethod,
    pub(super) before: LastReceipt,
    pub(super) fate: Fate,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Book {
    orders: VecDeque<Entry>,
    /// An old order was dropped: one that is not here may have been here.
    dropped: bool,
}

/// The receipts of our orders.
#[derive(Debug)]
pub struct ReceiptMemory {
    path: Option<PathBuf>,
    book: Book,
}

impl ReceiptMemory {
    /// A memory that ends with the program. An order of an earlier run is never called unknown to the
    /// terminal.
    #[must_use]
    pub fn volatile() -> Self {
        Self { path: None, book: Book { orders: VecDeque::new(), dropped: true } }
    }

    /// The memory in a file, which is made by the first sale.
    ///
    /// # Errors
    /// [`MemoryError`] when the file is there and cannot be read. Without its memory the terminal must not
    /// charge.
    pub fn file(path: &Path) -> Result<Self, MemoryError> {
        let book = match fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|source| MemoryError::Damaged { path: path.to_owned(), source })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Book::default(),
            Err(source) => return Err(MemoryError::File { path: path.to_owned(), source }),
        };
        Ok(Self { path: Some(path.to_owned()), book })
    }

    /// Whether an order that is not here was surely never asked for.
    pub(super) fn is_complete(&self) -> bool {
        !self.book.dropped
    }

    pub(super) fn find(&self, order: &str) -> Option<&Entry> {
        self.book.orders.iter().rev().find(|entry| entry.order == order)
    }

    /// The order that was asked for last.
    pub(super) fn last(&self) -> Option<&Entry> {
        self.book.orders.back()
    }

    /// Whether this is the newest order with that receipt: the terminal counts to 9999 and starts again.
    pub(super) fn is_newest_with(&self, order: &str, receipt: u16) -> bool {
        let bears = |entry: &&Entry| entry.fate.receipt() == Some(receipt);
        self.book.orders.iter().rev().find(bears).is_some_and(|entry| entry.order == order)
    }

    /// Writes an order down; it is on the disk when this returns.
    pub(super) fn note(&mut self, entry: Entry) -> Result<(), MemoryError> {
        if self.book.orders.len() >= MAX_ORDERS {
            self.book.orders.pop_front();
            self.book.dropped = true;
        }
        self.book.orders.push_back(entry);
        self.save().inspect_err(|_| {
            self.book.orders.pop_back();
        })
    }

    /// Writes down what became of an order. A disk that fails here costs a question to the terminal after the
    /// next start and no money: the order is still in the file.
    pub(super) fn conclude(&mut self, order: &str, fate: Fate) {
        if let Some(entry) = self.book.orders.iter_mut().rev().find(|entry| entry.order == order) {
            entry.fate = fate;
        }
        self.save_or_warn();
    }

    /// Takes an order back that the terminal has surely not taken up.
    pub(super) fn forget(&mut self, order: &str) {
        self.book.orders.retain(|entry| entry.order != order);
        self.save_or_warn();
    }

    /// The batch is closed: nothing in it can be undone.
    pub(super) fn close_batch(&mut self) {
        for entry in &mut self.book.orders {
            if let Fate::Charged { approval, .. } = &entry.fate {
                entry.fate = Fate::Settled { approval: approval.clone() };
            }
        }
        self.save_or_warn();
    }

    fn save_or_warn(&self) {
        if let Err(error) = self.save() {
            tracing::warn!(%error, "memory of receipts not written");
        }
    }

    /// Replaces the file in one step: it is the old one or the new one, whenever the power fails.
    fn save(&self) -> Result<(), MemoryError> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        self.replace(path).map_err(|source| MemoryError::File { path: path.clone(), source })
    }

    fn replace(&self, path: &Path) -> io::Result<()> {
        let fresh = path.with_extension("new");
        let mut file = File::create(&fresh)?;
        file.write_all(&serde_json::to_vec(&self.book)?)?;
        file.sync_all()?;
        fs::rename(&fresh, path)?;
        // The name itself is durable only with its folder.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}
