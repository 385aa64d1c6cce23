//! ESC/POS printers on a serial port; protocols B and C.

pub mod charset;
pub mod codec;
mod driver;
pub mod line;
pub mod paper;
mod run;
mod settings;
mod wire;

pub use charset::CharacterSet;
pub use driver::EscPosPrinter;
pub use settings::{Confirm, Cut, DoubleSize, EscPosSettings};
