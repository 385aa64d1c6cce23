//! The 18-character citizen number of GB 11643: region, birth date, sequence, check character.

use crate::date::Date;

/// Length of a citizen number.
pub const NUMBER_CHARS: usize = 18;

/// Weights of the first 17 digits, ISO 7064 MOD 11-2 (protocols A.6).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// Check characters by remainder.
const CHECKS: [u8; 11] = *b"10X98765432";

/// Whether the number is 17 digits and the right check character (an upper-case X is allowed there).
#[must_use]
pub fn check_digit_ok(number: &str) -> bool {
    let Some((last, body)) = number.as_bytes().split_last() else {
        return false;
    };
    if body.len() != WEIGHTS.len() || !body.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let remainder = usize::try_from(sum % 11).unwrap_or(CHECKS.len());
    CHECKS.get(remainder) == Some(last)
}

/// Whether it is a citizen number as far as can be told without the list of regions: shape, a birth date
/// that exists, check character.
#[must_use]
pub fn is_citizen_number(number: &str) -> bool {
    check_digit_ok(number) && birth_of(number).is_some()
}

/// The birth date inside a citizen number, if it is a date.
#[must_use]
pub fn birth_of(number: &str) -> Option<Date> {
    Date::from_digits(number.get(6..14)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_two_independent_validators_pass() {
        for number in ["11010519491231002X", "810000199408230021", "830000199201300022", "440308199901101512"]
        {
            assert!(check_digit_ok(number), "{number}");
            assert!(birth_of(number).is_some(), "{number}");
        }
    }

    #[test]
    fn any_changed_digit_fails() {
        let good = b"440308199901101512";
        for at in 0..good.len() {
            for digit in b'0'..=b'9' {
                let mut changed = *good;
                changed[at] = digit;
                let text = std::str::from_utf8(&changed).unwrap();
                assert_eq!(check_digit_ok(text), changed == *good, "{text}");
            }
        }
    }

    #[test]
    fn other_shapes_fail() {
        for bad in [
            "",
            "1",
            "11010519491231002x",
            "1101051949123100２X",
            "11010519491231002X0",
            "X1010519491231002X",
        ] {
            assert!(!check_digit_ok(bad), "{bad}");
        }
    }
}
