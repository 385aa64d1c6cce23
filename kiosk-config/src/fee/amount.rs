//! Which amounts one payment may have.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Bounds of one payment, in fen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AmountRule {
    /// Least amount.
    pub min_fen: i64,
    /// Most in one payment at a kiosk.
    pub max_fen: i64,
    /// Every amount is a multiple of this.
    #[serde(default = "one_fen")]
    pub step_fen: i64,
    /// Amounts offered as buttons, ascending.
    #[serde(default)]
    pub choices_fen: Vec<i64>,
    /// True when only the offered amounts are taken.
    #[serde(default)]
    pub choices_only: bool,
}

fn one_fen() -> i64 {
    1
}

/// Why an amount is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AmountFault {
    /// Nothing is to be paid.
    #[error("zero or negative")]
    ZeroOrNegative,
    /// Less than one payment may have.
    #[error("below {min_fen} fen")]
    BelowMin {
        /// Least amount.
        min_fen: i64,
    },
    /// More than one payment may have.
    #[error("above {max_fen} fen")]
    AboveMax {
        /// Most in one payment.
        max_fen: i64,
    },
    /// Not a multiple of the step.
    #[error("not a multiple of {step_fen} fen")]
    NotOnStep {
        /// Step.
        step_fen: i64,
    },
    /// Not one of the offered amounts.
    #[error("not one of the offered amounts")]
    NotOffered,
}

impl AmountRule {
    /// Checks an amount that the resident chose or a bill says.
    pub fn check(&self, amount_fen: i64) -> Result<(), AmountFault> {
        let AmountRule { min_fen, max_fen, step_fen, .. } = *self;
        match amount_fen {
            amount if amount <= 0 => Err(AmountFault::ZeroOrNegative),
            amount if amount < min_fen => Err(AmountFault::BelowMin { min_fen }),
            amount if amount > max_fen => Err(AmountFault::AboveMax { max_fen }),
            amount if !is_multiple(amount, step_fen) => Err(AmountFault::NotOnStep { step_fen }),
            amount if self.choices_only && !self.choices_fen.contains(&amount) => {
                Err(AmountFault::NotOffered)
            }
            _ => Ok(()),
        }
    }
}

fn is_multiple(amount_fen: i64, step_fen: i64) -> bool {
    amount_fen.checked_rem(step_fen) == Some(0)
}
