//! What the hall keeps about one person, printed copies, and what it says about a printed code.

use hall_api::{
    Application, ApplicationState, CopyKind, CopyRequest, Licence, LicenceStanding, PrintedCopy, Records,
    RecordsRequest, TrustLevel, UsePurpose, Verification,
};
use jiff::civil::Date;

use super::Desk;
use crate::clock::business_date;
use crate::order::{check_account, check_kiosk};
use crate::refusal::Refusal;
use crate::seal::SealedAccount;
use crate::store::{self, Session};

/// Signs of a code: no two look alike on paper.
const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Sixteen of them are 80 bits: nobody guesses one.
const CODE_SIGNS: usize = 16;

impl Desk {
    /// Everything about the person whose card was read.
    pub(crate) async fn records(&self, request: RecordsRequest) -> Result<Records, Refusal> {
        check_kiosk(&request.kiosk)?;
        check_account(&request.id_number)?;
        let (person, today) = (self.seal.account(&request.id_number), self.today());
        let work = move |session: &dyn Session| {
            Ok(Records {
                applications: store::applications_of(session, &person, today)?,
                licences: store::licences_of(session, &person, today)?,
            })
        };
        self.store.look(work).await
    }

    /// Counts a copy of a document of this person and gives what is printed.
    pub(crate) async fn copy(&self, request: CopyRequest) -> Result<PrintedCopy, Refusal> {
        check_kiosk(&request.kiosk)?;
        check_account(&request.id_number)?;
        let (person, today) = (self.seal.account(&request.id_number), self.today());
        let code = new_code();
        let work = move |session: &dyn Session| {
            let mut paper = printable(session, &person, &request, today)?;
            paper.code.clone_from(&code);
            let document = (request.kind, request.number.as_str());
            paper.copy = store::add_copy(session, &code, document, (&request.kiosk, today))?;
            if request.kind == CopyKind::Licence {
                let used = (request.kiosk.as_str(), UsePurpose::Print, today);
                store::log_use(session, &request.number, used)?;
            }
            Ok(paper)
        };
        self.store.run(work).await
    }

    /// What stands behind a printed code; without anything about the holder.
    pub(crate) async fn verify(&self, code: String) -> Result<Verification, Refusal> {
        let today = self.today();
        let work = move |session: &dyn Session| {
            let copy = store::copy_by_code(session, &code)?.ok_or(Refusal::UnknownRecord)?;
            let (title, issuer, standing) = document(session, copy.kind, &copy.number, today)?;
            Ok(Verification { title, number: copy.number, issuer, copy: copy.copy, day: copy.day, standing })
        };
        self.store.look(work).await
    }

    fn today(&self) -> Date {
        business_date(self.clock.now())
    }
}

/// What is printed, without code and count; another person's number is as unknown as any.
fn printable(
    session: &dyn Session,
    person: &SealedAccount,
    request: &CopyRequest,
    today: Date,
) -> Result<PrintedCopy, Refusal> {
    let whose = (person, request.number.as_str());
    match request.kind {
        CopyKind::Result => {
            let found = store::application_of(session, whose, today)?;
            result_copy(found.ok_or(Refusal::UnknownRecord)?, today)
        }
        CopyKind::Licence => {
            licence_copy(store::licence_of(session, whose, today)?.ok_or(Refusal::UnknownRecord)?, today)
        }
    }
}

fn result_copy(application: Application, today: Date) -> Result<PrintedCopy, Refusal> {
    let decided = matches!(application.state, ApplicationState::Granted | ApplicationState::Delivered);
    if !decided || application.result.is_empty() {
        return Err(Refusal::NotPrintable { why: "the application has no result yet" });
    }
    Ok(PrintedCopy {
        code: String::new(),
        copy: 0,
        title: application.result,
        number: application.application_no,
        issuer: application.department,
        trust: TrustLevel::A,
        valid_until: String::new(),
        day: today.to_string(),
    })
}

fn licence_copy(licence: Licence, today: Date) -> Result<PrintedCopy, Refusal> {
    if licence.standing != LicenceStanding::Valid {
        return Err(Refusal::NotValid);
    }
    if matches!(licence.trust, TrustLevel::C | TrustLevel::D) {
        return Err(Refusal::NotPrintable { why: "nobody has checked the original" });
    }
    Ok(PrintedCopy {
        code: String::new(),
        copy: 0,
        title: licence.title,
        number: licence.licence_no,
        issuer: licence.issuer,
        trust: licence.trust,
        valid_until: licence.valid_until,
        day: today.to_string(),
    })
}

/// Title, issuer and standing of a document that was once printed.
fn document(
    session: &dyn Session,
    kind: CopyKind,
    number: &str,
    today: Date,
) -> Result<(String, String, LicenceStanding), Refusal> {
    match kind {
        CopyKind::Result => {
            let found = store::application_by_no(session, number, today)?.ok_or(Refusal::UnknownRecord)?;
            Ok((found.result, found.department, LicenceStanding::Valid))
        }
        CopyKind::Licence => {
            let found = store::licence_by_no(session, number, today)?.ok_or(Refusal::UnknownRecord)?;
            Ok((found.title, found.issuer, found.standing))
        }
    }
}

fn new_code() -> String {
    let random: [u8; CODE_SIGNS] = rand::random();
    let signs = random.iter().filter_map(|byte| SIGNS.get(usize::from(byte % 32)));
    signs.map(|sign| char::from(*sign)).collect()
}
