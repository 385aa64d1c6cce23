//! Kiosks and the numbers that each of them counts.

use super::{Session, StoreError, values};

/// A number that each kiosk counts on its own.
#[derive(Clone, Copy, Debug)]
pub(super) enum Counter {
    Epoch,
    Quotes,
    Cases,
    Events,
}

impl Counter {
    const fn statement(self) -> &'static str {
        match self {
            Self::Epoch => {
                "INSERT INTO kiosks (kiosk, epoch) VALUES ($1, 1)
                 ON CONFLICT (kiosk) DO UPDATE SET epoch = kiosks.epoch + 1 RETURNING epoch"
            }
            Self::Quotes => {
                "INSERT INTO kiosks (kiosk, quotes_made) VALUES ($1, 1)
                 ON CONFLICT (kiosk) DO UPDATE SET quotes_made = kiosks.quotes_made + 1
                 RETURNING quotes_made"
            }
            Self::Cases => {
                "INSERT INTO kiosks (kiosk, cases_made) VALUES ($1, 1)
                 ON CONFLICT (kiosk) DO UPDATE SET cases_made = kiosks.cases_made + 1
                 RETURNING cases_made"
            }
            Self::Events => {
                "INSERT INTO kiosks (kiosk, events_made) VALUES ($1, 1)
                 ON CONFLICT (kiosk) DO UPDATE SET events_made = kiosks.events_made + 1
                 RETURNING events_made"
            }
        }
    }
}

/// The next number of a kiosk, from 1.
pub(super) fn next_number(session: &dyn Session, kiosk: &str, counter: Counter) -> Result<i64, StoreError> {
    session.query_one(counter.statement(), values![kiosk])?.get(0)
}

/// Enrols a kiosk once more and gives its new epoch.
pub fn enrol(session: &dyn Session, kiosk: &str) -> Result<u32, StoreError> {
    let epoch = next_number(session, kiosk, Counter::Epoch)?;
    u32::try_from(epoch).map_err(|_| StoreError::Corrupt { column: "kiosks.epoch" })
}
