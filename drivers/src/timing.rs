//! Waits that shrink for tests.

use std::time::{Duration, Instant};

/// The shortest wait for an answer after scaling. Byte-level waits depend on the scheduler of a loaded
/// machine, not on the device: 20 ms is ten times a scheduler slice and still fast in a test.
pub(crate) const MIN_ANSWER_MS: u64 = 20;

/// A pause or period, divided; never 0.
pub(crate) fn scaled_ms(ms: u64, divisor: u32) -> u64 {
    (ms / u64::from(divisor.max(1))).max(1)
}

/// A wait for an answer, divided, with the floor of [`MIN_ANSWER_MS`] (never longer than it was).
pub(crate) fn scaled_answer_ms(ms: u64, divisor: u32) -> u64 {
    scaled_ms(ms, divisor).max(MIN_ANSWER_MS.min(ms))
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
        assert_eq!(scaled_answer_ms(5000, 1000), 20);
        assert_eq!(scaled_answer_ms(5000, 100), 50);
    }
}
