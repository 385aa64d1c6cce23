//! Money: amounts, orders and what may happen to them. Pure: no clock, no port, no file.
//!
//! An [`Order`] is one payment with one or more lines. It changes only by [`Order::apply`]ing a [`Step`];
//! each step is one durable journal entry, written before the outside step it names. The [`Teller`] decides
//! which step comes next while an order is open, whether a resident still stands before the screen or not.

mod capitals;
mod exchange;
mod fen;
mod offline;
mod open;
mod order;
mod order_id;
mod step;
mod teller;

#[cfg(test)]
mod tests;

pub use capitals::capitals;
pub use exchange::{Input, Output, QueryAnswer, ReversalAnswer, SaleAnswer, TellerSettings};
pub use fen::{Fen, FenError};
pub use offline::{OfflineRefusal, admit_offline};
pub use order::{Charge, DeclineReason, Line, LineState, Method, Order, Payment};
pub use order_id::{OrderId, OrderIdError};
pub use step::{IllegalStep, LineProgress, Step};
pub use teller::Teller;
