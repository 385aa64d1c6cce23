//! One question to the printer over HTTP, and its answer.

use std::time::Duration;

use ipp::parser::IppParseError;
use ipp::prelude::Uri;
use ureq::{Agent, Error, Timeout};

use super::message::{Answer, IppFault, JobView, Queue};
use super::settings::IppSettings;
use crate::document_printer::{DocumentFault, DocumentJob, DocumentStatus};
use crate::status::{DeviceError, ProtocolFault};

/// Longest answer: a queue of a hundred jobs takes 30 kB.
const MAX_ANSWER_BYTES: u64 = 1024 * 1024;

/// Default port of IPP.
const PORT: u16 = 631;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CallError {
    /// The printer cannot be reached: it got nothing.
    Unreachable,
    /// The printer got some or all of it and did not answer.
    Lost,
    /// The printer answered, but not as hoped.
    Fault(IppFault),
}

impl CallError {
    /// Whether the printer surely has nothing of the request: it was not reached, or said no.
    pub(super) fn is_refusal(&self) -> bool {
        match self {
            Self::Unreachable => true,
            Self::Lost => false,
            Self::Fault(fault) => {
                matches!(fault, IppFault::Http(400..) | IppFault::Refused(_) | IppFault::Address)
            }
        }
    }

    pub(super) fn fault(&self) -> DocumentFault {
        match self {
            Self::Unreachable => DocumentFault::Unreachable,
            // server-error-temporary-error, -not-accepting-jobs, -busy.
            Self::Fault(IppFault::Refused(0x0505..=0x0507) | IppFault::Http(503)) => DocumentFault::Busy,
            Self::Fault(IppFault::Refused(_) | IppFault::Http(_)) => DocumentFault::Refused,
            Self::Lost | Self::Fault(_) => DocumentFault::Silent,
        }
    }
}

impl From<IppFault> for CallError {
    fn from(fault: IppFault) -> Self {
        Self::Fault(fault)
    }
}

/// A request could not be built: a setting does not fit IPP.
impl From<IppParseError> for CallError {
    fn from(_: IppParseError) -> Self {
        Self::Fault(IppFault::Address)
    }
}

#[derive(Debug)]
pub(super) struct Client {
    agent: Agent,
    address: String,
    queue: Queue,
}

impl Client {
    /// For a printer at `ipp://host[:port]/path`; an HTTP address is as good.
    pub(super) fn new(uri: &str, settings: &IppSettings) -> Result<Self, IppFault> {
        let uri: Uri = uri.parse().map_err(|_| IppFault::Address)?;
        let address = address(&uri).ok_or(IppFault::Address)?;
        let config = Agent::config_builder()
            .timeout_connect(Some(Duration::from_millis(settings.connect_timeout_ms)))
            .timeout_global(Some(Duration::from_millis(settings.answer_timeout_ms)))
            // A document does not leave for wherever the environment or a stranger's answer points.
            .proxy(None)
            .max_redirects(0);
        Ok(Self { agent: config.build().into(), address, queue: Queue { uri, settings: settings.clone() } })
    }

    pub(super) fn printer(&self) -> Result<DocumentStatus, CallError> {
        Ok(self.call(self.queue.ask_printer()?)?.printer()?)
    }

    /// Sends a document; gives the printer's number of the job.
    pub(super) fn print(&self, job: &DocumentJob) -> Result<i32, CallError> {
        let mut bytes = self.queue.print_job(job)?;
        bytes.extend_from_slice(&job.pdf);
        let answer = self.call(bytes)?;
        answer.jobs().next().map(|job| job.number).ok_or(CallError::Fault(IppFault::Missing("job-id")))
    }

    /// The newest job of this name, ended or not.
    pub(super) fn find(&self, name: &str) -> Result<Option<i32>, CallError> {
        let mut found = None;
        for which in ["not-completed", "completed"] {
            let jobs = self.call(self.queue.ask_jobs(which)?)?;
            let numbers = jobs.jobs().filter(|job| job.name.as_deref() == Some(name)).map(|job| job.number);
            found = numbers.chain(found).max();
        }
        Ok(found)
    }

    pub(super) fn job(&self, number: i32) -> Result<JobView, CallError> {
        let answer = self.call(self.queue.ask_job(number)?)?;
        answer.jobs().next().ok_or(CallError::Fault(IppFault::Missing("job-state")))
    }

    pub(super) fn cancel(&self, number: i32) -> Result<(), CallError> {
        self.call(self.queue.cancel_job(number)?).map(drop)
    }

    fn call(&self, bytes: Vec<u8>) -> Result<Answer, CallError> {
        let request = self.agent.post(&self.address).content_type("application/ipp");
        let response = request.send(&bytes).map_err(|error| call_error(&error))?;
        let body = response.into_body().into_with_config().limit(MAX_ANSWER_BYTES).read_to_vec();
        Ok(Answer::parse(body.map_err(|_| CallError::Lost)?)?)
    }

    /// The same error for callers that know no IPP.
    pub(super) fn device_error(&self, error: CallError, what: &'static str) -> DeviceError {
        match error {
            CallError::Unreachable => DeviceError::PortMissing { path: self.address.clone() },
            CallError::Lost => {
                DeviceError::TimeOut { what, waited_ms: self.queue.settings.answer_timeout_ms }
            }
            CallError::Fault(fault) => DeviceError::Protocol(ProtocolFault::Ipp(fault)),
        }
    }
}

fn address(uri: &Uri) -> Option<String> {
    if !matches!(uri.scheme_str(), Some("ipp" | "http")) {
        return None;
    }
    let default = if uri.scheme_str() == Some("http") { 80 } else { PORT };
    let port = uri.port_u16().unwrap_or(default);
    Some(format!("http://{}:{port}{}", uri.host()?, uri.path_and_query()?))
}

fn call_error(error: &Error) -> CallError {
    match error {
        Error::StatusCode(status) => CallError::Fault(IppFault::Http(*status)),
        Error::HostNotFound
        | Error::ConnectionFailed
        | Error::BadUri(_)
        | Error::Timeout(Timeout::Resolve | Timeout::Connect) => CallError::Unreachable,
        Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => CallError::Unreachable,
        _ => CallError::Lost,
    }
}
