//! Citizen identification numbers, GB 11643-1999: division, birth date, sequence, check character.
//!
//! Residents of Hong Kong, Macau and Taiwan have the same number with division 81, 82 or 83. Foreigners since
//! 2023 have 9, province and nationality instead of a division. 15 digits have not been valid since 2013.

use std::fmt;

use jiff::civil::Date;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

const LENGTH: usize = 18;
/// Weights of ISO 7064 MOD 11-2 for the characters before the check character.
const WEIGHTS: [u32; LENGTH - 1] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Check character for each remainder.
const CHECKS: &[u8; 11] = b"10X98765432";
/// Nobody alive was born before.
const FIRST_YEAR: i16 = 1900;

/// A valid number in upper case. Wiped when dropped, absent from `{:?}`.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct IdNumber(String);

/// Why a text is not an identification number. Says nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IdNumberError {
    /// Not 17 digits and a digit or X.
    #[error("not 17 digits followed by a digit or X")]
    Shape,
    /// No province has this prefix.
    #[error("no province has this prefix")]
    Division,
    /// No such day, before 1900, or in the future.
    #[error("the birth date inside does not exist")]
    BirthDate,
    /// The check character belongs to another number.
    #[error("the check character belongs to another number")]
    Check,
}

impl IdNumber {
    /// Reads a number; a lower-case x counts. Dates after `today` are nobody's birth date.
    pub fn parse(text: &str, today: Date) -> Result<Self, IdNumberError> {
        let number = Self(text.to_ascii_uppercase());
        let (digits, check) = number.0.split_at_checked(LENGTH - 1).ok_or(IdNumberError::Shape)?;
        let shaped = digits.bytes().all(|byte| byte.is_ascii_digit())
            && matches!(check.as_bytes(), [b'0'..=b'9' | b'X']);
        if !shaped {
            return Err(IdNumberError::Shape);
        }
        if !known_division(digits) {
            return Err(IdNumberError::Division);
        }
        let born = birth_date(digits).ok_or(IdNumberError::BirthDate)?;
        if born > today || born.year() < FIRST_YEAR {
            return Err(IdNumberError::BirthDate);
        }
        if check.bytes().next() != check_character(digits) {
            return Err(IdNumberError::Check);
        }
        Ok(number)
    }

    /// The number in full: for the hall and for sealed storage only.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as it may be shown: `150202********1239`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}********{}", self.0.get(..6).unwrap_or_default(), self.0.get(14..).unwrap_or_default())
    }

    /// The day of birth.
    #[must_use]
    pub fn birth_date(&self) -> Date {
        birth_date(&self.0).unwrap_or_default()
    }

    /// Completed years of life; who was born on 29 February completes one on 1 March of a common year.
    #[must_use]
    pub fn age_on(&self, day: Date) -> i16 {
        let born = self.birth_date();
        let birthday_to_come = (day.month(), day.day()) < (born.month(), born.day());
        day.year() - born.year() - i16::from(birthday_to_come)
    }
}

/// True for a province (83 for residents of Taiwan), or for 9 and a province, as foreigners have it.
fn known_division(digits: &str) -> bool {
    let province = |at: usize| {
        let code = digits.get(at..at + 2).and_then(|code| code.parse().ok()).unwrap_or(0);
        matches!(code, 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83)
    };
    province(0) || (digits.starts_with('9') && province(1))
}

fn birth_date(digits: &str) -> Option<Date> {
    let year = digits.get(6..10)?.parse().ok()?;
    let month = digits.get(10..12)?.parse().ok()?;
    let day = digits.get(12..14)?.parse().ok()?;
    Date::new(year, month, day).ok()
}

fn check_character(digits: &str) -> Option<u8> {
    let sum: u32 = digits.bytes().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    CHECKS.get(usize::try_from(sum % 11).ok()?).copied()
}

/// Says that there is one, and nothing of it.
impl fmt::Debug for IdNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("IdNumber(…)")
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2026, 11, 24);
    const VALID: [&str; 10] = [
        "34052419800101001X",
        "11010519491231002X",
        "150202196501011239",
        "150203195808120028",
        "15022319920229115X",
        "150203193001010021",
        "150204201006010016",
        "15020319800101018X",
        "810000199001010019",
        "830000198805120028",
    ];

    fn parse(text: &str) -> Result<IdNumber, IdNumberError> {
        IdNumber::parse(text, TODAY)
    }

    /// The number of these 17 digits, with the check character that belongs to them.
    fn complete(digits: &str) -> String {
        format!("{digits}{}", char::from(check_character(digits).unwrap()))
    }

    #[test]
    fn published_and_made_up_numbers_are_accepted() {
        for text in VALID {
            assert_eq!(parse(text).unwrap().as_str(), text);
            assert_eq!(parse(&text.to_lowercase()).unwrap().as_str(), text);
        }
        assert!(parse(&complete("91115619900101001")).is_ok(), "a foreigner's number of 2023");
    }

    #[test]
    fn each_part_is_refused_for_its_own_reason() {
        for (text, reason) in [
            ("150202196501011238", IdNumberError::Check),
            ("150202650101123", IdNumberError::Shape),
            ("1502021965010112390", IdNumberError::Shape),
            ("X50202196501011239", IdNumberError::Shape),
            ("１50202196501011239", IdNumberError::Shape),
            (&complete("99999919650101123"), IdNumberError::Division),
            (&complete("15020219650230123"), IdNumberError::BirthDate),
            (&complete("15020219651301123"), IdNumberError::BirthDate),
            (&complete("15020218991231123"), IdNumberError::BirthDate),
            (&complete("15020220261125123"), IdNumberError::BirthDate),
            (&complete("15020220230229123"), IdNumberError::BirthDate),
        ] {
            assert_eq!(parse(text).unwrap_err(), reason, "{text}");
        }
        assert!(parse(&complete("15020220261124123")).is_ok(), "born today");
    }

    #[test]
    fn an_age_grows_on_the_birthday() {
        let number = parse("15022319920229115X").unwrap();
        assert_eq!(number.birth_date(), date(1992, 2, 29));
        assert_eq!(number.age_on(date(2026, 2, 28)), 33);
        assert_eq!(number.age_on(date(2026, 3, 1)), 34);
        assert_eq!(number.age_on(date(2028, 2, 29)), 36);
    }

    #[test]
    fn only_the_masked_form_is_shown() {
        let number = parse("150202196501011239").unwrap();
        assert_eq!(number.masked(), "150202********1239");
        assert_eq!(format!("{number:?}"), "IdNumber(…)");
    }

    proptest! {
        #[test]
        fn a_single_wrong_character_is_always_caught(
            which in 0..VALID.len(), at in 0..LENGTH, wrong in prop::sample::select(b"0123456789X".to_vec()),
        ) {
            let mut bytes = VALID[which].as_bytes().to_vec();
            prop_assume!(bytes[at] != wrong);
            bytes[at] = wrong;
            prop_assert!(parse(std::str::from_utf8(&bytes).unwrap()).is_err());
        }

        #[test]
        fn no_text_makes_it_fail_otherwise(text in "\\PC{0,24}") {
            let _ = parse(&text);
        }
    }
}
