//! Requests and answers of IPP; the `ipp` crate knows their bytes.

use std::io::Cursor;

use ipp::attribute::{IppAttribute, IppAttributeGroup};
use ipp::model::{DelimiterTag, IppVersion, Operation};
use ipp::parser::{IppParseError, IppParser};
use ipp::prelude::Uri;
use ipp::reader::IppReader;
use ipp::request::IppRequestResponse;
use ipp::value::IppValue;
use thiserror::Error;

use super::reasons;
use super::settings::IppSettings;
use crate::document_printer::{DocumentJob, DocumentStatus};

/// Jobs that a queue is asked for: ours is among the newest.
const MAX_JOBS: i32 = 100;

/// Statuses from here on are errors (RFC 8011 appendix B).
const FIRST_ERROR: u16 = 0x0100;

/// An answer that is not what was asked for.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum IppFault {
    /// HTTP refused.
    #[error("HTTP status {0}")]
    Http(u16),
    /// The printer refused (RFC 8011 appendix B).
    #[error("IPP status {0:#06x}")]
    Refused(u16),
    /// Not an IPP message.
    #[error("not an IPP message")]
    Malformed,
    /// An attribute that every printer must send.
    #[error("no {0}")]
    Missing(&'static str),
    /// The address of the printer is none.
    #[error("not a printer URI")]
    Address,
}

/// `job-state` (RFC 8011 5.3.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Behind other jobs, or held.
    Waiting,
    /// On its way through the printer.
    Processing,
    /// Stopped until somebody does something.
    Stopped,
    /// Cancelled by somebody.
    Canceled,
    /// Given up by the printer.
    Aborted,
    /// Done.
    Completed,
}

impl JobState {
    fn from_number(number: i32) -> Option<Self> {
        Some(match number {
            3 | 4 => Self::Waiting,
            5 => Self::Processing,
            6 => Self::Stopped,
            7 => Self::Canceled,
            8 => Self::Aborted,
            9 => Self::Completed,
            _ => return None,
        })
    }
}

/// A job as the printer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobView {
    /// The printer's number.
    pub number: i32,
    /// Our name, if the printer says it.
    pub name: Option<String>,
    /// Where it is.
    pub state: JobState,
    /// Why, in keywords.
    pub reasons: Vec<String>,
    /// Sheets that came out.
    pub sheets: Option<u32>,
}

/// One printer and who prints on it.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    pub(super) uri: Uri,
    pub(super) settings: IppSettings,
}

type Built = Result<Vec<u8>, IppParseError>;

impl Queue {
    pub(super) fn ask_printer(&self) -> Built {
        let wanted = keywords(&["printer-state", "printer-state-reasons", "printer-is-accepting-jobs"])?;
        self.request(Operation::GetPrinterAttributes, vec![("requested-attributes", wanted)], vec![])
    }

    /// The document follows the bytes.
    pub(super) fn print_job(&self, job: &DocumentJob) -> Built {
        let operation = vec![
            ("job-name", IppValue::new_name_without_language(job.name())?),
            ("document-format", IppValue::new_mime_media_type("application/pdf")?),
            ("ipp-attribute-fidelity", IppValue::new_boolean(false)),
        ];
        let template = vec![
            ("media", IppValue::new_keyword(self.settings.media.clone())?),
            ("sides", IppValue::new_keyword(self.settings.sides.clone())?),
        ];
        self.request(Operation::PrintJob, operation, template)
    }

    pub(super) fn ask_jobs(&self, which: &str) -> Built {
        let operation = vec![
            ("limit", IppValue::new_integer(MAX_JOBS)),
            ("which-jobs", IppValue::new_keyword(which)?),
            ("requested-attributes", job_keywords()?),
        ];
        self.request(Operation::GetJobs, operation, vec![])
    }

    pub(super) fn ask_job(&self, number: i32) -> Built {
        let operation =
            vec![("job-id", IppValue::new_integer(number)), ("requested-attributes", job_keywords()?)];
        self.request(Operation::GetJobAttributes, operation, vec![])
    }

    pub(super) fn cancel_job(&self, number: i32) -> Built {
        self.request(Operation::CancelJob, vec![("job-id", IppValue::new_integer(number))], vec![])
    }

    /// The order of the first attributes is fixed: character set, language, printer, job, user.
    fn request(
        &self,
        operation: Operation,
        mut attributes: Vec<(&str, IppValue)>,
        template: Vec<(&str, IppValue)>,
    ) -> Built {
        let user = IppValue::new_name_without_language(self.settings.user_name.clone())?;
        let behind_job = usize::from(attributes.first().is_some_and(|(name, _)| *name == "job-id"));
        attributes.insert(behind_job, ("requesting-user-name", user));
        let mut request = IppRequestResponse::new(IppVersion::v1_1(), operation, Some(self.uri.clone()))?;
        let groups =
            [(DelimiterTag::OperationAttributes, attributes), (DelimiterTag::JobAttributes, template)];
        for (group, attributes) in groups {
            for (name, value) in attributes {
                request.attributes_mut().add(group, IppAttribute::with_name(name, value)?);
            }
        }
        Ok(request.to_bytes().to_vec())
    }
}

fn job_keywords() -> Result<IppValue, IppParseError> {
    keywords(&["job-id", "job-name", "job-state", "job-state-reasons", "job-media-sheets-completed"])
}

fn keywords(words: &[&str]) -> Result<IppValue, IppParseError> {
    words.iter().map(|word| IppValue::new_keyword(*word)).collect::<Result<Vec<_>, _>>().map(IppValue::Array)
}

/// An answer that the printer did not refuse.
pub struct Answer(IppRequestResponse);

impl Answer {
    /// Reads the body of an answer.
    ///
    /// # Errors
    /// `Malformed`, or `Refused` with the printer's status.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, IppFault> {
        let answer = IppParser::new(IppReader::new(Cursor::new(bytes))).parse();
        let answer = answer.map_err(|_| IppFault::Malformed)?;
        match answer.header().operation_or_status.cast_unsigned() {
            refused @ FIRST_ERROR.. => Err(IppFault::Refused(refused)),
            _ => Ok(Self(answer)),
        }
    }

    /// The state of the printer.
    ///
    /// # Errors
    /// `Missing`.
    pub fn printer(&self) -> Result<DocumentStatus, IppFault> {
        let group = self.groups(DelimiterTag::PrinterAttributes).next();
        let group = group.ok_or(IppFault::Missing("printer attributes"))?;
        let state = number(group, "printer-state").ok_or(IppFault::Missing("printer-state"))?;
        let accepts = group.get("printer-is-accepting-jobs").map(IppAttribute::value);
        let accepts = !matches!(accepts, Some(IppValue::Boolean(false)));
        Ok(reasons::status(state, accepts, &words(group, "printer-state-reasons")))
    }

    /// The jobs, each a group of its own.
    pub fn jobs(&self) -> impl Iterator<Item = JobView> {
        self.groups(DelimiterTag::JobAttributes).filter_map(job)
    }

    fn groups(&self, tag: DelimiterTag) -> impl Iterator<Item = &IppAttributeGroup> {
        self.0.attributes().groups_of(tag)
    }
}

fn job(group: &IppAttributeGroup) -> Option<JobView> {
    Some(JobView {
        number: number(group, "job-id")?,
        name: words(group, "job-name").into_iter().next(),
        state: JobState::from_number(number(group, "job-state")?)?,
        reasons: words(group, "job-state-reasons"),
        sheets: number(group, "job-media-sheets-completed").and_then(|sheets| u32::try_from(sheets).ok()),
    })
}

fn number(group: &IppAttributeGroup, name: &str) -> Option<i32> {
    match group.get(name)?.value() {
        IppValue::Integer(value) | IppValue::Enum(value) => Some(*value),
        _ => None,
    }
}

/// The words of an attribute with one or many.
fn words(group: &IppAttributeGroup, name: &str) -> Vec<String> {
    let Some(attribute) = group.get(name) else { return Vec::new() };
    let word = |value: &IppValue| match value {
        IppValue::Keyword(word) => Some(word.to_string()),
        IppValue::NameWithoutLanguage(name) | IppValue::NameWithLanguage { name, .. } => {
            Some(name.to_string())
        }
        _ => None,
    };
    attribute.value().into_iter().filter_map(word).collect()
}
