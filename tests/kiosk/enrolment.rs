//! Kiosk and hall over mutual TLS: enrolled with a token, paid, renewed, revoked, refused.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use libtest_mimic::{Failed, Trial};
use lucheng::clock::calendar;
use lucheng::demo::Stage;
use lucheng::kiosk::identity_dir;
use lucheng::visit::Touch;
use rcgen::{CertificateParams, DnType, Issuer, KeyPair, date_time_ymd};

use crate::actor::{Actor, Done, Setting, check, same, trial};
use crate::paying::{finish, to_bill, to_outcome};

/// Electricity of the first invented person.
const POWER: (&str, &str) = ("BT-E01", "0101234567890");

pub fn trials() -> Vec<Trial> {
    vec![
        trial("enrolment::an_enrolled_kiosk_pays_and_a_revoked_one_is_refused", paid_then_revoked),
        trial("enrolment::a_token_enrols_one_kiosk_once", a_token_counts_once),
        trial("enrolment::a_hall_of_another_authority_is_not_believed", another_authority),
        trial("enrolment::a_kiosk_without_certificate_does_not_start", without_certificate),
        trial("enrolment::a_certificate_near_its_end_is_renewed", renewed),
    ]
}

fn known(prepare: fn(&Stage) -> Done) -> Setting<'static> {
    Setting { certificates: Some(prepare), ..Setting::default() }
}

fn paid_then_revoked() -> Done {
    let actor = Actor::with(&known(enrolled))?;
    pay(&actor)?;
    actor.paid_once()?;
    same(actor.stage.hall.revoke("BT07")?, 1)?;
    actor.until("the refusal", |actor| actor.answer().is_some_and(|answer| !answer.online))?;
    actor.until("the word for it", |actor| !actor.screen().frame.online)?;
    actor.paid_once()
}

fn a_token_counts_once() -> Done {
    let actor = Actor::with(&known(enrolled))?;
    let token = fs::read_to_string(actor.stage.dir().join("token"))?;
    let again = enrol(&actor.stage, &token, &actor.stage.authority().join("authority.pem"))?;
    let said = String::from_utf8_lossy(&again.stderr).into_owned();
    check(again.status.code() == Some(1) && said.contains("unknown, used or lapsed"), said)
}

fn another_authority() -> Done {
    let actor = Actor::with(&known(enrolled))?;
    let other = tempfile::tempdir()?;
    hall::Authority::make(other.path(), vec!["127.0.0.1".to_owned()], calendar())?;
    let token = actor.stage.hall.enrolment_token("BT07", 60)?;
    let refused = enrol(&actor.stage, &token, &other.path().join("authority.pem"))?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    check(refused.status.code() == Some(1) && said.contains("no hall of this authority"), said)
}

fn without_certificate() -> Done {
    let Err(error) = Actor::with(&known(|_| Ok(()))) else { return Err("it started".into()) };
    let said = format!("{error:?}");
    check(said.contains("hall link"), said)
}

fn renewed() -> Done {
    let actor = Actor::with(&known(nearly_over))?;
    let file = identity_dir(&actor.stage.config().state_dir).join("kiosk.pem");
    let old = fs::read(actor.stage.dir().join("old.pem"))?;
    actor.until("the renewal", |_| fs::read(&file).is_ok_and(|shown| shown != old))?;
    pay(&actor)?;
    actor.paid_once()?;
    // The hall knows only the certificate that it gave.
    same(actor.stage.hall.revoke("BT07")?, 1)
}

fn pay(actor: &Actor) -> Done {
    actor.stage.terminal.set_auto(true);
    to_bill(actor, POWER.0, POWER.1)?;
    actor.touch(Touch::Go)?;
    to_outcome(actor)?;
    finish(actor).map(drop)
}

/// As a technician does it.
fn enrolled(stage: &Stage) -> Done {
    let token = stage.hall.enrolment_token("BT07", 60)?;
    fs::write(stage.dir().join("token"), &token)?;
    let done = enrol(stage, &token, &stage.authority().join("authority.pem"))?;
    check(done.status.success(), String::from_utf8_lossy(&done.stderr))
}

fn enrol(stage: &Stage, token: &str, authority: &Path) -> Result<Output, Failed> {
    let file = stage.dir().join("kiosk.toml");
    fs::write(&file, crate::window::written(&stage.config()))?;
    let at = stage.hall.enrolment_url().ok_or("nobody can enrol")?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_lucheng"));
    command.args(["enrol", "--token", token, "--at", &at, "--authority"]).arg(authority);
    Ok(command.arg("--config").arg(file).output()?)
}

/// A certificate of which one day of ninety is left.
fn nearly_over(stage: &Stage) -> Done {
    let folder = identity_dir(&stage.config().state_dir);
    fs::create_dir_all(&folder)?;
    let authority = fs::read_to_string(stage.authority().join("authority.pem"))?;
    let signer = KeyPair::from_pem(&fs::read_to_string(stage.authority().join("authority.key"))?)?;
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "BT07");
    let day = |from_now: i64| -> Result<_, Failed> {
        let moment = calendar().checked_add(jiff::SignedDuration::from_hours(from_now * 24))?;
        let date = jiff::tz::Offset::UTC.to_datetime(moment).date();
        Ok(date_time_ymd(date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs()))
    };
    (params.not_before, params.not_after) = (day(-89)?, day(2)?);
    let signed = params.signed_by(&key, &Issuer::from_ca_cert_pem(&authority, signer)?)?;
    let shown = key.serialize_pem() + &signed.pem();
    fs::write(folder.join("authority.pem"), authority)?;
    fs::write(stage.dir().join("old.pem"), &shown)?;
    Ok(fs::write(folder.join("kiosk.pem"), shown)?)
}
