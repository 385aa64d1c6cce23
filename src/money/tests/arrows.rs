//! Orders take the arrows of `design/money.md` and no others. The table is written down here a second time.

use proptest::collection::vec;
use proptest::prelude::*;

use super::{order, payment};
use crate::money::{DeclineReason, LineProgress, LineState, Method, Order, Step};

/// The state after a step, by names; none where there is no arrow. Progress is about lines and always
/// allowed.
fn arrow(from: &'static str, step: &Step, free: bool) -> Option<&'static str> {
    Some(match (from, step.name()) {
        ("intended", "charge") if !free => "charging",
        ("intended", "close-free") if free => "free",
        ("intended" | "charging" | "unknown", "decline") => "declined",
        ("charging" | "unknown", "approve") => "charged",
        ("charging", "lose-track") => "unknown",
        ("unknown" | "reversing", "reverse") | ("declined", "approve") => "reversing",
        ("reversing" | "reversed" | "reversal-refused", "approve") | (_, "progress") => from,
        ("reversing", "confirm-reversal") => "reversed",
        ("reversing", "refuse-reversal") => "reversal-refused",
        ("reversing" | "reversed" | "reversal-refused", "hand-over") => "manual",
        _ => return None,
    })
}

/// Where a line may go in one step.
fn line_arrow(from: LineState, to: LineState) -> bool {
    use LineState as L;
    from == to
        || match from {
            L::Waiting => matches!(to, L::Booking | L::Refunding | L::Void | L::Manual),
            L::Booking => matches!(to, L::Booked | L::Rejected | L::Refunding | L::Refunded | L::Manual),
            L::Rejected => matches!(to, L::Refunding | L::Refunded | L::Manual),
            L::Refunding => matches!(to, L::Refunded | L::Manual),
            // A person settles a case either way.
            L::Manual => matches!(to, L::Booked | L::Refunded),
            // A late approval after a decline; the settlement after a reversal.
            L::Void => matches!(to, L::Waiting | L::Manual),
            L::Booked | L::Refunded => false,
        }
}

fn progress() -> impl Strategy<Value = Step> {
    use LineState as L;
    let states =
        [L::Booking, L::Booked, L::Rejected, L::Refunding, L::Refunded, L::Manual, L::Void, L::Waiting];
    let state = prop::option::of(prop::sample::select(states.to_vec()));
    vec(state, 1..5).prop_map(|states| {
        let news = states.into_iter().enumerate().filter_map(|(line, state)| {
            Some(LineProgress { line, state: state?, reference: None, reason: None, balance_fen: None })
        });
        Step::Progress(news.collect())
    })
}

fn step() -> impl Strategy<Value = Step> {
    let bank = Step::Decline(DeclineReason::DeclinedByBank);
    prop_oneof![
        1 => Just(Step::Intend),
        2 => Just(Step::CloseFree),
        4 => Just(Step::Charge),
        2 => Just(bank),
        2 => Just(Step::Approve(payment("A1"))),
        3 => Just(Step::LoseTrack),
        3 => Just(Step::Reverse),
        1 => Just(Step::ConfirmReversal),
        1 => Just(Step::RefuseReversal),
        1 => Just(Step::HandOver),
        4 => progress(),
    ]
}

fn any_order() -> impl Strategy<Value = Order> {
    vec(prop_oneof![Just(0_i64), 1..5_000_i64], 1..4).prop_map(|amounts| order(1, &amounts, Method::Card))
}

/// Everything that one step may and may not do.
fn check(before: &Order, step: &Step, given_up: bool) -> Result<Option<Order>, TestCaseError> {
    let free = before.total().unwrap().get() == 0;
    let expected = arrow(before.charge.name(), step, free);
    let Ok(after) = before.apply(step) else {
        prop_assert!(expected.is_none(), "{} must be allowed in {:?}", step.name(), before.charge);
        return Ok(None);
    };
    prop_assert_eq!(Some(after.charge.name()), expected, "{} in {:?}", step.name(), before.charge);
    prop_assert_eq!(after.version, before.version + 1);
    prop_assert_eq!(after.total(), before.total());
    prop_assert_eq!(&after.id, &before.id);
    for (old, new) in before.lines.iter().zip(&after.lines) {
        prop_assert!(line_arrow(old.state, new.state), "{:?} to {:?} by {step:?}", old.state, new.state);
        let booked_late = given_up && new.state == LineState::Booked && old.state != LineState::Booked;
        prop_assert!(!booked_late, "booked after a reversal request, by {step:?}");
    }
    Ok(Some(after))
}

fn is_given_up(order: &Order) -> bool {
    matches!(order.charge.name(), "reversing" | "reversed" | "reversal-refused")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) })]

    #[test]
    fn orders_take_the_arrows_of_the_design_and_no_others(first in any_order(), steps in vec(step(), 1..40)) {
        let (mut order, mut given_up) = (first, false);
        for step in &steps {
            if let Some(next) = check(&order, step, given_up)? {
                given_up |= is_given_up(&next);
                prop_assert!(!(given_up && next.charge.name() == "charged"));
                order = next;
            }
        }
    }

    #[test]
    fn an_approval_after_giving_up_is_always_kept(first in any_order(), steps in vec(step(), 1..40)) {
        let mut order = first;
        for step in &steps {
            let Ok(next) = order.apply(step) else { continue };
            let late = is_given_up(&order) || order.charge.name() == "declined";
            if late && matches!(step, Step::Approve(_)) {
                prop_assert!(next.late_approval.is_some());
            }
            prop_assert!(order.late_approval.is_none() || next.late_approval == order.late_approval);
            order = next;
        }
    }
}
