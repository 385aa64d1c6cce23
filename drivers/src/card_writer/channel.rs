//! The way to a card: a reader that a card lies on or not.

use thiserror::Error;

/// Why a command did not get to the card, or no answer back.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ChannelError {
    /// No reader, or nobody who can talk to one.
    #[error("no card reader")]
    NoReader,
    /// No card lies on the reader.
    #[error("no card")]
    NoCard,
    /// The card was lifted or reset since it was connected.
    #[error("the card is gone")]
    CardGone,
    /// Another program uses the card.
    #[error("another program uses the card")]
    Busy,
    /// The reader did not come back in time.
    #[error("time-out")]
    TimeOut,
    /// The reader could not do it; after a command it is unknown what the card did.
    #[error("card reader failure")]
    Failed,
}

/// A reader with at most one card. A connection is one stay of one card under power: whatever was begun on
/// the card ends with it.
pub trait CardChannel: Send {
    /// Name for messages.
    fn name(&self) -> &str;

    /// Whether the reader is there, and a card on it.
    ///
    /// # Errors
    /// [`ChannelError`].
    fn card_present(&mut self) -> Result<bool, ChannelError>;

    /// Connects the card afresh; an old connection ends.
    ///
    /// # Errors
    /// [`ChannelError`].
    fn connect(&mut self) -> Result<(), ChannelError>;

    /// Sends one command over the connection and gives the answer with its status word.
    ///
    /// # Errors
    /// [`ChannelError::NoCard`] if there is no connection: then nothing was sent. After all others the
    /// command may have been carried out.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError>;

    /// Ends the connection.
    fn disconnect(&mut self);
}
