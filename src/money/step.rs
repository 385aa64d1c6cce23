//! The arrows of `design/money.md`: which step is legal from which state, and what it makes of the order.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Charge, DeclineReason, Line, LineState, Order, Payment};

/// One durable journal entry, written before the outside step that it names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The order is written down.
    Intend,
    /// The terminal is about to be asked.
    Charge,
    /// The total is zero: the lines are booked without a charge.
    CloseFree,
    /// Nothing was charged.
    Decline(DeclineReason),
    /// The terminal says that it charged.
    Approve(Payment),
    /// The terminal did not say.
    LoseTrack,
    /// The terminal is about to be asked to reverse.
    Reverse,
    /// The terminal confirmed that nothing stays charged.
    ConfirmReversal,
    /// The terminal refused the reversal for good.
    RefuseReversal,
    /// The hall told how the lines stand.
    Progress(Vec<LineProgress>),
    /// The settlement contradicts a reversal, or the books cannot be brought together.
    HandOver,
}

/// What the hall says about one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineProgress {
    /// Place in the order, from 0.
    pub line: usize,
    /// Where it stands.
    pub state: LineState,
    /// The biller's number once booked, the acquirer's once refunded.
    pub reference: Option<String>,
    /// Stable code of a rejection.
    pub reason: Option<String>,
    /// Balance after booking, in fen.
    pub balance_fen: Option<i64>,
}

/// A step that the state does not allow.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("order {order}: {step} is not allowed in state {state}")]
pub struct IllegalStep {
    /// The order.
    pub order: String,
    /// The step.
    pub step: String,
    /// The state that the order is in.
    pub state: String,
}

impl Order {
    /// The order after a step; the order itself stays as it is.
    pub fn apply(&self, step: &Step) -> Result<Self, IllegalStep> {
        let mut next = self.clone();
        match step {
            Step::Progress(lines) => next.progress(lines),
            Step::Approve(payment) if self.approval_is_late() => next.approve_late(payment),
            _ => {
                next.charge = self.charge_after(step).ok_or_else(|| self.refuse(step))?;
                next.lines_follow();
            }
        }
        next.version = self.version + 1;
        Ok(next)
    }

    fn charge_after(&self, step: &Step) -> Option<Charge> {
        use Charge as C;
        let free = self.total().is_ok_and(|total| !total.is_positive());
        Some(match (&self.charge, step) {
            (C::Intended, Step::Intend) if self.version == 0 => C::Intended,
            (C::Intended, Step::Charge) if !free => C::Charging,
            (C::Intended, Step::CloseFree) if free => C::Free,
            (C::Intended | C::Charging | C::Unknown, Step::Decline(reason)) => C::Declined(*reason),
            (C::Charging | C::Unknown, Step::Approve(payment)) => C::Charged(payment.clone()),
            (C::Charging, Step::LoseTrack) => C::Unknown,
            (C::Unknown, Step::Reverse) => C::Reversing(1),
            (C::Reversing(times), Step::Reverse) => C::Reversing(times.saturating_add(1)),
            (C::Reversing(_), Step::ConfirmReversal) => C::Reversed,
            (C::Reversing(_), Step::RefuseReversal) => C::ReversalRefused,
            (C::Reversing(_) | C::Reversed | C::ReversalRefused, Step::HandOver) => C::Manual,
            _ => return None,
        })
    }

    /// True once an approval can no longer lead to a booking.
    pub(super) const fn approval_is_late(&self) -> bool {
        use Charge as C;
        matches!(self.charge, C::Declined(_) | C::Reversing(_) | C::Reversed | C::ReversalRefused)
    }

    /// Who charged is kept for the hall. After a decline the charge is taken back: no request was made yet.
    fn approve_late(&mut self, payment: &Payment) {
        self.late_approval.get_or_insert_with(|| payment.clone());
        if matches!(self.charge, Charge::Declined(_)) {
            self.charge = Charge::Reversing(0);
            self.lines_follow();
        }
    }

    /// What the new state of the charge means for the lines; what is booked or refunded stays so.
    fn lines_follow(&mut self) {
        let state = match self.charge {
            Charge::Charged(_) | Charge::Free => LineState::Booking,
            Charge::ReversalRefused => LineState::Refunding,
            Charge::Declined(_) | Charge::Reversed => LineState::Void,
            Charge::Manual => LineState::Manual,
            Charge::Intended | Charge::Charging | Charge::Unknown | Charge::Reversing(_) => {
                LineState::Waiting
            }
        };
        let ended = |line: &Line| matches!(line.state, LineState::Booked | LineState::Refunded);
        for line in self.lines.iter_mut().filter(|line| !ended(line)) {
            line.state = state;
        }
    }

    /// Whether news of the hall changes a line. Lines only move forward: what is repeated or late changes
    /// nothing.
    #[must_use]
    pub(super) fn moves(&self, news: &LineProgress) -> bool {
        let hall_moves = match self.charge {
            Charge::Charged(_) | Charge::Free => true,
            // After a reversal was asked for, nothing is ever booked.
            Charge::ReversalRefused => news.state != LineState::Booked,
            _ => false,
        };
        hall_moves && self.lines.get(news.line).is_some_and(|line| line.state.may_become(news.state))
    }

    fn progress(&mut self, news: &[LineProgress]) {
        for item in news {
            if self.moves(item)
                && let Some(line) = self.lines.get_mut(item.line)
            {
                line.state = item.state;
                line.reference = item.reference.clone().or_else(|| line.reference.take());
                line.reason = item.reason.clone().or_else(|| line.reason.take());
                line.balance_fen = item.balance_fen.or(line.balance_fen);
            }
        }
    }

    fn refuse(&self, step: &Step) -> IllegalStep {
        IllegalStep {
            order: self.id.to_string(),
            step: step.name().to_owned(),
            state: format!("{:?}", self.charge),
        }
    }
}

impl LineState {
    /// Whether the hall may move a line from this state to `next`.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Booking => {
                matches!(
                    next,
                    Self::Booked | Self::Rejected | Self::Refunding | Self::Refunded | Self::Manual
                )
            }
            Self::Rejected => matches!(next, Self::Refunding | Self::Refunded | Self::Manual),
            Self::Refunding => matches!(next, Self::Refunded | Self::Manual),
            // A person may settle a case either way.
            Self::Manual => matches!(next, Self::Booked | Self::Refunded),
            Self::Waiting | Self::Booked | Self::Refunded | Self::Void => false,
        }
    }
}

impl Step {
    /// Name in the journal, without content.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Intend => "intend",
            Self::Charge => "charge",
            Self::CloseFree => "close-free",
            Self::Decline(_) => "decline",
            Self::Approve(_) => "approve",
            Self::LoseTrack => "lose-track",
            Self::Reverse => "reverse",
            Self::ConfirmReversal => "confirm-reversal",
            Self::RefuseReversal => "refuse-reversal",
            Self::Progress(_) => "progress",
            Self::HandOver => "hand-over",
        }
    }
}
