//! What an operator does from the shell: enrol a kiosk, revoke it.

use thiserror::Error;

use crate::clock::{Clock, SystemClock};
use crate::database::Database;
use crate::identity::{digest_of, new_token};
use crate::order::check_kiosk;
use crate::refusal::Refusal;
use crate::store::{self, Store, StoreError};

/// Longest life of a token that enrols.
const TOKEN_MINUTES_MAX: u32 = 60;

/// Why an operator's wish is not carried out.
#[derive(Debug, Error)]
pub enum OperatorError {
    /// No kiosk has such a code.
    #[error("a kiosk's code has 1 to 32 letters, digits, hyphens")]
    Kiosk,
    /// A token would live too long, or not at all.
    #[error("a token lives 1 to 60 minutes")]
    Minutes,
    /// The database failed.
    #[error("cannot use the hall's database")]
    Store(#[from] StoreError),
}

/// An operator with a database. A SQLite file belongs to a running hall: ask that one instead.
pub struct Operator {
    store: Store,
}

impl Operator {
    /// Opens the database of a hall.
    pub fn open(database: &Database) -> Result<Self, OperatorError> {
        Ok(Self { store: Store::open(database)? })
    }

    /// A token that enrols one kiosk once within some minutes, 60 at most.
    pub fn enrolment_token(&self, kiosk: &str, minutes: u32) -> Result<String, OperatorError> {
        enrolment_token(&self.store, kiosk, minutes)
    }

    /// Revokes every certificate of a kiosk and says how many there were.
    pub fn revoke(&self, kiosk: &str) -> Result<u64, OperatorError> {
        revoke(&self.store, kiosk)
    }
}

pub(crate) fn enrolment_token(store: &Store, kiosk: &str, minutes: u32) -> Result<String, OperatorError> {
    let kiosk = checked(kiosk)?;
    if !(1..=TOKEN_MINUTES_MAX).contains(&minutes) {
        return Err(OperatorError::Minutes);
    }
    let token = new_token();
    let (digest, lapses_ms) = (digest_of(&token), now_ms().saturating_add(i64::from(minutes) * 60_000));
    store.run_waiting::<_, StoreError, _>(move |session| {
        store::add_token(session, (&kiosk, &digest), lapses_ms)
    })?;
    Ok(token)
}

pub(crate) fn revoke(store: &Store, kiosk: &str) -> Result<u64, OperatorError> {
    let (kiosk, now_ms) = (checked(kiosk)?, now_ms());
    Ok(store.run_waiting::<_, StoreError, _>(move |session| store::revoke(session, &kiosk, now_ms))?)
}

fn checked(kiosk: &str) -> Result<String, OperatorError> {
    match check_kiosk(kiosk) {
        Ok(()) => Ok(kiosk.to_owned()),
        Err::<(), Refusal>(_) => Err(OperatorError::Kiosk),
    }
}

/// Tokens and certificates live on the real calendar, like those who check them.
fn now_ms() -> i64 {
    SystemClock.now().as_millisecond()
}
