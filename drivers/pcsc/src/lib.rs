//! PC/SC without a link to it: `libpcsclite` is opened when it is first needed, so that a program without a
//! card writer builds and runs where it is not installed.
//!
//! Only what a card writer needs: readers, presence, connect, transmit. All unsafe code is in [`api`]; the
//! types here hold its handles and give them back.

#[allow(unsafe_code, reason = "the only place that calls C; each call says why it is sound")]
mod api;
mod error;

use std::ffi::CString;
use std::sync::Arc;

use api::{Api, CardHandle, ContextHandle};
pub use error::PcscError;

/// The longest answer of a card: 256 bytes and its status.
pub const MAX_ANSWER: usize = 258;

/// A connection to the resource manager.
#[derive(Debug)]
pub struct Context {
    api: Arc<Api>,
    handle: ContextHandle,
}

impl Context {
    /// Opens `libpcsclite.so.1` and connects to its daemon.
    ///
    /// # Errors
    /// [`PcscError::NoLibrary`], [`PcscError::NoService`], or what else the daemon says.
    pub fn establish() -> Result<Self, PcscError> {
        let api = Arc::new(Api::open()?);
        let handle = api.establish()?;
        Ok(Self { api, handle })
    }

    /// Names of the readers that are plugged in; none is not an error.
    ///
    /// # Errors
    /// As for [`Context::establish`].
    pub fn readers(&self) -> Result<Vec<String>, PcscError> {
        match self.api.list_readers(self.handle) {
            Err(PcscError::NoReader) => Ok(Vec::new()),
            other => other,
        }
    }

    /// Whether a card lies on the reader.
    ///
    /// # Errors
    /// [`PcscError::NoReader`] if there is no such reader (any more); as for [`Context::establish`].
    pub fn card_present(&self, reader: &str) -> Result<bool, PcscError> {
        self.api.card_present(self.handle, &name(reader)?)
    }

    /// Powers the card on the reader and takes it for this program alone.
    ///
    /// # Errors
    /// [`PcscError::NoCard`], [`PcscError::Shared`]; as for [`Context::card_present`].
    pub fn connect(&self, reader: &str) -> Result<Card, PcscError> {
        let (handle, protocol) = self.api.connect(self.handle, &name(reader)?)?;
        Ok(Card { api: self.api.clone(), handle, protocol })
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        self.api.release(self.handle);
    }
}

/// A card with power. Dropping it resets the card and leaves it on the reader.
#[derive(Debug)]
pub struct Card {
    api: Arc<Api>,
    handle: CardHandle,
    protocol: api::Word,
}

impl Card {
    /// Sends a command and waits for the answer, for as long as the reader's driver does.
    ///
    /// # Errors
    /// [`PcscError::CardGone`] if it was lifted; what the card did with the command is then unknown.
    pub fn transmit(&self, command: &[u8]) -> Result<Vec<u8>, PcscError> {
        self.api.transmit(self.handle, self.protocol, command)
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        self.api.disconnect(self.handle);
    }
}

fn name(reader: &str) -> Result<CString, PcscError> {
    CString::new(reader).map_err(|_| PcscError::NoReader)
}
