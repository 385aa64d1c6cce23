//! The journal as its callers see it, on real files.

mod crash;
mod file;
mod order;
mod outbox;
mod secrecy;
mod slip;

use std::path::Path;

use tempfile::TempDir;

use super::{Journal, JournalError, JournalSettings};
use crate::money::{Charge, Fen, Line, LineState, Method, Order, OrderId, Payment, Step};

pub(crate) const ACCOUNT: &str = "3301999000012345";

/// A fresh state directory with an open, enrolled journal.
pub(crate) fn fresh() -> (TempDir, Journal) {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path()).unwrap();
    journal.set_epoch(1).unwrap();
    (dir, journal)
}

pub(crate) fn open(dir: &Path) -> Result<Journal, JournalError> {
    Journal::open(JournalSettings::new(dir))
}

/// An order that is not written down yet.
pub(crate) fn order(sequence: u64, offline: bool) -> Order {
    Order {
        id: OrderId::new("BT07", 1, sequence).unwrap(),
        lines: vec![line(11_663)],
        method: Method::Card,
        offline,
        made_at: "2026-11-24T09:30:00+08:00".to_owned(),
        payer: None,
        charge: Charge::Intended,
        late_approval: None,
        version: 0,
    }
}

fn line(fen: i64) -> Line {
    Line {
        fee: "BT-E01".to_owned(),
        account: ACCOUNT.to_owned(),
        owner_masked: "王**".to_owned(),
        tariff_item: None,
        quote_id: Some("Q1".to_owned()),
        fields: vec![("period".to_owned(), "2026-10".to_owned())],
        amount_fen: Fen::new(fen).unwrap(),
        state: LineState::Waiting,
        reference: None,
        reason: None,
        balance_fen: None,
    }
}

pub(crate) fn payment() -> Payment {
    Payment {
        channel_reference: "ACQ-777".to_owned(),
        method: Method::Card,
        scheme: "UNIONPAY".to_owned(),
        card_last4: Some("4242".to_owned()),
        terminal: "T1".to_owned(),
    }
}

/// The order after these steps, each recorded.
pub(crate) fn recorded(journal: &Journal, mut order: Order, steps: &[Step]) -> Order {
    for step in steps {
        order = order.apply(step).unwrap();
        journal.record(&order, step).unwrap();
    }
    order
}

/// From the first entry to the charge.
pub(crate) fn charged_steps() -> [Step; 3] {
    [Step::Intend, Step::Charge, Step::Approve(payment())]
}

/// What a power cut would leave: the files as they are now, without a clean end.
fn after_power_cut(dir: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    copy
}
