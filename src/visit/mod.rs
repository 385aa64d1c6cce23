//! One resident's visit. Pure: `(Visit, Event) → (Visit, effects)`.
//!
//! [`Visit::handle`] takes an [`Event`] and the [`World`] of that moment, changes the [`State`], and gives
//! out [`Effect`]s; [`Visit::screen`] tells what the resident sees. It never decides about money that moved:
//! orders live with `money::Teller` and go on when the visit is over.

mod availability;
mod bill;
mod card;
mod choosing;
mod event;
mod outcome;
mod paying;
mod projection;
mod screen;
mod setting;
mod state;
#[cfg(test)]
mod tests;
mod touch;
mod typing;
mod world;

pub use availability::{obstacle, offline_admits, terminal_obstacle};
pub use bill::{Bill, Draft};
pub use event::{Effect, Event, HallRefusal, NotStarted, PayRequest, Ticket};
pub(crate) use projection::qr_text;
pub use screen::*;
pub use setting::Setting;
pub use state::State;
pub use touch::Touch;
pub use world::{Printer, Terminal, World};

use std::sync::Arc;

use crate::money::OrderId;
use crate::person::Person;
use state::{PayState, UnknownState};

/// Pages that `back` can return to; the deepest way through the screens has six.
const HISTORY_MAX: usize = 12;

/// One resident's visit.
#[derive(Debug)]
pub struct Visit {
    setting: Arc<Setting>,
    state: State,
    history: Vec<State>,
    basket: Vec<Draft>,
    pay: PayState,
    person: Option<Person>,
    card_present: bool,
    unknown_accounts: u32,
    overlay: Overlay,
    touched_ms: u64,
    tickets: Ticket,
}

impl Visit {
    /// A visit that has not begun: the home page.
    #[must_use]
    pub fn new(setting: Arc<Setting>) -> Self {
        Self {
            setting,
            state: State::Home,
            history: Vec::new(),
            basket: Vec::new(),
            pay: PayState::default(),
            person: None,
            card_present: false,
            unknown_accounts: 0,
            overlay: Overlay::None,
            touched_ms: 0,
            tickets: 0,
        }
    }

    /// Steps once.
    pub fn handle(&mut self, event: Event, world: &World) -> Vec<Effect> {
        match event {
            Event::Touch(touch) => self.touched(touch, world),
            Event::Quoted(ticket, answer) => self.quoted(ticket, answer, world),
            Event::PersonBills(ticket, answer) => self.person_bills(ticket, answer),
            Event::NotStarted(why) => self.not_started(why),
            Event::Order(order, queries) => self.order_changed(order, queries, world),
            Event::Stage(stage) => self.staged(stage),
            Event::Card(answer) => self.card_read(answer),
            Event::CardPresent(present) => {
                self.card_present = present;
                Vec::new()
            }
            Event::Slip(order, slip, percent) => self.slip_moved(&order, slip, percent, world),
            Event::Case(ticket, answer) => self.case_opened(ticket, answer),
            Event::Found(ticket, answer) => self.found(ticket, answer, world),
            Event::Tick => self.tick(world),
        }
    }

    /// The order that this visit looks at.
    #[must_use]
    pub fn watched(&self) -> Option<&OrderId> {
        self.state.order()
    }

    /// True while the resident must not leave: money moves, or is about to.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        match &self.state {
            State::Paying(_) => true,
            State::Unknown(state) => !may_leave(state),
            State::Bill(_) | State::Basket => self.pay.busy,
            _ => false,
        }
    }

    /// True on the home page with nobody before it.
    #[must_use]
    pub const fn is_idle(&self) -> bool {
        matches!(self.state, State::Home)
    }

    fn touched(&mut self, touch: Touch, world: &World) -> Vec<Effect> {
        self.touched_ms = world.now_ms;
        if self.overlay != Overlay::None {
            return self.touched_overlay(&touch, world);
        }
        match touch {
            Touch::Home => self.home(),
            Touch::Back => self.back(),
            Touch::Help => self.lay_over(Overlay::Help),
            Touch::Anything | Touch::CloseOverlay | Touch::ConfirmOverlay | Touch::Extend => Vec::new(),
            _ if world.out_of_service != OutOfService::None && self.is_idle() => Vec::new(),
            // While money moves nothing leads away from it.
            Touch::CancelPayment | Touch::PrintReference => self.touched_payment(touch, world),
            _ if self.is_locked() => Vec::new(),
            touch => self.touched_page(touch, world),
        }
    }

    fn touched_page(&mut self, touch: Touch, world: &World) -> Vec<Effect> {
        match touch {
            Touch::Key(key) => self.typed(&key),
            Touch::Go => self.go(world),
            Touch::OpenCatalogue(tile) => self.open_catalogue(tile),
            Touch::LogIn => self.want_card(state::CardPurpose::Bills(None), world),
            Touch::UseCard => self.use_card(world),
            Touch::OpenDoor(door) => self.enter(State::Notice(Notice::ComingLater, door)),
            Touch::OpenLookup => self.enter(State::Lookup(state::LookupState::default())),
            Touch::OpenBasket if !self.basket.is_empty() => self.enter(State::Basket),
            Touch::ChooseGroup(_) | Touch::OpenKeyboard | Touch::Turn(_) | Touch::ChooseFee(_) => {
                self.touched_catalogue(touch, world)
            }
            Touch::ChooseAmount(key) => self.choose_amount(key),
            Touch::ToggleBill(id) => self.toggle_bill(&id),
            Touch::NotMine => self.back(),
            Touch::ChangeAmount => self.change_amount(),
            Touch::RemoveLine(line) => self.remove_line(line),
            other => self.touched_payment(other, world),
        }
    }

    fn touched_overlay(&mut self, touch: &Touch, world: &World) -> Vec<Effect> {
        match (touch, std::mem::take(&mut self.overlay)) {
            // The order under the warning may have begun to move since it came up.
            (Touch::ConfirmOverlay | Touch::Home, Overlay::IdleWarning | Overlay::EndVisit) => {
                if self.is_locked() { Vec::new() } else { self.end() }
            }
            (Touch::ConfirmOverlay, Overlay::PayAgain(_)) => {
                self.pay.pay_again = true;
                self.start_payment(world)
            }
            (Touch::CloseOverlay | Touch::Extend | Touch::Back | Touch::ConfirmOverlay, _) => Vec::new(),
            // Any touch tells that somebody is there; it does not reach the covered page.
            (Touch::Anything, Overlay::IdleWarning) => Vec::new(),
            (_, overlay) => self.lay_over(overlay),
        }
    }

    fn lay_over(&mut self, overlay: Overlay) -> Vec<Effect> {
        self.overlay = overlay;
        Vec::new()
    }

    fn home(&mut self) -> Vec<Effect> {
        if self.is_locked() || self.is_idle() {
            return Vec::new();
        }
        if self.basket.is_empty() || matches!(self.state, State::Outcome(_)) {
            return self.end();
        }
        self.lay_over(Overlay::EndVisit)
    }

    fn back(&mut self) -> Vec<Effect> {
        if self.is_locked() || matches!(self.state, State::Outcome(_) | State::Unknown(_)) {
            return Vec::new();
        }
        let stop = self.stop_reading();
        self.pay = PayState { phone_code: self.pay.phone_code, ..PayState::default() };
        match self.history.pop() {
            Some(State::Home) | None => self.state = State::Home,
            Some(state) => self.state = state,
        }
        if self.is_idle() { self.home_again() } else { stop }
    }

    /// Back on the home page: without a basket the visit is over.
    fn home_again(&mut self) -> Vec<Effect> {
        if self.basket.is_empty() { self.end() } else { Vec::new() }
    }

    fn enter(&mut self, state: State) -> Vec<Effect> {
        let left = std::mem::replace(&mut self.state, state);
        if self.history.len() < HISTORY_MAX && !matches!(left, State::Card(_) | State::Notice(..)) {
            self.history.push(left);
        }
        Vec::new()
    }

    /// Ends the visit: nothing of the resident stays.
    fn end(&mut self) -> Vec<Effect> {
        let mut effects = self.stop_reading();
        let (tickets, card_present) = (self.tickets, self.card_present);
        *self = Self { tickets, card_present, ..Self::new(Arc::clone(&self.setting)) };
        effects.push(Effect::End);
        effects
    }

    fn next_ticket(&mut self) -> Ticket {
        self.tickets += 1;
        self.tickets
    }

    fn stop_reading(&self) -> Vec<Effect> {
        if matches!(self.state, State::Card(_)) { vec![Effect::StopReading] } else { Vec::new() }
    }

    /// Seconds of silence after which the visit ends on this page; none while money moves or nobody is here.
    fn limit_ms(&self) -> Option<u64> {
        match &self.state {
            State::Home if self.basket.is_empty() => None,
            State::Outcome(state) if matches!(state.slip, SlipView::Waiting | SlipView::Printing) => None,
            State::Outcome(_) | State::Unknown(_) | State::Notice(..) if !self.is_locked() => {
                Some(self.setting.farewell_ms)
            }
            _ if self.is_locked() => None,
            _ => Some(self.setting.idle_ms),
        }
    }

    fn remaining_ms(&self, now_ms: u64) -> Option<u64> {
        Some((self.touched_ms + self.limit_ms()?).saturating_sub(now_ms))
    }

    fn tick(&mut self, world: &World) -> Vec<Effect> {
        let mut effects = self.slip_due(world);
        match self.remaining_ms(world.now_ms) {
            Some(0) => effects.extend(self.end()),
            Some(left_ms) if left_ms <= self.setting.warn_ms => self.warn(),
            Some(_) => {}
            // Money moves: the countdown starts afresh when it has come to rest.
            None => self.touched_ms = world.now_ms,
        }
        effects
    }

    fn warn(&mut self) {
        let farewell = matches!(self.state, State::Outcome(_) | State::Unknown(_) | State::Notice(..));
        if self.overlay == Overlay::None && !farewell {
            self.overlay = Overlay::IdleWarning;
        }
    }
}

/// The reference is on the screen and its slip is out, or there is no printer to wait for.
const fn may_leave(state: &UnknownState) -> bool {
    matches!(state.slip, SlipView::Printed | SlipView::Held | SlipView::Paperless | SlipView::Doubtful)
}
