//! What the hall keeps about one person: applications and how they stand, certificates, printed copies.

use serde::{Deserialize, Serialize};

/// Asks for everything that the hall keeps about one person, over all departments and levels.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordsRequest {
    /// The kiosk that asks.
    pub kiosk: String,
    /// Citizen identification number from the card.
    pub id_number: String,
}

impl std::fmt::Debug for RecordsRequest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("RecordsRequest").field("kiosk", &self.kiosk).finish_non_exhaustive()
    }
}

/// Everything about one person; empty lists for somebody whom the hall does not know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Records {
    /// At most 50, the newest first.
    pub applications: Vec<Application>,
    /// At most 50, by title.
    pub licences: Vec<Licence>,
}

/// One application (办件), from its submission to its delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Application {
    /// Its number, such as `150200-2026-0081123`.
    pub application_no: String,
    /// Name of the item applied for.
    pub item: String,
    /// Department that decides.
    pub department: String,
    /// Where it stands.
    pub state: ApplicationState,
    /// Steps that are done, oldest first.
    pub steps: Vec<ApplicationStep>,
    /// The promised time.
    pub clock: LegalClock,
    /// What the department wants corrected, or why it refused; empty otherwise.
    pub opinion: String,
    /// Name of the document that came of it; empty while there is none.
    pub result: String,
}

/// Where an application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ApplicationState {
    /// Sent in, not yet looked at.
    Submitted,
    /// Taken in; the clock runs.
    Accepted,
    /// The applicant has to correct or add something; the clock stands still.
    ToCorrect,
    /// Being examined.
    InReview,
    /// Stopped for a legal reason; the clock stands still.
    Stopped,
    /// Granted; the result waits to be handed over.
    Granted,
    /// Refused, with the reason.
    Refused,
    /// The result was handed over.
    Delivered,
}

/// A step that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApplicationStep {
    /// What happened.
    pub event: ApplicationEvent,
    /// On which day in the hall, such as `2026-11-24`.
    pub day: String,
}

/// What happens to an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ApplicationEvent {
    /// The applicant sent it in.
    Submit,
    /// The department took it in.
    Accept,
    /// The department wants something corrected or added.
    AskCorrection,
    /// The applicant corrected it.
    Correct,
    /// Examination began.
    Review,
    /// A technical review began.
    StopForTechnicalReview,
    /// A hearing was called.
    StopForHearing,
    /// A visit to the place began.
    StopForSiteVisit,
    /// The legal reason for the stop is over.
    Resume,
    /// Granted.
    Grant,
    /// Refused.
    Refuse,
    /// The result was handed over.
    Deliver,
}

/// Working days of an application: the day of acceptance does not count, the last day does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LegalClock {
    /// Promised.
    pub promised_days: u32,
    /// Used up, without stopped days.
    pub used_days: u32,
    /// Days on which the clock stood still.
    pub stopped_days: u32,
}

/// One electronic certificate (电子证照) of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Licence {
    /// Its number.
    pub licence_no: String,
    /// What it is.
    pub title: String,
    /// Who issued it.
    pub issuer: String,
    /// How far it can be relied on.
    pub trust: TrustLevel,
    /// Last day on which it is valid, such as `2030-06-30`; empty: for ever.
    pub valid_until: String,
    /// Whether it can be used now.
    pub standing: LicenceStanding,
    /// Why it was withdrawn; empty while it was not.
    pub withdrawn_why: String,
    /// Every use, the newest first, at most 20.
    pub uses: Vec<LicenceUse>,
}

/// How far a certificate can be relied on (国办函〔2016〕108号).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TrustLevel {
    /// Given by the issuing agency itself: used directly.
    A,
    /// Checked against the original by a window: used again.
    B,
    /// Sent in by the holder: the original must be checked.
    C,
    /// Declared by the holder, who answers for it.
    D,
}

/// Whether a certificate can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LicenceStanding {
    /// It counts.
    Valid,
    /// Its last day is over.
    Expired,
    /// The issuer took it back.
    Withdrawn,
}

/// One use of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LicenceUse {
    /// On which day in the hall.
    pub day: String,
    /// Kiosk at which it was used.
    pub kiosk: String,
    /// What for.
    pub purpose: UsePurpose,
}

/// What a certificate was used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum UsePurpose {
    /// Printed for its holder.
    Print,
}

/// Asks for one document to print; each call counts as a copy, whether or not paper came out.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CopyRequest {
    /// The kiosk that asks.
    pub kiosk: String,
    /// Citizen identification number of the holder, from the card.
    pub id_number: String,
    /// What is printed.
    pub kind: CopyKind,
    /// Number of the application or certificate.
    pub number: String,
}

impl std::fmt::Debug for CopyRequest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("CopyRequest").field("kiosk", &self.kiosk).finish_non_exhaustive()
    }
}

/// What is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CopyKind {
    /// The document that came of an application.
    Result,
    /// A certificate.
    Licence,
}

/// A copy that may be printed once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrintedCopy {
    /// Code by which anybody can have the hall verify the paper.
    pub code: String,
    /// Which copy of this document it is, from 1.
    pub copy: u32,
    /// What the document is.
    pub title: String,
    /// Its number.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// How far it can be relied on; decides the watermark.
    pub trust: TrustLevel,
    /// Last day on which it is valid; empty: for ever.
    pub valid_until: String,
    /// On which day in the hall it is printed.
    pub day: String,
}

/// What the hall says about a printed code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verification {
    /// What the document is.
    pub title: String,
    /// Its number.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// Which copy it is.
    pub copy: u32,
    /// On which day it was printed.
    pub day: String,
    /// Whether the document counts now.
    pub standing: LicenceStanding,
}
