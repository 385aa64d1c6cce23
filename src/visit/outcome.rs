//! The last page: what became of the order, its slip, rating, case; and the same for an earlier order.

use crate::money::{Charge, LineState, Order, OrderId};

use super::state::{CaseState, OutcomeState, PayState, UnknownState};
use super::{Effect, HallRefusal, Printer, SlipView, State, Ticket, Visit, World};

impl Visit {
    pub(super) fn show_outcome(&mut self, order: Order, world: &World) -> Vec<Effect> {
        if !matches!(order.charge, Charge::Declined(_)) {
            self.basket.clear();
        }
        self.pay.busy = false;
        if let State::Outcome(state) = &mut self.state {
            state.order = order;
            return self.slip_due(world);
        }
        self.history.clear();
        let due = wants_slip(&order).then_some(world.now_ms + self.setting.booking_wait_ms);
        let slip = match (due, world.printer) {
            (None, _) => SlipView::None,
            (Some(_), Printer::Ready) => SlipView::Waiting,
            (Some(_), _) => SlipView::Paperless,
        };
        self.state = State::Outcome(Box::new(OutcomeState {
            order,
            slip,
            percent: 0,
            slip_due_ms: due,
            rating: 0,
            case: CaseState::None,
            earlier: false,
        }));
        self.slip_due(world)
    }

    /// The slip waits a little for the booking, so that it can say what became of the money.
    pub(super) fn slip_due(&mut self, world: &World) -> Vec<Effect> {
        let State::Outcome(state) = &mut self.state else { return Vec::new() };
        let booked = state.order.lines.iter().all(|line| line.state != LineState::Booking);
        let settled = booked || state.order.offline || !world.online;
        match state.slip_due_ms {
            Some(due_ms) if settled || world.now_ms >= due_ms => {
                state.slip_due_ms = None;
                vec![Effect::Print(state.order.id.clone())]
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn slip_moved(
        &mut self,
        order: &OrderId,
        slip: SlipView,
        percent: u8,
        world: &World,
    ) -> Vec<Effect> {
        self.touched_ms = world.now_ms;
        match &mut self.state {
            State::Unknown(state) if state.order.id == *order => state.slip = slip,
            State::Outcome(state) if state.order.id == *order => {
                state.slip = slip;
                state.percent = percent;
            }
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn slip_came_out(&mut self, out: bool) -> Vec<Effect> {
        let State::Outcome(state) = &mut self.state else { return Vec::new() };
        if state.slip != SlipView::Doubtful {
            return Vec::new();
        }
        state.slip = if out { SlipView::Printed } else { SlipView::Held };
        vec![Effect::SlipCameOut(state.order.id.clone(), out)]
    }

    pub(super) fn reprint(&mut self) -> Vec<Effect> {
        let State::Outcome(state) = &mut self.state else { return Vec::new() };
        if state.slip != SlipView::Held {
            return Vec::new();
        }
        state.slip = SlipView::Waiting;
        vec![Effect::Print(state.order.id.clone())]
    }

    pub(super) fn rate(&mut self, level: u8) -> Vec<Effect> {
        let State::Outcome(state) = &mut self.state else { return Vec::new() };
        if state.rating != 0 || !(1..=5).contains(&level) {
            return Vec::new();
        }
        state.rating = level;
        vec![Effect::Rate(state.order.id.clone(), level)]
    }

    pub(super) fn dispute(&mut self) -> Vec<Effect> {
        let ticket = self.next_ticket();
        let State::Outcome(state) = &mut self.state else { return Vec::new() };
        let can_ask = matches!(state.case, CaseState::None | CaseState::Failed);
        if !can_ask || !state.order.money_moved() {
            return Vec::new();
        }
        state.case = CaseState::Asked(ticket);
        vec![Effect::OpenCase(ticket, state.order.id.clone())]
    }

    pub(super) fn case_opened(&mut self, ticket: Ticket, answer: Result<String, HallRefusal>) -> Vec<Effect> {
        if let State::Outcome(state) = &mut self.state
            && state.case == CaseState::Asked(ticket)
        {
            state.case = answer.map_or(CaseState::Failed, CaseState::Opened);
        }
        Vec::new()
    }

    /// One more payment of the same person: what was paid is forgotten, the person stays.
    pub(super) fn another(&mut self) -> Vec<Effect> {
        if !matches!(self.state, State::Outcome(_)) {
            return Vec::new();
        }
        self.basket.clear();
        self.pay = PayState::default();
        self.state = State::Home;
        self.open_catalogue(String::new())
    }

    pub(super) fn retry(&mut self) -> Vec<Effect> {
        let State::Outcome(state) = &self.state else { return Vec::new() };
        if !matches!(state.order.charge, Charge::Declined(_)) || self.basket.is_empty() {
            return Vec::new();
        }
        self.pay = PayState { phone_code: self.pay.phone_code, ..PayState::default() };
        self.history.clear();
        self.state = match self.basket.as_slice() {
            [draft] => State::Bill(draft.clone()),
            _ => State::Basket,
        };
        if matches!(self.state, State::Bill(_)) {
            self.basket.clear();
        }
        Vec::new()
    }

    pub(super) fn found(
        &mut self,
        ticket: Ticket,
        answer: Result<Box<(Order, SlipView)>, HallRefusal>,
        world: &World,
    ) -> Vec<Effect> {
        let asked = match &self.state {
            State::Lookup(state) => state.ticket,
            State::Card(state) => state.ticket,
            _ => None,
        };
        if asked != Some(ticket) {
            return Vec::new();
        }
        match answer {
            Ok(found) => self.show_earlier(*found, world),
            Err(refusal) => self.lookup_fault(refusal),
        }
    }

    /// The state of an earlier order, without its lines being paid, printed or rated again by itself.
    fn show_earlier(&mut self, (order, slip): (Order, SlipView), world: &World) -> Vec<Effect> {
        self.history.clear();
        self.touched_ms = world.now_ms;
        self.state = match order.charge {
            Charge::Intended | Charge::Charging | Charge::Unknown | Charge::Reversing(_) => {
                State::Unknown(UnknownState { order, queries: 0, slip: SlipView::Paperless })
            }
            _ => State::Outcome(Box::new(OutcomeState {
                order,
                slip,
                percent: 0,
                slip_due_ms: None,
                rating: 0,
                case: CaseState::None,
                earlier: true,
            })),
        };
        Vec::new()
    }
}

/// Whether an order in this state owes the resident a piece of paper.
const fn wants_slip(order: &Order) -> bool {
    !matches!(order.charge, Charge::Declined(_))
}
