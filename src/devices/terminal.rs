//! The thread of the payment terminal.

use std::sync::Arc;
use std::time::Duration;

use drivers::payment_terminal::{
    Approval, Decline, NotSent, PayMethod, PaymentTerminal, QueryOutcome, ReversalOutcome, Sale, SaleOutcome,
    SaleProgress,
};
use drivers::{CancelToken, DeviceError, DeviceState};

use crate::money::{DeclineReason, Method, OrderId, Payment, QueryAnswer, ReversalAnswer, SaleAnswer};
use crate::visit::PayStage;

use super::health::Health;
use super::work::{Desk, Inbox, Load, Next};
use super::{DeviceNews, Sink};

/// What the terminal can be told.
pub enum Order {
    /// Charge.
    Sale {
        /// Identity of the order.
        order: OrderId,
        /// Amount in fen.
        amount_fen: i64,
        /// Card or code.
        method: Method,
        /// Set when the resident wants to stop.
        cancel: CancelToken,
    },
    /// Say what became of an order.
    Query(OrderId),
    /// Take a charge back.
    Reverse(OrderId),
}

/// A terminal with its waits.
pub struct Terminal {
    /// The driver.
    pub driver: Box<dyn PaymentTerminal>,
    /// Between two heartbeats.
    pub idle_interval: Duration,
    /// How it is.
    pub health: Health,
}

/// Starts the thread.
pub fn start(terminal: Terminal, sink: Arc<Sink>, load: &Load) -> Desk<Order> {
    Desk::open("payment-terminal", load, move |inbox| Post { terminal, sink, ready: None }.run(&inbox))
}

struct Post {
    terminal: Terminal,
    sink: Arc<Sink>,
    ready: Option<bool>,
}

impl Post {
    fn run(mut self, inbox: &Inbox<Order>) {
        let found = self.terminal.driver.probe();
        self.found(found.as_ref().map(|()| DeviceState::Online));
        loop {
            match inbox.next(self.terminal.idle_interval) {
                Next::Serve(order) => {
                    self.serve(order);
                    inbox.done();
                }
                Next::Look => self.look_after(),
                Next::End => return,
            }
            self.hand_out_late();
        }
    }

    fn found(&mut self, found: Result<DeviceState, &DeviceError>) {
        let state = self.terminal.health.look(found);
        let ready = matches!(state, DeviceState::Online | DeviceState::Busy);
        if self.ready.replace(ready) != Some(ready) {
            (self.sink)(DeviceNews::Terminal(ready));
        }
    }

    fn look_after(&mut self) {
        let found = self.terminal.driver.idle();
        self.found(found.as_ref().copied());
    }

    /// An answer that nobody waits for any more still says what happened to money.
    fn hand_out_late(&mut self) {
        for late in self.terminal.driver.take_late() {
            if let Ok(order) = OrderId::parse(&late.order) {
                (self.sink)(DeviceNews::Query(order, query_answer(late.outcome)));
            }
        }
    }

    fn serve(&mut self, order: Order) {
        let driver = &mut self.terminal.driver;
        (self.sink)(match order {
            Order::Sale { order, amount_fen, method, cancel } => {
                let (sink, id) = (Arc::clone(&self.sink), order.clone());
                let mut progress = |progress| sink(DeviceNews::Stage(id.clone(), stage(progress)));
                let sale = Sale { order: order.to_string(), amount_fen, method: pay_method(method) };
                let outcome = driver.sale(&sale, &cancel, &mut progress);
                DeviceNews::Sale(order, sale_answer(outcome))
            }
            Order::Query(order) => {
                let outcome = driver.query(order.as_str());
                DeviceNews::Query(order, query_answer(outcome))
            }
            Order::Reverse(order) => {
                let outcome = driver.reverse(order.as_str());
                DeviceNews::Reversal(order, reversal_answer(&outcome))
            }
        });
    }
}

const fn stage(progress: SaleProgress) -> PayStage {
    match progress {
        SaleProgress::Connecting | SaleProgress::Sent => PayStage::Preparing,
        SaleProgress::Accepted => PayStage::Waiting,
        SaleProgress::CancelRequested => PayStage::Canceling,
    }
}

const fn pay_method(method: Method) -> PayMethod {
    match method {
        Method::Card => PayMethod::Card,
        Method::PhoneCode => PayMethod::PhoneCode,
    }
}

fn sale_answer(outcome: SaleOutcome) -> SaleAnswer {
    match outcome {
        SaleOutcome::Approved(approval) => SaleAnswer::Approved(payment(approval)),
        SaleOutcome::Declined(decline) => SaleAnswer::Declined(decline_reason(&decline)),
        SaleOutcome::Unknown(_) => SaleAnswer::Unknown,
    }
}

fn query_answer(outcome: QueryOutcome) -> QueryAnswer {
    match outcome {
        QueryOutcome::Approved(approval) => {
            QueryAnswer::Approved { amount_fen: approval.amount_fen, payment: payment(approval) }
        }
        QueryOutcome::Declined(decline) => QueryAnswer::Declined(decline_reason(&decline)),
        QueryOutcome::Canceled => QueryAnswer::Declined(DeclineReason::Canceled),
        QueryOutcome::InProgress | QueryOutcome::NotFound | QueryOutcome::NoAnswer => QueryAnswer::NotYet,
    }
}

const fn reversal_answer(outcome: &ReversalOutcome) -> ReversalAnswer {
    match outcome {
        ReversalOutcome::Reversed => ReversalAnswer::Reversed,
        ReversalOutcome::Refused(_) => ReversalAnswer::Refused,
        ReversalOutcome::NotReversedYet | ReversalOutcome::NoAnswer => ReversalAnswer::NotYet,
    }
}

fn decline_reason(decline: &Decline) -> DeclineReason {
    match decline {
        Decline::Canceled | Decline::NotSent(NotSent::Canceled) => DeclineReason::Canceled,
        Decline::Busy => DeclineReason::TerminalBusy,
        Decline::NotSent(_) => DeclineReason::TerminalAbsent,
        Decline::Refused(code) => match code.as_str() {
            "51" | "INSUFFICIENT_FUNDS" => DeclineReason::InsufficientFunds,
            "61" | "LIMIT_EXCEEDED" => DeclineReason::LimitExceeded,
            "CLOSED" | "TIMEOUT" => DeclineReason::TimedOut,
            _ => DeclineReason::DeclinedByBank,
        },
    }
}

fn payment(approval: Approval) -> Payment {
    Payment {
        channel_reference: approval.trans_no,
        method: match approval.method {
            PayMethod::Card => Method::Card,
            PayMethod::PhoneCode => Method::PhoneCode,
        },
        scheme: approval.scheme,
        card_last4: approval.card_last4,
        terminal: approval.terminal_id,
    }
}
