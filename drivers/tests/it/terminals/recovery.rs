//! Silence, and what a query, a reversal and a restart make of it.

use drivers::payment_terminal::{
    Decline, NotSent, QueryOutcome, ReversalOutcome, SaleOutcome, UnknownReason,
};
use drivers::simulator::{Present, Silence};
use drivers::{DeviceError, DeviceState};

use super::bench::{AMOUNT_FEN, Bench, Wire};
use super::on_every_wire;
use crate::support::wait_for;

on_every_wire!(
    after_silence_the_query_finds_the_charge,
    after_silence_the_query_finds_that_nothing_was_charged,
    a_restart_in_between_forgets_nothing,
    an_order_that_nobody_heard_of_is_not_found_and_counts_as_reversed,
    a_reversal_undoes_the_charge_once_and_for_ever,
    a_settled_charge_is_refused_for_good,
    a_result_that_comes_late_goes_to_its_own_order,
    a_result_for_something_else_is_unknown_and_the_query_tells,
    a_dead_terminal_says_nothing_and_nothing_is_made_up,
    an_idle_terminal_is_seen_to_go_and_to_come_back,
);

fn after_silence_the_query_finds_the_charge(wire: Wire) {
    let mut bench = Bench::impatient(wire);
    bench.sim.set_silence(Some(Silence::ApproveNoAnswer));
    assert_eq!(bench.sell("LC01E0000001"), SaleOutcome::Unknown(UnknownReason::Silence));
    let found = bench.terminal.query("LC01E0000001");
    let QueryOutcome::Approved(approval) = found else { panic!("{found:?}") };
    assert_eq!((approval.order.as_str(), approval.amount_fen), ("LC01E0000001", AMOUNT_FEN));
    bench.sim.set_silence(None);
    bench.undo("LC01E0000001");
    assert_eq!(bench.terminal.query("LC01E0000001"), QueryOutcome::Canceled);
    assert_eq!(bench.bank.charged_fen(), 0);
}

fn after_silence_the_query_finds_that_nothing_was_charged(wire: Wire) {
    let mut bench = Bench::impatient(wire);
    bench.sim.set_silence(Some(Silence::NoApproveNoAnswer));
    let outcome = bench.sell("LC01E0000002");
    assert_eq!(outcome, SaleOutcome::Unknown(UnknownReason::Silence));
    let found = bench.terminal.query("LC01E0000002");
    let not_charged = matches!(
        found,
        QueryOutcome::Declined(_)
            | QueryOutcome::Canceled
            | QueryOutcome::NotFound
            | QueryOutcome::InProgress
    );
    assert!(not_charged, "{found:?}");
    bench.undo("LC01E0000002");
    bench.sim.set_silence(None);
    bench.sim.set_auto(true);
    bench.approved("LC01E0000003");
    assert_eq!(bench.bank.charged_fen(), AMOUNT_FEN);
}

fn a_restart_in_between_forgets_nothing(wire: Wire) {
    let mut bench = Bench::impatient(wire);
    bench.sim.set_silence(Some(Silence::ApproveNoAnswer));
    assert_eq!(bench.sell("LC01E0000004"), SaleOutcome::Unknown(UnknownReason::Silence));
    bench.sim.set_silence(None);
    bench.restart();
    let found = bench.terminal.query("LC01E0000004");
    assert!(matches!(found, QueryOutcome::Approved(_)), "{found:?}");
    bench.restart();
    bench.undo("LC01E0000004");
    bench.restart();
    assert_eq!(bench.terminal.query("LC01E0000004"), QueryOutcome::Canceled);
    assert_eq!(bench.bank.charged_fen(), 0);
}

fn an_order_that_nobody_heard_of_is_not_found_and_counts_as_reversed(wire: Wire) {
    let mut bench = Bench::new(wire);
    assert_eq!(bench.terminal.query("LC01E0000005"), QueryOutcome::NotFound);
    assert_eq!(bench.terminal.reverse("LC01E0000005"), ReversalOutcome::Reversed);
    bench.sim.set_auto(true);
    bench.approved("LC01E0000006");
    assert_eq!(bench.terminal.query("LC01E0000007"), QueryOutcome::NotFound);
    assert_eq!(bench.terminal.reverse("LC01E0000007"), ReversalOutcome::Reversed);
    assert_eq!(bench.bank.charged_fen(), AMOUNT_FEN);
}

fn a_reversal_undoes_the_charge_once_and_for_ever(wire: Wire) {
    let mut bench = Bench::new(wire);
    bench.sim.set_auto(true);
    bench.approved("LC01E0000008");
    bench.approved("LC01E0000009");
    bench.undo("LC01E0000008");
    bench.undo("LC01E0000008");
    assert_eq!(bench.terminal.query("LC01E0000008"), QueryOutcome::Canceled);
    assert!(matches!(bench.terminal.query("LC01E0000009"), QueryOutcome::Approved(_)));
    assert_eq!(bench.bank.charged_fen(), AMOUNT_FEN);
}

fn a_settled_charge_is_refused_for_good(wire: Wire) {
    let mut bench = Bench::new(wire);
    bench.sim.set_auto(true);
    bench.approved("LC01E0000010");
    bench.bank.settle();
    let outcome = bench.terminal.reverse("LC01E0000010");
    assert!(matches!(outcome, ReversalOutcome::Refused(_)), "{outcome:?}");
    assert!(matches!(bench.terminal.query("LC01E0000010"), QueryOutcome::Approved(_)));
    assert_eq!(bench.bank.charged_fen(), AMOUNT_FEN);
}

fn a_result_that_comes_late_goes_to_its_own_order(wire: Wire) {
    let mut bench = Bench::impatient(wire);
    bench.sim.set_silence(Some(Silence::ApproveNoAnswer));
    assert_eq!(bench.sell("LC01E0000011"), SaleOutcome::Unknown(UnknownReason::Silence));
    bench.sim.set_silence(None);
    bench.sim.set_auto(true);
    // Nobody has asked for the first one when the second is sold.
    assert_eq!(bench.approved("LC01E0000012").order, "LC01E0000012");
    assert!(
        matches!(bench.terminal.query("LC01E0000011"), QueryOutcome::Approved(a) if a.order == "LC01E0000011")
    );
    for late in bench.terminal.take_late() {
        assert_eq!(late.order, "LC01E0000011");
    }
    bench.undo("LC01E0000011");
    assert!(matches!(bench.terminal.query("LC01E0000012"), QueryOutcome::Approved(_)));
    assert_eq!(bench.bank.charged_fen(), AMOUNT_FEN);
}

fn a_result_for_something_else_is_unknown_and_the_query_tells(wire: Wire) {
    let mut bench = Bench::new(wire);
    bench.sim.set_auto(true);
    bench.sim.cross_next_result();
    let outcome = bench.sell("LC01E0000013");
    let doubted =
        matches!(outcome, SaleOutcome::Unknown(UnknownReason::Crossed | UnknownReason::AmountMismatch));
    assert!(doubted, "{outcome:?}");
    assert!(matches!(bench.terminal.query("LC01E0000013"), QueryOutcome::Approved(_)));
    assert_eq!(bench.bank.charged_fen(), AMOUNT_FEN);
}

fn a_dead_terminal_says_nothing_and_nothing_is_made_up(wire: Wire) {
    let mut bench = Bench::impatient(wire);
    let outcome =
        bench.sell_until("LC01E0000014", drivers::payment_terminal::SaleProgress::Accepted, |sim| {
            sim.set_silence(Some(Silence::Dead));
            sim.present(Present::demo_card());
        });
    assert_eq!(outcome, SaleOutcome::Unknown(UnknownReason::Silence));
    assert_eq!(bench.terminal.query("LC01E0000014"), QueryOutcome::NoAnswer);
    assert_eq!(bench.terminal.reverse("LC01E0000014"), ReversalOutcome::NoAnswer);
    assert!(matches!(bench.terminal.sign_on(), Err(DeviceError::TimeOut { .. })));
    bench.restart();
    let outcome = bench.sell("LC01E0000015");
    assert_eq!(outcome, SaleOutcome::Declined(Decline::NotSent(NotSent::NoLink)));
    bench.sim.set_silence(None);
    bench.undo("LC01E0000014");
    assert_eq!(bench.bank.charged_fen(), 0);
}

fn an_idle_terminal_is_seen_to_go_and_to_come_back(wire: Wire) {
    let mut bench = Bench::new(wire);
    wait_for("online", || (bench.terminal.idle() == Ok(DeviceState::Online)).then_some(()));
    bench.sim.set_silence(Some(Silence::Dead));
    wait_for("offline", || (bench.terminal.idle() == Ok(DeviceState::Offline)).then_some(()));
    bench.sim.set_silence(None);
    wait_for("online again", || (bench.terminal.idle() == Ok(DeviceState::Online)).then_some(()));
    bench.sim.cut_cable();
    wait_for("absent", || bench.terminal.idle().is_err().then_some(()));
    bench.sim.plug_cable();
    wait_for("online at last", || (bench.terminal.idle() == Ok(DeviceState::Online)).then_some(()));
}
