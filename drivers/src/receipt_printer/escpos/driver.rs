//! The driver of an ESC/POS printer (protocols B.3, K).
//!
//! A job goes out in parts; each part ends with a question that the printer answers only when it comes to
//! it. So at every moment the driver knows a lower bound of what is on paper, and never sends a line twice.

use std::time::Instant;

use super::codec::{Event, paper_byte_has_paper};
use super::paper::{self, FLUSH_BYTES, Part};
use super::settings::{Confirm, Cut, EscPosSettings};
use super::wire::Wire;
use crate::port::{Line, SerialPortLine};
use crate::receipt_printer::{PrintJob, PrintOutcome, PrinterFault, PrinterStatus, ReceiptPrinter};
use crate::status::DeviceError;
use crate::timing::deadline_ms;

/// DLE ENQ 2: recover from an error and clear the buffers.
const RECOVER_AND_CLEAR: [u8; 3] = [0x10, 0x05, 0x02];

/// What the last job may have left in the printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leftover {
    Nothing,
    /// Lines that print once the paper is back: they get a cut of their own.
    Lines,
    /// Perhaps half a command, too.
    HalfCommand,
}

/// Why the confirmation of a part did not come.
enum Stop {
    /// The printer says what is wrong.
    Said(PrinterFault),
    /// Nobody knows.
    Doubt(PrinterFault),
}

/// An ESC/POS printer on a line.
#[derive(Debug)]
pub struct EscPosPrinter<L> {
    wire: Wire<L>,
    settings: EscPosSettings,
    leftover: Leftover,
    /// Prints so far, for the ids of confirmations.
    runs: u32,
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
        Self { wire: Wire::new(line, &settings), settings, leftover: Leftover::Nothing, runs: 0 }
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

    fn recover(&mut self) -> Result<(), PrinterFault> {
        self.wire.write(&RECOVER_AND_CLEAR).map_err(|error| fault_of(&error))?;
        self.leftover = Leftover::Nothing;
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
        Ok(())
    }

    fn print_parts(&mut self, parts: &[Part], total: usize, progress: &mut dyn FnMut(u8)) -> PrintOutcome {
        let mut lines_confirmed = 0;
        for part in parts {
            match self.print_part(part) {
                Ok(()) => lines_confirmed = part.lines_done,
                Err(Stop::Said(fault)) => {
                    return PrintOutcome::Interrupted { lines_confirmed, fault };
                }
                Err(Stop::Doubt(fault)) => return PrintOutcome::Doubtful(fault),
            }
            progress(percent(lines_confirmed, total));
        }
        // What is wrong after the last confirmation is the next job's matter, but belongs in the log.
        if let Some(fault) = self.wire.status().ok().and_then(|status| status.fault()) {
            tracing::warn!(?fault, "printer stopped after the job");
        }
        PrintOutcome::Printed
    }

    fn print_part(&mut self, part: &Part) -> Result<(), Stop> {
        self.leftover = Leftover::HalfCommand;
        match self.wire.write(&part.bytes) {
            Ok(()) => self.leftover = Leftover::Lines,
            // The printer took no more bytes: it stopped, and may say why.
            Err(DeviceError::TimeOut { .. }) => return Err(self.why_stopped()),
            Err(error) => return Err(Stop::Doubt(fault_of(&error))),
        }
        self.await_confirmation(part.token)?;
        self.leftover = Leftover::Nothing;
        Ok(())
    }

    fn await_confirmation(&mut self, token: [u8; 4]) -> Result<(), Stop> {
        let give_up = deadline_ms(self.settings.confirm_timeout_ms);
        loop {
            let quiet = deadline_ms(self.settings.quiet_ms).min(give_up);
            let event = self.wire.next_event(quiet).map_err(|error| self.lost(&error))?;
            match event {
                Some(event) if self.confirms(&event, token) => return Ok(()),
                Some(event) => stopped_by(&event, self.settings.confirm)?,
                None => self.ask_while_quiet()?,
            }
            if Instant::now() >= give_up {
                return Err(Stop::Doubt(PrinterFault::Silent));
            }
        }
    }

    fn confirms(&self, event: &Event, token: [u8; 4]) -> bool {
        match (self.settings.confirm, event) {
            (Confirm::ProcessId, Event::Process(id)) => *id == token,
            (Confirm::GsR, Event::PaperByte(byte)) => paper_byte_has_paper(*byte),
            _ => false,
        }
    }

    fn ask_while_quiet(&mut self) -> Result<(), Stop> {
        match self.wire.status() {
            Ok(status) => status.fault().map_or(Ok(()), |fault| Err(Stop::Said(fault))),
            Err(error) => Err(self.lost(&error)),
        }
    }

    fn why_stopped(&mut self) -> Stop {
        match self.ask_while_quiet() {
            Err(stop) => stop,
            Ok(()) => Stop::Doubt(PrinterFault::Silent),
        }
    }

    fn lost(&mut self, error: &DeviceError) -> Stop {
        if error.is_port_loss() {
            self.leftover = Leftover::HalfCommand;
        }
        Stop::Doubt(fault_of(error))
    }
}

impl<L: Line> ReceiptPrinter for EscPosPrinter<L> {
    fn status(&mut self) -> Result<PrinterStatus, DeviceError> {
        self.wire.ensure_open()?;
        self.wire.drain()?;
        self.wire.status()
    }

    fn print(&mut self, job: &PrintJob, progress: &mut dyn FnMut(u8)) -> PrintOutcome {
        let Ok(parts) = paper::parts(job, &self.settings, self.runs) else {
            return PrintOutcome::NotStarted(PrinterFault::BadJob);
        };
        self.runs = self.runs.wrapping_add(1);
        if let Err(fault) = self.check_before().and_then(|()| self.prepare()) {
            return PrintOutcome::NotStarted(fault);
        }
        progress(0);
        self.print_parts(&parts, job.lines.len(), progress)
    }
}

/// An automatic status, or a paper byte, that says why nothing more will be printed.
fn stopped_by(event: &Event, confirm: Confirm) -> Result<(), Stop> {
    match event {
        Event::Auto(status) => status.fault().map_or(Ok(()), |fault| Err(Stop::Said(fault))),
        Event::PaperByte(byte) if confirm == Confirm::GsR && !paper_byte_has_paper(*byte) => {
            Err(Stop::Said(PrinterFault::PaperOut))
        }
        _ => Ok(()),
    }
}

fn fault_of(error: &DeviceError) -> PrinterFault {
    match error {
        DeviceError::PortBusy { .. } => PrinterFault::PortBusy,
        error if error.is_port_loss() => PrinterFault::PortLost,
        DeviceError::TimeOut { .. } => PrinterFault::Silent,
        _ => PrinterFault::Offline,
    }
}

fn percent(done: usize, total: usize) -> u8 {
    u8::try_from(done.saturating_mul(100) / total.max(1)).unwrap_or(100).min(100)
}
