//! What stands outside: a terminal with its acquirer, and a hall with its billers. They keep books of their
//! own.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::payment;
use crate::money::{
    Charge, DeclineReason, Input, LineProgress, LineState, Order, OrderId, QueryAnswer, ReversalAnswer,
    SaleAnswer,
};

/// What the terminal was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    Sale(OrderId),
    Query(OrderId),
    Reverse(OrderId),
}

/// How a sale ends at the acquirer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Approved,
    /// One fen more than asked for: the driver does not take the terminal's word for it.
    Overcharged,
    Declined,
    /// It waits for a card longer than anybody waits for the answer.
    Waiting,
    /// The request never arrived.
    Lost,
}

/// What becomes of the terminal's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    Told,
    Twice,
    /// Nobody hears it.
    Silent,
    /// First silence, then the answer, when nobody waits any more.
    Late,
    /// First the contrary, then the truth.
    Contrary,
}

/// The acquirer's row of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    Approved { settled: bool },
    Declined,
    Reversed,
}

#[derive(Debug, Default)]
pub struct Outside {
    pub acquirer: BTreeMap<OrderId, Row>,
    /// What the terminal was asked to charge.
    pub asked_fen: BTreeMap<OrderId, i64>,
    /// Orders for which it charged one fen more.
    pub overcharged: BTreeSet<OrderId>,
    /// Sales that wait for a card at the terminal.
    pub waiting: BTreeSet<OrderId>,
    pub requests: VecDeque<Request>,
    pub answers: VecDeque<Input>,
    /// Frames that come when nobody waits for them any more.
    pub late: Vec<Input>,
    /// Orders of which the terminal said the contrary of what it did.
    pub contradicted: BTreeSet<OrderId>,
    /// Lines in the billers' books, with how often they were written.
    pub booked: BTreeMap<(OrderId, usize), u32>,
    pub refunded: BTreeSet<(OrderId, usize)>,
}

impl Outside {
    /// The terminal serves its oldest request.
    pub fn serve(&mut self, ending: Ending, telling: Telling) {
        match self.requests.pop_front() {
            Some(Request::Sale(id)) => self.sale(&id, ending, telling),
            Some(Request::Query(id)) => {
                let truth = Input::Query(id.clone(), self.status(&id));
                self.tell(truth, Input::Query(id, QueryAnswer::NotYet), telling);
            }
            Some(Request::Reverse(id)) => {
                let truth = Input::Reversal(id.clone(), self.reverse(&id));
                self.tell(truth, Input::Reversal(id, ReversalAnswer::NotYet), telling);
            }
            None => {}
        }
    }

    fn sale(&mut self, id: &OrderId, ending: Ending, telling: Telling) {
        self.begin_sale(id, ending);
        let truth = match ending {
            Ending::Approved => SaleAnswer::Approved(payment(id.as_str())),
            Ending::Declined => SaleAnswer::Declined(DeclineReason::DeclinedByBank),
            Ending::Overcharged | Ending::Waiting | Ending::Lost => SaleAnswer::Unknown,
        };
        let unknown = Input::Sale(id.clone(), SaleAnswer::Unknown);
        if telling == Telling::Contrary && ending == Ending::Approved {
            self.contradicted.insert(id.clone());
            let contrary = SaleAnswer::Declined(DeclineReason::TimedOut);
            self.answers.push_back(Input::Sale(id.clone(), contrary));
            self.late.push(Input::Query(id.clone(), self.status(id)));
            return;
        }
        self.tell(Input::Sale(id.clone(), truth), unknown, telling);
    }

    /// Each order is authorised at most once: a second time would be a second charge.
    fn begin_sale(&mut self, id: &OrderId, ending: Ending) {
        let row = match ending {
            Ending::Approved => Row::Approved { settled: false },
            Ending::Overcharged => {
                self.overcharged.insert(id.clone());
                Row::Approved { settled: false }
            }
            Ending::Declined => Row::Declined,
            Ending::Waiting => {
                self.waiting.insert(id.clone());
                return;
            }
            Ending::Lost => return,
        };
        assert!(self.acquirer.insert(id.clone(), row).is_none(), "{id} is charged twice");
    }

    /// The resident holds a card to a terminal that nobody listens to, or walks away.
    pub fn end_waiting(&mut self, approve: bool, told: bool) {
        let Some(id) = self.waiting.pop_first() else { return };
        self.begin_sale(&id, if approve { Ending::Approved } else { Ending::Declined });
        if told {
            let answer = self.status(&id);
            self.late.push(Input::Query(id, answer));
        }
    }

    fn tell(&mut self, truth: Input, silence: Input, telling: Telling) {
        match telling {
            Telling::Told | Telling::Contrary => self.answers.push_back(truth),
            Telling::Twice => self.answers.extend([truth.clone(), truth]),
            Telling::Silent => self.answers.push_back(silence),
            Telling::Late => {
                self.answers.push_back(silence);
                self.late.push(truth);
            }
        }
    }

    fn status(&self, id: &OrderId) -> QueryAnswer {
        match self.acquirer.get(id) {
            Some(Row::Approved { .. }) => self.approval(id),
            Some(Row::Declined) => QueryAnswer::Declined(DeclineReason::DeclinedByBank),
            // The driver cannot tell a reversal from a cancellation.
            Some(Row::Reversed) => QueryAnswer::Declined(DeclineReason::Canceled),
            None => QueryAnswer::NotYet,
        }
    }

    /// What the terminal says of a charge that it made.
    pub fn approval(&self, id: &OrderId) -> QueryAnswer {
        let asked_fen = self.asked_fen.get(id).copied().unwrap_or_default();
        let more_fen = i64::from(self.overcharged.contains(id));
        QueryAnswer::Approved { payment: payment(id.as_str()), amount_fen: asked_fen + more_fen }
    }

    fn reverse(&mut self, id: &OrderId) -> ReversalAnswer {
        self.waiting.remove(id);
        match self.acquirer.get(id) {
            Some(Row::Approved { settled: true }) => return ReversalAnswer::Refused,
            // Nothing was taken, and a sale of this number is not taken any more.
            None | Some(Row::Approved { .. }) => drop(self.acquirer.insert(id.clone(), Row::Reversed)),
            Some(Row::Declined | Row::Reversed) => {}
        }
        ReversalAnswer::Reversed
    }

    /// The day's end: approvals can only be refunded from now on.
    pub fn settle(&mut self) {
        for row in self.acquirer.values_mut() {
            if let Row::Approved { settled } = row {
                *settled = true;
            }
        }
    }

    /// The kiosk dies; the request that was on the wire may have arrived.
    pub fn kiosk_died(&mut self, ending: Option<Ending>) {
        if let Some(ending) = ending {
            self.serve(ending, Telling::Silent);
        }
        self.requests.clear();
        self.answers.clear();
    }

    /// The hall works on a report and says how the lines stand. What it did once it does not do again.
    pub fn hall(&mut self, order: &Order, rejects: bool) -> Option<Input> {
        let booking = matches!(order.charge, Charge::Charged(_) | Charge::Free);
        if !booking && order.charge != Charge::ReversalRefused {
            return None;
        }
        let lines =
            (0..order.lines.len()).map(|line| self.hall_line(&order.id, line, booking, rejects)).collect();
        Some(Input::Hall(order.id.clone(), lines))
    }

    fn hall_line(&mut self, id: &OrderId, line: usize, booking: bool, rejects: bool) -> LineProgress {
        let key = (id.clone(), line);
        let state = if self.booked.contains_key(&key) {
            LineState::Booked
        } else if self.refunded.contains(&key) || !booking || (rejects && line.is_multiple_of(2)) {
            self.refunded.insert(key);
            LineState::Refunded
        } else {
            *self.booked.entry(key).or_default() += 1;
            LineState::Booked
        };
        LineProgress { line, state, reference: None, reason: None, balance_fen: None }
    }
}
