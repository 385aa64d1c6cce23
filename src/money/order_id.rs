//! Order ids: kiosk code, enrolment epoch, sequence. No clock is in them, so no clock can make two alike.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Width of the epoch in digits: a kiosk can be enrolled 999 times.
const EPOCH_DIGITS: usize = 3;
/// Width of the sequence in digits: 99,999,999 orders in one epoch, three a minute for 60 years.
const SEQUENCE_DIGITS: usize = 8;
/// Longest id that terminals take (ECR-Hub `merchant_order_no`).
const MAX_LENGTH: usize = 32;

/// Identity of an order, 16 to 32 of `0-9A-Z`; the idempotency key for terminal, hall and biller.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrderId(String);

/// Why something is not an order id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OrderIdError {
    /// A character outside `0-9A-Z`, or too few or too many of them.
    #[error("an order id is a kiosk code followed by {EPOCH_DIGITS} and {SEQUENCE_DIGITS} digits")]
    Shape,
    /// Epoch or sequence do not fit their width: the kiosk has to be enrolled again.
    #[error("the order numbers of this enrolment are used up")]
    Exhausted,
}

impl OrderId {
    /// The id of the `sequence`-th order of an enrolment.
    pub fn new(kiosk: &str, epoch: u32, sequence: u64) -> Result<Self, OrderIdError> {
        let id = format!("{kiosk}{epoch:0EPOCH_DIGITS$}{sequence:0SEQUENCE_DIGITS$}");
        if id.len() != kiosk.len() + EPOCH_DIGITS + SEQUENCE_DIGITS {
            return Err(OrderIdError::Exhausted);
        }
        Self::parse(&id)
    }

    /// Reads an id, grouped or not, in either case.
    pub fn parse(text: &str) -> Result<Self, OrderIdError> {
        let id: String =
            text.chars().filter(|c| !matches!(c, '-' | ' ')).map(|c| c.to_ascii_uppercase()).collect();
        let tail = EPOCH_DIGITS + SEQUENCE_DIGITS;
        let shaped = id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
            && id.len() > tail
            && id.len() <= MAX_LENGTH
            && id.bytes().rev().take(tail).all(|b| b.is_ascii_digit());
        if shaped { Ok(Self(id)) } else { Err(OrderIdError::Shape) }
    }

    /// The id as machines exchange it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same id as people read it: `BT07-001-00000318`.
    #[must_use]
    pub fn grouped(&self) -> String {
        let (front, sequence) = self.0.split_at(self.0.len().saturating_sub(SEQUENCE_DIGITS));
        let (kiosk, epoch) = front.split_at(front.len().saturating_sub(EPOCH_DIGITS));
        format!("{kiosk}-{epoch}-{sequence}")
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for OrderId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl TryFrom<String> for OrderId {
    type Error = OrderIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<OrderId> for String {
    fn from(id: OrderId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grouped_form_is_the_same_id() {
        let id = OrderId::new("BT07", 1, 318).unwrap();
        assert_eq!(id.grouped(), "BT07-001-00000318");
        assert_eq!(OrderId::parse(&id.grouped().to_lowercase()), Ok(id));
    }

    #[test]
    fn a_used_up_sequence_is_refused_and_never_wraps() {
        assert_eq!(OrderId::new("BT07", 1, 100_000_000), Err(OrderIdError::Exhausted));
        assert_eq!(OrderId::new("BT07", 1000, 1), Err(OrderIdError::Exhausted));
    }

    #[test]
    fn nonsense_is_not_an_order_id() {
        for text in ["", "BT07", "00100000318", "BT07_00100000318", "BT0700100000A18"] {
            assert_eq!(OrderId::parse(text), Err(OrderIdError::Shape), "{text}");
        }
    }
}
