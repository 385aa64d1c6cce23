//! Whatever comes, in whatever order: no panic, no way out while money moves, nothing left when a visit ends.

mod happens;

use std::sync::Arc;

use jiff::civil::date;
use kiosk_config::{Catalogue, SiteProfile};
use proptest::prelude::*;

use happens::{Happens, happens};

use super::*;
use crate::money::{Charge, DeclineReason, Fen, Method, Order, OrderId};
use crate::person::{CardKind, IdNumber};

/// A visit, the world around it, and what it has asked for.
struct Play {
    visit: Visit,
    world: World,
    ticket: Ticket,
    order: Order,
    orders: u64,
    /// A payment was asked for and its end is not known.
    moving: bool,
}

fn setting() -> Arc<Setting> {
    let site = SiteProfile::load(None).unwrap().into_iter().find(|site| site.code == "city-hall").unwrap();
    Arc::new(Setting {
        catalogue: Catalogue::embedded(),
        site,
        kiosk_code: "BT07".to_owned(),
        kiosk_number: "07".to_owned(),
        idle_ms: 60_000,
        warn_ms: 20_000,
        farewell_ms: 30_000,
        account_tries: 10,
        sale_timeout_ms: 120_000,
        booking_wait_ms: 6_000,
        simulated: true,
    })
}

fn order(sequence: u64) -> Order {
    Order {
        id: OrderId::new("BT07", 1, sequence).unwrap(),
        lines: Vec::new(),
        method: Method::Card,
        offline: false,
        made_at: "2026-11-24T10:26:05+08:00".to_owned(),
        payer: None,
        charge: Charge::Intended,
        late_approval: None,
        version: 1,
    }
}

impl Play {
    fn new() -> Self {
        let mut world = World::dark(0, date(2026, 11, 24).at(10, 26, 0, 0));
        (world.online, world.reader_ready, world.out_of_service) = (true, true, OutOfService::None);
        (world.printer, world.terminal) = (Printer::Ready, Terminal::Ready);
        let visit = Visit::new(setting());
        Self { visit, world, ticket: 0, order: order(1), orders: 1, moving: false }
    }

    fn happen(&mut self, what: Happens) {
        match what {
            Happens::Fill => {
                self.fill().into_iter().for_each(|key| self.handle(Event::Touch(Touch::Key(key))))
            }
            Happens::World(bits) => self.change_world(bits),
            Happens::Pass(ms) => {
                self.world.now_ms += ms;
                self.handle(Event::Tick);
            }
            other => {
                let event = self.event(other);
                self.handle(event);
            }
        }
    }

    fn event(&mut self, what: Happens) -> Event {
        match what {
            Happens::Touch(touch) => Event::Touch(touch),
            Happens::Quote(fen) => Event::Quoted(self.ticket, Ok(self.bill(fen))),
            Happens::Refuse(refusal) => Event::Quoted(self.ticket, Err(refusal)),
            Happens::Bills => Event::PersonBills(self.ticket, Ok(vec![self.bill(100), self.bill(200)])),
            Happens::NotStarted(why) => {
                self.moving = self.visit.watched().is_some() && self.moving;
                Event::NotStarted(why)
            }
            Happens::Charge(charge) => self.charge(charge),
            Happens::Card(read) => Event::Card(if read { Ok(person()) } else { Err(CardFault::Lifted) }),
            Happens::Slip(view) => Event::Slip(self.order.id.clone(), view, 50),
            Happens::Case => Event::Case(self.ticket, Ok("C1".to_owned())),
            Happens::Found(true) => {
                Event::Found(self.ticket, Ok(Box::new((self.order.clone(), SlipView::Held))))
            }
            _ => Event::Found(self.ticket, Err(HallRefusal::Unknown)),
        }
    }

    fn charge(&mut self, charge: Charge) -> Event {
        self.moving = match charge {
            Charge::Intended | Charge::Declined(DeclineReason::GaveUp) => self.moving,
            Charge::Charging => self.moving || self.visit.watched() == Some(&self.order.id),
            _ => false,
        };
        self.order.charge = charge;
        Event::Order(self.order.clone(), 1)
    }

    fn bill(&self, amount_fen: i64) -> Bill {
        let (fee, account) = match &self.visit.state {
            State::Account(state) => (state.fee.clone(), state.typed.clone()),
            State::Amount(state) => (state.fee.clone(), state.account.clone()),
            State::Bill(draft) => (draft.fee.clone(), draft.account.clone()),
            _ => ("BT-E01".to_owned(), "0101234567890".to_owned()),
        };
        Bill {
            fee,
            account,
            quote_id: "q".to_owned(),
            owner_masked: "**国".to_owned(),
            address_masked: String::new(),
            amount_fen,
            partial: amount_fen % 2 == 0,
            fields: Vec::new(),
            lapses_at_ms: self.world.now_ms + 50_000,
        }
    }

    fn fill(&self) -> Vec<String> {
        let text = match &self.visit.state {
            State::Account(state) => self.visit.setting.fee(&state.fee).map(|fee| fee.account.sample.clone()),
            State::Amount(_) => Some("50.00".to_owned()),
            State::Lookup(_) => Some(order(1).id.to_string()),
            _ => None,
        };
        let keys = text.unwrap_or_default();
        std::iter::once("clear".to_owned()).chain(keys.chars().map(|key| key.to_string())).collect()
    }

    fn change_world(&mut self, bits: u8) {
        self.world.online = bits & 3 != 0;
        self.world.printer = if bits & 12 == 0 { Printer::Absent } else { Printer::Ready };
        self.world.terminal = if bits & 48 == 0 { Terminal::Blocked } else { Terminal::Ready };
        self.world.unsent_fen = if bits & 64 == 0 { Fen::ZERO } else { Fen::new(200_000).unwrap() };
    }

    fn handle(&mut self, event: Event) {
        let (locked, before) = (self.visit.is_locked(), self.visit.screen(&self.world));
        let leaving = matches!(event, Event::Touch(Touch::Home | Touch::Back | Touch::Finish));
        let effects = self.visit.handle(event, &self.world);
        let after = self.visit.screen(&self.world);
        if locked && leaving && before.frame.overlay == Overlay::None {
            assert_eq!(before.page, after.page, "a way out while money moves");
        }
        effects.iter().for_each(|effect| self.follow(effect));
        if effects.contains(&Effect::End) {
            self.nothing_stays(&after);
        }
        self.keeps_promises(&after);
    }

    fn follow(&mut self, effect: &Effect) {
        match effect {
            Effect::AskQuote { ticket, .. }
            | Effect::AskPersonBills(ticket, _)
            | Effect::OpenCase(ticket, _)
            | Effect::FindOrder(ticket, _)
            | Effect::FindOrderOf(ticket, _) => self.ticket = *ticket,
            Effect::Pay(request) => {
                assert!(!request.lines.is_empty() && !self.moving, "a second payment at once");
                self.orders += 1;
                self.order = Order { lines: request.lines.clone(), ..order(self.orders) };
                self.moving = true;
            }
            _ => {}
        }
    }

    /// The same as before anybody came; only that numbers were tried out may be said.
    fn nothing_stays(&self, screen: &Screen) {
        let fresh =
            Visit { card_present: self.visit.card_present, ..Visit::new(Arc::clone(&self.visit.setting)) };
        match &screen.page {
            Page::Notice(view) => assert_eq!(view.notice, Notice::TooManyUnknown),
            _ => assert_eq!(*screen, fresh.screen(&self.world)),
        }
        assert!(self.visit.person.is_none() && self.visit.basket.is_empty() && self.visit.history.is_empty());
        assert!(!self.moving, "a visit ended while money moved");
    }

    /// There is a countdown, or a reason why there is none; and no way out while money moves.
    fn keeps_promises(&self, screen: &Screen) {
        let printing = matches!(&screen.page,
            Page::Outcome(view) if matches!(view.slip, SlipView::Waiting | SlipView::Printing));
        let reason = matches!(screen.page, Page::Home(_)) || !screen.frame.can_leave || printing;
        assert!(screen.frame.countdown_s.is_some() || reason, "no countdown on {}", screen.page.name());
        assert!(!self.moving || !screen.frame.can_leave, "money moves and {} is open", screen.page.name());
    }
}

fn person() -> Person {
    Person {
        name: "张建国".to_owned(),
        id_number: IdNumber::parse("150202196501011239", date(2026, 11, 24)).unwrap(),
        valid_to: None,
        kind: CardKind::Resident,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_500) })]

    #[test]
    fn a_visit_never_lets_go_of_money_and_always_of_its_resident(
        steps in proptest::collection::vec(happens(), 1..120),
    ) {
        let mut play = Play::new();
        steps.into_iter().for_each(|step| play.happen(step));
    }
}
