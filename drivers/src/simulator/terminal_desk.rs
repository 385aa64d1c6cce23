//! What a simulated terminal knows of orders, whatever wire it speaks; no bytes and no bank in here.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::bank::{BankAnswer, BankRecord, Instrument};
use super::event::{Events, SimEvent};
use super::terminal::Silence;

/// The resident or the host gave the sale up.
pub(super) const CLOSED: &str = "CLOSED";
/// Nobody showed a card or code in time.
pub(super) const TIMED_OUT: &str = "TIMEOUT";

/// How far an order is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stand {
    /// Waiting for a card or code, or for the bank; or nobody knows.
    #[default]
    Open,
    Charged,
    Declined,
    Undone,
}

/// An order as the terminal remembers it.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    pub(super) amount_fen: i64,
    pub(super) by_card: bool,
    pub(super) stand: Stand,
    pub(super) code: String,
    pub(super) bank_no: String,
    /// First six digits, six stars, last four digits; empty for a phone code.
    pub(super) card: String,
    pub(super) scheme: String,
    pub(super) ended: String,
}

/// What a sale may be paid with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Accepts {
    Card,
    PhoneCode,
    Either,
}

impl Accepts {
    fn takes(self, shown: &Instrument) -> bool {
        match self {
            Self::Card => matches!(shown, Instrument::Card { .. }),
            Self::PhoneCode => matches!(shown, Instrument::PhoneCode { .. }),
            Self::Either => true,
        }
    }
}

/// Why a sale is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotTaken {
    Invalid,
    Duplicate,
    Busy,
}

#[derive(Debug)]
struct Current {
    order: String,
    amount_fen: i64,
    accepts: Accepts,
    since: Instant,
    asked_bank: bool,
}

/// A charge that the bank must be asked for.
#[derive(Debug)]
pub(super) struct Charge {
    pub(super) order: String,
    pub(super) amount_fen: i64,
    pub(super) instrument: Instrument,
}

/// A sale that has ended.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) name: String,
    pub(super) order: Order,
    /// Whether the host is told; a silent terminal keeps the result to itself.
    pub(super) told: bool,
}

#[derive(Debug)]
pub(super) struct Desk {
    orders: BTreeMap<String, Order>,
    current: Option<Current>,
    pub(super) presented: Option<Instrument>,
    pub(super) armed_decline: Option<String>,
    pub(super) silence: Option<Silence>,
    pub(super) auto: bool,
    /// The next result is told with the number and the amount of another order.
    pub(super) crossed: bool,
    sale_timeout: Duration,
    events: Events,
}

impl Desk {
    pub(super) fn new(sale_timeout: Duration, events: Events) -> Self {
        Self {
            orders: BTreeMap::new(),
            current: None,
            presented: None,
            armed_decline: None,
            silence: None,
            auto: false,
            crossed: false,
            sale_timeout,
            events,
        }
    }

    /// The order that waits for a card or code.
    pub(super) fn waiting_for(&self) -> Option<&str> {
        self.current.as_ref().map(|current| current.order.as_str())
    }

    pub(super) fn order(&self, name: &str) -> Option<&Order> {
        self.orders.get(name)
    }

    /// A sale: taken, or refused at once.
    pub(super) fn ask(
        &mut self,
        name: &str,
        amount_fen: i64,
        accepts: Accepts,
        now: Instant,
    ) -> Result<(), NotTaken> {
        if amount_fen <= 0 || name.is_empty() || name.len() > 32 {
            return Err(NotTaken::Invalid);
        }
        if self.orders.contains_key(name) {
            return Err(NotTaken::Duplicate);
        }
        if self.current.is_some() {
            return Err(NotTaken::Busy);
        }
        let order = Order { amount_fen, by_card: accepts != Accepts::PhoneCode, ..Order::default() };
        self.orders.insert(name.to_owned(), order);
        self.events.push(SimEvent::SaleAsked { order: name.to_owned(), amount_fen });
        self.current =
            Some(Current { order: name.to_owned(), amount_fen, accepts, since: now, asked_bank: false });
        Ok(())
    }

    /// What to do about the sale at hand: ask the bank, or end it without.
    pub(super) fn next_step(&mut self, now: Instant) -> (Option<Charge>, Option<Finished>) {
        let Some(current) = self.current.as_ref().filter(|current| !current.asked_bank) else {
            return (None, None);
        };
        if let Some(code) = self.armed_decline.take() {
            return (None, self.finish(Stand::Declined, &code));
        }
        if now.duration_since(current.since) > self.sale_timeout {
            return (None, self.finish(Stand::Declined, TIMED_OUT));
        }
        let accepts = current.accepts;
        (self.charge(accepts), None)
    }

    fn charge(&mut self, accepts: Accepts) -> Option<Charge> {
        let at_once = self.auto || self.silence == Some(Silence::ApproveNoAnswer);
        let instrument = match self.presented.take() {
            _ if self.silence == Some(Silence::NoApproveNoAnswer) => None,
            Some(shown) if accepts.takes(&shown) => Some(shown),
            Some(_) => {
                self.events.push(SimEvent::WrongInstrument);
                None
            }
            None if at_once && accepts != Accepts::PhoneCode => Some(Instrument::demo_card()),
            None if at_once => Some(Instrument::phone_code("WECHAT")),
            None => None,
        }?;
        let current = self.current.as_mut()?;
        current.asked_bank = true;
        Some(Charge { order: current.order.clone(), amount_fen: current.amount_fen, instrument })
    }

    /// The bank has spoken.
    pub(super) fn charged(&mut self, charge: &Charge, answer: BankAnswer, ended: String) -> Option<Finished> {
        let order = self.orders.get_mut(&charge.order)?;
        order.ended = ended;
        order.scheme = charge.instrument.scheme().to_owned();
        order.by_card = matches!(charge.instrument, Instrument::Card { .. });
        if let Instrument::Card { first6, last4, .. } = &charge.instrument {
            order.card = format!("{first6}******{last4}");
        }
        match answer {
            BankAnswer::Approved { trans_no } => {
                order.bank_no = trans_no;
                self.finish(Stand::Charged, "")
            }
            BankAnswer::Declined { code } => self.finish(Stand::Declined, &code),
            BankAnswer::NoAnswer => self.finish(Stand::Open, "HOST_TIMEOUT"),
        }
    }

    fn finish(&mut self, stand: Stand, code: &str) -> Option<Finished> {
        let name = self.current.take()?.order;
        let order = self.orders.get_mut(&name)?;
        order.stand = stand;
        code.clone_into(&mut order.code);
        self.events.push(match stand {
            Stand::Charged => SimEvent::Approved { order: name.clone() },
            _ => SimEvent::Declined { order: name.clone(), code: code.to_owned() },
        });
        let mut finished = Finished { order: order.clone(), name, told: self.silence.is_none() };
        if std::mem::take(&mut self.crossed) {
            finished.name = format!("X{}", finished.name.get(1..).unwrap_or_default());
            finished.order.amount_fen += 1;
        }
        Some(finished)
    }

    /// Declines the sale at hand; without one, the next.
    pub(super) fn decline(&mut self, code: &str) -> Option<Finished> {
        if self.current.is_none() {
            self.armed_decline = Some(code.to_owned());
            return None;
        }
        self.finish(Stand::Declined, code)
    }

    /// Gives the sale at hand up if it is this one and the bank was not asked.
    pub(super) fn give_up(&mut self, name: &str) -> Option<Finished> {
        let ours = self.current.as_ref().is_some_and(|c| c.order == name && !c.asked_bank);
        if ours { self.finish(Stand::Declined, CLOSED) } else { None }
    }

    /// An order, with what the bank knows of it; `None` if neither has heard of it.
    pub(super) fn look_up(&self, name: &str, record: BankRecord) -> Option<Order> {
        let known = self.orders.get(name).cloned();
        if self.waiting_for() == Some(name) {
            return known;
        }
        let as_the_bank_says = |stand, code: String| {
            let known = self.orders.get(name).cloned().unwrap_or_default();
            Some(Order { stand, code, ..known })
        };
        match record {
            BankRecord::Approved { amount_fen, trans_no } => {
                let order = as_the_bank_says(Stand::Charged, String::new())?;
                Some(Order { amount_fen, bank_no: trans_no, ..order })
            }
            BankRecord::Reversed => as_the_bank_says(Stand::Undone, String::new()),
            BankRecord::Declined { code } => as_the_bank_says(Stand::Declined, code),
            BankRecord::NotFound | BankRecord::NoAnswer => known,
        }
    }

    /// The bank has undone an order.
    pub(super) fn undone(&mut self, name: &str) {
        if let Some(order) = self.orders.get_mut(name) {
            order.stand = Stand::Undone;
            order.code.clear();
        }
        self.events.push(SimEvent::Reversed { order: name.to_owned() });
    }

    /// A refund under a number of its own went through.
    pub(super) fn refunded(&mut self, name: &str, amount_fen: i64) {
        let order = Order { amount_fen, by_card: true, stand: Stand::Charged, ..Order::default() };
        self.orders.insert(name.to_owned(), order);
    }

    /// Forgets an order that was not charged, so that its name is free.
    pub(super) fn drop_order(&mut self, name: &str) {
        self.orders.remove(name);
    }
}
