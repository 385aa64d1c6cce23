//! What device threads tell the kiosk.

use crate::money::{DeclineReason, OrderId, QueryAnswer, ReversalAnswer, SaleAnswer};
use crate::person::Person;
use crate::visit::{CardFault, PayStage, Printer};

/// Takes news from any thread.
pub type Sink = Box<dyn Fn(DeviceNews) + Send + Sync>;

/// Something about a device.
#[derive(Debug)]
pub enum DeviceNews {
    /// The ID card reader answers, or does not.
    Reader(bool),
    /// The printer's state changed.
    Printer(Printer),
    /// The terminal answers, or does not.
    Terminal(bool),
    /// A card was read, or could not be.
    Card(Result<Person, CardFault>),
    /// A card lies on the reader, or was lifted.
    CardPresent(bool),
    /// How far a sale is.
    Stage(OrderId, PayStage),
    /// How a sale ended.
    Sale(OrderId, SaleAnswer),
    /// What the terminal knows of an order.
    Query(OrderId, QueryAnswer),
    /// How a reversal ended.
    Reversal(OrderId, ReversalAnswer),
    /// How far a slip is.
    Print(u64, PrintNews),
}

/// How far a slip is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrintNews {
    /// Percent of its lines are on paper.
    Progress(u8),
    /// It came out whole.
    Printed,
    /// Nothing of it was sent.
    NotStarted,
    /// The printer stopped after this many lines.
    Interrupted(usize),
    /// Nobody knows.
    Doubtful,
}

impl DeviceNews {
    /// Without a terminal nothing was charged.
    #[must_use]
    pub const fn no_terminal(order: OrderId) -> Self {
        Self::Sale(order, SaleAnswer::Declined(DeclineReason::TerminalAbsent))
    }
}
