//! Unified social credit codes, GB 32100-2015: authority, category, division, organisation, check character.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

const LENGTH: usize = 18;
/// The characters in order of their value; none of I, O, S, V, Z.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Powers of 3, modulo 31.
const WEIGHTS: [usize; LENGTH - 1] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// The valid code of an enterprise or another body, in upper case. Public, unlike a person's number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CreditCode(String);

/// Why a text is not a credit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CreditCodeError {
    /// Not 18 characters of the alphabet with a division of digits.
    #[error("not 18 digits and letters without I, O, S, V and Z")]
    Shape,
    /// The check character belongs to another code.
    #[error("the check character belongs to another code")]
    Check,
}

impl CreditCode {
    /// Reads a code in either case.
    pub fn parse(text: &str) -> Result<Self, CreditCodeError> {
        let code = text.to_ascii_uppercase();
        let values: Vec<usize> = code.bytes().filter_map(value).collect();
        let division = code.get(2..8).is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        if values.len() != LENGTH || code.len() != LENGTH || !division {
            return Err(CreditCodeError::Shape);
        }
        let sum: usize = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
        // A remainder of 0 has the check character 0, not the 31st that does not exist.
        let check = (31 - sum % 31) % 31;
        if values.last() == Some(&check) { Ok(Self(code)) } else { Err(CreditCodeError::Check) }
    }

    /// The code as machines exchange it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn value(byte: u8) -> Option<usize> {
    ALPHABET.iter().position(|known| *known == byte)
}

impl fmt::Display for CreditCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl TryFrom<String> for CreditCode {
    type Error = CreditCodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<CreditCode> for String {
    fn from(code: CreditCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VALID: [&str; 6] = [
        "91350100M000100Y43",
        "91150203MA00000220",
        "91150203MA00000510",
        "91150203MA0N1QABCY",
        "11150200011554123B",
        "52150200MJY100001D",
    ];

    #[test]
    fn the_example_of_the_standard_and_made_up_codes_are_accepted() {
        for text in VALID {
            assert_eq!(CreditCode::parse(&text.to_lowercase()).unwrap().as_str(), text);
        }
    }

    #[test]
    fn a_wrong_check_character_and_a_wrong_shape_differ() {
        assert_eq!(CreditCode::parse("91350100M000100Y4Z"), Err(CreditCodeError::Shape));
        assert_eq!(CreditCode::parse("91350100M000100Y4Y"), Err(CreditCodeError::Check));
        for text in
            ["", "91350100M000100Y4", "91350100M000100Y433", "91350100I000100Y43", "9135O100M000100Y43"]
        {
            assert_eq!(CreditCode::parse(text), Err(CreditCodeError::Shape), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_single_wrong_character_is_always_caught(
            which in 0..VALID.len(), at in 0..LENGTH, wrong in prop::sample::select(ALPHABET.to_vec()),
        ) {
            let mut bytes = VALID[which].as_bytes().to_vec();
            prop_assume!(bytes[at] != wrong);
            bytes[at] = wrong;
            prop_assert!(CreditCode::parse(std::str::from_utf8(&bytes).unwrap()).is_err());
        }
    }
}
