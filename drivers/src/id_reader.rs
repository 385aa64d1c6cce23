//! Readers of resident ID cards and the permits that look like them.
//!
//! The resident lays a card on a window; the reader finds it by radio, and a sealed module (SAM) inside
//! decrypts it. Reading is safe to repeat, but after a damaged read most modules find the card only once it
//! was lifted and laid again.

pub mod card;
pub mod number;
mod opaque;
pub mod sam_v;

pub use card::{CardError, CardKind, IdCard, Sex, ValidTo};
pub use opaque::OpaqueBytes;
pub use sam_v::{SamV, SamVSettings};

use crate::cancel::CancelToken;
use crate::status::DeviceError;

/// What the kiosk asks of an ID card reader.
pub trait IdReader: Send {
    /// Asks the reader whether it works, and opens the port if it was lost.
    ///
    /// # Errors
    /// Port loss, `TimeOut`, or `HardwareError` if the SAM says that it does not work.
    fn probe(&mut self) -> Result<(), DeviceError>;

    /// Starts the reader's module afresh; a card that lies there must be lifted and laid again.
    ///
    /// # Errors
    /// As for [`IdReader::probe`].
    fn reset(&mut self) -> Result<(), DeviceError>;

    /// The module's own id as its label shows it, so that a swapped device is noticed.
    ///
    /// # Errors
    /// As for [`IdReader::probe`].
    fn identity(&mut self) -> Result<String, DeviceError>;

    /// One find, select, read cycle; call it each `find_interval_ms`. `Ok(None)` means that no card lies on
    /// the reader right now.
    ///
    /// # Errors
    /// `UserError(LayCardAgain)` after a read that failed or was damaged; `UserError(UnsupportedCard)`;
    /// `UserError(RemoveCard)` while the card of the last read may still lie there;
    /// `Protocol(Card(..))` for a card whose data are absurd; `Canceled` between two steps; port loss,
    /// `TimeOut`, `HardwareError`. There is never partial personal data.
    fn read_card(&mut self, cancel: &CancelToken) -> Result<Option<IdCard>, DeviceError>;

    /// Whether a card still lies on the reader. Ask until `false` before the next person's visit.
    ///
    /// # Errors
    /// As for [`IdReader::probe`]. An error is not "removed".
    fn card_present(&mut self) -> Result<bool, DeviceError>;
}
