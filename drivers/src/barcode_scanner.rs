//! Scanners of bar codes and QR codes.
//!
//! A scanner sends what it sees as bare text, and some take commands of their own. A payment code is money
//! for as long as it lives: it is zeroised, masked and never logged, and one that was shown before anybody
//! asked is thrown away.

mod code;
pub mod gm65;
mod payment_code;
mod serial;
mod settings;
pub mod text;

pub use code::ScannedCode;
pub use payment_code::{PaymentCode, PaymentCodeError, Wallet};
pub use serial::SerialScanner;
pub use settings::{CommandSet, ScannerSettings, Trigger, ZoneWrite};

use crate::cancel::CancelToken;
use crate::status::DeviceError;

/// What the kiosk asks of a scanner.
pub trait BarcodeScanner: Send {
    /// Opens a lost port, and asks the scanner whether it works if it can be asked at all.
    ///
    /// # Errors
    /// Port loss; `TimeOut` or `Protocol(Gm65(..))` of a scanner that takes commands.
    fn probe(&mut self) -> Result<(), DeviceError>;

    /// Throws away what was scanned before somebody asked, and lights the scanner if it waits for that.
    ///
    /// # Errors
    /// As for [`BarcodeScanner::probe`].
    fn begin(&mut self) -> Result<(), DeviceError>;

    /// Waits for a code, at most `read_slice_ms`. `Ok(None)` means that none was shown yet.
    ///
    /// # Errors
    /// `Protocol(Scan(..))` for bytes that are no code: show it again. `Canceled`; port loss; while lighting
    /// the scanner as for [`BarcodeScanner::probe`].
    fn read_code(&mut self, cancel: &CancelToken) -> Result<Option<ScannedCode>, DeviceError>;
}
