//! Single numbers that outlive everything: epoch, last sequence, last inbox event.

use rusqlite::{OptionalExtension, Transaction, params};

use super::{Journal, JournalError};
use crate::money::OrderId;

/// Name of a number in the table.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fact {
    Epoch,
    Sequence,
    Inbox,
}

impl Fact {
    const fn name(self) -> &'static str {
        match self {
            Self::Epoch => "epoch",
            Self::Sequence => "sequence",
            Self::Inbox => "inbox",
        }
    }

    pub(super) fn read(self, transaction: &Transaction<'_>) -> Result<Option<i64>, JournalError> {
        let mut statement = transaction.prepare_cached("SELECT value FROM facts WHERE name = ?1")?;
        Ok(statement.query_row(params![self.name()], |row| row.get(0)).optional()?)
    }

    pub(super) fn write(self, transaction: &Transaction<'_>, value: i64) -> Result<(), JournalError> {
        let mut statement = transaction.prepare_cached(
            "INSERT INTO facts (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
        )?;
        statement.execute(params![self.name(), value])?;
        Ok(())
    }
}

impl Journal {
    /// The enrolment epoch; none before the first enrolment.
    pub fn epoch(&self) -> Result<Option<u32>, JournalError> {
        self.read(stored_epoch)
    }

    /// Begins an epoch with its own sequence; the same epoch again changes nothing, an older one is refused.
    pub fn set_epoch(&self, epoch: u32) -> Result<(), JournalError> {
        self.write(move |transaction| {
            let stored = stored_epoch(transaction)?.unwrap_or(0);
            if epoch < stored {
                return Err(JournalError::EpochBack { stored, given: epoch });
            }
            if epoch > stored {
                Fact::Epoch.write(transaction, i64::from(epoch))?;
                Fact::Sequence.write(transaction, 0)?;
            }
            Ok(())
        })
    }

    /// A new order id; durable before it is given out, so never given out twice.
    pub fn next_order_id(&self, kiosk: &str) -> Result<OrderId, JournalError> {
        let kiosk = kiosk.to_owned();
        self.write(move |transaction| {
            let epoch = stored_epoch(transaction)?.ok_or(JournalError::NotEnrolled)?;
            let sequence = Fact::Sequence.read(transaction)?.unwrap_or(0) + 1;
            let id = OrderId::new(&kiosk, epoch, sequence.unsigned_abs())?;
            Fact::Sequence.write(transaction, sequence)?;
            Ok(id)
        })
    }
}

fn stored_epoch(transaction: &Transaction<'_>) -> Result<Option<u32>, JournalError> {
    Ok(Fact::Epoch.read(transaction)?.and_then(|epoch| u32::try_from(epoch).ok()))
}
