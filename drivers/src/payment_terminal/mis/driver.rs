//! The driver of a MIS terminal: one request at a time, three-valued results (protocols E3, E7).

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::answer::{self, Verdict};
use super::field::{Fields, tag};
use super::frame::Decoder;
use super::request;
use super::settings::MisSettings;
use crate::cancel::CancelToken;
use crate::clock::unix_ms;
use crate::payment_terminal::ack_link::{AckLink, Repeat, Sent};
use crate::payment_terminal::{
    Capabilities, LateResult, PaymentTerminal, QueryOutcome, ReversalOutcome, Sale, SaleOutcome,
    SaleProgress, ScannedCode, Settlement, order_is_well_formed,
};
use crate::port::{Line, SerialPortLine};
use crate::status::{DeviceError, DeviceState};
use crate::timing::deadline_ms;

/// "Give up": the terminal ends what it works at and says how it ended.
pub(super) const GIVE_UP: [u8; 1] = [0x04];

/// Late results kept for the caller, who takes them each 200 ms; a terminal has one order at a time.
const MAX_LATE: usize = 16;

/// A MIS terminal on a line.
#[derive(Debug)]
pub struct Mis<L> {
    pub(super) link: AckLink<L, Decoder>,
    pub(super) settings: MisSettings,
    /// The terminal has said that it must sign on first.
    pub(super) signed_off: bool,
    random: u8,
    next_enquiry: Option<Instant>,
    late: VecDeque<LateResult>,
    /// The order whose result was told: a copy of it is no news.
    pub(super) told: Option<String>,
}

/// How a reversal or refund went.
enum Back {
    Done,
    /// For good, by the profile.
    Refused(String),
    /// By the bank.
    Declined(String),
    NotYet,
    NoAnswer,
}

impl Mis<SerialPortLine> {
    /// A terminal on the serial port at `path`. The port is opened by the first operation.
    #[must_use]
    pub fn on_port(path: &str, settings: MisSettings) -> Self {
        Self::new(SerialPortLine::new(settings.port(path)), settings)
    }
}

impl<L: Line> Mis<L> {
    /// A terminal on any line.
    pub fn new(line: L, settings: MisSettings) -> Self {
        Self {
            link: AckLink::new(line, settings.ack_times()),
            settings,
            signed_off: false,
            // Where it starts does not matter; that two runs start alike would.
            random: u8::try_from(unix_ms() % 100).unwrap_or(0),
            next_enquiry: None,
            late: VecDeque::new(),
            told: None,
        }
    }

    /// The fields of a request under the next random number.
    pub(super) fn request(&mut self, kind: &str) -> Fields {
        self.random = (self.random + 1) % 100;
        request::of_type(kind, self.random, &self.settings)
    }

    /// Opens the port, and signs on if the terminal has asked for it.
    pub(super) fn prepare(&mut self) -> Result<(), DeviceError> {
        self.link.ensure_open()?;
        self.take_arrived()?;
        if self.signed_off { self.sign_on_now() } else { Ok(()) }
    }

    fn sign_on_now(&mut self) -> Result<(), DeviceError> {
        let kind = self.settings.types.sign_on.clone();
        self.of_terminal(&kind)?;
        self.signed_off = false;
        Ok(())
    }

    /// A request about no order, which must be answered with yes.
    fn of_terminal(&mut self, kind: &str) -> Result<Fields, DeviceError> {
        if kind.is_empty() {
            return Err(DeviceError::NotSupported);
        }
        let request = self.request(kind);
        let answer = self.exchange(&request, Repeat::Harmless, self.settings.settlement_timeout_ms)?;
        match answer::verdict(&answer, &self.settings.results) {
            Verdict::Good => Ok(answer),
            _ => Err(DeviceError::DeviceNotReady),
        }
    }

    /// Sends a request and waits for its answer. Others are late results.
    pub(super) fn exchange(
        &mut self,
        request: &Fields,
        repeat: Repeat,
        waited_ms: u64,
    ) -> Result<Fields, DeviceError> {
        let time_out = DeviceError::TimeOut { what: "payment terminal", waited_ms };
        self.link.ensure_open()?;
        if self.link.send(&request.encode(), repeat)? == Sent::Unconfirmed && repeat == Repeat::Harmless {
            return Err(time_out);
        }
        let deadline = deadline_ms(waited_ms);
        while let Some(answer) = self.receive(deadline)? {
            if answers(request, &answer) {
                self.notice_sign_on(&answer);
                return Ok(answer);
            }
            self.keep_late(&answer);
        }
        Err(time_out)
    }

    pub(super) fn notice_sign_on(&mut self, answer: &Fields) {
        if let Verdict::SignOnFirst(code) = answer::verdict(answer, &self.settings.results) {
            tracing::warn!(code, "the terminal must sign on");
            self.signed_off = true;
        }
    }

    /// The next message, waited for until `deadline`; what is none is skipped.
    pub(super) fn receive(&mut self, deadline: Instant) -> Result<Option<Fields>, DeviceError> {
        while let Some(data) = self.link.receive(deadline)? {
            match Fields::decode(&data) {
                Ok(fields) => return Ok(Some(fields)),
                Err(error) => tracing::warn!(%error, "message dropped"),
            }
        }
        Ok(None)
    }

    fn take_arrived(&mut self) -> Result<(), DeviceError> {
        while let Some(fields) = self.receive(Instant::now())? {
            self.keep_late(&fields);
        }
        Ok(())
    }

    /// Keeps the result of a sale that nobody waits for; everything else is no news.
    pub(super) fn keep_late(&mut self, fields: &Fields) {
        let (kind, order) = (fields.text(tag::TYPE), fields.text(tag::ORDER));
        let is_sale = kind == self.settings.types.sale || kind == self.settings.types.code_sale;
        if !is_sale || order.is_empty() || self.told.as_ref() == Some(&order) {
            return;
        }
        let outcome = answer::query_outcome(fields, &order, &self.settings.results);
        if matches!(outcome, QueryOutcome::InProgress | QueryOutcome::NoAnswer | QueryOutcome::NotFound) {
            return;
        }
        if self.late.len() >= MAX_LATE {
            self.late.pop_front();
        }
        self.told = Some(order.clone());
        self.late.push_back(LateResult { order, outcome });
    }

    /// The terminal's record of an order.
    fn record(&mut self, order: &str) -> Option<Fields> {
        self.prepare().ok()?;
        let kind = self.settings.types.query.clone();
        let request = self.request(&kind).with(tag::ORDER, order);
        let answer = self.exchange(&request, Repeat::Harmless, self.settings.query_timeout_ms).ok()?;
        let named = answer.text(tag::ORDER);
        (named.is_empty() || named == order).then_some(answer)
    }

    fn undo(&mut self, order: &str) -> ReversalOutcome {
        let Some(original) = self.record(order) else {
            return ReversalOutcome::NoAnswer;
        };
        match answer::query_outcome(&original, order, &self.settings.results) {
            QueryOutcome::NotFound | QueryOutcome::Canceled | QueryOutcome::Declined(_) => {
                return ReversalOutcome::Reversed;
            }
            QueryOutcome::InProgress => {
                // What it works at may be our sale: it is asked to stop.
                let _ = self.link.write(&GIVE_UP);
            }
            QueryOutcome::Approved(_) | QueryOutcome::NoAnswer => {}
        }
        let kind = self.settings.types.reversal.clone();
        let request = request::with_original(self.request(&kind).with(tag::ORDER, order), &original);
        match self.back(&request) {
            Back::Done => ReversalOutcome::Reversed,
            Back::Refused(code) => ReversalOutcome::Refused(code),
            Back::Declined(_) | Back::NotYet => ReversalOutcome::NotReversedYet,
            Back::NoAnswer => ReversalOutcome::NoAnswer,
        }
    }

    /// Sends a reversal or refund and judges its answer. Both name an order, so a copy does no harm.
    fn back(&mut self, request: &Fields) -> Back {
        let Ok(answer) = self.exchange(request, Repeat::Harmless, self.settings.query_timeout_ms) else {
            return Back::NoAnswer;
        };
        let code = answer.text(tag::RESULT);
        if self.settings.results.final_reversal_refusals.contains(&code) {
            return Back::Refused(code);
        }
        match answer::verdict(&answer, &self.settings.results) {
            Verdict::Good | Verdict::Reversed => Back::Done,
            Verdict::Declined(code) => Back::Declined(code),
            _ => Back::NotYet,
        }
    }

    fn enquire(&mut self, now: Instant) -> Result<(), DeviceError> {
        if self.settings.types.enquiry.is_empty() || self.next_enquiry.is_some_and(|due| now < due) {
            return Ok(());
        }
        self.next_enquiry = Some(now + Duration::from_millis(self.settings.status_interval_ms));
        let kind = self.settings.types.enquiry.clone();
        let request = self.request(&kind);
        self.link.post(&request.encode())
    }
}

/// Whether this is the answer to that request: the same type, and the same random digits.
pub(super) fn answers(request: &Fields, answer: &Fields) -> bool {
    [tag::TYPE, tag::RANDOM].iter().all(|&tag| request.get(tag) == answer.get(tag))
}

impl<L: Line> PaymentTerminal for Mis<L> {
    fn probe(&mut self) -> Result<(), DeviceError> {
        self.link.ensure_open()?;
        let kind = self.settings.types.enquiry.clone();
        if kind.is_empty() {
            return Ok(());
        }
        let request = self.request(&kind);
        self.exchange(&request, Repeat::Harmless, self.settings.query_timeout_ms).map(drop)
    }

    fn idle(&mut self) -> Result<DeviceState, DeviceError> {
        self.link.ensure_open()?;
        self.take_arrived()?;
        self.enquire(Instant::now())?;
        let silent = self.link.silence() > Duration::from_millis(self.settings.silence_ms());
        let asked = !self.settings.types.enquiry.is_empty();
        Ok(if silent && asked { DeviceState::Offline } else { DeviceState::Online })
    }

    fn sale(
        &mut self,
        sale: &Sale,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(SaleProgress),
    ) -> SaleOutcome {
        self.sell(sale, None, cancel, progress)
    }

    fn sale_by_code(
        &mut self,
        sale: &Sale,
        code: &ScannedCode,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(SaleProgress),
    ) -> SaleOutcome {
        self.sell(sale, Some(code), cancel, progress)
    }

    fn query(&mut self, order: &str) -> QueryOutcome {
        match self.record(order) {
            Some(record) => answer::query_outcome(&record, order, &self.settings.results),
            None => QueryOutcome::NoAnswer,
        }
    }

    fn reverse(&mut self, order: &str) -> ReversalOutcome {
        self.undo(order)
    }

    fn capabilities(&self) -> Capabilities {
        let types = &self.settings.types;
        Capabilities {
            refund: !types.refund.is_empty(),
            settlement: !types.settlement.is_empty(),
            scanned_code: !types.code_sale.is_empty(),
        }
    }

    fn sign_on(&mut self) -> Result<(), DeviceError> {
        self.link.ensure_open()?;
        self.sign_on_now()
    }

    fn refund(
        &mut self,
        order: &str,
        refund_order: &str,
        amount_fen: i64,
    ) -> Result<ReversalOutcome, DeviceError> {
        let kind = self.settings.types.refund.clone();
        if kind.is_empty() {
            return Err(DeviceError::NotSupported);
        }
        if !order_is_well_formed(refund_order) || refund_order == order || amount_fen <= 0 {
            return Ok(ReversalOutcome::Refused("INVALID".to_owned()));
        }
        let Some(original) = self.record(order) else {
            return Ok(ReversalOutcome::NoAnswer);
        };
        let named = self.request(&kind).with(tag::ORDER, refund_order).with(tag::ORIGINAL_ORDER, order);
        let request = request::with_original(named, &original);
        Ok(match request::with_amount(request, amount_fen) {
            // Under a number of its own, a refusal of the bank is about this refund and for good.
            Some(request) => match self.back(&request) {
                Back::Done => ReversalOutcome::Reversed,
                Back::Refused(code) | Back::Declined(code) => ReversalOutcome::Refused(code),
                Back::NotYet => ReversalOutcome::NotReversedYet,
                Back::NoAnswer => ReversalOutcome::NoAnswer,
            },
            None => ReversalOutcome::Refused("INVALID".to_owned()),
        })
    }

    fn settle(&mut self) -> Result<Settlement, DeviceError> {
        self.prepare()?;
        let kind = self.settings.types.settlement.clone();
        self.of_terminal(&kind).map(|answer| answer::settlement(&answer))
    }

    fn reset(&mut self) -> Result<(), DeviceError> {
        self.link.close();
        self.link.ensure_open()?;
        self.link.write(&GIVE_UP)?;
        self.probe()
    }

    fn take_late(&mut self) -> Vec<LateResult> {
        self.late.drain(..).collect()
    }
}
