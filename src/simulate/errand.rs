//! Payments as the actor writes them down, and what of them was acknowledged.

use std::collections::BTreeMap;

use super::dice::Dice;
use crate::journal::{Journal, JournalError};
use crate::money::{
    Charge, DeclineReason, Fen, Line, LineProgress, LineState, Method, Order, OrderId, Payment, Step,
};
use crate::slip::JobState;

/// What the journal has said is durable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Newest version of each order.
    versions: BTreeMap<OrderId, u32>,
    /// Sequence of the newest order id.
    newest: Option<OrderId>,
    epoch: Option<u32>,
    inbox: u64,
    /// Print jobs of each order with their states.
    slips: Vec<(OrderId, u64, JobState)>,
}

/// Makes payments, one step after the other.
pub struct Errand {
    dice: Dice,
    known: Known,
    inbox: u64,
}

type Told<'a> = &'a mut dyn FnMut(&Known);

impl Errand {
    pub fn new(seed: u64) -> Self {
        Self { dice: Dice::of(seed, 7), known: Known::default(), inbox: 0 }
    }

    /// Makes so many payments, and tells after each call what is durable from then on.
    pub fn pay(&mut self, journal: &Journal, payments: u64, told: Told<'_>) -> Result<(), JournalError> {
        journal.set_epoch(1)?;
        self.known.epoch = Some(1);
        told(&self.known);
        (0..payments).try_for_each(|_| self.pay_one(journal, told))
    }

    fn pay_one(&mut self, journal: &Journal, told: Told<'_>) -> Result<(), JournalError> {
        let id = journal.next_order_id("BT07")?;
        self.known.newest = Some(id.clone());
        told(&self.known);
        let order = order(id, self.dice.between(100, 99_999));
        journal.intend(&order, None)?;
        self.note(&order, told);
        let order = self.step(journal, &order, Step::Charge, told)?;
        match self.dice.between(0, 4) {
            0 => {
                self.step(journal, &order, Step::Decline(DeclineReason::Canceled), told)?;
                return Ok(());
            }
            1 => {
                let order = self.step(journal, &order, Step::LoseTrack, told)?;
                let order = self.step(journal, &order, Step::Reverse, told)?;
                let order = self.step(journal, &order, Step::ConfirmReversal, told)?;
                return self.print(journal, &order, told);
            }
            _ => {}
        }
        let order = self.step(journal, &order, Step::Approve(payment()), told)?;
        journal.count_attempt(&order.id)?;
        journal.acknowledge(&order.id, order.version)?;
        let order = self.book(journal, &order, told)?;
        self.print(journal, &order, told)
    }

    fn step(
        &mut self,
        journal: &Journal,
        order: &Order,
        step: Step,
        told: Told<'_>,
    ) -> Result<Order, JournalError> {
        let Ok(next) = order.apply(&step) else { return Ok(order.clone()) };
        journal.record(&next, &step)?;
        self.note(&next, told);
        Ok(next)
    }

    fn book(&mut self, journal: &Journal, order: &Order, told: Told<'_>) -> Result<Order, JournalError> {
        let news = LineProgress {
            line: 0,
            state: LineState::Booked,
            reference: Some("B0000000001".to_owned()),
            reason: None,
            balance_fen: None,
        };
        let step = Step::Progress(vec![news]);
        let Ok(next) = order.apply(&step) else { return Ok(order.clone()) };
        self.inbox += 1;
        journal.record_inbox(self.inbox, Some((&next, &step)))?;
        self.known.inbox = self.inbox;
        self.note(&next, told);
        Ok(next)
    }

    fn print(&mut self, journal: &Journal, order: &Order, told: Told<'_>) -> Result<(), JournalError> {
        let content = format!("{{\"slip\":\"{}\"}}", "x".repeat(600));
        let job = journal.add_slip(&order.id, &content, 1_795_487_160)?;
        for state in [JobState::Due, JobState::Printing, JobState::Printed] {
            if state != JobState::Due {
                journal.advance_slip(job, state, 0)?;
            }
            self.known.slips.retain(|(_, known, _)| *known != job);
            self.known.slips.push((order.id.clone(), job, state));
            told(&self.known);
        }
        Ok(())
    }

    fn note(&mut self, order: &Order, told: Told<'_>) {
        self.known.versions.insert(order.id.clone(), order.version);
        told(&self.known);
    }
}

impl Known {
    /// Everything acknowledged is there, and what is there follows the rules.
    pub fn must_be_in(&self, journal: &Journal) -> Result<(), String> {
        let failed = |error: JournalError| error.to_string();
        if journal.epoch().map_err(failed)? < self.epoch || journal.inbox_seq().map_err(failed)? < self.inbox
        {
            return Err("epoch or inbox went back".to_owned());
        }
        for (id, version) in &self.versions {
            let order = journal.order(id).map_err(failed)?.ok_or_else(|| format!("{id} is gone"))?;
            let steps = journal.steps(id).map_err(failed)?;
            let numbers: Vec<u32> = steps.iter().map(|(_, _, number)| *number).collect();
            if order.version < *version || numbers != (1..=order.version).collect::<Vec<_>>() {
                return Err(format!("{id} is at {} with {numbers:?}, {version} was told", order.version));
            }
        }
        for (id, job, told) in &self.slips {
            let slips = journal.slips(id).map_err(failed)?;
            let row = slips.iter().find(|row| row.job == *job).ok_or_else(|| format!("job {job} is gone"))?;
            if rank(row.state) < rank(*told) {
                return Err(format!("job {job} is {:?}, {told:?} was told", row.state));
            }
        }
        self.goes_on(journal)
    }

    /// The journal works on, and gives out no number twice.
    fn goes_on(&self, journal: &Journal) -> Result<(), String> {
        let Some(newest) = &self.newest else { return Ok(()) };
        let next = journal.next_order_id("BT07").map_err(|error| error.to_string())?;
        if next > *newest { Ok(()) } else { Err(format!("{next} was given out before")) }
    }
}

/// How far a job has come; what a start makes of it is not less.
const fn rank(state: JobState) -> u8 {
    match state {
        JobState::Due | JobState::Held => 0,
        JobState::Printing | JobState::Doubtful | JobState::Interrupted => 1,
        JobState::Printed | JobState::Waived | JobState::Expired => 2,
    }
}

fn payment() -> Payment {
    Payment {
        channel_reference: "A0000000001".to_owned(),
        method: Method::Card,
        scheme: "UNIONPAY".to_owned(),
        card_last4: Some("0018".to_owned()),
        terminal: "T0000001".to_owned(),
    }
}

fn order(id: OrderId, fen: u64) -> Order {
    let amount_fen = Fen::new(i64::try_from(fen).unwrap_or(100)).unwrap_or(Fen::ZERO);
    let line = Line {
        fee: "BT-P01".to_owned(),
        account: "13847200001".to_owned(),
        owner_masked: String::new(),
        tariff_item: None,
        quote_id: None,
        fields: Vec::new(),
        amount_fen,
        state: LineState::Waiting,
        reference: None,
        reason: None,
        balance_fen: None,
    };
    Order {
        id,
        lines: vec![line],
        method: Method::Card,
        offline: false,
        made_at: "2026-11-24T10:26:00+08:00".to_owned(),
        payer: None,
        charge: Charge::Intended,
        late_approval: None,
        version: 1,
    }
}
