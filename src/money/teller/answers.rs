//! What terminal and hall said, and what follows from it.

use super::super::{
    Charge, LineProgress, Order, OrderId, Output, Payment, QueryAnswer, ReversalAnswer, SaleAnswer, Step,
};
use super::Teller;

impl Teller {
    pub(super) fn sale_answered(&mut self, id: &OrderId, answer: SaleAnswer) -> Vec<Output> {
        if self.charge(id) == Some(&Charge::Charging) {
            self.answered(id, 0);
        }
        match answer {
            SaleAnswer::Approved(payment) => self.approved(id, payment),
            SaleAnswer::Declined(reason) => self.step(id, Step::Decline(reason)).into_iter().collect(),
            SaleAnswer::Unknown => self.step(id, Step::LoseTrack).into_iter().collect(),
        }
    }

    /// An approval, whenever it comes: charged while we waited, taken back when we had given up.
    fn approved(&mut self, id: &OrderId, payment: Payment) -> Vec<Output> {
        let Some(order) = self.order(id).filter(|order| order.late_approval.is_none()) else {
            return Vec::new();
        };
        let declined = matches!(order.charge, Charge::Declined(_));
        let record = self.step(id, Step::Approve(payment));
        if declined {
            // The reversal follows with the next tick, or after the next start.
            self.answered(id, 0);
        }
        record.into_iter().collect()
    }

    pub(super) fn query_answered(&mut self, id: &OrderId, answer: QueryAnswer) -> Vec<Output> {
        // A late frame answers no reversal that is under way.
        if self.charge(id) == Some(&Charge::Unknown) {
            self.answered(id, self.settings.query_interval_ms);
        }
        match answer {
            QueryAnswer::Approved { amount_fen, .. } if self.is_another_amount(id, amount_fen) => {
                self.reverse(id)
            }
            QueryAnswer::Approved { payment, .. } => self.approved(id, payment),
            QueryAnswer::Declined(reason) => self.step(id, Step::Decline(reason)).into_iter().collect(),
            // Only a reversal of ours can make the terminal say so; it is confirmed by its own answer.
            QueryAnswer::Reversed | QueryAnswer::NotYet => Vec::new(),
        }
    }

    /// Something was charged, but not what was asked for: it is never booked. A sale that is under way is
    /// awaited.
    fn is_another_amount(&self, id: &OrderId, amount_fen: i64) -> bool {
        let asked = |order: &Order| order.total().is_ok_and(|total| total.get() == amount_fen);
        self.order(id).is_some_and(|order| order.charge == Charge::Unknown && !asked(order))
    }

    pub(super) fn reversal_answered(&mut self, id: &OrderId, answer: ReversalAnswer) -> Vec<Output> {
        if matches!(self.charge(id), Some(Charge::Reversing(_))) {
            self.answered(id, self.reversal_wait_ms(id));
        }
        match answer {
            ReversalAnswer::Reversed => self.step(id, Step::ConfirmReversal).into_iter().collect(),
            ReversalAnswer::Refused => self.reversal_refused(id),
            ReversalAnswer::NotYet => Vec::new(),
        }
    }

    /// The hall refunds; it needs the acquirer's number, which a silent terminal has not told yet.
    fn reversal_refused(&self, id: &OrderId) -> Vec<Output> {
        let Some(record) = self.step(id, Step::RefuseReversal) else { return Vec::new() };
        let untold = self.order(id).is_some_and(|order| order.late_approval.is_none());
        [record].into_iter().chain(untold.then(|| Output::Query(id.clone()))).collect()
    }

    pub(super) fn hall_told(&self, id: &OrderId, lines: Vec<LineProgress>) -> Vec<Output> {
        let changes = self.order(id).is_some_and(|order| lines.iter().any(|news| order.moves(news)));
        if changes { self.step(id, Step::Progress(lines)).into_iter().collect() } else { Vec::new() }
    }
}
