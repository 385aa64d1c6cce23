//! The bank behind the simulated terminal. Its books are its own: no journal of the kiosk writes them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// What the resident presents to the terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Instrument {
    /// A bank card; never more of its number than this.
    Card {
        /// First six digits.
        first6: String,
        /// Last four digits.
        last4: String,
        /// `UNIONPAY`, ...
        scheme: String,
    },
    /// A payment code on a phone.
    PhoneCode {
        /// `WECHAT`, `ALIPAY`, `UNIONPAY`, ...
        scheme: String,
    },
}

impl Instrument {
    /// A card for demonstrations.
    #[must_use]
    pub fn demo_card() -> Self {
        Self::Card { first6: "622848".to_owned(), last4: "1234".to_owned(), scheme: "UNIONPAY".to_owned() }
    }

    /// A phone code of `WECHAT`, `ALIPAY` or another scheme.
    #[must_use]
    pub fn phone_code(scheme: &str) -> Self {
        Self::PhoneCode { scheme: scheme.to_owned() }
    }

    /// `UNIONPAY`, `WECHAT`, ...
    #[must_use]
    pub fn scheme(&self) -> &str {
        match self {
            Self::Card { scheme, .. } | Self::PhoneCode { scheme } => scheme,
        }
    }
}

/// What the bank says to a charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BankAnswer {
    /// Charged, or charged before under the same order.
    Approved {
        /// The bank's reference.
        trans_no: String,
    },
    /// Not charged.
    Declined {
        /// The bank's code.
        code: String,
    },
    /// The bank cannot be reached; nobody knows.
    NoAnswer,
}

/// What the bank knows of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BankRecord {
    /// Charged.
    Approved {
        /// Amount in fen.
        amount_fen: i64,
        /// The bank's reference.
        trans_no: String,
    },
    /// Refused.
    Declined {
        /// The bank's code.
        code: String,
    },
    /// Charged and undone, or undone before it could be charged.
    Reversed,
    /// Never heard of.
    NotFound,
    /// The bank cannot be reached.
    NoAnswer,
}

/// What the bank says to a reversal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BankReversal {
    /// Undone.
    Reversed,
    /// Refused for good: the day's books are closed.
    AlreadySettled,
    /// Nothing to undo. The order can no longer be charged.
    NotFound,
    /// The bank cannot be reached.
    NoAnswer,
}

/// An acquirer. It is called from the thread of the terminal and may block; the same order is never booked
/// twice.
pub trait Bank: Send + Sync {
    /// Charges an order.
    fn authorise(&self, order: &str, amount_fen: i64, instrument: &Instrument) -> BankAnswer;

    /// Looks an order up.
    fn query(&self, order: &str) -> BankRecord;

    /// Undoes an order; from then on it can no longer be charged.
    fn reverse(&self, order: &str) -> BankReversal;
}

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
}

/// A bank in memory.
#[derive(Debug, Default)]
pub struct MemoryBank {
    books: Mutex<Books>,
}

#[derive(Debug, Default)]
struct Books {
    entries: BTreeMap<String, BankEntry>,
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
        self.with(|books| books.entries.values_mut().for_each(|entry| entry.settled = true));
    }

    /// The books, by order number.
    #[must_use]
    pub fn entries(&self) -> Vec<BankEntry> {
        self.with(|books| books.entries.values().cloned().collect())
    }

    /// Charges that stand, in fen.
    #[must_use]
    pub fn charged_fen(&self) -> i64 {
        self.with(|books| {
            books.entries.values().filter(|entry| !entry.reversed).map(|entry| entry.amount_fen).sum()
        })
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
}

/// The mark that keeps a late charge of an undone order out of the books.
fn never_charged(order: &str) -> BankEntry {
    BankEntry {
        order: order.to_owned(),
        amount_fen: 0,
        trans_no: String::new(),
        reversed: true,
        settled: false,
    }
}
