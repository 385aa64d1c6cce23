//! ESC/POS printers on a serial port; protocols B and C.

pub mod codec;
mod driver;
pub mod paper;
mod settings;
mod wire;

pub use driver::EscPosPrinter;
pub use settings::{Confirm, Cut, EscPosSettings};
