//! One step, made ready on the caller's thread and written on the journal's: entry, order and outbox row
//! together.

use rusqlite::{OptionalExtension, Transaction, params};

use super::key::KeyRing;
use super::seal::Place;
use super::{JournalError, OfflineCap};
use crate::money::{Charge, Order, Step};

/// A step with everything sealed that has to be.
pub(super) struct Entry {
    id: String,
    charge: &'static str,
    total_fen: i64,
    offline: bool,
    version: u32,
    is_final: bool,
    /// Whether the order counts against the offline cap from now on; none leaves that as it is.
    exposed: Option<bool>,
    payer: Option<String>,
    made_at: String,
    step: &'static str,
    hall_hears: bool,
    sealed_order: Vec<u8>,
    sealed_step: Vec<u8>,
}

impl Entry {
    /// `order` is the order after the step.
    pub(super) fn new(keys: &KeyRing, order: &Order, step: &Step) -> Result<Self, JournalError> {
        let id = order.id.to_string();
        Ok(Self {
            charge: order.charge.name(),
            total_fen: order.total()?.get(),
            offline: order.offline,
            version: order.version,
            is_final: order.is_final(),
            exposed: exposed(order, step),
            payer: order.payer.clone(),
            made_at: order.made_at.clone(),
            step: step.name(),
            hall_hears: hall_hears(step),
            sealed_order: keys.seal_json(&Place::order(&id, order.version), order)?,
            sealed_step: keys.seal_json(&Place::entry(&id, order.version), step)?,
            id,
        })
    }

    /// Everything that one step changes.
    pub(super) fn write(&self, transaction: &Transaction<'_>) -> Result<(), JournalError> {
        let stored = self.check_version(transaction)?;
        if stored == 0 {
            self.insert_order(transaction)?
        } else {
            self.update_order(transaction)?
        }
        self.append(transaction)?;
        if self.hall_hears { self.post(transaction) } else { Ok(()) }
    }

    /// Refuses an offline order beyond the cap, counted with what is written so far.
    pub(super) fn check_cap(
        &self,
        transaction: &Transaction<'_>,
        cap: OfflineCap,
    ) -> Result<(), JournalError> {
        let (unsent_fen, cap_fen) = (unsent_fen(transaction)?, cap.per_kiosk_fen);
        if self.offline && unsent_fen.saturating_add(self.total_fen) > cap_fen {
            return Err(JournalError::CapReached { unsent_fen, wanted_fen: self.total_fen, cap_fen });
        }
        Ok(())
    }

    fn check_version(&self, transaction: &Transaction<'_>) -> Result<u32, JournalError> {
        let mut statement = transaction.prepare_cached("SELECT version FROM orders WHERE id = ?1")?;
        let stored = statement.query_row(params![self.id], |row| row.get(0)).optional()?.unwrap_or(0);
        let begins = self.step == Step::Intend.name();
        if self.version.checked_sub(1) != Some(stored) || begins != (stored == 0) {
            let order = self.id.clone();
            return Err(JournalError::OutOfOrder { order, stored, given: self.version });
        }
        Ok(stored)
    }

    fn insert_order(&self, transaction: &Transaction<'_>) -> Result<(), JournalError> {
        let mut statement = transaction.prepare_cached(
            "INSERT INTO orders
             (id, charge, total_fen, offline, version, final, exposed, payer, made_at, sealed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?;
        statement.execute(params![
            self.id,
            self.charge,
            self.total_fen,
            self.offline,
            self.version,
            self.is_final,
            self.exposed.unwrap_or(self.offline),
            self.payer,
            self.made_at,
            self.sealed_order,
        ])?;
        Ok(())
    }

    fn update_order(&self, transaction: &Transaction<'_>) -> Result<(), JournalError> {
        let mut statement = transaction.prepare_cached(
            "UPDATE orders SET charge = ?2, version = ?3, final = ?4, exposed = coalesce(?5, exposed),
             payer = ?6, sealed = ?7 WHERE id = ?1",
        )?;
        statement.execute(params![
            self.id,
            self.charge,
            self.version,
            self.is_final,
            self.exposed,
            self.payer,
            self.sealed_order,
        ])?;
        Ok(())
    }

    fn append(&self, transaction: &Transaction<'_>) -> Result<(), JournalError> {
        let mut statement = transaction.prepare_cached(
            "INSERT INTO entries (order_id, version, step, sealed) VALUES (?1, ?2, ?3, ?4)",
        )?;
        statement.execute(params![self.id, self.version, self.step, self.sealed_step])?;
        Ok(())
    }

    /// An order has one place in the outbox, however often it changes; a person's release is needed after a
    /// refusal.
    fn post(&self, transaction: &Transaction<'_>) -> Result<(), JournalError> {
        let mut statement = transaction.prepare_cached(
            "INSERT INTO outbox (order_id, version) VALUES (?1, ?2)
             ON CONFLICT (order_id) DO UPDATE SET version = ?2",
        )?;
        statement.execute(params![self.id, self.version])?;
        Ok(())
    }
}

/// Sum of the offline orders that the hall does not know.
pub(super) fn unsent_fen(transaction: &Transaction<'_>) -> Result<i64, JournalError> {
    let mut statement =
        transaction.prepare_cached("SELECT coalesce(sum(total_fen), 0) FROM orders WHERE exposed = 1")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Whether the hall has to hear of a step.
const fn hall_hears(step: &Step) -> bool {
    match step {
        Step::Intend | Step::Charge | Step::Progress(_) => false,
        Step::CloseFree | Step::Decline(_) | Step::Approve(_) | Step::LoseTrack | Step::Reverse => true,
        Step::ConfirmReversal | Step::RefuseReversal | Step::HandOver => true,
    }
}

fn exposed(order: &Order, step: &Step) -> Option<bool> {
    let ended = matches!(order.charge, Charge::Declined(_) | Charge::Reversed);
    (hall_hears(step) || matches!(step, Step::Intend)).then_some(order.offline && !ended)
}
