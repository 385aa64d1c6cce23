//! What all books say about the same orders, and whether the invariants of money hold among them.

use std::collections::BTreeSet;

use hall::StoreError;
use hall::sim::{AcquirerBooks, BillerBooks, ChargeRowState, SimError};
use hall_api::{LineState as HallLine, OrderStatus};
use serde::Serialize;
use thiserror::Error;

use crate::journal::{Journal, JournalError};
use crate::money::{Charge, Line, LineState, Order, OrderId};

use super::Stage;

/// Why the books could not be read.
#[derive(Debug, Error)]
pub enum EvidenceError {
    /// The simulated outside world.
    #[error("simulated books")]
    Sim(#[from] SimError),
    /// The hall.
    #[error("hall")]
    Hall(#[from] StoreError),
    /// The kiosk.
    #[error("journal")]
    Journal(#[from] JournalError),
}

/// One order in the kiosk's journal.
#[derive(Clone, Debug, Serialize)]
pub struct KioskRecord {
    /// Identity.
    pub id: String,
    /// State of the charge.
    pub charge: String,
    /// Sum in fen.
    pub total_fen: i64,
    /// The lines.
    pub lines: Vec<LineRecord>,
    /// Steps in the journal, oldest first.
    pub steps: Vec<String>,
    /// What the acquirer may keep for this order beside what is booked, as the kiosk's states explain it.
    #[serde(skip)]
    open: Open,
}

/// One line in the kiosk's journal.
#[derive(Clone, Debug, Serialize)]
pub struct LineRecord {
    /// Fee type.
    pub fee: String,
    /// Amount in fen.
    pub amount_fen: i64,
    /// Where it stands.
    pub state: String,
}

/// Money in a named open state.
#[derive(Clone, Copy, Debug)]
enum Open {
    /// Exactly this much.
    Fen(i64),
    /// Nothing or all of it: the terminal has not said.
    NothingOr(i64),
}

/// All books at one moment.
#[derive(Clone, Debug, Serialize)]
pub struct Evidence {
    /// The kiosk's journal.
    pub kiosk: Vec<KioskRecord>,
    /// The hall's orders.
    pub hall: Vec<OrderStatus>,
    /// The acquirer's book, written by the terminal's approvals and the hall's refunds.
    pub acquirer: AcquirerBooks,
    /// The billers' books, written by the hall's postings.
    pub billers: BillerBooks,
    /// Sum over the hall's ledger; zero or something is broken.
    pub trial_balance_fen: i64,
}

impl Evidence {
    /// Reads all books.
    pub fn gather(
        stage: &Stage,
        journal: Option<&Journal>,
        orders: &[OrderId],
    ) -> Result<Self, EvidenceError> {
        let hall = stage.hall.orders()?;
        let acquirer = stage.hall.acquirer().books()?;
        let named = acquirer.charges.iter().map(|row| row.order_id.clone());
        let named = named.chain(hall.iter().map(|order| order.order_id.clone()));
        let all = named.chain(orders.iter().map(ToString::to_string)).collect();
        Ok(Self {
            kiosk: journal.map(|journal| kiosk_records(journal, &all)).transpose()?.unwrap_or_default(),
            billers: stage.hall.billers().books()?,
            trial_balance_fen: stage.hall.trial_balance()?,
            hall,
            acquirer,
        })
    }

    /// The first invariant of money that does not hold; none when all do. To be asked when everything rests.
    #[must_use]
    pub fn violation(&self) -> Option<String> {
        if self.trial_balance_fen != 0 {
            return Some(format!("the trial balance is {} fen", self.trial_balance_fen));
        }
        let orders: BTreeSet<&str> = self
            .acquirer
            .charges
            .iter()
            .map(|row| row.order_id.as_str())
            .chain(self.billers.booked.iter().map(|row| row.order_id.as_str()))
            .collect();
        orders.into_iter().find_map(|order| self.unexplained(order)).or_else(|| self.booked_twice())
    }

    /// What the acquirer kept for one order must be booked, or in an open state that the kiosk names.
    fn unexplained(&self, order: &str) -> Option<String> {
        let Some(record) = self.kiosk.iter().find(|record| record.id == order) else {
            return Some(format!("{order} is in the books of others and not in the kiosk's"));
        };
        let (kept, booked) = (self.kept_fen(order), self.booked_fen(order));
        let holds = match record.open {
            Open::Fen(open) => kept == booked + open,
            Open::NothingOr(all) => booked == 0 && (kept == 0 || kept == all),
        };
        (!holds)
            .then(|| format!("{order}: acquirer kept {kept}, billers booked {booked}, kiosk says {record:?}"))
    }

    fn kept_fen(&self, order: &str) -> i64 {
        let charges = self.acquirer.charges.iter().filter(|row| row.order_id == order);
        let kept: i64 =
            charges.filter(|row| row.state == ChargeRowState::Approved).map(|row| row.amount_fen).sum();
        let refunds = self.acquirer.refunds.iter().filter(|row| row.order_id == order);
        kept - refunds.map(|row| row.amount_fen).sum::<i64>()
    }

    fn booked_fen(&self, order: &str) -> i64 {
        self.billers.booked.iter().filter(|row| row.order_id == order).map(|row| row.amount_fen).sum()
    }

    fn booked_twice(&self) -> Option<String> {
        let mut seen = BTreeSet::new();
        let twice = self.billers.booked.iter().find(|row| !seen.insert((&row.order_id, row.line)));
        twice.map(|row| format!("line {} of {} is booked twice", row.line, row.order_id))
    }

    /// True when nothing is left to be done by anybody.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let done = |state: HallLine| {
            matches!(state, HallLine::Booked | HallLine::Refunded | HallLine::Manual | HallLine::Void)
        };
        self.hall.iter().all(|order| order.lines.iter().all(|line| done(line.state)))
    }
}

/// Every order that any book names, as the kiosk's journal has it.
fn kiosk_records(journal: &Journal, orders: &BTreeSet<String>) -> Result<Vec<KioskRecord>, EvidenceError> {
    let mut records = Vec::new();
    for id in orders.iter().filter_map(|id| OrderId::parse(id).ok()) {
        let Some(order) = journal.order(&id)? else { continue };
        records.push(KioskRecord {
            id: id.to_string(),
            charge: order.charge.name().to_owned(),
            total_fen: total_fen(&order),
            lines: order.lines.iter().map(line_record).collect(),
            steps: journal.steps(&id)?.into_iter().map(|(_, step, _)| step).collect(),
            open: open(&order),
        });
    }
    Ok(records)
}

fn line_record(line: &Line) -> LineRecord {
    LineRecord {
        fee: line.fee.clone(),
        amount_fen: line.amount_fen.get(),
        state: format!("{:?}", line.state).to_lowercase(),
    }
}

fn total_fen(order: &Order) -> i64 {
    order.total().map_or(0, |total| total.get())
}

fn open(order: &Order) -> Open {
    let unfinished =
        |line: &&Line| !matches!(line.state, LineState::Booked | LineState::Refunded | LineState::Void);
    match order.charge {
        Charge::Intended | Charge::Declined(_) | Charge::Free | Charge::Reversed => Open::Fen(0),
        Charge::Charging | Charge::Unknown | Charge::Reversing(_) | Charge::Manual => {
            Open::NothingOr(total_fen(order))
        }
        Charge::Charged(_) | Charge::ReversalRefused => {
            Open::Fen(order.lines.iter().filter(unfinished).map(|line| line.amount_fen.get()).sum())
        }
    }
}
