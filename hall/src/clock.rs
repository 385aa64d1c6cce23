//! Time as a parameter: the only file that reads the machine's clock.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp, tz};

/// The hall's business day runs on China Standard Time, which knows no summer time.
const HALL_OFFSET: tz::Offset = tz::offset(8);

/// What the hall knows of time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Lets time pass on the calling thread.
    fn wait(&self, time: Duration);
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn wait(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// A clock that starts where it is told, runs at the usual pace and can be moved forward.
/// Its [`wait`](Clock::wait) moves it forward at once, so that nothing sleeps.
#[derive(Debug)]
pub struct SetClock {
    begun: Instant,
    shown: Mutex<Timestamp>,
}

impl SetClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self { begun: Instant::now(), shown: Mutex::new(now) }
    }

    /// Moves the clock forward.
    pub fn advance(&self, time: Duration) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        *shown = later(*shown, time);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        let shown = *self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        later(shown, self.begun.elapsed())
    }

    fn wait(&self, time: Duration) {
        self.advance(time);
    }
}

/// Time since a moment, whatever the calendar does meanwhile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Waits before something is tried again that another program decides.
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// A moment `time` later; a moment past the end of the calendar stays where it is.
fn later(moment: Timestamp, time: Duration) -> Timestamp {
    let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::ZERO);
    moment.checked_add(time).unwrap_or(moment)
}

/// Wall time in the hall.
#[must_use]
pub fn hall_time(now: Timestamp) -> DateTime {
    HALL_OFFSET.to_datetime(now)
}

/// The hall's business date.
#[must_use]
pub fn business_date(now: Timestamp) -> Date {
    hall_time(now).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_business_date_changes_at_midnight_in_baotou() {
        let before: Timestamp = "2026-11-24T15:59:59Z".parse().unwrap();
        let after: Timestamp = "2026-11-24T16:00:00Z".parse().unwrap();
        assert_eq!(business_date(before).to_string(), "2026-11-24");
        assert_eq!(business_date(after).to_string(), "2026-11-25");
    }
}
