//! Applications and certificates of a person.

use hall_api::{
    Application, ApplicationEvent, ApplicationState, ApplicationStep, Licence, LicenceStanding, LicenceUse,
    TrustLevel, UsePurpose,
};
use jiff::civil::Date;

use super::{Row, Session, StoreError, values};
use crate::application;
use crate::seal::SealedAccount;
use crate::word::word_of;

/// Applications or certificates of one person in one answer; more do not fit the pages of a kiosk.
const RECORDS_MAX: i64 = 50;
/// Uses of one certificate in one answer.
const USES_MAX: i64 = 20;

const APPLICATION: &str =
    "SELECT application_no, item, department, promised_days, opinion, result FROM applications";
const LICENCE: &str = "SELECT licence_no, title, issuer, trust, valid_until, withdrawn_why FROM licences";

/// A new application, before anything happened to it.
pub struct NewApplication<'a> {
    /// Its number.
    pub application_no: &'a str,
    /// Whose it is.
    pub person: &'a SealedAccount,
    /// Item applied for.
    pub item: &'a str,
    /// Who decides.
    pub department: &'a str,
    /// Promised working days.
    pub promised_days: u32,
}

/// A new certificate.
pub struct NewLicence<'a> {
    /// Its number.
    pub licence_no: &'a str,
    /// Whose it is.
    pub person: &'a SealedAccount,
    /// What it is.
    pub title: &'a str,
    /// Who issued it.
    pub issuer: &'a str,
    /// How far it can be relied on.
    pub trust: TrustLevel,
    /// Last day, empty: for ever.
    pub valid_until: &'a str,
}

/// Keeps a new application. False when there is one of this number.
pub fn add_application(session: &dyn Session, new: &NewApplication<'_>) -> Result<bool, StoreError> {
    let sql = "INSERT INTO applications VALUES ($1, $2, $3, $4, $5, '', '')
               ON CONFLICT (application_no) DO NOTHING";
    let NewApplication { application_no, person, item, department, promised_days } = new;
    let added = session.execute(sql, values![application_no, person, item, department, promised_days])?;
    Ok(added == 1)
}

/// Lets something happen to an application. False, and nothing changes, when it cannot happen now.
pub fn application_event(
    session: &dyn Session,
    application_no: &str,
    event: ApplicationEvent,
    day: Date,
) -> Result<bool, StoreError> {
    let events = events_of(session, application_no)?;
    let state = application::state_after(&events);
    if application::next(state, event).is_none() || (state.is_none() && !events.is_empty()) {
        return Ok(false);
    }
    let seq = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let sql = "INSERT INTO application_events VALUES ($1, $2, $3, $4)";
    session.execute(sql, values![application_no, seq, word_of(&event), day.to_string()])?;
    Ok(true)
}

/// What a department says about an application, and the document that came of it.
pub fn set_finding(
    session: &dyn Session,
    application_no: &str,
    (opinion, result): (&str, &str),
) -> Result<(), StoreError> {
    let sql = "UPDATE applications SET opinion = $2, result = $3 WHERE application_no = $1";
    session.execute(sql, values![application_no, opinion, result]).map(drop)
}

/// Keeps a new certificate. False when there is one of this number.
pub fn add_licence(session: &dyn Session, new: &NewLicence<'_>) -> Result<bool, StoreError> {
    let sql = "INSERT INTO licences VALUES ($1, $2, $3, $4, $5, $6, '')
               ON CONFLICT (licence_no) DO NOTHING";
    let NewLicence { licence_no, person, title, issuer, trust, valid_until } = new;
    let added =
        session.execute(sql, values![licence_no, person, title, issuer, word_of(trust), valid_until])?;
    Ok(added == 1)
}

/// Takes a certificate back, for a reason that its holder is told.
pub fn withdraw_licence(session: &dyn Session, licence_no: &str, why: &str) -> Result<(), StoreError> {
    let sql = "UPDATE licences SET withdrawn_why = $2 WHERE licence_no = $1";
    session.execute(sql, values![licence_no, why]).map(drop)
}

/// Applications of a person, the newest first.
pub fn applications_of(
    session: &dyn Session,
    person: &SealedAccount,
    today: Date,
) -> Result<Vec<Application>, StoreError> {
    let sql = format!("{APPLICATION} WHERE person = $1 ORDER BY application_no DESC LIMIT $2");
    let rows = session.query(&sql, values![person, RECORDS_MAX])?;
    rows.iter().map(|row| application_from(session, row, today)).collect()
}

/// One application of a person; none also when it is somebody else's.
pub fn application_of(
    session: &dyn Session,
    (person, application_no): (&SealedAccount, &str),
    today: Date,
) -> Result<Option<Application>, StoreError> {
    let sql = format!("{APPLICATION} WHERE person = $1 AND application_no = $2");
    let row = session.query_optional(&sql, values![person, application_no])?;
    row.map(|row| application_from(session, &row, today)).transpose()
}

/// One application, for whoever holds a printed code of it.
pub fn application_by_no(
    session: &dyn Session,
    application_no: &str,
    today: Date,
) -> Result<Option<Application>, StoreError> {
    let row = session
        .query_optional(&format!("{APPLICATION} WHERE application_no = $1"), values![application_no])?;
    row.map(|row| application_from(session, &row, today)).transpose()
}

/// Certificates of a person, by title.
pub fn licences_of(
    session: &dyn Session,
    person: &SealedAccount,
    today: Date,
) -> Result<Vec<Licence>, StoreError> {
    let sql = format!("{LICENCE} WHERE person = $1 ORDER BY title, licence_no LIMIT $2");
    let rows = session.query(&sql, values![person, RECORDS_MAX])?;
    rows.iter().map(|row| licence_from(session, row, today)).collect()
}

/// One certificate of a person; none also when it is somebody else's.
pub fn licence_of(
    session: &dyn Session,
    (person, licence_no): (&SealedAccount, &str),
    today: Date,
) -> Result<Option<Licence>, StoreError> {
    let sql = format!("{LICENCE} WHERE person = $1 AND licence_no = $2");
    let row = session.query_optional(&sql, values![person, licence_no])?;
    row.map(|row| licence_from(session, &row, today)).transpose()
}

/// One certificate, for whoever holds a printed code of it.
pub fn licence_by_no(
    session: &dyn Session,
    licence_no: &str,
    today: Date,
) -> Result<Option<Licence>, StoreError> {
    let row = session.query_optional(&format!("{LICENCE} WHERE licence_no = $1"), values![licence_no])?;
    row.map(|row| licence_from(session, &row, today)).transpose()
}

/// Writes one use of a certificate down.
pub fn log_use(
    session: &dyn Session,
    licence_no: &str,
    (kiosk, purpose, today): (&str, UsePurpose, Date),
) -> Result<(), StoreError> {
    let sql = "SELECT COALESCE(MAX(seq), 0) + 1 FROM licence_uses WHERE licence_no = $1";
    let seq: i64 = session.query_one(sql, values![licence_no])?.get(0)?;
    let sql = "INSERT INTO licence_uses VALUES ($1, $2, $3, $4, $5)";
    session.execute(sql, values![licence_no, seq, today.to_string(), kiosk, word_of(&purpose)]).map(drop)
}

fn application_from(session: &dyn Session, row: &Row, today: Date) -> Result<Application, StoreError> {
    let application_no: String = row.get(0)?;
    let events = events_of(session, &application_no)?;
    let promised_days = row.get(3)?;
    let state =
        if events.is_empty() { Some(ApplicationState::Submitted) } else { application::state_after(&events) };
    Ok(Application {
        item: row.get(1)?,
        department: row.get(2)?,
        state: state.ok_or(StoreError::Corrupt { column: "event" })?,
        clock: application::clock(&events, promised_days, today),
        steps: events
            .iter()
            .map(|(event, day)| ApplicationStep { event: *event, day: day.to_string() })
            .collect(),
        opinion: row.get(4)?,
        result: row.get(5)?,
        application_no,
    })
}

fn events_of(
    session: &dyn Session,
    application_no: &str,
) -> Result<Vec<(ApplicationEvent, Date)>, StoreError> {
    let sql = "SELECT event, day FROM application_events WHERE application_no = $1 ORDER BY seq";
    let rows = session.query(sql, values![application_no])?;
    rows.iter().map(|row| Ok((row.word(0)?, day_of(&row.get::<String>(1)?)?))).collect()
}

fn licence_from(session: &dyn Session, row: &Row, today: Date) -> Result<Licence, StoreError> {
    let licence_no: String = row.get(0)?;
    let (valid_until, withdrawn_why): (String, String) = (row.get(4)?, row.get(5)?);
    let over = !valid_until.is_empty() && day_of(&valid_until)? < today;
    let standing = match (withdrawn_why.is_empty(), over) {
        (false, _) => LicenceStanding::Withdrawn,
        (true, true) => LicenceStanding::Expired,
        (true, false) => LicenceStanding::Valid,
    };
    Ok(Licence {
        title: row.get(1)?,
        issuer: row.get(2)?,
        trust: row.word(3)?,
        uses: uses_of(session, &licence_no)?,
        licence_no,
        valid_until,
        standing,
        withdrawn_why,
    })
}

fn uses_of(session: &dyn Session, licence_no: &str) -> Result<Vec<LicenceUse>, StoreError> {
    let sql = "SELECT day, kiosk, purpose FROM licence_uses WHERE licence_no = $1 ORDER BY seq DESC LIMIT $2";
    let rows = session.query(sql, values![licence_no, USES_MAX])?;
    let used = |row: &Row| Ok(LicenceUse { day: row.get(0)?, kiosk: row.get(1)?, purpose: row.word(2)? });
    rows.iter().map(used).collect()
}

fn day_of(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt { column: "day" })
}
