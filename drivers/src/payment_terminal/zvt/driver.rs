//! The driver of a ZVT terminal: one command at a time, three-valued results (protocols E5, E7).

use std::collections::VecDeque;
use std::time::Instant;

use super::apdu::Apdu;
use super::command::Command;
use super::field::Status;
use super::frame::Decoder;
use super::memory::ReceiptMemory;
use super::run::End;
use super::settings::ZvtSettings;
use crate::cancel::CancelToken;
use crate::payment_terminal::ack_link::AckLink;
use crate::payment_terminal::{
    Capabilities, LateResult, PaymentTerminal, QueryOutcome, ReversalOutcome, Sale, SaleOutcome,
    SaleProgress, Settlement,
};
use crate::port::{Line, SerialPortLine};
use crate::status::{DeviceError, DeviceState};

/// Late results kept for the caller, who takes them each 200 ms; a terminal has one order at a time.
const MAX_LATE: usize = 16;

/// A ZVT terminal on a line.
#[derive(Debug)]
pub struct Zvt<L> {
    pub(super) link: AckLink<L, Decoder>,
    pub(super) settings: ZvtSettings,
    pub(super) memory: ReceiptMemory,
    pub(super) registered: bool,
    /// The terminal said last that it works at something.
    pub(super) busy: bool,
    /// When the idle terminal is asked next; the enquiry that is under way.
    pub(super) next_enquiry: Option<Instant>,
    pub(super) enquiry_until: Option<Instant>,
    /// A status that came while nobody waited for one.
    pub(super) loose: Option<Status>,
    late: VecDeque<LateResult>,
}

impl Zvt<SerialPortLine> {
    /// A terminal on the serial port at `path`. The port is opened by the first operation.
    #[must_use]
    pub fn on_port(path: &str, settings: ZvtSettings, memory: ReceiptMemory) -> Self {
        Self::new(SerialPortLine::new(settings.port(path)), settings, memory)
    }
}

impl<L: Line> Zvt<L> {
    /// A terminal on any line.
    pub fn new(line: L, settings: ZvtSettings, memory: ReceiptMemory) -> Self {
        Self {
            link: AckLink::new(line, settings.ack_times()),
            settings,
            memory,
            registered: false,
            busy: false,
            next_enquiry: None,
            enquiry_until: None,
            loose: None,
            late: VecDeque::new(),
        }
    }

    /// The next unit, waited for until `deadline`; what is none is skipped.
    pub(super) fn receive(&mut self, deadline: Instant) -> Result<Option<Apdu>, DeviceError> {
        while let Some(bytes) = self.link.receive(deadline)? {
            match Apdu::decode(&bytes) {
                Ok(apdu) => return Ok(Some(apdu)),
                Err(error) => tracing::warn!(%error, "unit dropped"),
            }
        }
        Ok(None)
    }

    pub(super) fn keep_late(&mut self, late: LateResult) {
        if self.late.len() >= MAX_LATE {
            self.late.pop_front();
        }
        self.late.push_back(late);
    }

    /// Opens the port and registers, unless both are done.
    pub(super) fn prepare(&mut self) -> Result<(), DeviceError> {
        if self.link.ensure_open()? {
            self.forget_terminal();
        }
        if self.registered { Ok(()) } else { self.register() }
    }

    pub(super) fn forget_terminal(&mut self) {
        self.registered = false;
        self.busy = false;
        self.next_enquiry = None;
        self.enquiry_until = None;
        self.loose = None;
    }

    fn register(&mut self) -> Result<(), DeviceError> {
        let currency = Some(self.settings.currency);
        let command = Command::Register { config: self.settings.config_byte, currency };
        self.finish(&command, self.settings.command_timeout_ms)?;
        self.registered = true;
        Ok(())
    }

    /// Runs a command that must be completed.
    fn finish(&mut self, command: &Command, waited_ms: u64) -> Result<Option<Status>, DeviceError> {
        let reply = self.run_alone(command, waited_ms);
        self.busy = false;
        match reply.end {
            End::Completed | End::Accepted => Ok(reply.status),
            End::Aborted(code) | End::Refused(code) => {
                self.busy = Self::is_in(&self.settings.busy_results, code);
                Err(DeviceError::DeviceNotReady)
            }
            End::Silent => Err(DeviceError::TimeOut { what: "payment terminal", waited_ms }),
            End::LinkLost => Err(self.link.ensure_open().err().unwrap_or(DeviceError::DeviceNotReady)),
        }
    }

    /// Whether a code, as two hexadecimal digits, is in a list of the settings.
    pub(super) fn is_in(list: &[String], code: u8) -> bool {
        let digits = format!("{code:02X}");
        list.iter().any(|known| known.eq_ignore_ascii_case(&digits))
    }
}

impl<L: Line> PaymentTerminal for Zvt<L> {
    fn probe(&mut self) -> Result<(), DeviceError> {
        let prepared = self.prepare();
        let asked = prepared
            .and_then(|()| self.finish(&Command::StatusEnquiry, self.settings.command_timeout_ms).map(drop));
        // A terminal at work is there.
        if self.busy { Ok(()) } else { asked }
    }

    fn idle(&mut self) -> Result<DeviceState, DeviceError> {
        self.look_after()
    }

    fn sale(
        &mut self,
        sale: &Sale,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(SaleProgress),
    ) -> SaleOutcome {
        self.sell(sale, cancel, progress)
    }

    fn query(&mut self, order: &str) -> QueryOutcome {
        self.look_up(order)
    }

    fn reverse(&mut self, order: &str) -> ReversalOutcome {
        self.undo(order)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { refund: true, settlement: true, scanned_code: false }
    }

    fn sign_on(&mut self) -> Result<(), DeviceError> {
        self.prepare()?;
        self.finish(&Command::Initialise, self.settings.settlement_timeout_ms).map(drop)
    }

    fn refund(
        &mut self,
        order: &str,
        refund_order: &str,
        amount_fen: i64,
    ) -> Result<ReversalOutcome, DeviceError> {
        Ok(self.pay_back(order, refund_order, amount_fen))
    }

    fn settle(&mut self) -> Result<Settlement, DeviceError> {
        self.prepare()?;
        let status = self.finish(&Command::EndOfDay, self.settings.settlement_timeout_ms)?;
        self.memory.close_batch();
        let status = status.unwrap_or_default();
        let net_fen = status.totals.map(|totals| totals.net_fen).or(status.amount_fen);
        let batch = status.trace.map(|trace| format!("{trace:06}"));
        Ok(Settlement { batch, count: status.totals.map(|totals| totals.count), net_fen })
    }

    fn reset(&mut self) -> Result<(), DeviceError> {
        self.link.close();
        self.forget_terminal();
        self.link.ensure_open()?;
        let waited_ms = self.settings.close_timeout_ms;
        // A terminal that has nothing to give up may refuse the abort.
        let abort = self.finish(&Command::Abort, waited_ms);
        if !matches!(abort, Ok(_) | Err(DeviceError::DeviceNotReady)) {
            return abort.map(drop);
        }
        self.finish(&Command::Reset, waited_ms)?;
        self.register()
    }

    fn take_late(&mut self) -> Vec<LateResult> {
        self.late.drain(..).collect()
    }
}
