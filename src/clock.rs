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

/// The moment at which the clocks of China show a time.
#[must_use]
pub fn in_china(time: DateTime) -> Option<Timestamp> {
    TimeZone::fixed(Offset::constant(CHINA)).to_timestamp(time).ok()
}

/// Time, as the kiosk sees it.
pub trait Clock: Send + Sync {
    /// Milliseconds since an arbitrary moment; never goes back.
    fn now_ms(&self) -> u64;
    /// Date and time on the wall in China.
    fn local(&self) -> DateTime;
    /// The same as Unix seconds; data, it decides nothing about money.
    fn unix_s(&self) -> i64 {
        in_china(self.local()).map_or(0, Timestamp::as_second)
    }
    /// Whether waiting lets time pass; in a scripted visit it does not.
    fn runs_by_itself(&self) -> bool {
        true
    }
}

/// The machine's clock, or one that runs beside it.
#[derive(Debug)]
pub struct SystemClock {
    begun: Instant,
    ahead: SignedDuration,
}

impl SystemClock {
    /// Starts counting now.
    #[must_use]
    pub fn start() -> Self {
        Self { begun: Instant::now(), ahead: SignedDuration::ZERO }
    }

    /// Starts from another time: for the demo, whose billers are open whenever somebody tries it.
    #[must_use]
    pub fn showing(time: DateTime) -> Self {
        let ahead = in_china(time).map_or(SignedDuration::ZERO, |time| calendar().duration_until(time));
        Self { ahead, ..Self::start() }
    }
}

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn local(&self) -> DateTime {
        let shown = calendar().checked_add(self.ahead).unwrap_or_else(|_| calendar());
        TimeZone::fixed(Offset::constant(CHINA)).to_datetime(shown)
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
