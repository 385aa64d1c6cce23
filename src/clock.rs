//! The only place that reads a clock. Everything else is told the time.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// China has one time zone, eight hours ahead, without summer time.
const CHINA: i8 = 8;

/// The real calendar, which certificates live on, whatever the kiosk's own clock shows.
#[must_use]
pub fn calendar() -> Timestamp {
    Timestamp::now()
}

/// Time, as the kiosk sees it.
pub trait Clock: Send + Sync {
    /// Milliseconds since an arbitrary moment; never goes back.
    fn now_ms(&self) -> u64;
    /// Date and time on the wall in China.
    fn local(&self) -> DateTime;
    /// The same as Unix seconds; data, it decides nothing about money.
    fn unix_s(&self) -> i64 {
        let zone = TimeZone::fixed(Offset::constant(CHINA));
        zone.to_timestamp(self.local()).map_or(0, Timestamp::as_second)
    }
    /// Whether waiting lets time pass; in a scripted visit it does not.
    fn runs_by_itself(&self) -> bool {
        true
    }
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock(Instant);

impl SystemClock {
    /// Starts counting now.
    #[must_use]
    pub fn start() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn local(&self) -> DateTime {
        TimeZone::fixed(Offset::constant(CHINA)).to_datetime(Timestamp::now())
    }
}

/// A clock that only moves when it is told to: for scripted visits and the simulation.
#[derive(Debug)]
pub struct SimClock {
    begin: DateTime,
    passed: Mutex<Duration>,
}

impl SimClock {
    /// A clock that shows this time until it is advanced.
    #[must_use]
    pub const fn at(begin: DateTime) -> Self {
        Self { begin, passed: Mutex::new(Duration::ZERO) }
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        if let Ok(mut passed) = self.passed.lock() {
            *passed += by;
        }
    }

    fn passed(&self) -> Duration {
        self.passed.lock().map_or(Duration::ZERO, |passed| *passed)
    }
}

impl Clock for SimClock {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.passed().as_millis()).unwrap_or(u64::MAX)
    }

    fn local(&self) -> DateTime {
        let passed = SignedDuration::try_from(self.passed()).unwrap_or(SignedDuration::ZERO);
        self.begin.saturating_add(passed)
    }

    fn runs_by_itself(&self) -> bool {
        false
    }
}
