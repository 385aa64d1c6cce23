//! A calendar date as devices give it: eight digits, no time zone.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// A day of the Gregorian calendar that exists. Debug shows only the year: a birth date is personal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Zeroize)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// The years a document of a living person can carry.
const YEARS: std::ops::RangeInclusive<u16> = 1850..=2200;

impl Date {
    /// The date, or `None` if there is no such day or its year is outside 1850..=2200.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let exists = YEARS.contains(&year) && (1..=days_in_month(year, month)).contains(&day);
        exists.then_some(Self { year, month, day })
    }

    /// Reads `YYYYMMDD`, ASCII digits only.
    #[must_use]
    pub fn from_digits(text: &str) -> Option<Self> {
        if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        Self::new(text.get(0..4)?.parse().ok()?, text.get(4..6)?.parse().ok()?, text.get(6..8)?.parse().ok()?)
    }

    /// The year, 1850..=2200.
    #[must_use]
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, 1..=12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, 1..=31.
    #[must_use]
    pub fn day(self) -> u8 {
        self.day
    }
}

/// Days of a month; 0 for a month that does not exist.
fn days_in_month(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u8::from(leap),
        _ => 0,
    }
}

/// `YYYY-MM-DD`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-**-**", self.year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_exist_are_dates() {
        assert!(Date::from_digits("20240229").is_some());
        for absurd in
            ["20230229", "20231301", "20230100", "20230431", "00000101", "2023010", "２０２３０１０１"]
        {
            assert!(Date::from_digits(absurd).is_none(), "{absurd}");
        }
    }

    #[test]
    fn debug_hides_month_and_day() {
        let date = Date::new(1949, 12, 31);
        assert_eq!(format!("{date:?}"), "Some(1949-**-**)");
    }
}
