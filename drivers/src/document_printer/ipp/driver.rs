//! The driver of an IPP printer.
//!
//! A job has a name of ours. Before it is sent, and whenever an answer got lost, the printer's queue is asked
//! for that name; so a lost answer never prints a document twice.

use std::thread;
use std::time::{Duration, Instant};

use super::client::{CallError, Client};
use super::message::{IppFault, JobState, JobView};
use super::settings::IppSettings;
use crate::cancel::CancelToken;
use crate::document_printer::{
    DocumentFault, DocumentJob, DocumentOutcome, DocumentPrinter, DocumentProgress, DocumentStatus,
};
use crate::status::DeviceError;
use crate::timing::deadline_ms;

/// Statuses of a job that the printer does not know any more: not found, gone.
const FORGOTTEN: [u16; 2] = [0x0406, 0x0407];

/// A printer at an IPP address.
#[derive(Debug)]
pub struct IppPrinter {
    client: Client,
    settings: IppSettings,
}

/// Why a job is being taken back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Recall {
    Asked,
    TooSlow,
}

impl IppPrinter {
    /// A printer at `ipp://host[:port]/path`.
    ///
    /// # Errors
    /// [`IppFault::Address`]. Encrypted addresses (`ipps`) are not supported.
    pub fn new(uri: &str, settings: IppSettings) -> Result<Self, IppFault> {
        Ok(Self { client: Client::new(uri, &settings)?, settings })
    }

    /// The printer's number of the job: of the one that it already has, or of the one that it gets now.
    fn hand_over(&self, job: &DocumentJob) -> Result<i32, DocumentOutcome> {
        let not_started = |error: CallError| DocumentOutcome::NotStarted(error.fault());
        if let Some(fault) = self.client.printer().map_err(not_started)?.fault {
            return Err(DocumentOutcome::NotStarted(fault));
        }
        if let Some(number) = self.client.find(&job.name()).map_err(not_started)? {
            tracing::info!(name = job.name(), number, "the printer has this job already");
            return Ok(number);
        }
        match self.client.print(job) {
            Ok(number) => Ok(number),
            Err(error) if error.is_refusal() => Err(not_started(error)),
            Err(error) => self.look_up(job).ok_or(DocumentOutcome::Doubtful(error.fault())),
        }
    }

    /// Looks for a job whose answer got lost. That it is not there proves nothing: it may be on its way.
    fn look_up(&self, job: &DocumentJob) -> Option<i32> {
        for _ in 0..self.settings.lookups {
            if let Ok(Some(number)) = self.client.find(&job.name()) {
                return Some(number);
            }
            self.pause();
        }
        None
    }

    fn watch(
        &self,
        number: i32,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(DocumentProgress),
    ) -> DocumentOutcome {
        let (mut recall, mut last, mut silences) = (None, None, 0);
        let mut give_up = deadline_ms(self.settings.job_timeout_ms);
        loop {
            match self.client.job(number) {
                Ok(job) => {
                    if let Some(outcome) = ended(&job, recall) {
                        return outcome;
                    }
                    silences = 0;
                    let now = self.progress(&job);
                    if last.replace(now) != Some(now) {
                        progress(now);
                    }
                }
                Err(CallError::Fault(IppFault::Refused(status))) if FORGOTTEN.contains(&status) => {
                    return DocumentOutcome::Doubtful(DocumentFault::Aborted);
                }
                Err(error) if silences >= self.settings.lookups => {
                    return DocumentOutcome::Doubtful(error.fault());
                }
                Err(_) => silences += 1,
            }
            match (recall, Instant::now() >= give_up) {
                (None, late) if late || cancel.is_canceled() => {
                    recall = Some(if late { Recall::TooSlow } else { Recall::Asked });
                    give_up = deadline_ms(self.settings.answer_timeout_ms);
                    self.take_back(number);
                }
                (Some(_), true) => return DocumentOutcome::Doubtful(DocumentFault::TooSlow),
                _ => {}
            }
            self.pause();
        }
    }

    /// Only the state of the job says whether that came in time.
    fn take_back(&self, number: i32) {
        if let Err(error) = self.client.cancel(number) {
            tracing::warn!(number, ?error, "job not taken back");
        }
    }

    /// A job that waits for paper is told apart from one that prints by what the printer says.
    fn progress(&self, job: &JobView) -> DocumentProgress {
        let fault = self.client.printer().ok().and_then(|status| status.fault);
        match (fault, job.state) {
            (Some(fault), _) => DocumentProgress::Stopped(fault),
            (None, JobState::Stopped) => DocumentProgress::Stopped(DocumentFault::Offline),
            (None, JobState::Waiting) => DocumentProgress::Waiting,
            (None, _) => DocumentProgress::Printing { sheets: job.sheets },
        }
    }

    /// Until the next question. Nobody wakes this thread early; if somebody did, it would ask early.
    fn pause(&self) {
        thread::park_timeout(Duration::from_millis(self.settings.job_interval_ms));
    }
}

fn ended(job: &JobView, recall: Option<Recall>) -> Option<DocumentOutcome> {
    let sheets = job.sheets;
    let errors = job.reasons.iter().any(|reason| reason == "job-completed-with-errors");
    match (job.state, recall) {
        (JobState::Completed, _) if errors => Some(DocumentOutcome::Doubtful(DocumentFault::Aborted)),
        (JobState::Completed, _) => Some(DocumentOutcome::Printed),
        (JobState::Canceled, Some(Recall::Asked)) => Some(DocumentOutcome::Canceled { sheets }),
        (JobState::Canceled, Some(Recall::TooSlow)) => {
            Some(DocumentOutcome::Interrupted { sheets, fault: DocumentFault::TooSlow })
        }
        (JobState::Canceled | JobState::Aborted, _) => {
            Some(DocumentOutcome::Interrupted { sheets, fault: DocumentFault::Aborted })
        }
        _ => None,
    }
}

impl DocumentPrinter for IppPrinter {
    fn status(&mut self) -> Result<DocumentStatus, DeviceError> {
        self.client.printer().map_err(|error| self.client.device_error(error, "Get-Printer-Attributes"))
    }

    fn print(
        &mut self,
        job: &DocumentJob,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(DocumentProgress),
    ) -> DocumentOutcome {
        if !job.is_fit() {
            return DocumentOutcome::NotStarted(DocumentFault::BadDocument);
        }
        if cancel.is_canceled() {
            return DocumentOutcome::Canceled { sheets: None };
        }
        match self.hand_over(job) {
            Ok(number) => self.watch(number, cancel, progress),
            Err(outcome) => outcome,
        }
    }
}
