//! A kiosk in a storm: the teller with a journal, as `kiosk` drives it, and everything that can go wrong
//! around it.

use std::collections::BTreeMap;

use super::books::violation;
use super::order;
use super::outside::{Ending, Outside, Request, Row, Telling};
use crate::money::{Charge, Input, Method, Order, OrderId, Output, Step, Teller, TellerSettings};

/// Something that happens.
#[derive(Clone, Copy, Debug)]
pub enum Event {
    /// Somebody pays; nothing when the terminal is blocked.
    Start { lines: usize, phone: bool },
    /// Time passes.
    Tick(u64),
    /// The terminal serves a request.
    Serve(Ending, Telling),
    /// The kiosk hears the oldest answer.
    Hear,
    /// A late frame comes, and perhaps comes again.
    Late { which: usize, again: bool },
    /// A sale that waits at the terminal ends.
    EndWaiting { approve: bool, told: bool },
    /// The hall takes an order up, or repeats itself.
    Hall { which: usize, rejects: bool },
    /// Approvals can only be refunded from now on.
    Settle,
    /// The power fails; the request on the wire may have arrived.
    Crash(Option<Ending>),
}

/// What goes wrong while outputs are carried out, at the output of this number.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    None,
    /// The disk takes no record.
    Disk(usize),
    /// The power fails before this output is carried out.
    Power(usize),
}

/// The kiosk and the world around it.
#[derive(Debug)]
pub struct Storm {
    pub teller: Teller,
    pub journal: BTreeMap<OrderId, Order>,
    pub outside: Outside,
    now_ms: u64,
    sales: BTreeMap<OrderId, u32>,
    reversals: BTreeMap<OrderId, u32>,
}

impl Default for Storm {
    fn default() -> Self {
        Self {
            teller: Teller::new(TellerSettings::default()),
            journal: BTreeMap::new(),
            outside: Outside::default(),
            now_ms: 0,
            sales: BTreeMap::new(),
            reversals: BTreeMap::new(),
        }
    }
}

impl Storm {
    /// One event, with one fault; then all invariants.
    pub fn step(&mut self, event: Event, fault: Fault) {
        match event {
            Event::Start { lines, phone } => self.start(lines, phone, fault),
            Event::Tick(ms) => {
                self.now_ms += ms;
                self.handle(Input::Tick, fault);
            }
            Event::Serve(ending, telling) => self.outside.serve(ending, telling),
            Event::Hear => {
                if let Some(answer) = self.outside.answers.pop_front() {
                    self.handle(answer, fault);
                }
            }
            Event::Late { which, again } => self.late(which, again, fault),
            Event::EndWaiting { approve, told } => self.outside.end_waiting(approve, told),
            Event::Hall { which, rejects } => self.hall(which, rejects, fault),
            Event::Settle => self.outside.settle(),
            Event::Crash(ending) => self.crash(ending, fault),
        }
        self.teller.prune(None);
        assert_eq!(violation(&self.journal, &self.outside), None, "after {event:?} with {fault:?}");
    }

    fn start(&mut self, lines: usize, phone: bool, fault: Fault) {
        if self.teller.blocking().is_some() {
            return;
        }
        let number = self.journal.len() as u64 + 1;
        // Every fourth order is a zero tariff.
        let amounts: Vec<i64> =
            (0..lines).map(|at| if number.is_multiple_of(4) { 0 } else { 100 << at }).collect();
        let order = order(number, &amounts, if phone { Method::PhoneCode } else { Method::Card });
        self.journal.insert(order.id.clone(), order.clone());
        self.handle(Input::Start(order), fault);
    }

    fn late(&mut self, which: usize, again: bool, fault: Fault) {
        if self.outside.late.is_empty() {
            return;
        }
        let which = which % self.outside.late.len();
        let frame = if again { self.outside.late[which].clone() } else { self.outside.late.remove(which) };
        self.handle(frame, fault);
    }

    fn hall(&mut self, which: usize, rejects: bool, fault: Fault) {
        let which = which % self.journal.len().max(1);
        let news = self.journal.values().nth(which).and_then(|order| self.outside.hall(order, rejects));
        if let Some(news) = news {
            self.handle(news, fault);
        }
    }

    /// What was only in memory is gone; the journal is all that the next start has.
    fn crash(&mut self, ending: Option<Ending>, fault: Fault) {
        self.outside.kiosk_died(ending);
        self.teller = Teller::new(TellerSettings::default());
        self.now_ms = 0;
        let open = self.journal.values().filter(|order| !order.is_final()).cloned().collect();
        let outputs = self.teller.resume(0, open);
        self.perform(outputs, fault);
    }

    fn handle(&mut self, input: Input, fault: Fault) {
        self.take_up(&input);
        let outputs = self.teller.handle(self.now_ms, input);
        self.perform(outputs, fault);
    }

    /// As in `kiosk`: an answer about an order that the teller has let go.
    fn take_up(&mut self, input: &Input) {
        let (Input::Sale(id, _) | Input::Query(id, _) | Input::Reversal(id, _) | Input::Hall(id, _)) = input
        else {
            return;
        };
        if self.teller.order(id).is_none()
            && let Some(order) = self.journal.get(id)
        {
            self.teller.commit(order.clone());
        }
    }

    fn perform(&mut self, outputs: Vec<Output>, fault: Fault) {
        for (at, output) in outputs.into_iter().enumerate() {
            match (fault, output) {
                (Fault::Power(when), _) if when == at => return self.crash(None, Fault::None),
                (Fault::Disk(when), Output::Record(order, _)) if when == at => {
                    return self.teller.not_asked(&order.id);
                }
                (_, Output::Record(order, step)) => self.record(order, &step),
                (_, Output::Sale(id)) => self.ask_sale(id),
                (_, Output::Query(id)) => self.ask_query(id),
                (_, Output::Reverse(id)) => self.ask_reversal(id),
            }
        }
    }

    /// Durable only if it follows from what is durable.
    fn record(&mut self, order: Order, step: &Step) {
        let stored = self.journal.get(&order.id).expect("written down before");
        assert_eq!(stored.apply(step).as_ref(), Ok(&order), "a record that does not follow the journal");
        self.journal.insert(order.id.clone(), order.clone());
        self.teller.commit(order);
    }

    fn ask_sale(&mut self, id: OrderId) {
        assert_eq!(self.journal[&id].charge, Charge::Charging, "a sale that is not in the journal");
        let times = self.sales.entry(id.clone()).or_default();
        *times += 1;
        assert_eq!(*times, 1, "the terminal is asked twice to charge {id}");
        self.outside.asked_fen.insert(id.clone(), self.journal[&id].total().unwrap().get());
        self.outside.requests.push_back(Request::Sale(id));
    }

    fn ask_query(&mut self, id: OrderId) {
        let charge = &self.journal[&id].charge;
        assert!(matches!(charge, Charge::Unknown | Charge::ReversalRefused), "a question in {charge:?}");
        self.outside.requests.push_back(Request::Query(id));
    }

    fn ask_reversal(&mut self, id: OrderId) {
        let times = self.reversals.entry(id.clone()).or_default();
        *times += 1;
        let recorded = &self.journal[&id].charge;
        assert!(
            matches!(recorded, Charge::Reversing(many) if *times <= *many),
            "reversal {times} in {recorded:?}"
        );
        self.outside.requests.push_back(Request::Reverse(id));
    }

    /// Everything works again: what happens from now on is what would happen by itself.
    pub fn calm(&mut self) {
        for _ in 0..400 {
            if self.is_at_rest() {
                return;
            }
            self.step(Event::EndWaiting { approve: true, told: true }, Fault::None);
            self.step(Event::Late { which: 0, again: false }, Fault::None);
            self.step(Event::Serve(Ending::Approved, Telling::Told), Fault::None);
            self.step(Event::Hear, Fault::None);
            (0..self.journal.len())
                .for_each(|which| self.step(Event::Hall { which, rejects: false }, Fault::None));
            self.settlement_is_read();
            let wait_ms = self.teller.next_due_ms().map_or(0, |due_ms| due_ms.saturating_sub(self.now_ms));
            self.step(Event::Tick(wait_ms), Fault::None);
        }
        panic!("an obligation is forgotten: {:#?}", self.journal.values().find(|order| !order.is_final()));
    }

    fn is_at_rest(&self) -> bool {
        let idle = self.outside.requests.is_empty() && self.outside.answers.is_empty();
        idle && self.outside.late.is_empty()
            && self.journal.values().all(|order| order.is_final() && !self.is_denied(order))
    }

    /// The terminal denied a charge that it made, and nothing has told the kiosk since.
    fn is_denied(&self, order: &Order) -> bool {
        let charged = matches!(self.outside.acquirer.get(&order.id), Some(Row::Approved { .. }));
        charged && matches!(order.charge, Charge::Declined(_))
    }

    fn settlement_is_read(&mut self) {
        let denied = self.journal.values().find(|order| self.is_denied(order)).map(|order| order.id.clone());
        if let Some(id) = denied {
            let told = self.outside.approval(&id);
            self.handle(Input::Query(id, told), Fault::None);
        }
    }
}
