//! Orders: from the resident's wish to the teller, and from the teller to journal, terminal and hall.

use hall_api::{HoldLine, HoldRequest, Problem, ProblemKind};
use kiosk_config::Offline;

use crate::devices::DeviceNews;
use crate::hall_link::HallFault;
use crate::journal::{JournalError, OfflineCap};
use crate::money::{Charge, DeclineReason, Input, Line, Order, OrderId, Output, Step};
use crate::visit::{Event, HoldFault, NotStarted, OutOfService, PayRequest, Ticket};

use super::Kiosk;

impl Kiosk {
    /// Takes over what an earlier run left open. Nothing is printed and nobody is told: the resident has
    /// gone.
    pub(super) fn resume(&mut self) {
        match self.parts.journal.open_orders() {
            Ok(orders) => {
                let outputs = self.teller.resume(self.world.now_ms, orders);
                self.perform(outputs);
            }
            Err(error) => self.storage_failed(&error),
        }
        self.refresh_unsent();
        match self.parts.journal.epoch() {
            Ok(Some(_)) => self.in_service(),
            Ok(None) => self.parts.link.enrol(),
            Err(error) => self.storage_failed(&error),
        }
    }

    pub(super) fn in_service(&mut self) {
        if self.world.out_of_service == OutOfService::Starting {
            self.world.out_of_service = OutOfService::None;
        }
    }

    /// Writes the order down before anybody outside hears of it, then asks for its hold.
    pub(super) fn pay(&mut self, request: PayRequest) {
        match self.intend(request) {
            Ok((order, pay_again)) if !order.offline => self.ask_hold(order, pay_again),
            Ok((order, _)) => self.begin(order),
            Err(fault) => self.not_started(fault),
        }
    }

    fn not_started(&mut self, fault: HoldFault) {
        self.events.push_back(Event::NotStarted(NotStarted::Fault(fault)));
    }

    fn intend(&mut self, request: PayRequest) -> Result<(Order, bool), HoldFault> {
        if !self.parts.journal.has_room() {
            return Err(HoldFault::DiskFull);
        }
        let pay_again = request.pay_again;
        let order = self.new_order(request).map_err(|error| self.refused(&error))?;
        let per_kiosk_fen = self.parts.setting.site.offline.per_kiosk_fen;
        let cap = order.offline.then_some(OfflineCap { per_kiosk_fen });
        self.parts.journal.intend(&order, cap).map_err(|error| self.refused(&error))?;
        self.paying = Some(order.id.clone());
        self.refresh_unsent();
        Ok((order, pay_again))
    }

    fn refused(&mut self, error: &JournalError) -> HoldFault {
        match error {
            JournalError::CapReached { .. } => HoldFault::OfflineCap,
            error => {
                self.storage_failed(error);
                HoldFault::DiskFull
            }
        }
    }

    fn new_order(&self, request: PayRequest) -> Result<Order, JournalError> {
        let id = self.parts.journal.next_order_id(&self.parts.setting.kiosk_code)?;
        Ok(Order {
            id,
            lines: request.lines,
            method: request.method,
            offline: request.offline,
            made_at: format!("{}+08:00", self.world.local.strftime("%Y-%m-%dT%H:%M:%S")),
            payer: request.payer.map(|number| self.parts.journal.payer_digest(&number)),
            charge: Charge::Intended,
            late_approval: None,
            version: 1,
        })
    }

    fn ask_hold(&mut self, order: Order, pay_again: bool) {
        // The sequence in the id grows with each order, so the tickets of holds never meet.
        let ticket = self.next_ticket();
        let lines = order.lines.iter().map(hold_line).collect();
        let request = HoldRequest {
            kiosk: self.parts.setting.kiosk_code.clone(),
            site: self.parts.setting.site.code.clone(),
            lines,
            pay_again,
        };
        self.parts.link.ask_hold(ticket, order.id.clone(), request);
        self.holding.insert(ticket, order);
    }

    pub(super) fn held(&mut self, ticket: Ticket, answer: Result<(), HallFault>) {
        let Some(order) = self.holding.remove(&ticket) else { return };
        match answer {
            Ok(()) => self.begin(order),
            Err(fault) => {
                let away = self.name_of_refused_line(&order);
                self.give_up(order);
                self.events.push_back(Event::NotStarted(not_started(fault, away)));
            }
        }
    }

    /// The line that cannot be paid while the hall is away.
    fn name_of_refused_line(&self, order: &Order) -> String {
        let fees = order.lines.iter().filter_map(|line| self.parts.setting.fee(&line.fee));
        let mut refused = fees.filter(|fee| fee.offline == Offline::Refuse);
        refused.next().map(|fee| fee.name.clone()).unwrap_or_default()
    }

    /// The order ends before the terminal was asked; the hall hears of it and lets the bill go.
    fn give_up(&mut self, order: Order) {
        self.teller.commit(order.clone());
        let step = Step::Decline(DeclineReason::GaveUp);
        if let Ok(next) = order.apply(&step) {
            self.perform(vec![Output::Record(next, step)]);
        }
    }

    fn begin(&mut self, order: Order) {
        let outputs = self.teller.handle(self.world.now_ms, Input::Start(order));
        self.perform(outputs);
    }

    /// Carries out what the teller wants. A record that cannot be made durable stops everything behind it.
    pub(super) fn perform(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            match output {
                Output::Record(order, step) => {
                    if let Err(error) = self.parts.journal.record(&order, &step) {
                        self.teller.not_asked(&order.id);
                        self.storage_failed(&error);
                        return;
                    }
                    self.recorded(order);
                }
                Output::Sale(id) => self.sale(&id),
                Output::Query(id) => {
                    self.parts.devices.query(id.clone());
                    self.tell_visit(&id);
                }
                Output::Reverse(id) => self.parts.devices.reverse(id),
            }
        }
    }

    pub(super) fn recorded(&mut self, order: Order) {
        let id = order.id.clone();
        self.teller.commit(order);
        self.parts.link.kick();
        self.refresh_unsent();
        self.tell_visit(&id);
    }

    /// An order of a resident who has gone must not be taken for the one that is about to be paid.
    fn tell_visit(&mut self, id: &OrderId) {
        if self.visit.watched() != Some(id) && self.paying.as_ref() != Some(id) {
            return;
        }
        if let Some(order) = self.teller.order(id) {
            self.events.push_back(Event::Order(order.clone(), self.teller.queries(id)));
        }
    }

    fn sale(&mut self, id: &OrderId) {
        let Some(order) = self.teller.order(id) else { return };
        let amount_fen = order.total().map_or(0, |total| total.get());
        let method = order.method;
        self.parts.devices.sale(id.clone(), amount_fen, method, &self.parts.device_sink);
    }

    pub(super) fn terminal_told(&mut self, news: DeviceNews) {
        let input = match news {
            DeviceNews::Sale(id, answer) => Input::Sale(id, answer),
            DeviceNews::Query(id, answer) => Input::Query(id, answer),
            DeviceNews::Reversal(id, answer) => Input::Reversal(id, answer),
            DeviceNews::Stage(id, stage) => {
                if self.visit.watched() == Some(&id) {
                    self.events.push_back(Event::Stage(stage));
                }
                return;
            }
            _ => return,
        };
        self.take_up(&input);
        let outputs = self.teller.handle(self.world.now_ms, input);
        self.perform(outputs);
    }

    /// An answer about an order that the teller has let go: it takes it up again.
    pub(super) fn take_up(&mut self, input: &Input) {
        let (Input::Sale(id, _) | Input::Query(id, _) | Input::Reversal(id, _) | Input::Hall(id, _)) = input
        else {
            return;
        };
        if self.teller.order(id).is_none()
            && let Ok(Some(order)) = self.parts.journal.order(id)
            // One that waits for its hold is not the teller's yet.
            && order.charge != Charge::Intended
        {
            self.teller.commit(order);
        }
    }
}

fn hold_line(line: &Line) -> HoldLine {
    HoldLine {
        quote_id: line.quote_id.clone(),
        fee: line.fee.clone(),
        account: line.account.clone(),
        tariff_item: line.tariff_item.clone(),
        amount_fen: line.amount_fen.get(),
    }
}

fn not_started(fault: HallFault, away: String) -> NotStarted {
    NotStarted::Fault(match fault {
        HallFault::Away => HoldFault::HallAway(away),
        HallFault::Failed => HoldFault::HallError,
        HallFault::Refused(Problem { kind, reference, .. }) => match kind {
            ProblemKind::PaidJustNow => return NotStarted::PaidJustNow(grouped(reference)),
            ProblemKind::HeldElsewhere => HoldFault::HeldElsewhere(grouped(reference)),
            ProblemKind::QuoteExpired => HoldFault::Expired,
            ProblemKind::NothingOwed | ProblemKind::UnknownAccount => HoldFault::NothingOwed,
            ProblemKind::BillerClosed => HoldFault::BillerClosed,
            ProblemKind::BillerSilent => HoldFault::BillerSilent,
            _ => HoldFault::HallError,
        },
    })
}

fn grouped(reference: Option<String>) -> String {
    let reference = reference.unwrap_or_default();
    OrderId::parse(&reference).map_or(reference, |id| id.grouped())
}
