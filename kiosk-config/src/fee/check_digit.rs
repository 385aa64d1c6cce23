//! Check digits of identity numbers, credit codes and bank cards.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Which check digit an account number carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountCheck {
    /// None that a kiosk could know.
    #[default]
    None,
    /// Citizen identification number, GB 11643.
    ResidentId,
    /// Unified social credit code, GB 32100.
    CreditCode,
    /// Card number with a Luhn digit.
    Luhn,
}

/// What is wrong inside a number of the right shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CheckFault {
    /// The check digit does not fit.
    Digit,
    /// The birth date does not exist.
    Date,
}

/// Position gives the value; I, O, S, V and Z are left out by GB 32100.
const CREDIT_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const CREDIT_MODULUS: usize = 31;
const RESIDENT_ALPHABET: &str = "10X98765432";
const RESIDENT_MODULUS: u32 = 11;

impl AccountCheck {
    pub(crate) fn verify(self, normal: &str) -> Result<(), CheckFault> {
        match self {
            AccountCheck::None => Ok(()),
            AccountCheck::ResidentId => resident_id(normal),
            AccountCheck::CreditCode => digit(credit_code(normal)),
            AccountCheck::Luhn => digit(luhn(normal)),
        }
    }
}

fn digit(fits: bool) -> Result<(), CheckFault> {
    if fits { Ok(()) } else { Err(CheckFault::Digit) }
}

fn resident_id(number: &str) -> Result<(), CheckFault> {
    digit(number.chars().count() == 18)?;
    if birth_date(number).is_none() {
        return Err(CheckFault::Date);
    }
    digit(resident_check(number) == number.chars().last())
}

fn birth_date(number: &str) -> Option<Date> {
    let part = |from: usize, until: usize| number.get(from..until)?.parse::<i16>().ok();
    let year = part(6, 10).filter(|year| *year >= 1900)?;
    let month = i8::try_from(part(10, 12)?).ok()?;
    Date::new(year, month, i8::try_from(part(12, 14)?).ok()?).ok()
}

/// ISO 7064 MOD 11-2: doubling from left to right gives the standard's weights without a table.
fn resident_check(number: &str) -> Option<char> {
    let mut sum = 0;
    for character in number.chars().take(17) {
        sum = (sum + character.to_digit(10)?) * 2 % RESIDENT_MODULUS;
    }
    RESIDENT_ALPHABET.chars().nth(usize::try_from(sum).ok()?)
}

fn credit_code(code: &str) -> bool {
    code.chars().count() == 18 && credit_check(code) == code.chars().last()
}

fn credit_check(code: &str) -> Option<char> {
    let mut sum = 0;
    let mut weight = 1;
    for character in code.chars().take(17) {
        sum += weight * CREDIT_ALPHABET.chars().position(|known| known == character)?;
        weight = weight * 3 % CREDIT_MODULUS;
    }
    CREDIT_ALPHABET.chars().nth((CREDIT_MODULUS - sum % CREDIT_MODULUS) % CREDIT_MODULUS)
}

fn luhn(number: &str) -> bool {
    let mut sum = 0;
    for (place, character) in number.chars().rev().enumerate() {
        let Some(value) = character.to_digit(10) else {
            return false;
        };
        let weighted = if place % 2 == 0 { value } else { value * 2 };
        sum += weighted / 10 + weighted % 10;
    }
    sum % 10 == 0
}
