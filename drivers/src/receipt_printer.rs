//! Receipt printers.
//!
//! A printer takes bytes into a buffer and prints when it can. A job is therefore done only when the printer
//! says that the paper moved, and a job whose end is not known is [`PrintOutcome::Doubtful`], never repeated
//! by the driver. Printing twice is harmless to money but not to trust: the caller decides, and marks it.

pub mod escpos;
mod gauge;
pub mod job;
pub mod raster;
pub mod typeface;

use serde::{Deserialize, Serialize};

pub use escpos::{EscPosPrinter, EscPosSettings};
pub use job::{Align, PaperLine, PrintJob};
pub use raster::Raster;
pub use typeface::{COLUMN_DOTS, FontFile, Look, Typeface};

use crate::status::{DeviceError, DeviceState};

/// What the paper sensors say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Paper {
    /// Plenty.
    Full,
    /// Near its end.
    Low,
    /// None.
    Out,
    /// Nobody said.
    #[default]
    Unknown,
    /// Stuck in the cutter.
    Jammed,
}

/// What the printer says about itself. Silence is never good news: what nobody said is `Unknown`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PrinterStatus {
    /// The state in one word.
    pub state: DeviceState,
    /// The paper.
    pub paper: Paper,
    /// The cover is open.
    pub cover_open: bool,
    /// The cutter is stuck.
    pub cutter_error: bool,
    /// An error that a command or a person can clear.
    pub recoverable_error: bool,
    /// An error that needs a technician.
    pub unrecoverable_error: bool,
    /// The head is too hot; it heals by itself.
    pub overheated: bool,
    /// Lines that are left, once the end is near and the settings say how many there are then.
    pub lines_left: Option<u32>,
}

impl PrinterStatus {
    /// Why no job can be printed now, if so. Low paper is no reason.
    #[must_use]
    pub fn fault(&self) -> Option<PrinterFault> {
        if self.cover_open {
            return Some(PrinterFault::CoverOpen);
        }
        match self.paper {
            Paper::Out => return Some(PrinterFault::PaperOut),
            Paper::Jammed => return Some(PrinterFault::CutterError),
            Paper::Full | Paper::Low | Paper::Unknown => {}
        }
        if self.unrecoverable_error {
            return Some(PrinterFault::Unrecoverable);
        }
        if self.cutter_error {
            return Some(PrinterFault::CutterError);
        }
        if self.recoverable_error {
            return Some(PrinterFault::Recoverable);
        }
        if self.overheated {
            return Some(PrinterFault::Overheated);
        }
        (self.state != DeviceState::Online).then_some(PrinterFault::Offline)
    }
}

/// Why a job was not, or not surely, printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrinterFault {
    /// No paper.
    PaperOut,
    /// The cover is open.
    CoverOpen,
    /// The cutter is stuck.
    CutterError,
    /// An error that can be cleared.
    Recoverable,
    /// The head is too hot and has to cool down.
    Overheated,
    /// An error that needs a technician.
    Unrecoverable,
    /// Offline without a reason.
    Offline,
    /// No answer.
    Silent,
    /// The port is lost.
    PortLost,
    /// Another process holds the port.
    PortBusy,
    /// The job has more lines than a slip may have, or none, or what no paper holds.
    BadJob,
    /// This print of this job was sent before: another one needs another copy number, and a mark.
    SentBefore,
}

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrintOutcome {
    /// The printer confirmed the last line and the cut.
    Printed,
    /// No byte of the job was sent.
    NotStarted(PrinterFault),
    /// The printer said that it stopped. At least the first `lines_confirmed` lines are on paper.
    Interrupted {
        /// Lines of the job that the printer confirmed.
        lines_confirmed: usize,
        /// What it said.
        fault: PrinterFault,
    },
    /// Bytes were sent and nobody knows what became of them.
    Doubtful(PrinterFault),
}

/// What became of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PrintReport {
    /// How it ended.
    pub outcome: PrintOutcome,
    /// Characters that neither the printer nor any font has, and for which U+3013 stands on paper.
    pub missing_characters: usize,
}

impl From<PrintOutcome> for PrintReport {
    fn from(outcome: PrintOutcome) -> Self {
        Self { outcome, missing_characters: 0 }
    }
}

/// What a printer can do, as its settings say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PrinterCapabilities {
    /// Columns of the narrow font.
    pub columns: u8,
    /// Dots across the paper.
    pub width_dots: usize,
    /// Whether it cuts.
    pub cuts: bool,
    /// Whether confirmations carry the identity of the job; else they are counted.
    pub confirms_by_identity: bool,
    /// Whether it reports changes unasked.
    pub reports_by_itself: bool,
}

/// What the kiosk asks of a receipt printer.
pub trait ReceiptPrinter: Send {
    /// Asks for the state of the printer. Part answers give `Unknown` for the rest.
    ///
    /// # Errors
    /// Port loss, or `TimeOut` if the printer said nothing at all.
    fn status(&mut self) -> Result<PrinterStatus, DeviceError>;

    /// Prints one job and cuts: status before, lines, confirmation of the end, status after. `progress` gets
    /// the confirmed part in percent, 0..=100, never falling.
    fn print(&mut self, job: &PrintJob, progress: &mut dyn FnMut(u8)) -> PrintReport;

    /// What it can do; asks nobody.
    fn capabilities(&self) -> PrinterCapabilities;
}
