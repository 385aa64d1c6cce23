//! Waits that shrink for tests.

use std::time::{Duration, Instant};

/// The shortest wait for an answer after scaling. It costs time only where a device is silent, and a loaded
/// machine may keep a simulator's thread from running for a tenth of a second.
pub(crate) const MIN_ANSWER_MS: u64 = 200;

/// The shortest silence after scaling that counts as a lost link: longer than the 2 s between two heartbeats
/// of a terminal that was not scaled.
pub(crate) const MIN_SILENCE_MS: u64 = 3000;

/// A pause or period, divided; never 0.
pub(crate) fn scaled_ms(ms: u64, divisor: u32) -> u64 {
    (ms / u64::from(divisor.max(1))).max(1)
}

/// A wait for an answer, divided, with the floor of [`MIN_ANSWER_MS`] (never longer than it was).
pub(crate) fn scaled_answer_ms(ms: u64, divisor: u32) -> u64 {
    scaled_ms(ms, divisor).max(MIN_ANSWER_MS.min(ms))
}

/// The silence that counts as a lost link, divided, with the floor of [`MIN_SILENCE_MS`].
pub(crate) fn scaled_silence_ms(ms: u64, divisor: u32) -> u64 {
    scaled_ms(ms, divisor).max(MIN_SILENCE_MS.min(ms))
}

/// The moment `ms` from now.
pub(crate) fn deadline_ms(ms: u64) -> Instant {
    Instant::now() + Duration::from_millis(ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_shrink_but_never_vanish() {
        assert_eq!(scaled_ms(1000, 100), 10);
        assert_eq!(scaled_ms(100, 1000), 1);
        assert_eq!(scaled_ms(100, 0), 100);
        assert_eq!(scaled_answer_ms(5000, 1000), 200);
        assert_eq!(scaled_answer_ms(5000, 10), 500);
        assert_eq!(scaled_answer_ms(100, 10), 100, "never longer than it was");
        assert_eq!(scaled_silence_ms(30_000, 100), 3000);
    }
}
