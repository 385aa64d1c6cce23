//! What reaches a visit, and what it asks for.

use crate::money::{Line, Method, Order, OrderId};
use crate::person::Person;

use super::{Bill, CardFault, HoldFault, PayStage, SlipView, Touch};

/// Number of a question; an answer with an older number is late and ignored.
pub type Ticket = u64;

/// Something happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The resident touched.
    Touch(Touch),
    /// The hall answered what is owed on an account.
    Quoted(Ticket, Result<Bill, HallRefusal>),
    /// The hall answered what a person owes.
    PersonBills(Ticket, Result<Vec<Bill>, HallRefusal>),
    /// The payment could not start; no money moved.
    NotStarted(NotStarted),
    /// An order of this visit changed, or the terminal was asked about it again.
    Order(Order, u32),
    /// The terminal works on the sale of this visit.
    Stage(PayStage),
    /// A card was read, or could not be.
    Card(Result<Person, CardFault>),
    /// A card lies on the reader, or was lifted.
    CardPresent(bool),
    /// A slip of this order moved; percent of its lines are out.
    Slip(OrderId, SlipView, u8),
    /// The hall opened a case, or did not.
    Case(Ticket, Result<String, HallRefusal>),
    /// An earlier order was found, with the state of its slip, or was not.
    Found(Ticket, Result<Box<(Order, SlipView)>, HallRefusal>),
    /// Time passed.
    Tick,
}

/// Why the hall did not give what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HallRefusal {
    /// It does not know the account, the order, or the person.
    Unknown,
    /// Nothing is owed.
    NothingOwed,
    /// The biller is in its day-cut or closed.
    BillerClosed,
    /// The biller did not answer.
    BillerSilent,
    /// The hall did not answer.
    Away,
    /// The hall answered nonsense, or failed.
    Failed,
}

/// Why a payment did not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotStarted {
    /// For this reason.
    Fault(HoldFault),
    /// The same was paid within ten minutes, by the order with this reference.
    PaidJustNow(String),
}

/// Something has to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the hall what is owed on an account.
    AskQuote {
        /// Number of this question.
        ticket: Ticket,
        /// Fee type.
        fee: String,
        /// Account number, checked.
        account: String,
        /// Item of a tariff, for fees that have one.
        tariff_item: Option<String>,
    },
    /// Ask the hall what the person who logged in owes.
    AskPersonBills(Ticket, String),
    /// Write the order down, take its hold, charge it.
    Pay(PayRequest),
    /// Ask the terminal to stop.
    CancelPayment(OrderId),
    /// Start reading the ID card.
    ReadCard,
    /// Stop reading the ID card.
    StopReading,
    /// Print what the order's state asks for.
    Print(OrderId),
    /// The resident says whether a doubtful slip came out.
    SlipCameOut(OrderId, bool),
    /// Open a case for a wrong account.
    OpenCase(Ticket, OrderId),
    /// Rate the service, 5 … 1.
    Rate(OrderId, u8),
    /// Find an earlier order by its reference.
    FindOrder(Ticket, OrderId),
    /// Find the last order of the person with this ID number.
    FindOrderOf(Ticket, String),
    /// The visit is over; everything of the resident is forgotten.
    End,
}

/// What is to be paid, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct PayRequest {
    /// Lines, at least one.
    pub lines: Vec<Line>,
    /// How.
    pub method: Method,
    /// The hall is away: no hold, booked later.
    pub offline: bool,
    /// The resident agreed to pay the same again.
    pub pay_again: bool,
    /// ID number of the person who logged in.
    pub payer: Option<String>,
}
