//! SIMULATED records of the invented people, for demo and tests.

use hall_api::{ApplicationEvent, TrustLevel};
use jiff::Span;
use jiff::civil::Date;
use kiosk_config::{DemoPerson, demo_people};
use serde::Deserialize;

use crate::seal::Seal;
use crate::store::{self, NewApplication, NewLicence, Session, StoreError};

const RECORDS: &str = include_str!("../sim/records.json");

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Records {
    applications: Vec<SeedApplication>,
    licences: Vec<SeedLicence>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedApplication {
    person: usize,
    number: String,
    item: String,
    department: String,
    promised_days: u32,
    #[serde(default)]
    opinion: String,
    #[serde(default)]
    result: String,
    /// What happened, and how many days ago.
    events: Vec<(ApplicationEvent, i64)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedLicence {
    person: usize,
    number: String,
    title: String,
    issuer: String,
    trust: TrustLevel,
    /// Days from today to its last one; none: for ever.
    valid_days: Option<i64>,
    #[serde(default)]
    withdrawn_why: String,
}

/// Keeps the records of the invented people; what is there already stays as it is.
pub(crate) fn seed(session: &dyn Session, seal: &Seal, today: Date) -> Result<(), StoreError> {
    let records: Records = serde_json::from_str(RECORDS).unwrap_or_default();
    let people = demo_people();
    records.applications.iter().try_for_each(|one| seed_application(session, one, &people, seal, today))?;
    records.licences.iter().try_for_each(|one| seed_licence(session, one, &people, seal, today))
}

fn seed_application(
    session: &dyn Session,
    seed: &SeedApplication,
    people: &[DemoPerson],
    seal: &Seal,
    today: Date,
) -> Result<(), StoreError> {
    let Some(person) = people.get(seed.person) else { return Ok(()) };
    let new = NewApplication {
        application_no: &seed.number,
        person: &seal.account(&person.id_number),
        item: &seed.item,
        department: &seed.department,
        promised_days: seed.promised_days,
    };
    if !store::add_application(session, &new)? {
        return Ok(());
    }
    for (event, days_ago) in &seed.events {
        store::application_event(session, &seed.number, *event, day(today, -days_ago))?;
    }
    store::set_finding(session, &seed.number, (&seed.opinion, &seed.result))
}

fn seed_licence(
    session: &dyn Session,
    seed: &SeedLicence,
    people: &[DemoPerson],
    seal: &Seal,
    today: Date,
) -> Result<(), StoreError> {
    let Some(person) = people.get(seed.person) else { return Ok(()) };
    let valid_until = seed.valid_days.map(|days| day(today, days).to_string()).unwrap_or_default();
    let new = NewLicence {
        licence_no: &seed.number,
        person: &seal.account(&person.id_number),
        title: &seed.title,
        issuer: &seed.issuer,
        trust: seed.trust,
        valid_until: &valid_until,
    };
    if store::add_licence(session, &new)? && !seed.withdrawn_why.is_empty() {
        store::withdraw_licence(session, &seed.number, &seed.withdrawn_why)?;
    }
    Ok(())
}

fn day(today: Date, days: i64) -> Date {
    today.checked_add(Span::new().days(days)).unwrap_or(today)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::state_after;

    #[test]
    fn every_seeded_application_has_a_history_that_can_have_happened() {
        let records: Records = serde_json::from_str(RECORDS).unwrap();
        let today = jiff::civil::date(2026, 11, 24);
        for seed in &records.applications {
            let events: Vec<_> = seed.events.iter().map(|(event, ago)| (*event, day(today, -ago))).collect();
            assert!(events.is_sorted_by_key(|(_, day)| *day), "{}", seed.number);
            assert!(state_after(&events).is_some(), "{}", seed.number);
        }
        assert!(records.applications.len() >= 5 && records.licences.len() >= 5);
    }
}
