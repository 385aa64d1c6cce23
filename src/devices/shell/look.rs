//! `test` and `watch`: how one device is, now and from now on.

use std::time::{Duration, Instant};

use drivers::{DeviceError, DeviceState, Watch};
use serde_json::{Value, json};

use crate::clock::Clock;

use super::open::{Answer, Single, pause};
use super::{Ending, Report, with};

/// Between two looks, as the kiosk does between two visits.
const WATCH_INTERVAL: Duration = Duration::from_millis(500);

/// Asks once and says what came.
pub fn check(device: &mut Single) -> Report {
    let answer = device.ask();
    let mut watch = Watch::new();
    watch.look(answer.as_ref().map(|answer| answer.state), None);
    let well = watch.state() == DeviceState::Online;
    let ending = if well { Ending::Done } else { Ending::Failed };
    let json = seen(device, watch.state(), &answer);
    let why = answer.err().map(|error| format!(" ({error})")).unwrap_or_default();
    let text = format!("{} at {}: {}{why}", class(device), device.place.name(), word(watch.state()));
    Report::new(ending, json, text)
}

/// Looks until the time is over, or for ever, and tells each change; three silences lose a device.
pub fn watch(
    device: &mut Single,
    timeout: Option<Duration>,
    clock: &dyn Clock,
    tell: &mut dyn FnMut(&Value),
) {
    let begin = Instant::now();
    let mut watch = Watch::new();
    let mut said = None;
    loop {
        let answer = device.ask();
        watch.look(answer.as_ref().map(|answer| answer.state), None);
        // A single silence is no news; the detail of an answer is, such as paper that runs low.
        let detail = answer.as_ref().map_or(&Value::Null, |answer| &answer.detail);
        let news = Some((watch.state(), detail.clone()));
        let same_state = said.as_ref().is_some_and(|(state, _)| *state == watch.state());
        if news != said && (answer.is_ok() || !same_state) {
            let at = Value::from(clock.local().to_string());
            tell(&with(seen(device, watch.state(), &answer), "at", at));
            said = news;
        }
        if timeout.is_some_and(|timeout| begin.elapsed() >= timeout) {
            return;
        }
        pause(WATCH_INTERVAL);
    }
}

fn seen(device: &Single, state: DeviceState, answer: &Result<Answer, DeviceError>) -> Value {
    json!({
        "class": class(device),
        "port": device.place.name(),
        "profile": device.place.profile.id(),
        "state": state,
        "detail": answer.as_ref().map_or(&Value::Null, |answer| &answer.detail),
        "error": answer.as_ref().err().map(DeviceError::code),
        "counts": device.counts(),
    })
}

fn class(device: &Single) -> &'static str {
    device.place.profile.class.name()
}

/// The state as everywhere in JSON.
fn word(state: DeviceState) -> String {
    serde_json::to_value(state).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
