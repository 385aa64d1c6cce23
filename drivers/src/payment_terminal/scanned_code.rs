//! A payment code that the kiosk's own scanner has read.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A payment code: 16..=24 digits, good for one charge within a minute. It is forwarded to a terminal that
/// has a field for it, and is never stored or shown.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct ScannedCode(String);

impl ScannedCode {
    /// Takes the digits of a payment code; `None` for anything else.
    #[must_use]
    pub fn new(digits: &str) -> Option<Self> {
        let fits = (16..=24).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| Self(digits.to_owned()))
    }

    /// The digits, for the wire alone.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ScannedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScannedCode")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_payment_codes_are_taken_and_none_is_shown() {
        let code = ScannedCode::new("134567890123456789").unwrap();
        assert_eq!(code.digits(), "134567890123456789");
        assert_eq!(format!("{code:?}"), "ScannedCode");
        for bad in ["", "13456789", "1345678901234567890123456", "13456789012345678x"] {
            assert_eq!(ScannedCode::new(bad), None, "{bad}");
        }
    }
}
