//! When a simulated biller is open.

use std::time::Duration;

use jiff::civil::Time;
use kiosk_config::{FeeType, HoursState};

use super::Behaviour;

/// What a biller in a scripted day-cut says about opening again; real ones last an hour.
const DAY_CUT_S: u32 = 60 * 60;

/// Seconds until the biller opens; none while it is open.
pub(super) fn closed_for_s(fee: &FeeType, behaviour: Option<&Behaviour>, now: Time) -> Option<u32> {
    match behaviour {
        Some(Behaviour::Closed { retry_after_s }) => return Some(*retry_after_s),
        Some(Behaviour::DayCut) => return Some(DAY_CUT_S),
        _ => {}
    }
    match fee.hours.state_at(now, Duration::ZERO) {
        HoursState::Open => None,
        HoursState::ClosedUntil(until) | HoursState::DayCut { until } => Some(seconds_until(now, until)),
    }
}

/// Seconds from one clock time to the next occurrence of another.
fn seconds_until(now: Time, until: Time) -> u32 {
    const DAY_S: i32 = 24 * 60 * 60;
    let second =
        |time: Time| (i32::from(time.hour()) * 60 + i32::from(time.minute())) * 60 + i32::from(time.second());
    u32::try_from((second(until) - second(now)).rem_euclid(DAY_S)).unwrap_or(0)
}
