//! The record of charges made from the shell: durable before the terminal is asked, so that a charge whose
//! outcome was not seen is asked about and never made twice.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The longest record that is read: a line is some 100 bytes, so this is far more than one technician makes.
const MAX_BYTES: u64 = 16 << 20;

/// Why the record cannot be kept.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// The file or its folder.
    #[error("{path}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Another command is charging at this moment.
    #[error("{0} is in use by another command")]
    InUse(PathBuf),
}

/// How far a charge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The terminal is about to be asked; if nothing follows, nobody knows.
    Charging,
    /// Charged.
    Approved,
    /// Surely not charged.
    Declined,
    /// Charged and undone, or never charged and closed.
    Reversed,
}

/// One line of the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Order number.
    pub order: String,
    /// Amount in fen.
    pub amount_fen: i64,
    /// How far it is.
    pub step: Step,
}

/// An open record, locked against other commands.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    file: File,
    entries: Vec<Entry>,
}

impl Ledger {
    /// Opens the record in a folder, and makes both where they are not there.
    pub fn open(folder: &Path) -> Result<Self, LedgerError> {
        let path = folder.join("charges.jsonl");
        let failed = |source| LedgerError::File { path: path.clone(), source };
        fs::create_dir_all(folder).map_err(failed)?;
        let options = OpenOptions::new().read(true).append(true).create(true).clone();
        let mut file = options.open(&path).map_err(failed)?;
        file.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => LedgerError::InUse(path.clone()),
            fs::TryLockError::Error(source) => failed(source),
        })?;
        let entries = read(&mut file).map_err(failed)?;
        Ok(Self { path, file, entries })
    }

    /// The last line about an order.
    pub fn last(&self, order: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.order == order)
    }

    /// Orders whose outcome nobody saw, oldest first.
    pub fn unresolved(&self) -> Vec<&Entry> {
        let last = |entry: &&Entry| self.last(&entry.order) == Some(*entry);
        self.entries.iter().filter(|entry| entry.step == Step::Charging).filter(last).collect()
    }

    /// Writes a line; it is on the disk when this returns.
    pub fn write(&mut self, entry: Entry) -> Result<(), LedgerError> {
        let failed = |source| LedgerError::File { path: self.path.clone(), source };
        // The line before may have been torn by a power cut: a line of its own ends it.
        let line = serde_json::to_string(&entry).map_err(|error| failed(error.into()))?;
        self.file.write_all(format!("\n{line}\n").as_bytes()).map_err(failed)?;
        self.file.sync_data().map_err(failed)?;
        self.entries.push(entry);
        Ok(())
    }
}

/// Torn lines are none.
fn read(file: &mut File) -> io::Result<Vec<Entry>> {
    file.seek(SeekFrom::Start(0))?;
    let lines = BufReader::new(file.take(MAX_BYTES)).lines();
    lines.filter_map(|line| line.map(|line| serde_json::from_str(&line).ok()).transpose()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(order: &str, step: Step) -> Entry {
        Entry { order: order.to_owned(), amount_fen: 100, step }
    }

    #[test]
    fn an_order_is_unresolved_until_its_outcome_is_written_even_after_a_torn_line() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(folder.path()).unwrap();
        ledger.write(entry("A1", Step::Charging)).unwrap();
        ledger.write(entry("A2", Step::Charging)).unwrap();
        ledger.write(entry("A1", Step::Approved)).unwrap();
        assert!(matches!(Ledger::open(folder.path()), Err(LedgerError::InUse(_))));
        drop(ledger);
        let path = folder.path().join("charges.jsonl");
        let mut torn = OpenOptions::new().append(true).open(path).unwrap();
        torn.write_all(b"{\"order\":\"A2\",\"amo").unwrap();
        let mut ledger = Ledger::open(folder.path()).unwrap();
        assert_eq!(ledger.unresolved(), [&entry("A2", Step::Charging)]);
        ledger.write(entry("A2", Step::Declined)).unwrap();
        assert_eq!(ledger.unresolved(), Vec::<&Entry>::new());
        drop(ledger);
        let ledger = Ledger::open(folder.path()).unwrap();
        assert_eq!(ledger.last("A2"), Some(&entry("A2", Step::Declined)));
    }
}
