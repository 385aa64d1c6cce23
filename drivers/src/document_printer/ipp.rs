//! Printers that speak IPP over HTTP (RFC 8010, RFC 8011; protocols I): most network printers, and CUPS.

mod client;
mod driver;
pub mod message;
pub mod reasons;
mod settings;

pub use driver::IppPrinter;
pub use message::IppFault;
pub use settings::IppSettings;
