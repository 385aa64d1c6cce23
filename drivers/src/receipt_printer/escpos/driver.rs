//! The driver of an ESC/POS printer (protocols B.3, K).
//!
//! A job goes out in parts; each part ends with a question that the printer answers only when it comes to
//! it. So at every moment the driver knows a lower bound of what is on paper, and never sends a line twice.

use std::collections::VecDeque;

use super::codec::Event;
use super::paper::{self, FLUSH_BYTES, Sheet};
use super::run::{Run, fault_of};
use super::settings::{Confirm, Cut, EscPosSettings};
use super::wire::Wire;
use crate::port::{Line, Opened, SerialPortLine};
use crate::receipt_printer::typeface::Typeface;
use crate::receipt_printer::{
    PrintJob, PrintOutcome, PrintReport, PrinterCapabilities, PrinterFault, PrinterStatus, ReceiptPrinter,
};
use crate::status::DeviceError;

/// DLE ENQ 2: recover from an error and clear the buffers.
const RECOVER_AND_CLEAR: [u8; 3] = [0x10, 0x05, 0x02];

/// Prints that are remembered, so that none goes out twice. A visit has a few slips; what is older is in the
/// journal of the kiosk.
const MAX_REMEMBERED: usize = 64;

/// What the last job may have left in the printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leftover {
    Nothing,
    /// Lines on paper, or that print once the paper is back: they get a cut of their own.
    Lines,
    /// Perhaps half a command, too.
    HalfCommand,
}

/// An ESC/POS printer on a line.
#[derive(Debug)]
pub struct EscPosPrinter<L> {
    wire: Wire<L>,
    settings: EscPosSettings,
    typeface: Typeface,
    leftover: Leftover,
    /// Questions of stopped jobs that the printer may still answer.
    owed: usize,
    /// Prints so far, for the ids of confirmations.
    runs: u32,
    /// Identity and copy of what was sent, the oldest first.
    sent: VecDeque<(u32, u32)>,
}

impl EscPosPrinter<SerialPortLine> {
    /// A printer on the serial port at `path`. The port is opened by the first operation.
    #[must_use]
    pub fn on_port(path: &str, settings: EscPosSettings) -> Self {
        Self::new(SerialPortLine::new(settings.port(path)), settings)
    }
}

impl<L: Line> EscPosPrinter<L> {
    /// A printer on any line.
    pub fn new(line: L, settings: EscPosSettings) -> Self {
        Self {
            wire: Wire::new(line, &settings),
            typeface: Typeface::new(settings.fonts.clone()),
            settings,
            leftover: Leftover::Nothing,
            owed: 0,
            runs: 0,
            sent: VecDeque::new(),
        }
    }

    /// The same with a font of the program, asked before those of the settings.
    #[must_use]
    pub fn with_font(self, font: &'static [u8]) -> Self {
        Self { typeface: self.typeface.with_built_in(font), ..self }
    }

    /// A print that was sent is not sent again: whoever wants it again counts up, and marks it.
    fn is_sent(&self, job: &PrintJob) -> bool {
        self.sent.iter().any(|(id, copy)| *id == job.id && *copy >= job.copy)
    }

    fn remember(&mut self, job: &PrintJob) {
        if self.sent.len() >= MAX_REMEMBERED {
            self.sent.pop_front();
        }
        self.sent.push_back((job.id, job.copy));
    }

    /// Status before a job; a recoverable error is cleared once.
    fn check_before(&mut self) -> Result<(), PrinterFault> {
        let status = self.status().map_err(|error| fault_of(&error))?;
        match status.fault() {
            None => Ok(()),
            Some(PrinterFault::Recoverable) if status.recoverable_error => self.recover(),
            Some(fault) => Err(fault),
        }
    }

    /// The buffers are empty afterwards; what is on paper stays there.
    fn recover(&mut self) -> Result<(), PrinterFault> {
        self.wire.write(&RECOVER_AND_CLEAR).map_err(|error| fault_of(&error))?;
        self.owed = 0;
        match self.status().map_err(|error| fault_of(&error))?.fault() {
            None => Ok(()),
            Some(fault) => Err(fault),
        }
    }

    /// Brings the printer into a known state and separates what the last job left.
    fn prepare(&mut self) -> Result<(), PrinterFault> {
        let mut bytes = Vec::new();
        if self.leftover == Leftover::HalfCommand {
            bytes.resize(FLUSH_BYTES, 0);
        }
        bytes.extend(paper::prologue(&self.settings));
        if self.leftover != Leftover::Nothing && self.settings.cut != Cut::None {
            bytes.extend(paper::cut_bytes(&self.settings));
        }
        self.leftover = Leftover::HalfCommand;
        self.wire.write(&bytes).map_err(|error| fault_of(&error))?;
        self.leftover = Leftover::Nothing;
        self.settle_debts()
    }

    /// GS r answers carry no identity: those of a stopped job are waited for, or they would confirm this one.
    /// One question more is asked; when its answer is in, or after it all is quiet, none is left.
    fn settle_debts(&mut self) -> Result<(), PrinterFault> {
        if self.owed == 0 || self.settings.confirm != Confirm::GsR {
            return Ok(());
        }
        let question = paper::confirm_bytes(Confirm::GsR, [0; 4]);
        self.wire.write(&question).map_err(|error| fault_of(&error))?;
        self.owed += 1;
        let mut deadline = self.wire.deadline(self.settings.confirm_timeout_ms);
        while self.owed > 0 {
            match self.wire.next_event(deadline).map_err(|error| fault_of(&error))? {
                Some(Event::PaperByte(_)) => {
                    self.owed -= 1;
                    deadline = self.wire.deadline(self.settings.quiet_ms);
                }
                Some(_) => {}
                None => self.owed = 0,
            }
        }
        Ok(())
    }

    fn send(&mut self, sheet: &Sheet, progress: &mut dyn FnMut(u8)) -> PrintOutcome {
        let mut run = Run::new(&mut self.wire, &self.settings, &sheet.parts);
        let outcome = run.finish(progress);
        let (unanswered, half_written) = (run.unanswered(), run.half_written);
        self.leftover = match outcome {
            PrintOutcome::Printed => Leftover::Nothing,
            PrintOutcome::Doubtful(PrinterFault::PortLost) => Leftover::HalfCommand,
            _ if half_written => Leftover::HalfCommand,
            _ => Leftover::Lines,
        };
        self.owed += unanswered;
        outcome
    }

    /// What is wrong after the last confirmation is the next job's matter, but belongs in the log.
    fn look_after(&mut self) {
        if let Some(fault) = self.wire.status().ok().and_then(|status| status.fault()) {
            tracing::warn!(?fault, "printer stopped after the job");
        }
    }
}

impl<L: Line> ReceiptPrinter for EscPosPrinter<L> {
    fn status(&mut self) -> Result<PrinterStatus, DeviceError> {
        if self.wire.ensure_open()? == Opened::Fresh {
            // What the printer owed went with the old handle.
            self.owed = 0;
        }
        self.wire.drain()?;
        let mut status = self.wire.status()?;
        if status.fault().is_some() {
            // The four answers look alike: one that came twice or late stands in another's place. What is
            // true is said again.
            self.wire.hush(self.settings.inter_byte_ms)?;
            status = self.wire.status()?;
        }
        let lines_left = self.wire.gauge.lines_left(self.settings.lines_at_near_end);
        Ok(PrinterStatus { lines_left, ..status })
    }

    fn print(&mut self, job: &PrintJob, progress: &mut dyn FnMut(u8)) -> PrintReport {
        let not_started = |fault| PrintReport::from(PrintOutcome::NotStarted(fault));
        let Ok(sheet) = paper::sheet(job, &self.settings, &self.typeface, self.runs) else {
            return not_started(PrinterFault::BadJob);
        };
        if self.is_sent(job) {
            return not_started(PrinterFault::SentBefore);
        }
        self.runs = self.runs.wrapping_add(1);
        if let Err(fault) = self.check_before().and_then(|()| self.prepare()) {
            return not_started(fault);
        }
        self.remember(job);
        progress(0);
        let outcome = self.send(&sheet, progress);
        if outcome == PrintOutcome::Printed {
            self.wire.gauge.printed(job.lines.len());
            self.look_after();
        }
        PrintReport { outcome, missing_characters: sheet.missing }
    }

    fn capabilities(&self) -> PrinterCapabilities {
        self.settings.capabilities()
    }
}
