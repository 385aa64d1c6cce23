//! Drivers for the devices of a kiosk, and simulators that speak the same bytes.
//!
//! A device is three layers, one file each: a *codec* (bytes to typed frames and back, no I/O; a frame that
//! has not fully arrived is a normal answer), a *driver* (deadlines, retries, states; owns the port) and the
//! *trait* the kiosk sees. The one path through the crate, for a printed slip:
//!
//! ```text
//! ReceiptPrinter::print          receipt_printer.rs            what the kiosk calls
//!   EscPosPrinter                receipt_printer/escpos/driver.rs
//!     paper::Paper               bytes of each line, GB18030, no control byte from text
//!     codec::StatusParser        answers, classified by their fixed bits
//!     port::Link<SerialPortLine> deadline reads, loss of the port, back-off
//! ```
//!
//! | module | device | wire |
//! |---|---|---|
//! | [`id_reader`] | resident ID card reader | SAM_V (GA 450), protocols A |
//! | [`barcode_scanner`] | scanner of bar codes and QR codes | bare text, GM65 commands, protocols F |
//! | [`card_writer`] | writer of bus cards and other purses | PC/SC, purse commands, protocols H |
//! | [`receipt_printer`] | receipt printer | ESC/POS, protocols B |
//! | [`document_printer`] | A4 printer | IPP over HTTP, protocols I |
//! | [`payment_terminal`] | payment terminal | ECR-Hub, ZVT and MIS on serial ports, protocols E3–E5 and E7 |
//! | [`simulator`] | all of them, on real pseudo-terminals and sockets | the same, written a second time |
//!
//! A driver is blocking and belongs to one thread per port. It never sleeps to pace its caller; the
//! settings say how often to call. "protocols" in a comment is the project's protocol sheet, by chapter.

#![cfg_attr(
    test,
    // A test may stop at the first surprise.
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod barcode_scanner;
pub mod cancel;
pub mod card_writer;
pub mod clock;
pub mod date;
pub mod document_printer;
pub mod id_reader;
pub mod payment_terminal;
pub mod port;
pub mod receipt_printer;
pub mod simulator;
pub mod status;
mod timing;
pub mod watch;

pub use cancel::CancelToken;
pub use date::Date;
pub use status::{DeviceError, DeviceState};
pub use timing::with_waits_divided;
pub use watch::Watch;
