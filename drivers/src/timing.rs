//! Waits that shrink for tests.

use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

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

/// How long bytes take on a wire, rounded up: each is ten bits there, with start and stop.
pub(crate) fn wire_ms(bytes: usize, baud: u32) -> u64 {
    (bytes as u64).saturating_mul(10_000).div_ceil(u64::from(baud.max(1)))
}

/// The moment `ms` from now.
pub(crate) fn deadline_ms(ms: u64) -> Instant {
    Instant::now() + Duration::from_millis(ms)
}

/// Settings of a driver with every wait divided exactly: each number whose name ends in `-ms`. Order and
/// ratios stay. Unlike the `scaled` of each driver there is no floor, so that a machine under load may see
/// time-outs that the street would not: for tests that must bear them.
///
/// # Errors
/// If the settings are no table of kebab-case names, which every driver's are.
pub fn with_waits_divided<S: Serialize + DeserializeOwned>(
    settings: &S,
    divisor: u32,
) -> Result<S, serde_json::Error> {
    let mut value = serde_json::to_value(settings)?;
    divide(&mut value, u64::from(divisor.max(1)));
    serde_json::from_value(value)
}

fn divide(value: &mut Value, divisor: u64) {
    let Value::Object(table) = value else { return };
    for (name, value) in table {
        match value.as_u64() {
            Some(ms) if name.ends_with("-ms") => *value = Value::from((ms / divisor).max(1)),
            Some(pauses) if name == "reopen-divisor" => *value = Value::from(pauses.max(1) * divisor),
            _ => divide(value, divisor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id_reader::SamVSettings;

    #[test]
    fn the_exact_division_reaches_every_wait_and_nothing_else() {
        let settings = SamVSettings::default();
        let fast = with_waits_divided(&settings, 100).unwrap();
        let waits = |s: &SamVSettings| {
            [s.find_interval_ms, s.probe_interval_ms, s.command_timeout_ms, s.inter_byte_ms]
        };
        assert_eq!(waits(&fast).map(|ms| ms * 100), waits(&settings));
        assert_eq!(fast.reopen_divisor, 100);
        assert_eq!((fast.baud, fast.read), (settings.baud, settings.read));
    }

    #[test]
    fn a_wire_takes_ten_bits_a_byte() {
        assert_eq!(wire_ms(960, 9600), 1000);
        assert_eq!(wire_ms(1295, 9600), 1349);
        assert_eq!(wire_ms(1, 115_200), 1);
    }

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
