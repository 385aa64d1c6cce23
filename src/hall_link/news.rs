//! What the link tells, and why a question stays unanswered.

use std::sync::Arc;

use hall_api::{Case, Hold, OrderStatus, PersonBills, Problem, ProblemKind, Quote};
use thiserror::Error;

use crate::money::OrderId;

/// Number that the asker gives a question, to know its answer again.
pub type Ticket = u64;

/// Takes the news, on the link's thread.
pub type NewsSink = Arc<dyn Fn(HallNews) + Send + Sync>;

/// What the link tells.
#[derive(Clone, Debug, PartialEq)]
pub enum HallNews {
    /// The hall can be reached, or not any more; once at start, then only on change.
    Link {
        /// True while it can be reached.
        online: bool,
    },
    /// What is owed.
    Quote {
        /// The question.
        ticket: Ticket,
        /// Its answer.
        answer: Result<Quote, HallFault>,
    },
    /// What one person owes.
    PersonBills {
        /// The question.
        ticket: Ticket,
        /// Its answer.
        answer: Result<PersonBills, HallFault>,
    },
    /// Bills are kept for an order.
    Hold {
        /// The question.
        ticket: Ticket,
        /// Its answer.
        answer: Result<Hold, HallFault>,
    },
    /// A case is open.
    Case {
        /// The question.
        ticket: Ticket,
        /// Its answer.
        answer: Result<Case, HallFault>,
    },
    /// The rating was taken.
    Rated {
        /// The order that was rated.
        order_id: OrderId,
        /// Whether the hall took it.
        answer: Result<(), HallFault>,
    },
    /// How an order stands.
    Found {
        /// The question.
        ticket: Ticket,
        /// Its answer.
        answer: Result<OrderStatus, HallFault>,
    },
    /// The hall gave an epoch; it counts once the journal has it.
    Enrolled {
        /// The epoch.
        epoch: u32,
    },
    /// The hall answered a delivery, or told at start how a delivered order stands.
    Delivered {
        /// The order at the hall.
        status: OrderStatus,
    },
    /// The hall told of a change; told again until the journal has it (`Journal::record_inbox`, then
    /// `HallLink::inbox_done`).
    Inbox {
        /// Number of the event.
        seq: u64,
        /// The order at the hall.
        status: OrderStatus,
    },
    /// The hall refuses a delivery for good; a person has to look at it.
    SetAside {
        /// The order.
        order_id: OrderId,
        /// Why.
        kind: ProblemKind,
    },
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HallFault {
    /// The hall says why not; a biller that is closed or silent is among these.
    #[error("the hall refuses: {0:?}")]
    Refused(Problem),
    /// No connection, or no answer in time.
    #[error("the hall does not answer")]
    Away,
    /// The hall failed, or its answer makes no sense.
    #[error("the hall failed")]
    Failed,
}
