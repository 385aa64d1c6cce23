//! Waits between two tries: exponential with full jitter, so that a city's kiosks do not come back all at
//! once.

use std::time::Duration;

use rand::RngExt;

use super::HallLinkSettings;

/// Doublings beyond which even the shortest wait is past the longest.
const MAX_DOUBLINGS: u32 = 20;
/// While offline the heartbeat waits one to this many times the shortest wait: quick, but not in step.
const OFFLINE_SPREAD: u64 = 3;

/// Waits of one loop.
#[derive(Debug)]
pub(super) struct Backoff {
    min_ms: u64,
    max_ms: u64,
    failures: u32,
}

impl Backoff {
    pub(super) const fn new(settings: &HallLinkSettings) -> Self {
        Self { min_ms: settings.backoff_min_ms, max_ms: settings.backoff_max_ms, failures: 0 }
    }

    /// It worked.
    pub(super) const fn reset(&mut self) {
        self.failures = 0;
    }

    /// It failed: how long to wait, at least as long as the hall asks for, never longer than the longest
    /// wait.
    pub(super) fn next(&mut self, retry_after_s: Option<u32>) -> Duration {
        let ceiling_ms = self.ceiling_ms();
        self.failures = self.failures.saturating_add(1);
        let asked_ms = retry_after_s.map_or(0, |seconds| u64::from(seconds) * 1_000);
        let wait_ms = jitter_ms(self.min_ms, ceiling_ms).max(asked_ms).min(self.max_ms);
        Duration::from_millis(wait_ms)
    }

    fn ceiling_ms(&self) -> u64 {
        let doubled_ms = self.min_ms.saturating_mul(1 << self.failures.saturating_add(1).min(MAX_DOUBLINGS));
        doubled_ms.min(self.max_ms)
    }
}

/// Until the next heartbeat while offline.
pub(super) fn offline_wait(settings: &HallLinkSettings) -> Duration {
    let min_ms = settings.backoff_min_ms;
    Duration::from_millis(jitter_ms(min_ms, min_ms.saturating_mul(OFFLINE_SPREAD)))
}

fn jitter_ms(min_ms: u64, max_ms: u64) -> u64 {
    rand::rng().random_range(min_ms..=max_ms.max(min_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_stay_between_one_second_and_five_minutes_for_ever() {
        let mut backoff = Backoff::new(&HallLinkSettings::new("", ""));
        for _ in 0..1_000 {
            let wait_ms = backoff.next(None).as_millis();
            assert!((1_000..=300_000).contains(&wait_ms), "{wait_ms}");
        }
    }

    #[test]
    fn the_hall_is_not_asked_before_the_time_that_it_gave() {
        let mut backoff = Backoff::new(&HallLinkSettings::new("", ""));
        assert!(backoff.next(Some(60)).as_secs() >= 60);
        assert_eq!(backoff.next(Some(86_400)).as_secs(), 300);
    }
}
