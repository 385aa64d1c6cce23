//! Writers of electronic purses: bus cards and the like, topped up over PC/SC.
//!
//! Money is on the card, so a load is three-valued like a payment: written, not written, or unknown, and an
//! unknown one is settled by reading the balance and the counter of online transactions of the same card.
//! The keys are the issuer's; the kiosk carries one cryptogram to the issuer and another one back.

pub mod apdu;
mod channel;
mod driver;
mod load;
mod pcsc;
pub mod purse;
mod settings;

pub use channel::{CardChannel, ChannelError};
pub use driver::PurseWriter;
pub use load::{
    LoadApproval, LoadOutcome, LoadRequest, PendingLoad, PurseState, Refusal, Settlement, settlement,
};
pub use pcsc::PcscChannel;
pub use settings::CardWriterSettings;

use crate::status::DeviceError;

/// What the kiosk asks of a card writer.
pub trait CardWriter: Send {
    /// Asks whether reader and service are there.
    ///
    /// # Errors
    /// `PortMissing` without a reader or without PC/SC; `PortBusy`; `TimeOut`.
    fn probe(&mut self) -> Result<(), DeviceError>;

    /// Whether a card lies on the reader.
    ///
    /// # Errors
    /// As for [`CardWriter::probe`].
    fn card_present(&mut self) -> Result<bool, DeviceError>;

    /// Reads number and balance. `Ok(None)` means that no card lies there.
    ///
    /// # Errors
    /// As for [`CardWriter::probe`]; `UserError(LayCardAgain)` for a card lifted meanwhile;
    /// `UserError(UnsupportedCard)`; `Protocol(Card(..))` for absurd answers.
    fn read_purse(&mut self) -> Result<Option<PurseState>, DeviceError>;

    /// Opens a load on the card; nothing is written yet. Keep the answer durably before the approval is
    /// used: only with it can a torn load be settled.
    ///
    /// # Errors
    /// As for [`CardWriter::read_purse`]; `UserError(LayCardAgain)` also without a card.
    fn begin_load(&mut self, request: &LoadRequest) -> Result<PendingLoad, DeviceError>;

    /// Writes the load that the issuer approved. A card that was lifted, laid again or swapped since
    /// [`CardWriter::begin_load`] is not written to.
    fn commit_load(&mut self, pending: &PendingLoad, approval: &LoadApproval) -> LoadOutcome;

    /// Reads the card and tells what became of a load; never writes.
    ///
    /// # Errors
    /// As for [`CardWriter::begin_load`]; `UserError(OtherCard)` for another card than the load's.
    fn settle(&mut self, pending: &PendingLoad) -> Result<Settlement, DeviceError>;
}
