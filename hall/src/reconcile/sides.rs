//! What each side says about a payment.

use hall_api::{ChargeState, LineState};

/// One row of the channel's settlement file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledOrder {
    /// The order, the channel's idempotency key.
    pub order_id: String,
    /// What was taken, in fen; nothing when it was taken back whole.
    pub taken_fen: i64,
    /// What was given back of it by refunds, in fen.
    pub refunded_fen: i64,
}

/// One row of a biller's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedLine {
    /// The order.
    pub order_id: String,
    /// The line.
    pub line: u32,
    /// How much was booked, in fen.
    pub amount_fen: i64,
}

/// One order of the hall.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HallOrder {
    /// The kiosk that reported it.
    pub kiosk: String,
    /// The order.
    pub order_id: String,
    /// State of the charge, as the kiosk reported it last.
    pub charge: ChargeState,
    /// Sum of the lines, in fen.
    pub total_fen: i64,
    /// The lines, by their number.
    pub lines: Vec<HallLine>,
}

/// One line of an order of the hall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HallLine {
    /// Where it stands.
    pub state: LineState,
    /// How much, in fen.
    pub amount_fen: i64,
}

impl HallOrder {
    /// What the channel must have taken; none while the charge is not known.
    pub(super) const fn taken_fen(&self) -> Option<i64> {
        match self.charge {
            ChargeState::Charged | ChargeState::ReversalRefused => Some(self.total_fen),
            ChargeState::Declined | ChargeState::Free | ChargeState::Reversed => Some(0),
            ChargeState::Unknown | ChargeState::Reversing | ChargeState::Manual => None,
        }
    }

    /// What refunds must have given back.
    pub(super) fn refunded_fen(&self) -> i64 {
        let refunded = self.lines.iter().filter(|line| line.state == LineState::Refunded);
        refunded.fold(0, |sum, line| sum.saturating_add(line.amount_fen))
    }

    /// True while a refund has been asked for and not answered.
    pub(super) fn is_refunding(&self) -> bool {
        self.lines.iter().any(|line| line.state == LineState::Refunding)
    }
}
