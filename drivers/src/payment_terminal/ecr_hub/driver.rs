//! The driver of an ECR-Hub terminal: one request at a time, three-valued results (protocols E4, E7).

use std::collections::VecDeque;
use std::time::Instant;

use super::answer::{self, NOT_FOUND, Verdict};
use super::hub_link::{CANCEL_POLL_MS, Delivery, HubLink};
use super::message::{Request, RequestData, Response, TOPIC_CLOSE, TOPIC_ORDER, TOPIC_QUERY};
use super::request;
use super::settings::EcrHubSettings;
use crate::cancel::CancelToken;
use crate::clock::unix_ms;
use crate::payment_terminal::{
    Decline, LateResult, NotSent, PaymentTerminal, QueryOutcome, ReversalOutcome, Sale, SaleOutcome,
    SaleProgress, UnknownReason,
};
use crate::port::{Line, SerialPortLine};
use crate::status::{DeviceError, DeviceState};
use crate::timing::deadline_ms;

/// Late results kept for the caller, who takes them each 200 ms; a terminal has one order at a time.
const MAX_LATE: usize = 16;

/// An ECR-Hub terminal on a line.
#[derive(Debug)]
pub struct EcrHub<L> {
    hub: HubLink<L>,
    settings: EcrHubSettings,
    late: VecDeque<LateResult>,
    messages_sent: u64,
    clock: fn() -> u64,
}

impl EcrHub<SerialPortLine> {
    /// A terminal on the serial port at `path`. The port is opened by the first operation.
    #[must_use]
    pub fn on_port(path: &str, settings: EcrHubSettings) -> Self {
        Self::new(SerialPortLine::new(settings.port(path)), settings)
    }
}

/// A sale that was sent.
struct Pending<'a> {
    sale: &'a Sale,
    msg_id: String,
    frame_id: u8,
    accepted: bool,
    closing: bool,
    deadline: Instant,
}

impl<L: Line> EcrHub<L> {
    /// A terminal on any line.
    pub fn new(line: L, settings: EcrHubSettings) -> Self {
        let hub = HubLink::new(line, settings.clone());
        Self { hub, settings, late: VecDeque::new(), messages_sent: 0, clock: unix_ms }
    }

    /// The same with another wall clock, in ms since 1970; only timestamps of messages come from it.
    #[must_use]
    pub fn with_clock(mut self, clock: fn() -> u64) -> Self {
        self.clock = clock;
        self
    }

    fn request(&mut self, topic: &str, data: RequestData) -> Request {
        self.messages_sent += 1;
        let timestamp = (self.clock)().to_string();
        Request {
            topic: topic.to_owned(),
            msg_id: format!("{timestamp}-{}", self.messages_sent),
            app_id: self.settings.app_id.clone(),
            timestamp,
            version: self.settings.version.clone(),
            biz_data: Some(data),
        }
    }

    /// Sends a request and waits for the answer that bears its id and topic. Others are late results.
    fn exchange(&mut self, topic: &str, data: RequestData) -> Result<Response, DeviceError> {
        self.hub.connect(&CancelToken::new())?;
        let request = self.request(topic, data);
        self.hub.send(&request)?;
        let waited_ms = self.settings.query_timeout_ms;
        let deadline = deadline_ms(waited_ms);
        let answer = loop {
            self.hub.pump(deadline)?;
            if let Some(answer) = self.answer_to(&request) {
                break Ok(answer);
            }
            if Instant::now() >= deadline || !self.hub.is_connected() {
                break Err(DeviceError::TimeOut { what: "payment terminal", waited_ms });
            }
        };
        self.hub.forget_unacked();
        answer
    }

    fn answer_to(&mut self, request: &Request) -> Option<Response> {
        while let Some(response) = self.hub.take() {
            if response.msg_id == request.msg_id && response.topic == request.topic {
                return Some(response);
            }
            self.keep_late(&response);
        }
        None
    }

    /// Keeps the result of a sale that nobody waits for; everything else is no news.
    fn keep_late(&mut self, response: &Response) {
        let order = answer::order_of(response);
        if order.is_empty()
            || response.topic != TOPIC_ORDER
            || !matches!(answer::trans_type(response), "" | "1")
        {
            return;
        }
        let outcome = answer::query_outcome(answer::of_sale(response, &self.settings), response);
        if matches!(outcome, QueryOutcome::InProgress | QueryOutcome::NoAnswer) {
            return;
        }
        if self.late.len() >= MAX_LATE {
            self.late.pop_front();
        }
        self.late.push_back(LateResult { order: order.to_owned(), outcome });
    }

    fn keep_all_late(&mut self) {
        while let Some(response) = self.hub.take() {
            self.keep_late(&response);
        }
    }

    fn start<'a>(&mut self, sale: &'a Sale) -> Result<Pending<'a>, DeviceError> {
        self.keep_all_late();
        let request = self.request(TOPIC_ORDER, request::sale(sale));
        let frame_id = self.hub.send(&request)?;
        let deadline = deadline_ms(self.settings.sale_timeout_ms);
        Ok(Pending { sale, msg_id: request.msg_id, frame_id, accepted: false, closing: false, deadline })
    }

    fn await_result(
        &mut self,
        mut pending: Pending<'_>,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(SaleProgress),
    ) -> SaleOutcome {
        loop {
            if self.hub.pump(deadline_ms(CANCEL_POLL_MS).min(pending.deadline)).is_err() {
                return SaleOutcome::Unknown(UnknownReason::LinkLost);
            }
            if let Some(outcome) = self.result_of(&pending) {
                return outcome;
            }
            if !self.hub.is_connected() {
                return SaleOutcome::Unknown(UnknownReason::LinkLost);
            }
            match self.hub.delivery(pending.frame_id) {
                Delivery::Acknowledged if !pending.accepted => {
                    pending.accepted = true;
                    progress(SaleProgress::Accepted);
                }
                Delivery::GivenUp => return SaleOutcome::Unknown(UnknownReason::Silence),
                Delivery::Acknowledged | Delivery::UnderWay => {}
            }
            let expired = Instant::now() >= pending.deadline;
            if pending.closing && expired {
                return SaleOutcome::Unknown(UnknownReason::Silence);
            }
            if !pending.closing && (expired || cancel.is_canceled()) {
                self.close(&mut pending, progress);
            }
        }
    }

    /// Asks the terminal to give the sale up and bounds the wait for the result, which alone counts.
    fn close(&mut self, pending: &mut Pending<'_>, progress: &mut dyn FnMut(SaleProgress)) {
        pending.closing = true;
        pending.deadline = deadline_ms(self.settings.close_timeout_ms);
        progress(SaleProgress::CancelRequested);
        let request = self.request(TOPIC_CLOSE, request::order(&pending.sale.order));
        if let Err(error) = self.hub.send(&request) {
            tracing::warn!(code = error.code(), "close not sent");
        }
    }

    fn result_of(&mut self, pending: &Pending<'_>) -> Option<SaleOutcome> {
        while let Some(response) = self.hub.take() {
            if response.topic != TOPIC_ORDER {
                continue;
            }
            let order = answer::order_of(&response);
            if order != pending.sale.order && !order.is_empty() {
                self.keep_late(&response);
                if response.msg_id == pending.msg_id {
                    return Some(SaleOutcome::Unknown(UnknownReason::Crossed));
                }
                continue;
            }
            if order.is_empty() && response.msg_id != pending.msg_id {
                continue;
            }
            if let Some(outcome) = answer::sale_outcome(&response, pending.sale, &self.settings) {
                return Some(outcome);
            }
        }
        None
    }

    /// What the order itself says after a reversal whose answer was no plain yes or no.
    fn reversal_by_query(&mut self, order: &str) -> ReversalOutcome {
        match self.query(order) {
            QueryOutcome::Canceled | QueryOutcome::Declined(_) => ReversalOutcome::Reversed,
            QueryOutcome::Approved(_) | QueryOutcome::InProgress | QueryOutcome::NotFound => {
                ReversalOutcome::NotReversedYet
            }
            QueryOutcome::NoAnswer => ReversalOutcome::NoAnswer,
        }
    }
}

impl<L: Line> PaymentTerminal for EcrHub<L> {
    fn probe(&mut self) -> Result<(), DeviceError> {
        self.hub.connect(&CancelToken::new())
    }

    fn idle(&mut self) -> Result<DeviceState, DeviceError> {
        self.hub.ensure_open()?;
        self.hub.pump(Instant::now())?;
        self.keep_all_late();
        Ok(if self.hub.is_connected() { DeviceState::Online } else { DeviceState::Offline })
    }

    fn sale(
        &mut self,
        sale: &Sale,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(SaleProgress),
    ) -> SaleOutcome {
        let not_sent = |why| SaleOutcome::Declined(Decline::NotSent(why));
        if !sale.is_well_formed() {
            return not_sent(NotSent::BadSale);
        }
        if cancel.is_canceled() {
            return not_sent(NotSent::Canceled);
        }
        progress(SaleProgress::Connecting);
        match self.hub.connect(cancel) {
            Ok(()) => {}
            Err(DeviceError::Canceled) => return not_sent(NotSent::Canceled),
            Err(_) => return not_sent(NotSent::NoLink),
        }
        // From here on bytes may be at the terminal, so only an answer can say no.
        let outcome = match self.start(sale) {
            Ok(pending) => {
                progress(SaleProgress::Sent);
                self.await_result(pending, cancel, progress)
            }
            Err(_) => SaleOutcome::Unknown(UnknownReason::LinkLost),
        };
        self.hub.forget_unacked();
        outcome
    }

    fn query(&mut self, order: &str) -> QueryOutcome {
        let Ok(answer) = self.exchange(TOPIC_QUERY, request::order(order)) else {
            return QueryOutcome::NoAnswer;
        };
        let named = answer::order_of(&answer);
        if !named.is_empty() && named != order {
            return QueryOutcome::NoAnswer;
        }
        match answer::query_outcome(answer::of_query(&answer), &answer) {
            QueryOutcome::Approved(approval) if approval.order != order => QueryOutcome::NoAnswer,
            outcome => outcome,
        }
    }

    fn reverse(&mut self, order: &str) -> ReversalOutcome {
        let try_number = (self.clock)() / 1000 + self.messages_sent;
        let number = request::reversal_number(order, try_number);
        let data = request::reversal(&number, order);
        let Ok(answer) = self.exchange(TOPIC_ORDER, data) else {
            return ReversalOutcome::NoAnswer;
        };
        let code = answer.error_msg.as_str();
        if self.settings.final_reversal_refusals.iter().any(|known| known == code) {
            return ReversalOutcome::Refused(code.to_owned());
        }
        let ours = answer::order_of(&answer) == number;
        match answer::of_query(&answer) {
            Verdict::Approved if ours => ReversalOutcome::Reversed,
            // There is nothing to undo, and the request of the sale is no longer sent.
            Verdict::NotFound => ReversalOutcome::Reversed,
            _ if code == NOT_FOUND => ReversalOutcome::Reversed,
            _ => self.reversal_by_query(order),
        }
    }

    fn take_late(&mut self) -> Vec<LateResult> {
        self.late.drain(..).collect()
    }
}
