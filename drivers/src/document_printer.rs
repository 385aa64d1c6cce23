//! A4 printers.
//!
//! Such a printer has a memory and a name for each job: what became of a job is asked, never guessed, and a
//! job whose answer got lost is looked for by its name before anything is sent again. What cannot be found
//! out is [`DocumentOutcome::Doubtful`], never repeated by the driver.

pub mod ipp;

use serde::{Deserialize, Serialize};

pub use ipp::{IppPrinter, IppSettings};

use crate::cancel::CancelToken;
use crate::status::{DeviceError, DeviceState};

/// Longest document: an application with pictures is a few MB.
pub const MAX_DOCUMENT_BYTES: usize = 64 * 1024 * 1024;

/// Longest identity of a job; an order id is shorter.
pub const MAX_ID_CHARS: usize = 64;

/// Paper or toner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Supply {
    /// Enough.
    Full,
    /// Near its end.
    Low,
    /// None.
    Out,
    /// Nobody said.
    #[default]
    Unknown,
}

/// What the printer says about itself. What nobody said is `Unknown`, never good news.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DocumentStatus {
    /// The state in one word.
    pub state: DeviceState,
    /// The paper.
    pub paper: Supply,
    /// Toner or ink.
    pub toner: Supply,
    /// Why nothing can be printed now. Low supplies are no reason.
    pub fault: Option<DocumentFault>,
}

/// Why a document was not, or not surely, printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentFault {
    /// No paper, or not the right one.
    PaperOut,
    /// Paper is stuck.
    Jammed,
    /// A cover or tray is open or missing.
    CoverOpen,
    /// No toner or ink.
    TonerOut,
    /// The tray for the printed sheets is full or missing.
    OutputFull,
    /// Too hot; it heals by itself.
    Overheated,
    /// A defect that needs a technician.
    Hardware,
    /// Somebody stopped it at its panel or in its queue.
    Paused,
    /// It is going down or has no power.
    PoweredOff,
    /// It takes no work, without a reason.
    Offline,
    /// It has no room for another job now.
    Busy,
    /// The printer or its queue gave the job up.
    Aborted,
    /// The job did not end in time, and was taken back.
    TooSlow,
    /// No answer.
    Silent,
    /// It cannot be reached.
    Unreachable,
    /// It refused the job.
    Refused,
    /// Not a PDF, too long, or without a fit identity.
    BadDocument,
}

/// A document to print.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentJob {
    /// Identity of the job, unlike any other that this printer ever got, at most [`MAX_ID_CHARS`] letters,
    /// digits and `-`: the printer's queue shows it, and it is found by it.
    pub id: String,
    /// Which print of it this is; 0 is the first.
    pub copy: u32,
    /// The document, as PDF.
    pub pdf: Vec<u8>,
}

impl DocumentJob {
    /// Whether a printer can take it.
    #[must_use]
    pub fn is_fit(&self) -> bool {
        let named = (1..=MAX_ID_CHARS).contains(&self.id.len())
            && self.id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        named && self.pdf.starts_with(b"%PDF-") && self.pdf.len() <= MAX_DOCUMENT_BYTES
    }

    /// Name of the job in the printer's queue.
    #[must_use]
    pub fn name(&self) -> String {
        format!("lucheng {} {}", self.id, self.copy)
    }
}

/// A document names people: only its size is shown.
impl std::fmt::Debug for DocumentJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DocumentJob({}, {} bytes)", self.name(), self.pdf.len())
    }
}

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentOutcome {
    /// The printer says that all sheets came out.
    Printed,
    /// The printer has nothing of the job.
    NotStarted(DocumentFault),
    /// The printer ended it early.
    Interrupted {
        /// Sheets that came out, as far as the printer counts them.
        sheets: Option<u32>,
        /// Why.
        fault: DocumentFault,
    },
    /// It was cancelled as asked for; sheets may have come out before.
    Canceled {
        /// Sheets that came out, as far as the printer counts them.
        sheets: Option<u32>,
    },
    /// Nobody knows what became of it.
    Doubtful(DocumentFault),
}

/// What a job does while it is not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentProgress {
    /// Waiting behind other jobs, or held.
    Waiting,
    /// On its way through the printer.
    Printing {
        /// Sheets that came out, as far as the printer counts them.
        sheets: Option<u32>,
    },
    /// Stopped until somebody does something.
    Stopped(DocumentFault),
}

/// What the kiosk asks of a document printer.
pub trait DocumentPrinter: Send {
    /// Asks for the state of the printer.
    ///
    /// # Errors
    /// `PortMissing` if it cannot be reached, `TimeOut`, or `Protocol`.
    fn status(&mut self) -> Result<DocumentStatus, DeviceError>;

    /// Prints one document and waits for its end. A job of this name that the printer already has is not sent
    /// again but waited for. `progress` hears each change.
    fn print(
        &mut self,
        job: &DocumentJob,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(DocumentProgress),
    ) -> DocumentOutcome;
}
