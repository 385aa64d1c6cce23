//! The driver of an ECR-Hub terminal: one request at a time, three-valued results (protocols E4, E7).

use std::collections::VecDeque;
use std::time::Instant;

use super::answer::{self, INVALID, NOT_FOUND, UNKNOWN_TOPIC, Verdict};
use super::hub_link::HubLink;
use super::message::{Request, RequestData, Response, TOPIC_CLOSE, TOPIC_INIT, TOPIC_ORDER, TOPIC_QUERY};
use super::request;
use super::settings::EcrHubSettings;
use crate::cancel::CancelToken;
use crate::clock::unix_ms;
use crate::payment_terminal::{
    Capabilities, Decline, LateResult, NotSent, PaymentTerminal, QueryOutcome, ReversalOutcome, Sale,
    SaleOutcome, SaleProgress, Settlement, UnknownReason, order_is_well_formed,
};
use crate::port::{Line, SerialPortLine};
use crate::status::{DeviceError, DeviceState};
use crate::timing::deadline_ms;

/// Late results kept for the caller, who takes them each 200 ms; a terminal has one order at a time.
const MAX_LATE: usize = 16;

/// An ECR-Hub terminal on a line.
#[derive(Debug)]
pub struct EcrHub<L> {
    pub(super) hub: HubLink<L>,
    pub(super) settings: EcrHubSettings,
    late: VecDeque<LateResult>,
    messages_sent: u64,
    /// The last sale sent, which `reset` gives up.
    pub(super) last_order: Option<String>,
    clock: fn() -> u64,
}

impl EcrHub<SerialPortLine> {
    /// A terminal on the serial port at `path`. The port is opened by the first operation.
    #[must_use]
    pub fn on_port(path: &str, settings: EcrHubSettings) -> Self {
        Self::new(SerialPortLine::new(settings.port(path)), settings)
    }
}

impl<L: Line> EcrHub<L> {
    /// A terminal on any line.
    pub fn new(line: L, settings: EcrHubSettings) -> Self {
        let hub = HubLink::new(line, settings.clone());
        Self { hub, settings, late: VecDeque::new(), messages_sent: 0, last_order: None, clock: unix_ms }
    }

    /// The same with another wall clock, in ms since 1970; only timestamps of messages come from it.
    #[must_use]
    pub fn with_clock(mut self, clock: fn() -> u64) -> Self {
        self.clock = clock;
        self
    }

    pub(super) fn request(&mut self, topic: &str, data: RequestData) -> Request {
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
        self.exchange_within(self.settings.query_timeout_ms, topic, data)
    }

    fn exchange_within(
        &mut self,
        waited_ms: u64,
        topic: &str,
        data: RequestData,
    ) -> Result<Response, DeviceError> {
        self.hub.connect(&CancelToken::new())?;
        let request = self.request(topic, data);
        self.hub.send(&request)?;
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

    /// A request to the terminal itself, about no order.
    fn of_terminal(&mut self, topic: &str) -> Result<Response, DeviceError> {
        let waited_ms = self.settings.settlement_timeout_ms;
        let answer = self.exchange_within(waited_ms, topic, RequestData::default())?;
        match answer.error_msg.as_str() {
            "" if answer.success => Ok(answer),
            UNKNOWN_TOPIC => Err(DeviceError::NotSupported),
            _ => Err(DeviceError::DeviceNotReady),
        }
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
    pub(super) fn keep_late(&mut self, response: &Response) {
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

    pub(super) fn keep_all_late(&mut self) {
        while let Some(response) = self.hub.take() {
            self.keep_late(&response);
        }
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

impl<L: Line> EcrHub<L> {
    fn refund_by_query(&mut self, refund_order: &str, amount_fen: i64) -> ReversalOutcome {
        match self.query(refund_order) {
            QueryOutcome::Approved(paid) if paid.amount_fen == amount_fen => ReversalOutcome::Reversed,
            QueryOutcome::Declined(Decline::Refused(code)) => ReversalOutcome::Refused(code),
            QueryOutcome::NoAnswer => ReversalOutcome::NoAnswer,
            _ => ReversalOutcome::NotReversedYet,
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

    fn capabilities(&self) -> Capabilities {
        let settlement = !self.settings.settlement_topic.is_empty();
        Capabilities { refund: true, settlement, scanned_code: false }
    }

    fn sign_on(&mut self) -> Result<(), DeviceError> {
        self.of_terminal(TOPIC_INIT).map(drop)
    }

    fn refund(
        &mut self,
        order: &str,
        refund_order: &str,
        amount_fen: i64,
    ) -> Result<ReversalOutcome, DeviceError> {
        if !order_is_well_formed(refund_order) || refund_order == order || amount_fen <= 0 {
            return Ok(ReversalOutcome::Refused(INVALID.to_owned()));
        }
        let data = request::refund(refund_order, order, amount_fen);
        let Ok(answer) = self.exchange(TOPIC_ORDER, data) else {
            return Ok(ReversalOutcome::NoAnswer);
        };
        let code = answer.error_msg.as_str();
        if self.settings.final_reversal_refusals.iter().any(|known| known == code) {
            return Ok(ReversalOutcome::Refused(code.to_owned()));
        }
        // Whatever else it says, the refund has a number of its own that can be asked for.
        Ok(self.refund_by_query(refund_order, amount_fen))
    }

    fn settle(&mut self) -> Result<Settlement, DeviceError> {
        if self.settings.settlement_topic.is_empty() {
            return Err(DeviceError::NotSupported);
        }
        let topic = self.settings.settlement_topic.clone();
        Ok(answer::settlement(&self.of_terminal(&topic)?))
    }

    fn reset(&mut self) -> Result<(), DeviceError> {
        self.keep_all_late();
        self.hub.drop_link();
        self.hub.connect(&CancelToken::new())?;
        let Some(order) = self.last_order.clone() else {
            return Ok(());
        };
        // Its answer names the order; the result of the sale, if it ends one, is late news.
        self.exchange(TOPIC_CLOSE, request::order(&order)).map(drop)
    }

    fn take_late(&mut self) -> Vec<LateResult> {
        self.late.drain(..).collect()
    }
}
