//! What the resident sees, made from where the visit stands and what the world is like.

mod choosing;
mod money;

pub(crate) use money::qr_text;

use super::state::{CardState, LookupState};
use super::{CardView, Frame, LookupView, NoticeView, Page, Screen, State, Visit, World};

impl Visit {
    /// Everything on the screen.
    #[must_use]
    pub fn screen(&self, world: &World) -> Screen {
        Screen { frame: self.frame(world), page: self.page(world) }
    }

    fn frame(&self, world: &World) -> Frame {
        let site = &self.setting.site;
        let date = world.local.date();
        Frame {
            hall_name: site.hall_name.clone(),
            kiosk_number: self.setting.kiosk_number.clone(),
            online: world.online,
            simulated: self.setting.simulated,
            date: (date.month(), date.day(), date.weekday().to_monday_one_offset()),
            clock: world.local.strftime("%H:%M").to_string(),
            step: self.step(),
            countdown_s: self
                .remaining_ms(world.now_ms)
                .map(|ms| u32::try_from(ms.div_ceil(1_000)).unwrap_or(u32::MAX)),
            can_leave: !self.is_locked(),
            can_back: !self.is_locked() && !matches!(self.state, State::Outcome(_) | State::Unknown(_)),
            hotline: site.phone.clone(),
            cash_window: site.cash_window.clone(),
            basket_count: self.basket.len(),
            basket_total: self.basket_total().to_string(),
            overlay: self.overlay.clone(),
        }
    }

    /// Step of the step bar: choose, account, bill, pay, slip.
    const fn step(&self) -> u8 {
        match self.state {
            State::Account(_) | State::Amount(_) => 2,
            State::Bill(_) | State::Basket => 3,
            State::Paying(_) | State::Unknown(_) => 4,
            State::Outcome(_) => 5,
            _ => 0,
        }
    }

    fn page(&self, world: &World) -> Page {
        if let Some(view) = self.out_of_service(world) {
            return Page::OutOfService(view);
        }
        match &self.state {
            State::Home => Page::Home(self.home_view(world)),
            State::Catalogue(state) => Page::Catalogue(self.catalogue_view(state, world)),
            State::Account(state) => Page::Account(self.account_view(state, world)),
            State::Amount(state) => Page::Amount(self.amount_view(state, world)),
            State::Bill(draft) => Page::Bill(self.bill_view(draft, world), self.pay_view(world)),
            State::Basket => Page::Basket(self.basket_view(), self.pay_view(world)),
            State::Card(state) => Page::Card(self.card_view(state)),
            State::MyBills(bills) => Page::MyBills(self.my_bills_view(bills, world)),
            State::Paying(state) => Page::Paying(self.paying_view(state, world)),
            State::Unknown(state) => Page::Unknown(self.unknown_view(state)),
            State::Outcome(state) => Page::Outcome(self.outcome_view(state)),
            State::Lookup(state) => Page::Lookup(lookup_view(state, world)),
            State::Notice(notice, door) => Page::Notice(NoticeView { notice: *notice, door: door.clone() }),
        }
    }

    fn card_view(&self, state: &CardState) -> CardView {
        let reading = state.ticket.is_some();
        // The card of the one before has to be lifted first.
        let take_away = self.card_present && self.person.is_none() && !reading;
        CardView { reading, fault: state.fault, take_away }
    }

    fn person_masked(&self) -> String {
        self.person.as_ref().map(|person| person.masked_name()).unwrap_or_default()
    }
}

fn lookup_view(state: &LookupState, world: &World) -> LookupView {
    LookupView {
        typed: state.typed.clone(),
        can_go: !state.typed.is_empty() && state.ticket.is_none(),
        reader_ready: world.reader_ready,
        fault: state.fault,
    }
}
