//! The number by which a biller knows an account: how it is typed, shown and checked.

use std::fmt;

use regex_lite::Regex;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::check_digit::{AccountCheck, CheckFault};

/// No account of any biller is longer; longer input is refused before a pattern sees it.
const ACCOUNT_CHARS_MAX: usize = 32;

/// How an account number is typed, shown and checked before the hall is asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AccountRule {
    /// What the number is called.
    pub label: String,
    /// Where the resident finds it.
    pub hint: String,
    /// Keys that the screen offers.
    #[serde(default)]
    pub keypad: Keypad,
    /// Anchored regular expression over the normal form.
    pub pattern: String,
    /// Fewest characters.
    pub min_len: usize,
    /// Most characters.
    pub max_len: usize,
    /// Sizes of the groups on the screen; the last one repeats.
    #[serde(default = "fours")]
    pub grouping: Vec<u8>,
    /// Check digit.
    #[serde(default)]
    pub check: AccountCheck,
    /// A number that satisfies this rule and belongs to nobody.
    pub sample: String,
}

fn fours() -> Vec<u8> {
    vec![4]
}

/// Keys that the screen offers for an account number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keypad {
    /// 0 to 9.
    #[default]
    Digits,
    /// 0 to 9 and X, for identity numbers.
    DigitsX,
    /// Letters and digits, with the province sign of a plate.
    Plate,
}

/// An account number that satisfies its rule, in normal form. `Debug` shows the last four only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Account(String);

impl Account {
    /// The whole number, for the hall.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = self.0.chars().count().saturating_sub(4);
        let tail: String = self.0.chars().skip(hidden).collect();
        write!(out, "Account(…{tail})")
    }
}

/// Why a text is not an account number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AccountFault {
    /// Fewer characters than any account has.
    #[error("shorter than {min} characters")]
    TooShort {
        /// Fewest characters.
        min: usize,
    },
    /// More characters than any account has.
    #[error("longer than {max} characters")]
    TooLong {
        /// Most characters.
        max: usize,
    },
    /// A character that the keypad does not have.
    #[error("a character that no such number has")]
    BadCharacter,
    /// The right characters in the wrong places.
    #[error("not in the form of such a number")]
    BadShape,
    /// A digit was mistyped.
    #[error("the check digit does not fit")]
    BadCheckDigit,
    /// An identity number with a birth date that does not exist.
    #[error("the birth date inside does not exist")]
    BadDate,
}

impl AccountRule {
    /// Checks what the resident typed, scanned or laid on the reader.
    pub fn check(&self, text: &str) -> Result<Account, AccountFault> {
        let normal = normal_form(text);
        self.check_characters(&normal)?;
        self.check_length(&normal)?;
        let shaped = Regex::new(&self.pattern).is_ok_and(|pattern| pattern.is_match(&normal));
        if !shaped {
            return Err(AccountFault::BadShape);
        }
        match self.check.verify(&normal) {
            Ok(()) => Ok(Account(normal)),
            Err(CheckFault::Digit) => Err(AccountFault::BadCheckDigit),
            Err(CheckFault::Date) => Err(AccountFault::BadDate),
        }
    }

    /// The number in groups, as the screen and the slip show it; also while it is being typed.
    pub fn grouped(&self, text: &str) -> String {
        let mut sizes = self.grouping.iter().copied();
        let mut size = sizes.next().unwrap_or(0);
        let mut shown = String::new();
        let mut in_group = 0;
        for character in text.chars() {
            if size > 0 && in_group == size {
                shown.push(' ');
                size = sizes.next().unwrap_or(size);
                in_group = 0;
            }
            shown.push(character);
            in_group = in_group.saturating_add(1);
        }
        shown
    }

    fn check_characters(&self, normal: &str) -> Result<(), AccountFault> {
        let known = normal.chars().all(|character| self.keypad.has(character));
        if known { Ok(()) } else { Err(AccountFault::BadCharacter) }
    }

    fn check_length(&self, normal: &str) -> Result<(), AccountFault> {
        let max = self.max_len.min(ACCOUNT_CHARS_MAX);
        match normal.chars().count() {
            length if length < self.min_len => Err(AccountFault::TooShort { min: self.min_len }),
            length if length > max => Err(AccountFault::TooLong { max }),
            _ => Ok(()),
        }
    }
}

impl Keypad {
    /// True when this keypad has a key for `character`.
    pub fn has(self, character: char) -> bool {
        match self {
            Keypad::Digits => character.is_ascii_digit(),
            Keypad::DigitsX => character.is_ascii_digit() || character == 'X',
            Keypad::Plate => character.is_ascii_digit() || is_plate_letter(character),
        }
    }
}

fn is_plate_letter(character: char) -> bool {
    character.is_ascii_uppercase() || ('\u{4E00}'..='\u{9FFF}').contains(&character)
}

/// Without blanks and hyphens, in capitals. Input from a scanner has no bound, so it is cut one
/// past the longest account: still too long, and never copied whole.
fn normal_form(text: &str) -> String {
    let kept = text.chars().filter(|character| !character.is_whitespace() && *character != '-');
    kept.take(ACCOUNT_CHARS_MAX.saturating_add(1)).map(|c| c.to_ascii_uppercase()).collect()
}
