//! PURE: how an application goes on, and how much of its promised time is used up.

mod calendar;

use hall_api::{ApplicationEvent as Event, ApplicationState as State, LegalClock};
use jiff::civil::Date;

use calendar::working_days;

/// Where an application stands after an event; none: it cannot happen now.
#[must_use]
pub const fn next(state: Option<State>, event: Event) -> Option<State> {
    Some(match (state, event) {
        (None, Event::Submit) => State::Submitted,
        (Some(State::Submitted), Event::Accept) => State::Accepted,
        (Some(State::Accepted), Event::Review)
        | (Some(State::Stopped), Event::Resume)
        | (Some(State::ToCorrect), Event::Correct) => State::InReview,
        (Some(State::Accepted | State::InReview), Event::AskCorrection) => State::ToCorrect,
        (
            Some(State::InReview),
            Event::StopForTechnicalReview | Event::StopForHearing | Event::StopForSiteVisit,
        ) => State::Stopped,
        (Some(State::InReview), Event::Grant) => State::Granted,
        // Also one that is not taken in ends with a reason.
        (Some(State::Submitted | State::InReview), Event::Refuse) => State::Refused,
        (Some(State::Granted), Event::Deliver) => State::Delivered,
        _ => return None,
    })
}

/// Where an application stands after all its events; none when they cannot have happened.
#[must_use]
pub fn state_after(events: &[(Event, Date)]) -> Option<State> {
    events.iter().try_fold(None, |state, (event, _)| next(state, *event).map(Some)).flatten()
}

/// The promised time as it stands on a day.
#[must_use]
pub fn clock(events: &[(Event, Date)], promised_days: u32, today: Date) -> LegalClock {
    let (mut used_days, mut stopped_days) = (0, 0);
    // What the clock has done since which day: true, it runs; false, it stands still.
    let mut since: Option<(bool, Date)> = None;
    let mut count = |since: &Option<(bool, Date)>, until: Date| match since {
        Some((true, from)) => used_days += working_days(*from, until),
        Some((false, from)) => stopped_days += working_days(*from, until),
        None => {}
    };
    for (event, day) in events {
        let Some(change) = effect(*event) else { continue };
        count(&since, *day);
        since = change.map(|runs| (runs, *day));
    }
    count(&since, today);
    LegalClock { promised_days, used_days, stopped_days }
}

/// What an event does to the clock: runs, stands still, or has ended; none: nothing.
const fn effect(event: Event) -> Option<Option<bool>> {
    match event {
        Event::Accept | Event::Correct | Event::Resume => Some(Some(true)),
        Event::AskCorrection
        | Event::StopForTechnicalReview
        | Event::StopForHearing
        | Event::StopForSiteVisit => Some(Some(false)),
        Event::Grant | Event::Refuse => Some(None),
        Event::Submit | Event::Review | Event::Deliver => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_clock_stands_still_for_a_correction_and_ends_with_the_decision() {
        let mut events = vec![
            (Event::Submit, date(2026, 11, 2)),
            (Event::Accept, date(2026, 11, 3)),
            (Event::Review, date(2026, 11, 4)),
            (Event::AskCorrection, date(2026, 11, 6)),
        ];
        let waiting = clock(&events, 10, date(2026, 11, 24));
        assert_eq!((waiting.used_days, waiting.stopped_days), (3, 12));
        events.extend([(Event::Correct, date(2026, 11, 10)), (Event::Grant, date(2026, 11, 12))]);
        let decided = LegalClock { promised_days: 10, used_days: 5, stopped_days: 2 };
        assert_eq!(clock(&events, 10, date(2026, 11, 24)), decided);
        assert_eq!(state_after(&events), Some(State::Granted));
    }

    #[test]
    fn nothing_is_delivered_before_it_is_granted_and_nothing_follows_a_refusal() {
        assert_eq!(next(Some(State::InReview), Event::Deliver), None);
        assert_eq!(next(None, Event::Accept), None);
        let all = [Event::Submit, Event::Accept, Event::Review, Event::Grant, Event::Resume, Event::Deliver];
        assert!(all.iter().all(|event| next(Some(State::Refused), *event).is_none()));
    }

    #[test]
    fn only_a_legal_reason_stops_an_examination() {
        let stopping = [Event::StopForTechnicalReview, Event::StopForHearing, Event::StopForSiteVisit];
        assert!(stopping.iter().all(|event| next(Some(State::InReview), *event) == Some(State::Stopped)));
        assert_eq!(next(Some(State::InReview), Event::Submit), None);
    }
}
