//! What a scanner saw.

use std::fmt;

use zeroize::Zeroizing;

use super::payment_code::{PaymentCode, PaymentCodeError};

/// The text of a code. It may be money or personal, so it is zeroised on drop and shows only its length.
#[derive(Clone, PartialEq, Eq)]
pub struct ScannedCode(Zeroizing<String>);

impl ScannedCode {
    /// Takes a text.
    #[must_use]
    pub fn new(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// The text. Never log it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The same as the code of a wallet.
    ///
    /// # Errors
    /// [`PaymentCodeError`] if it is none.
    pub fn payment_code(&self) -> Result<PaymentCode, PaymentCodeError> {
        PaymentCode::parse(&self.0)
    }
}

impl fmt::Debug for ScannedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScannedCode({} characters)", self.0.chars().count())
    }
}
