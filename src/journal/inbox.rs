//! What the hall told: remembered together with what it changed, so that nothing is missed and nothing done
//! twice.

use super::entry::Entry;
use super::facts::Fact;
use super::{Journal, JournalError};
use crate::money::{Order, Step};

impl Journal {
    /// Remembers an inbox event, with the order after the step that it caused. The remembered number never
    /// goes back; the step counts either way, because its own version keeps it from being done twice.
    pub fn record_inbox(&self, seq: u64, change: Option<(&Order, &Step)>) -> Result<(), JournalError> {
        let entry = change.map(|(order, step)| Entry::new(&self.keys, order, step)).transpose()?;
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        self.write(move |transaction| {
            if seq > Fact::Inbox.read(transaction)?.unwrap_or(0) {
                Fact::Inbox.write(transaction, seq)?;
            }
            entry.map_or(Ok(()), |entry| entry.write(transaction))
        })
    }

    /// The last inbox event that is durable, 0 for none.
    pub fn inbox_seq(&self) -> Result<u64, JournalError> {
        self.read(|transaction| Ok(Fact::Inbox.read(transaction)?.unwrap_or(0).unsigned_abs()))
    }
}
