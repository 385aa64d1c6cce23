//! MIS terminals on a serial port, TLV; protocols E3.
//!
//! The numbers of the transaction types are not public: each acquirer gives its own, and the hardware profile
//! carries them. Our order number stands in DF69, so the terminal itself can be asked about an order. A phone
//! code that the kiosk has scanned stands in DF6A and nowhere else.

mod answer;
mod driver;
pub mod field;
pub mod frame;
mod request;
mod sale;
mod settings;

pub use driver::Mis;
pub use settings::{MisResults, MisSettings, MisTypes};
