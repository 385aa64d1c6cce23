//! ZVT terminals on a serial port; protocols E5 and M.
//!
//! The wire has no field for our order number. The terminal numbers its receipts, so the driver asks for the
//! last receipt before each sale and writes the order down beside it ([`ReceiptMemory`]): a query then knows
//! whether the last receipt can be ours.

pub mod apdu;
mod bcd;
mod command;
mod driver;
pub mod field;
pub mod frame;
mod idle;
mod memory;
mod recovery;
mod run;
mod sale;
mod settings;

pub use command::Command;
pub use driver::Zvt;
pub use memory::{MemoryError, ReceiptMemory};
pub use settings::ZvtSettings;
