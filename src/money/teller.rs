//! Decides what happens next to every open order, with or without a resident before the screen.
//!
//! Pure: it takes what came back from terminal and hall, and gives out what has to be written down and asked.
//! An [`Output::Record`] comes before the request that it permits. Its order counts only once it is durable
//! and [`Teller::commit`]ted; when writing fails, the caller drops the rest of the outputs and nothing has
//! changed.

mod answers;

use std::collections::BTreeMap;

use super::open::Open;
use super::{Charge, DeclineReason, Input, Order, OrderId, Output, Step, TellerSettings};

/// All open orders of one terminal.
#[derive(Debug)]
pub struct Teller {
    settings: TellerSettings,
    open: BTreeMap<OrderId, Open>,
    now_ms: u64,
}

impl Teller {
    /// A teller without orders.
    #[must_use]
    pub const fn new(settings: TellerSettings) -> Self {
        Self { settings, open: BTreeMap::new(), now_ms: 0 }
    }

    /// Takes over the open orders of the journal after a start. What was `Intended` was never asked of the
    /// terminal and is declined; what was `Charging` may have been charged and is unknown.
    pub fn resume(&mut self, now_ms: u64, orders: Vec<Order>) -> Vec<Output> {
        self.now_ms = now_ms;
        let mut outputs = Vec::new();
        for order in orders {
            let step = match order.charge {
                Charge::Intended => Some(Step::Decline(DeclineReason::GaveUp)),
                Charge::Charging => Some(Step::LoseTrack),
                _ => None,
            };
            let id = order.id.clone();
            self.keep(order);
            outputs.extend(step.and_then(|step| self.step(&id, step)));
        }
        outputs
    }

    /// Steps once; `now_ms` never goes back.
    pub fn handle(&mut self, now_ms: u64, input: Input) -> Vec<Output> {
        self.now_ms = self.now_ms.max(now_ms);
        match input {
            Input::Start(order) => self.start(order),
            Input::Sale(id, answer) => self.sale_answered(&id, answer),
            Input::Query(id, answer) => self.query_answered(&id, answer),
            Input::Reversal(id, answer) => self.reversal_answered(&id, answer),
            Input::Hall(id, lines) => self.hall_told(&id, lines),
            Input::Tick => self.tick(),
        }
    }

    /// The order as recorded is durable: it counts from now on.
    pub fn commit(&mut self, order: Order) {
        match self.open.get_mut(&order.id) {
            Some(open) => open.order = order,
            None => self.keep(order),
        }
    }

    /// The order, while it is open or somebody still looks at it.
    #[must_use]
    pub fn order(&self, id: &OrderId) -> Option<&Order> {
        self.open.get(id).map(|open| &open.order)
    }

    /// All orders that are open or looked at.
    pub fn orders(&self) -> impl Iterator<Item = &Order> {
        self.open.values().map(|open| &open.order)
    }

    /// How often the terminal was asked about the order.
    #[must_use]
    pub fn queries(&self, id: &OrderId) -> u32 {
        self.open.get(id).map_or(0, |open| open.queries)
    }

    /// The order that keeps this terminal from charging anything else.
    #[must_use]
    pub fn blocking(&self) -> Option<&OrderId> {
        self.open.iter().find(|(_, open)| open.order.blocks_terminal()).map(|(id, _)| id)
    }

    /// Forgets what is final, except the order that somebody still looks at.
    pub fn prune(&mut self, watched: Option<&OrderId>) {
        self.open.retain(|id, open| Some(id) == watched || !open.order.is_final());
    }

    /// When [`Input::Tick`] is needed next.
    #[must_use]
    pub fn next_due_ms(&self) -> Option<u64> {
        self.open.values().filter(|open| open.is_waiting()).map(|open| open.due_ms).min()
    }

    fn keep(&mut self, order: Order) {
        self.open.insert(order.id.clone(), Open::new(order, self.now_ms));
    }

    fn start(&mut self, order: Order) -> Vec<Output> {
        let id = order.id.clone();
        let free = order.total().is_ok_and(|total| !total.is_positive());
        self.keep(order);
        if free {
            return self.step(&id, Step::CloseFree).into_iter().collect();
        }
        let Some(record) = self.step(&id, Step::Charge) else { return Vec::new() };
        self.is_asking(&id);
        vec![record, Output::Sale(id)]
    }

    fn step(&self, id: &OrderId, step: Step) -> Option<Output> {
        let next = self.open.get(id)?.order.apply(&step).ok()?;
        Some(Output::Record(next, step))
    }

    fn charge(&self, id: &OrderId) -> Option<&Charge> {
        self.order(id).map(|order| &order.charge)
    }

    fn reversal_wait_ms(&self, id: &OrderId) -> u64 {
        let times = match self.charge(id) {
            Some(Charge::Reversing(times)) => *times,
            _ => 1,
        };
        // 20 doublings are far beyond the longest wait.
        let wait_ms = self.settings.reversal_wait_ms << times.saturating_sub(1).min(20);
        wait_ms.min(self.settings.reversal_wait_max_ms)
    }

    fn answered(&mut self, id: &OrderId, wait_ms: u64) {
        if let Some(open) = self.open.get_mut(id) {
            open.asking = false;
            open.due_ms = self.now_ms + wait_ms;
        }
    }

    fn is_asking(&mut self, id: &OrderId) {
        if let Some(open) = self.open.get_mut(id) {
            open.asking = true;
        }
    }

    /// One order at a time: when its record fails, nothing planned for another one is dropped with it.
    fn tick(&mut self) -> Vec<Output> {
        let due = self.open.iter().filter(|(_, open)| open.is_waiting() && open.due_ms <= self.now_ms);
        let next = due.min_by_key(|(_, open)| open.due_ms).map(|(id, _)| id.clone());
        next.map(|id| self.ask(&id)).unwrap_or_default()
    }

    fn ask(&mut self, id: &OrderId) -> Vec<Output> {
        let patient = |open: &Open| open.is_patient(&self.settings, self.now_ms);
        match self.charge(id) {
            // An earlier record failed. Only `start` leaves these states with a request under way.
            Some(Charge::Intended) => {
                self.step(id, Step::Decline(DeclineReason::GaveUp)).into_iter().collect()
            }
            Some(Charge::Charging) => self.step(id, Step::LoseTrack).into_iter().collect(),
            Some(Charge::Unknown) if self.open.get(id).is_some_and(patient) => self.query(id),
            _ => self.reverse(id),
        }
    }

    fn query(&mut self, id: &OrderId) -> Vec<Output> {
        let Some(open) = self.open.get_mut(id) else { return Vec::new() };
        open.asking = true;
        open.queries += 1;
        vec![Output::Query(id.clone())]
    }

    fn reverse(&mut self, id: &OrderId) -> Vec<Output> {
        let Some(record) = self.step(id, Step::Reverse) else { return Vec::new() };
        self.is_asking(id);
        vec![record, Output::Reverse(id.clone())]
    }

    /// Writing failed: what was planned behind it was never asked, and is planned again after a while.
    pub fn not_asked(&mut self, id: &OrderId) {
        self.answered(id, self.settings.query_interval_ms);
    }
}
