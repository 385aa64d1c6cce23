//! A bank in memory, for tests and for the shell.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::bank::{Bank, BankAnswer, BankRecord, BankRefund, BankReversal, BankTotals, Instrument};

/// One line of the books of a [`MemoryBank`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BankEntry {
    /// Order number.
    pub order: String,
    /// Amount in fen.
    pub amount_fen: i64,
    /// The bank's reference; empty if nothing was charged.
    pub trans_no: String,
    /// Whether it was undone.
    pub reversed: bool,
    /// Whether the day's books are closed over it.
    pub settled: bool,
    /// What was paid back of it, in fen.
    pub refunded_fen: i64,
}

/// A bank in memory.
#[derive(Debug, Default)]
pub struct MemoryBank {
    books: Mutex<Books>,
}

#[derive(Debug, Default)]
struct Books {
    entries: BTreeMap<String, BankEntry>,
    /// Refund numbers and their orders.
    refunds: BTreeMap<String, String>,
    batches: u32,
    out_of_reach: bool,
}

impl MemoryBank {
    /// A bank with empty books.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the bank can be reached.
    pub fn set_out_of_reach(&self, out_of_reach: bool) {
        self.with(|books| books.out_of_reach = out_of_reach);
    }

    /// Closes the day: what is charged can no longer be undone.
    pub fn settle(&self) {
        self.close_batch();
    }

    /// The books, by order number.
    #[must_use]
    pub fn entries(&self) -> Vec<BankEntry> {
        self.with(|books| books.entries.values().cloned().collect())
    }

    /// Charges that stand, less refunds, in fen.
    #[must_use]
    pub fn charged_fen(&self) -> i64 {
        let net = |entry: &BankEntry| entry.amount_fen - entry.refunded_fen;
        self.with(|books| books.entries.values().filter(|entry| !entry.reversed).map(net).sum())
    }

    fn with<R>(&self, look: impl FnOnce(&mut Books) -> R) -> R {
        look(&mut self.books.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Bank for MemoryBank {
    fn authorise(&self, order: &str, amount_fen: i64, _instrument: &Instrument) -> BankAnswer {
        self.with(|books| {
            if books.out_of_reach {
                return BankAnswer::NoAnswer;
            }
            let number = books.entries.len() + 1;
            let entry = books.entries.entry(order.to_owned()).or_insert_with(|| BankEntry {
                order: order.to_owned(),
                amount_fen,
                trans_no: format!("{number:012}"),
                reversed: false,
                settled: false,
                refunded_fen: 0,
            });
            if entry.reversed || entry.amount_fen != amount_fen {
                return BankAnswer::Declined { code: "94".to_owned() };
            }
            BankAnswer::Approved { trans_no: entry.trans_no.clone() }
        })
    }

    fn query(&self, order: &str) -> BankRecord {
        self.with(|books| match books.entries.get(order) {
            _ if books.out_of_reach => BankRecord::NoAnswer,
            None => BankRecord::NotFound,
            Some(entry) if entry.reversed => BankRecord::Reversed,
            Some(entry) => {
                BankRecord::Approved { amount_fen: entry.amount_fen, trans_no: entry.trans_no.clone() }
            }
        })
    }

    fn reverse(&self, order: &str) -> BankReversal {
        self.with(|books| {
            if books.out_of_reach {
                return BankReversal::NoAnswer;
            }
            let Some(entry) = books.entries.get_mut(order) else {
                books.entries.insert(order.to_owned(), never_charged(order));
                return BankReversal::NotFound;
            };
            if entry.settled && !entry.reversed {
                return BankReversal::AlreadySettled;
            }
            entry.reversed = true;
            BankReversal::Reversed
        })
    }

    fn refund(&self, number: &str, order: &str, amount_fen: i64) -> BankRefund {
        self.with(|books| {
            if books.out_of_reach {
                return BankRefund::NoAnswer;
            }
            if books.refunds.contains_key(number) {
                return BankRefund::Refunded;
            }
            let Some(entry) = books.entries.get_mut(order).filter(|entry| !entry.reversed) else {
                return BankRefund::Refused;
            };
            if amount_fen <= 0 || amount_fen > entry.amount_fen - entry.refunded_fen {
                return BankRefund::Refused;
            }
            entry.refunded_fen += amount_fen;
            books.refunds.insert(number.to_owned(), order.to_owned());
            BankRefund::Refunded
        })
    }

    fn close_batch(&self) -> Option<BankTotals> {
        self.with(|books| {
            if books.out_of_reach {
                return None;
            }
            books.batches += 1;
            let mut totals = BankTotals { batch: format!("{:06}", books.batches), charges: 0, net_fen: 0 };
            for entry in books.entries.values_mut().filter(|entry| !entry.settled && !entry.reversed) {
                entry.settled = true;
                totals.charges += 1;
                totals.net_fen += entry.amount_fen - entry.refunded_fen;
            }
            Some(totals)
        })
    }
}

/// The mark that keeps a late charge of an undone order out of the books.
fn never_charged(order: &str) -> BankEntry {
    BankEntry {
        order: order.to_owned(),
        amount_fen: 0,
        trans_no: String::new(),
        reversed: true,
        settled: false,
        refunded_fen: 0,
    }
}
