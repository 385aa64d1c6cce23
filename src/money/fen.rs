//! Amounts in fen, the hundredth of a yuan.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The largest amount that is ever handled, ten million yuan; sums stay far from overflow.
const MAX_FEN: i64 = 1_000_000_000;

/// An amount of money in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(i64);

/// Why a text or a sum is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FenError {
    /// The text is not digits with at most two decimals.
    #[error("not an amount in yuan with at most two decimals")]
    Shape,
    /// The amount is beyond ten million yuan, either way.
    #[error("the amount is beyond ten million yuan")]
    Range,
}

impl Fen {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount; refuses what is beyond ten million yuan.
    pub const fn new(fen: i64) -> Result<Self, FenError> {
        if fen > MAX_FEN || fen < -MAX_FEN { Err(FenError::Range) } else { Ok(Self(fen)) }
    }

    /// The number of fen.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// True for more than nothing.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// The sum, refused beyond the range.
    pub fn plus(self, other: Self) -> Result<Self, FenError> {
        Self::new(self.0.checked_add(other.0).ok_or(FenError::Range)?)
    }

    /// The sum of many.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, FenError> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// Reads what a resident types, such as `100`, `86.3` or `0.05`.
    pub fn parse(text: &str) -> Result<Self, FenError> {
        let (yuan, cents) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if yuan.is_empty() || cents.len() > 2 || !digits(yuan) || !digits(cents) {
            return Err(FenError::Shape);
        }
        let whole: i64 = yuan.parse().map_err(|_| FenError::Range)?;
        let part: i64 = format!("{cents:0<2}").parse().map_err(|_| FenError::Shape)?;
        Self::new(whole.checked_mul(100).and_then(|fen| fen.checked_add(part)).ok_or(FenError::Range)?)
    }
}

/// Two decimals and no sign of currency: `116.63`.
impl fmt::Display for Fen {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(out, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_reads_back_as_the_same_amount() {
        for fen in [0, 1, 10, 99, 100, 11_663, 2_612_100_000 / 100, MAX_FEN] {
            let amount = Fen::new(fen).unwrap();
            assert_eq!(Fen::parse(&amount.to_string()), Ok(amount));
        }
    }

    #[test]
    fn nonsense_is_not_an_amount() {
        for text in ["", ".", ".5", "1.234", "-1", "+1", "1e3", "１", "99999999999999999999", "1.2.3"] {
            assert!(Fen::parse(text).is_err(), "{text:?}");
        }
    }
}
