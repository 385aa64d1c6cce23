use super::fake_hall::status;
use super::*;

fn events(range: std::ops::RangeInclusive<u64>) -> Answer {
    let events: Vec<String> = range
        .map(|seq| format!(r#"{{"seq":{seq},"order":{}}}"#, status("BT0700100000001", 3, "booked")))
        .collect();
    Answer::Say(200, format!(r#"{{"events":[{}]}}"#, events.join(",")))
}

fn next_seq(bench: &Bench) -> u64 {
    bench.wait(|news| match news {
        HallNews::Inbox { seq, .. } => Some(*seq),
        _ => None,
    })
}

#[test]
fn an_event_is_told_again_until_the_journal_has_it() {
    let hall = FakeHall::start(|seen| match () {
        () if seen.line.contains("after=0&") => events(1..=2),
        () if seen.line.contains("after=2&") => events(3..=3),
        () => Answer::Silence,
    });
    let bench = Bench::start(hall.url());
    assert_eq!((next_seq(&bench), next_seq(&bench)), (1, 2));
    // Nothing was recorded: both come again.
    assert_eq!((next_seq(&bench), next_seq(&bench)), (1, 2));
    bench.journal.record_inbox(2, None).unwrap();
    bench.link.inbox_done(2);
    let later = std::iter::repeat_with(|| next_seq(&bench)).find(|seq| *seq > 2);
    assert_eq!(later, Some(3));
}

#[test]
fn after_a_restart_the_inbox_goes_on_where_the_journal_is() {
    let hall =
        FakeHall::start(|seen| if seen.line.contains("after=7&") { events(6..=8) } else { Answer::HangUp });
    let bench = Bench::prepared(hall.url(), |journal| journal.record_inbox(7, None).unwrap());
    assert_eq!(next_seq(&bench), 8);
}
