//! ID card: one read opens the person's bills, or finds the person's last order.

use super::state::{CardPurpose, CardState};
use super::{
    Bill, CardFault, Draft, Effect, HallRefusal, LookupFault, Notice, OutOfService, OutOfServiceView, State,
    Ticket, Visit, World,
};
use crate::person::Person;

impl Visit {
    pub(super) fn want_card(&mut self, purpose: CardPurpose, world: &World) -> Vec<Effect> {
        let fault = if world.reader_ready { CardFault::None } else { CardFault::ReaderAbsent };
        let state = State::Card(CardState { purpose, fault, ticket: None });
        // Trying again stays on the page.
        if matches!(self.state, State::Card(_)) {
            self.state = state
        } else {
            drop(self.enter(state))
        }
        if world.reader_ready { vec![Effect::ReadCard] } else { Vec::new() }
    }

    pub(super) fn use_card(&mut self, world: &World) -> Vec<Effect> {
        match &self.state {
            State::Account(state) if state.ticket.is_none() => {
                let fee = state.fee.clone();
                self.want_card(CardPurpose::Bills(Some(fee)), world)
            }
            State::Lookup(_) => self.want_card(CardPurpose::Lookup, world),
            _ => Vec::new(),
        }
    }

    pub(super) fn card_read(&mut self, answer: Result<Person, CardFault>) -> Vec<Effect> {
        let ticket = self.next_ticket();
        let State::Card(state) = &mut self.state else { return vec![Effect::StopReading] };
        let person = match answer {
            Ok(person) => person,
            Err(fault) => {
                state.fault = fault;
                return Vec::new();
            }
        };
        state.fault = CardFault::None;
        state.ticket = Some(ticket);
        let number = person.id_number.as_str().to_owned();
        let effect = match &state.purpose {
            CardPurpose::Bills(_) => Effect::AskPersonBills(ticket, number),
            CardPurpose::Lookup => Effect::FindOrderOf(ticket, number),
        };
        self.person = Some(person);
        vec![Effect::StopReading, effect]
    }

    pub(super) fn person_bills(
        &mut self,
        ticket: Ticket,
        answer: Result<Vec<Bill>, HallRefusal>,
    ) -> Vec<Effect> {
        let State::Card(state) = &mut self.state else { return Vec::new() };
        if state.ticket != Some(ticket) {
            return Vec::new();
        }
        state.ticket = None;
        let wanted = match &state.purpose {
            CardPurpose::Bills(fee) => fee.clone(),
            CardPurpose::Lookup => None,
        };
        match answer {
            Ok(bills) => self.show_bills(bills, wanted.as_deref()),
            Err(HallRefusal::Unknown | HallRefusal::NothingOwed) => self.show_bills(Vec::new(), None),
            Err(HallRefusal::Away) => self.card_fault(CardFault::HallAway),
            Err(_) => self.card_fault(CardFault::HallError),
        }
    }

    fn card_fault(&mut self, fault: CardFault) -> Vec<Effect> {
        if let State::Card(state) = &mut self.state {
            state.fault = fault;
        }
        Vec::new()
    }

    /// Bills of the wanted fee, or of all; a single wanted bill opens at once.
    fn show_bills(&mut self, bills: Vec<Bill>, wanted: Option<&str>) -> Vec<Effect> {
        let owed = |bill: &Bill| bill.amount_fen > 0 && wanted.is_none_or(|fee| bill.fee == fee);
        let known = |bill: &Bill| self.setting.fee(&bill.fee).is_some_and(|fee| fee.enabled);
        let bills: Vec<Bill> = bills.into_iter().filter(|bill| owed(bill) && known(bill)).collect();
        match bills.as_slice() {
            [] => self.enter(State::Notice(Notice::NoOpenBills, String::new())),
            [bill] if wanted.is_some() => match Draft::of(bill.clone()) {
                Some(draft) => self.enter(State::Bill(draft)),
                None => Vec::new(),
            },
            _ => self.enter(State::MyBills(bills.into_iter().map(|bill| (bill, false)).collect())),
        }
    }

    pub(super) fn lookup_fault(&mut self, refusal: HallRefusal) -> Vec<Effect> {
        match (&mut self.state, refusal) {
            (State::Lookup(state), refusal) => {
                state.ticket = None;
                state.fault = match refusal {
                    HallRefusal::Away | HallRefusal::Failed => LookupFault::HallAway,
                    _ => LookupFault::Unknown,
                };
                Vec::new()
            }
            (State::Card(_), HallRefusal::Away | HallRefusal::Failed) => self.card_fault(CardFault::HallAway),
            (State::Card(_), _) => self.enter(State::Notice(Notice::NoEarlierOrder, String::new())),
            _ => Vec::new(),
        }
    }

    /// Nobody is served while the storage is broken. An order that could not be written on is not left on a
    /// page that waits: its resident gets the reference instead.
    #[must_use]
    pub(super) fn out_of_service(&self, world: &World) -> Option<OutOfServiceView> {
        let reason = world.out_of_service;
        let reference = match &self.state {
            State::Home => String::new(),
            State::Paying(state) => state.order.id.grouped(),
            _ => return None,
        };
        (reason != OutOfService::None).then_some(OutOfServiceView { reason, reference })
    }
}
