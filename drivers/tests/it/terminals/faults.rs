//! The cable is pulled in every state.

use drivers::payment_terminal::{Decline, NotSent, QueryOutcome, SaleOutcome, SaleProgress, UnknownReason};
use drivers::simulator::{Present, SimEvent};

use super::bench::{AMOUNT_FEN, Bench, Wire};
use super::on_every_wire;
use crate::support::wait_for;

on_every_wire!(
    a_cable_that_is_out_before_the_sale_sends_nothing,
    a_cable_pulled_when_the_request_leaves_is_unknown_or_was_not_sent,
    a_cable_pulled_while_a_card_is_waited_for_is_unknown,
    a_cable_pulled_while_the_sale_is_given_up_is_unknown,
    a_charge_behind_a_pulled_cable_is_found,
    a_cable_pulled_between_transactions_costs_nothing,
);

/// Whatever was said, the books and the driver agree in the end, and a new sale works.
fn settle_and_sell_again(bench: &mut Bench, order: &str, outcome: &SaleOutcome) {
    bench.plug();
    if !matches!(outcome, SaleOutcome::Declined(_)) {
        bench.undo(order);
    }
    assert_eq!(bench.bank.charged_fen(), 0, "{outcome:?}");
    assert!(!matches!(bench.terminal.query(order), QueryOutcome::Approved(_)));
    bench.sim.set_auto(true);
    bench.approved("LC01F0000099");
    assert_eq!(bench.bank.charged_fen(), AMOUNT_FEN);
}

fn a_cable_that_is_out_before_the_sale_sends_nothing(wire: Wire) {
    let mut bench = Bench::new(wire);
    bench.terminal.probe().unwrap();
    bench.sim.cut_cable();
    let outcome = bench.sell("LC01F0000001");
    assert!(matches!(outcome, SaleOutcome::Declined(Decline::NotSent(_))), "{outcome:?}");
    settle_and_sell_again(&mut bench, "LC01F0000001", &outcome);
}

fn a_cable_pulled_when_the_request_leaves_is_unknown_or_was_not_sent(wire: Wire) {
    let mut bench = Bench::new(wire);
    bench.sim.set_auto(true);
    let outcome = bench.sell_until("LC01F0000002", SaleProgress::Sent, |sim| sim.cut_cable());
    let doubted = matches!(
        outcome,
        SaleOutcome::Unknown(UnknownReason::LinkLost)
            | SaleOutcome::Declined(Decline::NotSent(NotSent::NotPrepared | NotSent::NoLink))
    );
    assert!(doubted, "{outcome:?}");
    settle_and_sell_again(&mut bench, "LC01F0000002", &outcome);
}

fn a_cable_pulled_while_a_card_is_waited_for_is_unknown(wire: Wire) {
    let mut bench = Bench::new(wire);
    let outcome = bench.sell_until("LC01F0000003", SaleProgress::Accepted, |sim| sim.cut_cable());
    assert_eq!(outcome, SaleOutcome::Unknown(UnknownReason::LinkLost));
    settle_and_sell_again(&mut bench, "LC01F0000003", &outcome);
}

fn a_cable_pulled_while_the_sale_is_given_up_is_unknown(wire: Wire) {
    let mut bench = Bench::impatient(wire);
    let outcome = bench.sell_until("LC01F0000004", SaleProgress::CancelRequested, |sim| sim.cut_cable());
    assert_eq!(outcome, SaleOutcome::Unknown(UnknownReason::LinkLost));
    settle_and_sell_again(&mut bench, "LC01F0000004", &outcome);
}

fn a_charge_behind_a_pulled_cable_is_found(wire: Wire) {
    let mut bench = Bench::new(wire);
    let outcome = bench.sell_until("LC01F0000005", SaleProgress::Accepted, |sim| {
        sim.cut_cable();
        sim.present(Present::demo_card());
        wait_for("the charge", || sim.waiting_for().is_none().then_some(()));
    });
    assert_eq!(outcome, SaleOutcome::Unknown(UnknownReason::LinkLost));
    assert_eq!(bench.bank.charged_fen(), AMOUNT_FEN);
    bench.plug();
    assert!(matches!(bench.terminal.query("LC01F0000005"), QueryOutcome::Approved(_)));
    settle_and_sell_again(&mut bench, "LC01F0000005", &outcome);
}

fn a_cable_pulled_between_transactions_costs_nothing(wire: Wire) {
    let mut bench = Bench::new(wire);
    bench.sim.set_auto(true);
    bench.approved("LC01F0000006");
    bench.sim.cut_cable();
    assert!(bench.terminal.probe().is_err());
    bench.plug();
    assert!(matches!(bench.terminal.query("LC01F0000006"), QueryOutcome::Approved(_)));
    bench.approved("LC01F0000007");
    assert_eq!(bench.bank.charged_fen(), 2 * AMOUNT_FEN);
    let approvals = |event: &&SimEvent| matches!(event, SimEvent::Approved { .. });
    assert_eq!(bench.sim.take_events().iter().filter(approvals).count(), 2);
}
