//! From the way to pay to the last page. What the money does is decided by `money::Teller`; here it is shown.

use crate::money::{Charge, DeclineReason, Fen, Method, Order};

use super::state::{PayState, PayingState, UnknownState};
use super::{
    Bill, Draft, Effect, HallRefusal, HoldFault, NotStarted, Obstacle, Overlay, PayRequest, PayStage,
    Printer, SlipView, State, Touch, Visit, World, obstacle, offline_admits, terminal_obstacle,
};

impl Visit {
    pub(super) fn touched_payment(&mut self, touch: Touch, world: &World) -> Vec<Effect> {
        match touch {
            Touch::ChooseMethod(phone_code) if !self.pay.busy => self.pay.phone_code = phone_code,
            Touch::AgreePaperless if !self.pay.busy => self.pay.paperless_agreed = !self.pay.paperless_agreed,
            Touch::AddAnother => return self.add_another(),
            Touch::CancelPayment => return self.cancel_payment(),
            Touch::PrintReference => return self.print_reference(world),
            Touch::Finish if !self.is_locked() => return self.end(),
            Touch::Rate(level) => return self.rate(level),
            Touch::Dispute => return self.dispute(),
            Touch::SlipCameOut(out) => return self.slip_came_out(out),
            Touch::Another => return self.another(),
            Touch::Retry => return self.retry(),
            Touch::Reprint => return self.reprint(),
            _ => {}
        }
        Vec::new()
    }

    /// The lines of the next payment: the basket, or the one bill on the page.
    pub(super) fn drafts(&self) -> Vec<Draft> {
        match &self.state {
            State::Bill(draft) => vec![draft.clone()],
            State::Basket => self.basket.clone(),
            _ => Vec::new(),
        }
    }

    fn add_another(&mut self) -> Vec<Effect> {
        if self.pay.busy {
            return Vec::new();
        }
        if let State::Bill(draft) = &self.state {
            let draft = draft.clone();
            self.put_into_basket(draft);
        }
        self.pay = PayState { phone_code: self.pay.phone_code, ..PayState::default() };
        self.history.clear();
        self.state = State::Home;
        self.open_catalogue(String::new())
    }

    /// With other lines waiting in the basket, this bill joins them first.
    pub(super) fn go_pay(&mut self, world: &World) -> Vec<Effect> {
        if self.pay.busy {
            return Vec::new();
        }
        if let State::Bill(draft) = &self.state
            && !self.basket.is_empty()
        {
            let draft = draft.clone();
            self.put_into_basket(draft);
            return self.enter(State::Basket);
        }
        self.start_payment(world)
    }

    pub(super) fn start_payment(&mut self, world: &World) -> Vec<Effect> {
        let drafts = self.drafts();
        if drafts.is_empty() {
            return Vec::new();
        }
        if let Some(lapsed) = self.lapsed(&drafts, world) {
            return self.ask_again(&lapsed);
        }
        if self.pay_obstacle(world) != Obstacle::None
            || (self.is_paperless(world) && !self.pay.paperless_agreed)
        {
            return Vec::new();
        }
        if let Some(fault) = self.line_fault(&drafts, world) {
            self.pay.fault = fault;
            return Vec::new();
        }
        self.pay.busy = true;
        self.pay.fault = HoldFault::None;
        vec![Effect::Pay(self.request(&drafts, world))]
    }

    fn request(&self, drafts: &[Draft], world: &World) -> PayRequest {
        PayRequest {
            lines: drafts.iter().map(Draft::line).collect(),
            method: if self.pay.phone_code { Method::PhoneCode } else { Method::Card },
            offline: !world.online,
            pay_again: self.pay.pay_again,
            payer: self.person.as_ref().map(|person| person.id_number.as_str().to_owned()),
        }
    }

    /// What stops the payment of these lines before any money moves.
    fn line_fault(&self, drafts: &[Draft], world: &World) -> Option<HoldFault> {
        let mut before = Fen::ZERO;
        for draft in drafts {
            let fee = self.setting.fee(&draft.fee)?;
            if draft.amount.get() > fee.amount.max_fen {
                return Some(HoldFault::AboveLimit);
            }
            match obstacle(fee, &self.setting, world).0 {
                Obstacle::HallAway => return Some(HoldFault::HallAway(fee.name.clone())),
                Obstacle::DayCut | Obstacle::ClosedHours => return Some(HoldFault::DayCut),
                _ => {}
            }
            if offline_admits(fee, draft.amount, before, &self.setting, world).is_err() {
                return Some(HoldFault::OfflineCap);
            }
            before = before.plus(draft.amount).unwrap_or(before);
        }
        None
    }

    /// What keeps the whole page from paying; a total of zero needs no terminal.
    pub(super) fn pay_obstacle(&self, world: &World) -> Obstacle {
        let free = self.drafts().iter().all(|draft| !draft.amount.is_positive());
        if free { Obstacle::None } else { terminal_obstacle(world) }
    }

    pub(super) fn is_paperless(&self, world: &World) -> bool {
        world.printer != Printer::Ready
    }

    fn lapsed(&self, drafts: &[Draft], world: &World) -> Option<Draft> {
        let stale = self.pay.fault == HoldFault::Expired;
        let late = |draft: &&Draft| {
            draft.bill.as_ref().is_some_and(|bill| stale || bill.lapses_at_ms <= world.now_ms)
        };
        drafts.iter().find(late).filter(|_| world.online).cloned()
    }

    fn ask_again(&mut self, draft: &Draft) -> Vec<Effect> {
        let ticket = self.next_ticket();
        self.pay.ticket = Some(ticket);
        self.pay.busy = true;
        let tariff_item = draft.tariff_item.as_ref().map(|(key, _)| key.clone());
        vec![Effect::AskQuote { ticket, fee: draft.fee.clone(), account: draft.account.clone(), tariff_item }]
    }

    /// A lapsed quote came back: the resident sees the new amount before anything is paid.
    pub(super) fn quoted_again(&mut self, answer: Result<Bill, HallRefusal>) -> Vec<Effect> {
        self.pay.ticket = None;
        self.pay.busy = false;
        let bill = match answer {
            Ok(bill) => bill,
            Err(refusal) => {
                self.pay.fault = hold_fault(refusal);
                return Vec::new();
            }
        };
        let mut drafts = self.drafts().into_iter();
        let free = drafts.any(|draft| draft.is_of(&bill) && !draft.amount.is_positive());
        let unchanged = match &mut self.state {
            State::Bill(draft) => draft.renew(&bill),
            _ => {
                self.basket.iter_mut().find(|draft| draft.is_of(&bill)).is_none_or(|draft| draft.renew(&bill))
            }
        };
        self.pay.fault = match unchanged {
            _ if bill.amount_fen <= 0 && !bill.partial && !free => HoldFault::NothingOwed,
            true => HoldFault::None,
            false => HoldFault::Changed,
        };
        Vec::new()
    }

    pub(super) fn not_started(&mut self, why: NotStarted) -> Vec<Effect> {
        self.pay.busy = false;
        match why {
            NotStarted::Fault(fault) => self.pay.fault = fault,
            NotStarted::PaidJustNow(reference) => self.overlay = Overlay::PayAgain(reference),
        }
        Vec::new()
    }

    fn cancel_payment(&mut self) -> Vec<Effect> {
        let State::Paying(state) = &mut self.state else { return Vec::new() };
        if state.stage == PayStage::Canceling {
            return Vec::new();
        }
        state.stage = PayStage::Canceling;
        vec![Effect::CancelPayment(state.order.id.clone())]
    }

    /// The terminal's progress; a cancel that was asked for stays on the screen until the result comes.
    pub(super) fn staged(&mut self, stage: PayStage) -> Vec<Effect> {
        if let State::Paying(state) = &mut self.state
            && (state.stage != PayStage::Canceling || stage == PayStage::Processing)
        {
            state.stage = stage;
        }
        Vec::new()
    }

    pub(super) fn order_changed(&mut self, order: Order, queries: u32, world: &World) -> Vec<Effect> {
        let mine = self.state.order() == Some(&order.id) || (self.pay.busy && self.state.order().is_none());
        // Given up before the terminal was asked: `NotStarted` says why.
        let unasked = matches!(order.charge, Charge::Intended | Charge::Declined(DeclineReason::GaveUp));
        if !mine || unasked {
            return Vec::new();
        }
        self.touched_ms = world.now_ms;
        match order.charge {
            Charge::Charging => self.show_paying(order, world),
            Charge::Unknown | Charge::Reversing(_) => self.show_unknown(order, queries, world),
            _ => self.show_outcome(order, world),
        }
    }

    fn show_paying(&mut self, order: Order, world: &World) -> Vec<Effect> {
        self.pay.busy = false;
        self.keep_for_retry();
        self.history.clear();
        self.state = State::Paying(PayingState { order, since_ms: world.now_ms, stage: PayStage::Preparing });
        Vec::new()
    }

    /// A declined payment can be tried again with the same lines.
    fn keep_for_retry(&mut self) {
        if let State::Bill(draft) = &self.state {
            self.basket = vec![draft.clone()];
        }
    }

    fn show_unknown(&mut self, order: Order, queries: u32, world: &World) -> Vec<Effect> {
        if let State::Unknown(state) = &mut self.state {
            state.order = order;
            state.queries = queries;
            return Vec::new();
        }
        self.basket.clear();
        let id = order.id.clone();
        let slip = if world.printer == Printer::Ready { SlipView::Waiting } else { SlipView::Paperless };
        self.state = State::Unknown(UnknownState { order, queries, slip });
        vec![Effect::Print(id)]
    }

    fn print_reference(&mut self, world: &World) -> Vec<Effect> {
        let State::Unknown(state) = &mut self.state else { return Vec::new() };
        let again =
            matches!(state.slip, SlipView::Held | SlipView::Paperless) && world.printer == Printer::Ready;
        if !again {
            return Vec::new();
        }
        state.slip = SlipView::Waiting;
        vec![Effect::Print(state.order.id.clone())]
    }
}

const fn hold_fault(refusal: HallRefusal) -> HoldFault {
    match refusal {
        HallRefusal::Unknown | HallRefusal::NothingOwed => HoldFault::NothingOwed,
        HallRefusal::BillerClosed => HoldFault::BillerClosed,
        HallRefusal::BillerSilent => HoldFault::BillerSilent,
        HallRefusal::Away => HoldFault::HallAway(String::new()),
        HallRefusal::Failed => HoldFault::HallError,
    }
}
