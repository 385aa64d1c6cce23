//! The teller keeps its promises through lost, late, doubled and contrary answers, full disks and power cuts.

use proptest::collection::vec;
use proptest::prelude::*;

use super::outside::{Ending, Row, Telling};
use super::storm::{Event, Fault, Storm};
use crate::money::{Charge, LineState, Order, OrderId};

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        4 => Just(Ending::Approved),
        1 => Just(Ending::Overcharged),
        1 => Just(Ending::Declined),
        2 => Just(Ending::Waiting),
        1 => Just(Ending::Lost),
    ]
}

fn telling() -> impl Strategy<Value = Telling> {
    prop_oneof![
        4 => Just(Telling::Told),
        1 => Just(Telling::Twice),
        3 => Just(Telling::Silent),
        2 => Just(Telling::Late),
        1 => Just(Telling::Contrary),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => (1..4_usize, any::<bool>()).prop_map(|(lines, phone)| Event::Start { lines, phone }),
        4 => prop_oneof![Just(0), 1..10_000_u64, 100_000..400_000_u64].prop_map(Event::Tick),
        5 => (ending(), telling()).prop_map(|(ending, telling)| Event::Serve(ending, telling)),
        5 => Just(Event::Hear),
        2 => (any::<usize>(), any::<bool>()).prop_map(|(which, again)| Event::Late { which, again }),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(approve, told)| Event::EndWaiting { approve, told }),
        2 => (any::<usize>(), any::<bool>()).prop_map(|(which, rejects)| Event::Hall { which, rejects }),
        1 => Just(Event::Settle),
        1 => proptest::option::of(ending()).prop_map(Event::Crash),
    ]
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        6 => Just(Fault::None),
        1 => (0..3_usize).prop_map(Fault::Disk),
        1 => (0..3_usize).prop_map(Fault::Power),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn money_is_accounted_for_after_every_event_and_every_order_ends(
        events in vec((event(), fault()), 1..80)
    ) {
        let mut storm = Storm::default();
        for (event, fault) in events {
            storm.step(event, fault);
        }
        storm.calm();
    }
}

/// One order of two lines, then these events, each without a fault of the kiosk.
fn after(events: &[Event]) -> Storm {
    let mut storm = Storm::default();
    storm.step(Event::Start { lines: 2, phone: false }, Fault::None);
    events.iter().for_each(|event| storm.step(*event, Fault::None));
    storm
}

fn only(storm: &Storm) -> (OrderId, Order) {
    storm.journal.iter().next().map(|(id, order)| (id.clone(), order.clone())).unwrap()
}

const CONTRARY: Event = Event::Serve(Ending::Approved, Telling::Contrary);
const LATE: Event = Event::Late { which: 0, again: false };

#[test]
fn an_approval_after_a_decline_is_kept_and_taken_back() {
    let mut storm = after(&[CONTRARY, Event::Hear]);
    assert!(matches!(only(&storm).1.charge, Charge::Declined(_)));
    storm.step(LATE, Fault::None);
    assert!(only(&storm).1.late_approval.is_some());
    storm.calm();
    assert_eq!(only(&storm).1.charge, Charge::Reversed);
}

#[test]
fn a_crash_between_a_late_approval_and_its_reversal_forgets_neither() {
    let mut storm = after(&[CONTRARY, Event::Hear, LATE, Event::Crash(None)]);
    let (id, order) = only(&storm);
    assert_eq!((order.charge, order.late_approval.is_some()), (Charge::Reversing(0), true));
    storm.calm();
    assert_eq!(storm.outside.acquirer[&id], Row::Reversed);
}

#[test]
fn a_refused_reversal_tells_the_hall_the_acquirers_number() {
    let silent = Event::Serve(Ending::Approved, Telling::Silent);
    let never = Event::Tick(400_000);
    let told = Event::Serve(Ending::Approved, Telling::Told);
    let mut storm =
        after(&[silent, Event::Hear, never, silent, Event::Hear, Event::Settle, never, told, Event::Hear]);
    assert_eq!(only(&storm).1.charge, Charge::ReversalRefused);
    storm.step(told, Fault::None);
    storm.step(Event::Hear, Fault::None);
    assert!(only(&storm).1.late_approval.is_some());
    storm.calm();
    assert!(only(&storm).1.lines.iter().all(|line| line.state == LineState::Refunded));
}

#[test]
fn a_charge_of_another_amount_is_taken_back_and_never_booked() {
    let mut storm = after(&[Event::Serve(Ending::Overcharged, Telling::Told), Event::Hear]);
    storm.calm();
    assert_eq!(only(&storm).1.charge, Charge::Reversed);
    assert!(storm.outside.booked.is_empty());
}

#[test]
fn an_order_that_the_terminal_never_heard_of_ends_reversed() {
    let mut storm = after(&[Event::Serve(Ending::Lost, Telling::Told), Event::Hear]);
    storm.calm();
    let (id, order) = only(&storm);
    assert_eq!((order.charge, storm.outside.acquirer[&id]), (Charge::Reversed, Row::Reversed));
}

#[test]
fn a_start_that_the_disk_refuses_ends_declined_without_a_restart() {
    let mut storm = Storm::default();
    storm.step(Event::Start { lines: 1, phone: true }, Fault::Disk(0));
    assert!(storm.outside.requests.is_empty());
    storm.calm();
    assert!(matches!(only(&storm).1.charge, Charge::Declined(_)));
}

#[test]
fn an_approval_that_the_disk_refuses_is_asked_for_again() {
    let mut storm = after(&[Event::Serve(Ending::Approved, Telling::Told)]);
    storm.step(Event::Hear, Fault::Disk(0));
    storm.calm();
    assert!(matches!(only(&storm).1.charge, Charge::Charged(_)));
}
