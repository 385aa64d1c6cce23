//! Questions to the hall and what it answers, in the words of visit and teller.

use hall_api::{
    CaseKind, CaseRequest, OrderStatus, PersonBillsRequest, ProblemKind, Quote, QuoteRequest, Rating,
};

use crate::hall_link::{self, HallFault, HallNews};
use crate::journal::{Journal, JournalError};
use crate::money::{Input, Order, OrderId, Output};
use crate::visit::{Bill, Event, HallRefusal, Ticket};

use super::Kiosk;

/// Tickets of holds live in their own range: the visit counts its questions from 1.
const HOLD_TICKETS: Ticket = 1 << 32;

impl Kiosk {
    pub(super) fn next_ticket(&mut self) -> Ticket {
        let highest = self.holding.keys().max().copied().unwrap_or(HOLD_TICKETS);
        highest + 1
    }

    fn kiosk(&self) -> String {
        self.parts.setting.kiosk_code.clone()
    }

    pub(super) fn ask_quote(
        &self,
        ticket: Ticket,
        fee: String,
        account: String,
        tariff_item: Option<String>,
    ) {
        let (kiosk, site) = (self.kiosk(), self.parts.setting.site.code.clone());
        self.parts.link.ask_quote(ticket, QuoteRequest { kiosk, site, fee, account, tariff_item });
    }

    pub(super) fn ask_person_bills(&self, ticket: Ticket, id_number: String) {
        let (kiosk, site) = (self.kiosk(), self.parts.setting.site.code.clone());
        self.parts.link.ask_person_bills(ticket, PersonBillsRequest { kiosk, site, id_number });
    }

    pub(super) fn open_case(&self, ticket: Ticket, order: &OrderId) {
        let request = CaseRequest {
            kiosk: self.kiosk(),
            order_id: order.to_string(),
            kind: CaseKind::WrongAccount,
            line: None,
        };
        self.parts.link.open_case(ticket, request);
    }

    pub(super) fn rate(&self, order: &OrderId, level: u8) {
        self.parts.link.rate(order.clone(), Rating { kiosk: self.kiosk(), level });
    }

    pub(super) fn find(
        &mut self,
        ticket: Ticket,
        find: impl FnOnce(&Journal) -> Result<Option<Order>, JournalError>,
    ) {
        let answer = match find(&self.parts.journal) {
            Ok(Some(order)) => {
                let slip = self.slip_state(&order.id);
                Ok(Box::new((order, slip)))
            }
            Ok(None) => Err(HallRefusal::Unknown),
            Err(error) => {
                self.storage_failed(&error);
                Err(HallRefusal::Failed)
            }
        };
        self.events.push_back(Event::Found(ticket, answer));
    }

    pub(super) fn hall_told(&mut self, news: HallNews) {
        match news {
            HallNews::Link { online } => self.link_changed(online),
            HallNews::Quote { ticket, answer } => {
                let bill = answer.map(|quote| self.bill(quote)).map_err(|fault| refusal(&fault));
                self.events.push_back(Event::Quoted(ticket, bill));
            }
            HallNews::PersonBills { ticket, answer } => {
                let bills =
                    answer.map(|bills| bills.quotes.into_iter().map(|quote| self.bill(quote)).collect());
                self.events.push_back(Event::PersonBills(ticket, bills.map_err(|fault| refusal(&fault))));
            }
            HallNews::Hold { ticket, answer } => self.held(ticket, answer.map(|_| ())),
            HallNews::Case { ticket, answer } => {
                let number = answer.map(|case| case.case_no).map_err(|fault| refusal(&fault));
                self.events.push_back(Event::Case(ticket, number));
            }
            HallNews::Enrolled { epoch } => self.enrolled(epoch),
            HallNews::Delivered { status } => self.delivered(&status),
            HallNews::Inbox { seq, status } => self.inbox(seq, &status),
            HallNews::SetAside { order_id, kind } => {
                tracing::warn!(order = %order_id, ?kind, "the hall refuses a report; set aside as a case");
            }
            HallNews::Rated { .. } | HallNews::Found { .. } => {}
        }
    }

    fn link_changed(&mut self, online: bool) {
        self.world.online = online;
        if online && matches!(self.parts.journal.epoch(), Ok(None)) {
            self.parts.link.enrol();
        }
    }

    fn enrolled(&mut self, epoch: u32) {
        match self.parts.journal.set_epoch(epoch) {
            Ok(()) => self.in_service(),
            Err(error) => self.storage_failed(&error),
        }
    }

    fn delivered(&mut self, status: &OrderStatus) {
        let outputs = self.progress(status);
        self.perform(outputs);
        self.refresh_unsent();
    }

    /// What the hall says about lines, and that it said so, are one entry.
    fn inbox(&mut self, seq: u64, status: &OrderStatus) {
        let outputs = self.progress(status);
        let change = outputs.iter().find_map(|output| match output {
            Output::Record(order, step) => Some((order, step)),
            _ => None,
        });
        if let Err(error) = self.parts.journal.record_inbox(seq, change) {
            return self.storage_failed(&error);
        }
        if let Some((order, _)) = change {
            self.recorded(order.clone());
        }
        self.parts.link.inbox_done(seq);
    }

    fn progress(&mut self, status: &OrderStatus) -> Vec<Output> {
        let Ok(id) = OrderId::parse(&status.order_id) else { return Vec::new() };
        let input = Input::Hall(id, hall_link::progress(status));
        self.take_up(&input);
        self.teller.handle(self.world.now_ms, input)
    }

    fn bill(&self, quote: Quote) -> Bill {
        Bill {
            fee: quote.fee,
            account: quote.account,
            quote_id: quote.quote_id,
            owner_masked: quote.owner_masked,
            address_masked: quote.address_masked,
            amount_fen: quote.amount_fen,
            partial: quote.partial,
            fields: quote.fields.into_iter().map(|field| (field.key, field.value)).collect(),
            lapses_at_ms: self.world.now_ms + quote.valid_ms,
        }
    }
}

const fn refusal(fault: &HallFault) -> HallRefusal {
    match fault {
        HallFault::Away => HallRefusal::Away,
        HallFault::Failed => HallRefusal::Failed,
        HallFault::Refused(problem) => match problem.kind {
            ProblemKind::UnknownAccount | ProblemKind::UnknownOrder => HallRefusal::Unknown,
            ProblemKind::NothingOwed => HallRefusal::NothingOwed,
            ProblemKind::BillerClosed => HallRefusal::BillerClosed,
            ProblemKind::BillerSilent => HallRefusal::BillerSilent,
            _ => HallRefusal::Failed,
        },
    }
}
