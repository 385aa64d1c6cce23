//! What the teller is told, what it wants done, and how long it waits.

use super::{DeclineReason, LineProgress, Order, OrderId, Payment, Step};

/// How long the teller waits for what. All counted on a monotonic clock, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TellerSettings {
    /// Between two questions about the same order; WeChat Pay and Alipay ask for 3–5 s.
    pub query_interval_ms: u64,
    /// After which an unknown code payment is reversed, from the start of the charge.
    pub code_limit_ms: u64,
    /// After which an unknown card payment is reversed: the terminal's own time-out plus 15 s.
    pub card_limit_ms: u64,
    /// Between the first two reversal requests; doubled each time.
    pub reversal_wait_ms: u64,
    /// Longest wait between two reversal requests; they never end.
    pub reversal_wait_max_ms: u64,
}

impl Default for TellerSettings {
    fn default() -> Self {
        Self {
            query_interval_ms: 4_000,
            code_limit_ms: 60_000,
            card_limit_ms: 135_000,
            reversal_wait_ms: 5_000,
            reversal_wait_max_ms: 300_000,
        }
    }
}

/// What the terminal said to a sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaleAnswer {
    /// It charged.
    Approved(Payment),
    /// It did not charge.
    Declined(DeclineReason),
    /// It did not say.
    Unknown,
}

/// What the terminal said to a question about an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryAnswer {
    /// It charged.
    Approved {
        /// Who charged what.
        payment: Payment,
        /// How much, as the terminal says: a question does not know what was asked for.
        amount_fen: i64,
    },
    /// It did not charge.
    Declined(DeclineReason),
    /// It has taken the charge back.
    Reversed,
    /// It does not know the order, is still at it, or did not answer.
    NotYet,
}

/// What the terminal said to a reversal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReversalAnswer {
    /// Nothing stays charged.
    Reversed,
    /// Refused for good: already settled, or not reversible.
    Refused,
    /// No answer, or not yet.
    NotYet,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// An order was written down as intended.
    Start(Order),
    /// The terminal answered a sale, in time or late.
    Sale(OrderId, SaleAnswer),
    /// The terminal answered a question.
    Query(OrderId, QueryAnswer),
    /// The terminal answered a reversal.
    Reversal(OrderId, ReversalAnswer),
    /// The hall told how lines stand.
    Hall(OrderId, Vec<LineProgress>),
    /// Time passed.
    Tick,
}

/// What has to be done, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "made and consumed one or two at a time, never kept")]
pub enum Output {
    /// Make this step durable, then [`Teller::commit`] the order; on failure drop the rest.
    Record(Order, Step),
    /// Ask the terminal to charge.
    Sale(OrderId),
    /// Ask the terminal about the order.
    Query(OrderId),
    /// Ask the terminal to reverse.
    Reverse(OrderId),
}
