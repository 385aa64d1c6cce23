//! Decides what happens next to every open order, with or without a resident before the screen.
//!
//! Pure: it takes what came back from terminal and hall, and gives out what has to be written down and asked.
//! An [`Output::Record`] comes before the request that it permits. Its order counts only once it is durable and
//! [`Teller::commit`]ted; when writing fails, the caller drops the rest of the outputs and nothing has changed.

use std::collections::BTreeMap;

use super::{Charge, DeclineReason, LineProgress, Method, Order, OrderId, Payment, Step};

/// How long the teller waits for what. All counted on a monotonic clock, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TellerSettings {
    /// Between two questions about the same order; WeChat Pay and Alipay ask for 3–5 s.
    pub query_interval_ms: u64,
    /// After which an unknown code payment is reversed, from the start of the charge.
    pub code_limit_ms: u64,
    /// After which an unknown card payment is reversed: the terminal's own time-out plus 15 s.
    pub card_limit_ms: u64,
    /// Between the first two reversal requests; doubled each time.
    pub reversal_wait_ms: u64,
    /// Longest wait between two reversal requests; they never end.
    pub reversal_wait_max_ms: u64,
}

impl Default for TellerSettings {
    fn default() -> Self {
        Self {
            query_interval_ms: 4_000,
            code_limit_ms: 60_000,
            card_limit_ms: 135_000,
            reversal_wait_ms: 5_000,
            reversal_wait_max_ms: 300_000,
        }
    }
}

/// What the terminal said to a sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaleAnswer {
    /// It charged.
    Approved(Payment),
    /// It did not charge.
    Declined(DeclineReason),
    /// It did not say.
    Unknown,
}

/// What the terminal said to a question about an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryAnswer {
    /// It charged.
    Approved(Payment),
    /// It did not charge.
    Declined(DeclineReason),
    /// It has taken the charge back.
    Reversed,
    /// It does not know the order, is still at it, or did not answer.
    NotYet,
}

/// What the terminal said to a reversal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReversalAnswer {
    /// Nothing stays charged.
    Reversed,
    /// Refused for good: already settled, or not reversible.
    Refused,
    /// No answer, or not yet.
    NotYet,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// An order was written down as intended.
    Start(Order),
    /// The terminal answered a sale, in time or late.
    Sale(OrderId, SaleAnswer),
    /// The terminal answered a question.
    Query(OrderId, QueryAnswer),
    /// The terminal answered a reversal.
    Reversal(OrderId, ReversalAnswer),
    /// The hall told how lines stand.
    Hall(OrderId, Vec<LineProgress>),
    /// Time passed.
    Tick,
}

/// What has to be done, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Make this step durable, then [`Teller::commit`] the order; on failure drop the rest.
    Record(Order, Step),
    /// Ask the terminal to charge.
    Sale(OrderId),
    /// Ask the terminal about the order.
    Query(OrderId),
    /// Ask the terminal to reverse.
    Reverse(OrderId),
}

#[derive(Clone, Debug)]
struct Open {
    order: Order,
    /// When the charge began.
    since_ms: u64,
    /// When the terminal is asked next.
    due_ms: u64,
    /// A question or reversal is under way.
    asking: bool,
    /// Questions asked so far, for the screen.
    queries: u32,
}

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

    /// Takes over the open orders of the journal after a start. What was `Intended` was never asked of the terminal
    /// and is declined; what was `Charging` may have been charged and is unknown.
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
        let (since_ms, due_ms) = (self.now_ms, self.now_ms);
        self.open.insert(order.id.clone(), Open { order, since_ms, due_ms, asking: false, queries: 0 });
    }

    fn start(&mut self, order: Order) -> Vec<Output> {
        let id = order.id.clone();
        let free = order.total().is_ok_and(|total| !total.is_positive());
        self.keep(order);
        if free {
            return self.step(&id, Step::CloseFree).into_iter().collect();
        }
        self.step(&id, Step::Charge).into_iter().chain([Output::Sale(id)]).collect()
    }

    fn step(&self, id: &OrderId, step: Step) -> Option<Output> {
        let next = self.open.get(id)?.order.apply(&step).ok()?;
        Some(Output::Record(next, step))
    }

    fn sale_answered(&mut self, id: &OrderId, answer: SaleAnswer) -> Vec<Output> {
        let step = match answer {
            SaleAnswer::Approved(payment) => return self.approved(id, payment),
            SaleAnswer::Declined(reason) => Step::Decline(reason),
            SaleAnswer::Unknown => Step::LoseTrack,
        };
        if let Some(open) = self.open.get_mut(id) {
            open.due_ms = self.now_ms;
        }
        self.step(id, step).into_iter().collect()
    }

    /// An approval, whenever it comes: charged while we waited, taken back when we had given up.
    fn approved(&mut self, id: &OrderId, payment: Payment) -> Vec<Output> {
        match self.open.get(id).map(|open| &open.order.charge) {
            Some(Charge::Declined(_)) => self.reverse(id),
            Some(_) => self.step(id, Step::Approve(payment)).into_iter().collect(),
            None => Vec::new(),
        }
    }

    fn query_answered(&mut self, id: &OrderId, answer: QueryAnswer) -> Vec<Output> {
        let wait_ms = self.settings.query_interval_ms;
        self.answered(id, wait_ms);
        match answer {
            QueryAnswer::Approved(payment) => self.approved(id, payment),
            QueryAnswer::Declined(reason) => self.step(id, Step::Decline(reason)).into_iter().collect(),
            // Only a reversal of ours can make the terminal say so; it is confirmed by its own answer.
            QueryAnswer::Reversed | QueryAnswer::NotYet => Vec::new(),
        }
    }

    fn reversal_answered(&mut self, id: &OrderId, answer: ReversalAnswer) -> Vec<Output> {
        let wait_ms = self.reversal_wait_ms(id);
        self.answered(id, wait_ms);
        let step = match answer {
            ReversalAnswer::Reversed => Step::ConfirmReversal,
            ReversalAnswer::Refused => Step::RefuseReversal,
            ReversalAnswer::NotYet => return Vec::new(),
        };
        self.step(id, step).into_iter().collect()
    }

    fn reversal_wait_ms(&self, id: &OrderId) -> u64 {
        let times = match self.open.get(id).map(|open| &open.order.charge) {
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

    fn hall_told(&self, id: &OrderId, lines: Vec<LineProgress>) -> Vec<Output> {
        let changes = |open: &Open| {
            lines.iter().any(|news| {
                open.order.lines.get(news.line).is_some_and(|line| line.state.may_become(news.state))
            })
        };
        if self.open.get(id).is_some_and(changes) {
            return self.step(id, Step::Progress(lines)).into_iter().collect();
        }
        Vec::new()
    }

    fn tick(&mut self) -> Vec<Output> {
        let now_ms = self.now_ms;
        let due: Vec<OrderId> = self
            .open
            .iter()
            .filter(|(_, open)| open.is_waiting() && open.due_ms <= now_ms)
            .map(|(id, _)| id.clone())
            .collect();
        due.iter().flat_map(|id| self.ask(id)).collect()
    }

    fn ask(&mut self, id: &OrderId) -> Vec<Output> {
        let Some(open) = self.open.get_mut(id) else { return Vec::new() };
        let limit_ms = match open.order.method {
            Method::Card => self.settings.card_limit_ms,
            Method::PhoneCode => self.settings.code_limit_ms,
        };
        let patient = matches!(open.order.charge, Charge::Unknown)
            && (self.now_ms.saturating_sub(open.since_ms) < limit_ms || open.queries == 0);
        if patient {
            open.asking = true;
            open.queries += 1;
            return vec![Output::Query(id.clone())];
        }
        self.reverse(id)
    }

    fn reverse(&mut self, id: &OrderId) -> Vec<Output> {
        let Some(record) = self.step(id, Step::Reverse) else { return Vec::new() };
        if let Some(open) = self.open.get_mut(id) {
            open.asking = true;
        }
        vec![record, Output::Reverse(id.clone())]
    }

    /// Writing failed after the question was planned: it was never asked.
    pub fn not_asked(&mut self, id: &OrderId) {
        let wait_ms = self.settings.query_interval_ms;
        self.answered(id, wait_ms);
    }
}

impl Open {
    const fn is_waiting(&self) -> bool {
        !self.asking && matches!(self.order.charge, Charge::Unknown | Charge::Reversing(_))
    }
}
