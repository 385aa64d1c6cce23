//! When a biller books: opening hours and the day-cut.

use std::time::Duration;

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

const DAY_S: u64 = 24 * 60 * 60;

/// Hours of one biller. Without `[hours]` in the data: round the clock with the usual day-cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// First moment of the day.
    pub open: Time,
    /// End of the day; the same as `open` means round the clock.
    pub close: Time,
    /// Window in which the biller closes its day and books nothing; none when left out.
    #[serde(default)]
    pub day_cut: Option<DayCut>,
}

/// Window in which a biller closes its day; may span midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DayCut {
    /// First moment.
    pub from: Time,
    /// First moment after it.
    pub until: Time,
}

/// Whether a charge may start now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoursState {
    /// It may.
    Open,
    /// The biller is closed, or would close before the charge is sure to be over.
    ClosedUntil(Time),
    /// The biller closes its day, or would begin to before the charge is sure to be over.
    DayCut {
        /// When charges may start again.
        until: Time,
    },
}

impl Default for Hours {
    fn default() -> Self {
        let day_cut = DayCut { from: Time::constant(23, 30, 0, 0), until: Time::constant(0, 30, 0, 0) };
        Hours { open: Time::midnight(), close: Time::midnight(), day_cut: Some(day_cut) }
    }
}

impl Hours {
    /// Whether a charge may start at `time`. `needed` is how long it can take: the terminal's own
    /// time-out and 60 s.
    pub fn state_at(&self, time: Time, needed: Duration) -> HoursState {
        let needed_s = needed.as_secs();
        if let Some(cut) = self.day_cut
            && (is_within(time, cut.from, cut.until) || seconds_until(time, cut.from) < needed_s)
        {
            return HoursState::DayCut { until: cut.until };
        }
        if self.is_round_the_clock() || self.fits_before_close(time, needed_s) {
            return HoursState::Open;
        }
        HoursState::ClosedUntil(self.open)
    }

    /// True when the biller never closes, its day-cut aside.
    pub fn is_round_the_clock(&self) -> bool {
        self.open == self.close
    }

    fn fits_before_close(&self, time: Time, needed_s: u64) -> bool {
        is_within(time, self.open, self.close) && seconds_until(time, self.close) >= needed_s
    }
}

/// True when `time` is in the window from `from` until before `until`, on the clock's circle.
fn is_within(time: Time, from: Time, until: Time) -> bool {
    seconds_until(from, time) < seconds_until(from, until)
}

/// Seconds from one clock time to the next occurrence of another.
fn seconds_until(time: Time, next: Time) -> u64 {
    (second_of_day(next) + DAY_S - second_of_day(time)) % DAY_S
}

fn second_of_day(time: Time) -> u64 {
    let part = |value: i8| u64::from(value.unsigned_abs());
    (part(time.hour()) * 60 + part(time.minute())) * 60 + part(time.second())
}
