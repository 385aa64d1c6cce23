//! Working days: Monday to Friday, with the holidays and shifted working days that the State Council names
//! each year.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};
use serde::Deserialize;

/// The years that have been announced; in others only weekends are free.
const ANNOUNCED: &str = include_str!("../../data/calendar.json");

/// Longest time that is counted, ten years; a clock that old is wrong.
const DAYS_MAX: usize = 3_660;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Calendar {
    holidays: BTreeSet<Date>,
    workdays: BTreeSet<Date>,
}

static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| serde_json::from_str(ANNOUNCED).unwrap_or_default());

/// Whether offices work on this day.
fn is_working(day: Date) -> bool {
    let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    CALENDAR.workdays.contains(&day) || (!weekend && !CALENDAR.holidays.contains(&day))
}

/// Working days after `from` up to and with `to`.
pub(super) fn working_days(from: Date, to: Date) -> u32 {
    let days = from.series(jiff::Span::new().days(1)).skip(1).take(DAYS_MAX);
    let working = days.take_while(|day| *day <= to).filter(|day| is_working(*day));
    u32::try_from(working.count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn weekends_and_holidays_are_free_and_shifted_days_are_not() {
        // Wednesday to Monday: the first day does not count, the last does.
        assert_eq!(working_days(date(2026, 11, 18), date(2026, 11, 23)), 3);
        // The week of National Day is free, the Saturday after it is worked.
        assert_eq!(working_days(date(2026, 9, 30), date(2026, 10, 10)), 3);
        assert_eq!(working_days(date(2026, 11, 24), date(2026, 11, 24)), 0);
        assert_eq!(working_days(date(2026, 11, 25), date(2026, 11, 24)), 0);
    }

    #[test]
    fn the_announced_days_can_be_read() {
        assert_eq!((CALENDAR.holidays.len(), CALENDAR.workdays.len()), (19, 6));
    }
}
