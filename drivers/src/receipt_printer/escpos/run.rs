//! One print: parts out, confirmations in.
//!
//! Parts go out ahead of their confirmations, as many as the window of the settings holds, so that a slip
//! leaves without a pause; they are confirmed in order, so that a lower bound of what is on paper is known at
//! every moment.

use std::time::Instant;

use super::codec::{Event, paper_byte_has_paper};
use super::paper::Part;
use super::settings::{Confirm, EscPosSettings};
use super::wire::Wire;
use crate::port::Line;
use crate::receipt_printer::{PrintOutcome, PrinterFault, PrinterStatus};
use crate::status::DeviceError;

/// Why the confirmation of a part did not come.
pub(super) enum Stop {
    /// The printer says what is wrong.
    Said(PrinterFault),
    /// Nobody knows.
    Doubt(PrinterFault),
}

/// A print under way.
pub(super) struct Run<'a, L> {
    wire: &'a mut Wire<L>,
    settings: &'a EscPosSettings,
    parts: &'a [Part],
    sent: usize,
    confirmed: usize,
    /// The last thing heard was that the head is too hot.
    cooling: bool,
    /// A part was written partly.
    pub(super) half_written: bool,
}

impl<'a, L: Line> Run<'a, L> {
    pub(super) fn new(wire: &'a mut Wire<L>, settings: &'a EscPosSettings, parts: &'a [Part]) -> Self {
        Self { wire, settings, parts, sent: 0, confirmed: 0, cooling: false, half_written: false }
    }

    /// Sends and waits until all is confirmed or the printer stops.
    pub(super) fn finish(&mut self, progress: &mut dyn FnMut(u8)) -> PrintOutcome {
        while self.confirmed < self.parts.len() {
            match self.send_ahead().and_then(|()| self.await_confirmation()) {
                Ok(()) => progress(percent(self.lines_confirmed(), self.total())),
                Err(Stop::Said(fault)) => {
                    return PrintOutcome::Interrupted { lines_confirmed: self.lines_confirmed(), fault };
                }
                Err(Stop::Doubt(fault)) => return PrintOutcome::Doubtful(fault),
            }
        }
        PrintOutcome::Printed
    }

    /// Questions that are on their way and have no answer yet.
    pub(super) fn unanswered(&self) -> usize {
        self.sent - self.confirmed
    }

    fn lines_confirmed(&self) -> usize {
        self.confirmed.checked_sub(1).and_then(|last| self.parts.get(last)).map_or(0, |part| part.lines_done)
    }

    fn total(&self) -> usize {
        self.parts.last().map_or(0, |part| part.lines_done)
    }

    fn send_ahead(&mut self) -> Result<(), Stop> {
        while let Some(part) = self.next_part() {
            self.half_written = true;
            match self.wire.write(&part.bytes) {
                Ok(()) => self.half_written = false,
                // The printer took no more bytes: it stopped, and may say why.
                Err(DeviceError::TimeOut { .. }) => return Err(self.why_stopped()),
                Err(error) => return Err(Stop::Doubt(fault_of(&error))),
            }
            self.sent += 1;
        }
        Ok(())
    }

    /// The next part, if the window has room for it; one part may always be under way.
    fn next_part(&self) -> Option<&'a Part> {
        let part = self.parts.get(self.sent)?;
        let under_way = self.parts.get(self.confirmed..self.sent).unwrap_or_default();
        let bytes: usize = under_way.iter().map(|part| part.bytes.len()).sum();
        (under_way.is_empty() || bytes + part.bytes.len() <= self.settings.window_bytes).then_some(part)
    }

    fn await_confirmation(&mut self) -> Result<(), Stop> {
        let mut give_up = self.wire.deadline(self.settings.confirm_timeout_ms);
        let longest = self.wire.deadline(self.settings.confirm_timeout_ms + self.settings.cooling_timeout_ms);
        loop {
            let quiet = self.wire.deadline(self.settings.quiet_ms).min(give_up);
            match self.wire.next_event(quiet).map_err(|error| Stop::Doubt(fault_of(&error)))? {
                Some(event) if self.confirms(&event) => return Ok(()),
                Some(event) => self.stopped_by(&event)?,
                None => self.ask_while_quiet()?,
            }
            if self.cooling {
                give_up = self.wire.deadline(self.settings.confirm_timeout_ms).min(longest);
            }
            if Instant::now() >= give_up {
                return Err(match self.cooling {
                    true => Stop::Said(PrinterFault::Overheated),
                    false => Stop::Doubt(PrinterFault::Silent),
                });
            }
        }
    }

    /// Whether this answers a question that is under way. An answer to a later question answers the earlier
    /// ones as well: the printer works in order.
    fn confirms(&mut self, event: &Event) -> bool {
        let under_way = self.parts.get(self.confirmed..self.sent).unwrap_or_default();
        let answered = match (self.settings.confirm, event) {
            (Confirm::ProcessId, Event::Process(id)) => under_way.iter().position(|part| part.token == *id),
            (Confirm::GsR, Event::PaperByte(byte)) if paper_byte_has_paper(*byte) => Some(0),
            _ => None,
        };
        self.confirmed += answered.map_or(0, |place| place + 1);
        answered.is_some()
    }

    /// An automatic status, or a paper byte, that says why nothing more will be printed.
    fn stopped_by(&mut self, event: &Event) -> Result<(), Stop> {
        match event {
            Event::Auto(status) => self.judge(status),
            Event::PaperByte(byte)
                if self.settings.confirm == Confirm::GsR && !paper_byte_has_paper(*byte) =>
            {
                Err(Stop::Said(PrinterFault::PaperOut))
            }
            _ => Ok(()),
        }
    }

    /// A head that is too hot pauses and goes on by itself; everything else stops the job.
    fn judge(&mut self, status: &PrinterStatus) -> Result<(), Stop> {
        self.wire.gauge.observe(status.paper);
        let fault = status.fault();
        self.cooling = fault == Some(PrinterFault::Overheated);
        match fault {
            Some(fault) if !self.cooling => Err(Stop::Said(fault)),
            _ => Ok(()),
        }
    }

    fn ask_while_quiet(&mut self) -> Result<(), Stop> {
        match self.wire.status() {
            Ok(status) => self.judge(&status),
            Err(error) => Err(Stop::Doubt(fault_of(&error))),
        }
    }

    fn why_stopped(&mut self) -> Stop {
        match self.ask_while_quiet() {
            Err(stop) => stop,
            Ok(()) => Stop::Doubt(PrinterFault::Silent),
        }
    }
}

pub(super) fn fault_of(error: &DeviceError) -> PrinterFault {
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
