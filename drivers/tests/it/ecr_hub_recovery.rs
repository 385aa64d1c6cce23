//! Queries, reversals and lost links of the payment terminal.

use std::sync::{Arc, mpsc};

use drivers::payment_terminal::{
    Decline, EcrHub, EcrHubSettings, NotSent, PayMethod, PaymentTerminal, QueryOutcome, ReversalOutcome,
    Sale, SaleOutcome, SaleProgress, UnknownReason,
};
use drivers::simulator::{Bank, MemoryBank, Present, Silence, SimEvent, TerminalSim, TerminalTimes};
use drivers::{CancelToken, DeviceError, DeviceState};

use crate::ecr_hub_driver::{Bench, approval, bench, bench_with, impatient, sale_of, sell, settings};
use crate::support::{path, wait_for};
#[test]
fn an_order_number_that_the_terminal_knows_is_never_charged_again() {
    let mut bench = bench();
    bench.sim.set_auto(true);
    approval(sell(&mut bench, "LC01A0000009"));
    let again = sell(&mut bench, "LC01A0000009");
    assert_eq!(again, SaleOutcome::Unknown(UnknownReason::Unclear("DUPLICATE_ORDER_NO".to_owned())));
    assert_eq!(bench.bank.charged_fen(), 11_663);
}

#[test]
fn a_busy_terminal_declines_ours_and_keeps_the_other() {
    let mut bench = impatient();
    // The first sale is still at the terminal, because its host went away.
    bench.hub.probe().unwrap();
    let sim = bench.sim.clone();
    let outcome = bench.hub.sale(&sale_of("LC01A0000010"), &CancelToken::new(), &mut |step| {
        if step == SaleProgress::Accepted {
            sim.cut_cable();
        }
    });
    assert_eq!(outcome, SaleOutcome::Unknown(UnknownReason::LinkLost));
    sim.plug_cable();
    wait_for("the link to be back", || bench.hub.probe().ok());
    assert_eq!(sell(&mut bench, "LC01A0000011"), SaleOutcome::Declined(Decline::Busy));
    assert_eq!(bench.hub.query("LC01A0000010"), QueryOutcome::InProgress);
}

#[test]
fn a_result_that_comes_after_the_cable_is_back_is_handed_out_late() {
    let mut bench = bench();
    let sim = bench.sim.clone();
    let outcome = bench.hub.sale(&sale_of("LC01A0000012"), &CancelToken::new(), &mut |step| {
        if step == SaleProgress::Accepted {
            sim.cut_cable();
            sim.present(Present::demo_card());
        }
    });
    assert_eq!(outcome, SaleOutcome::Unknown(UnknownReason::LinkLost));
    wait_for("the charge", || sim.waiting_for().is_none().then_some(()));
    sim.plug_cable();
    let late = wait_for("the late result", || {
        let _ = bench.hub.idle();
        bench.hub.take_late().pop()
    });
    assert_eq!(late.order, "LC01A0000012");
    assert!(matches!(late.outcome, QueryOutcome::Approved(approval) if approval.amount_fen == 11_663));
}

#[test]
fn a_reversal_undoes_the_charge_once_and_for_ever() {
    let mut bench = bench();
    bench.sim.set_auto(true);
    approval(sell(&mut bench, "LC01A0000013"));
    assert_eq!(bench.hub.reverse("LC01A0000013"), ReversalOutcome::Reversed);
    assert_eq!(bench.hub.reverse("LC01A0000013"), ReversalOutcome::Reversed);
    assert_eq!(bench.hub.query("LC01A0000013"), QueryOutcome::Canceled);
    assert_eq!(bench.bank.charged_fen(), 0);
}

#[test]
fn a_settled_charge_cannot_be_reversed_and_says_so() {
    let mut bench = bench();
    bench.sim.set_auto(true);
    approval(sell(&mut bench, "LC01A0000014"));
    bench.bank.settle();
    assert_eq!(bench.hub.reverse("LC01A0000014"), ReversalOutcome::Refused("ALREADY_SETTLED".to_owned()));
}

#[test]
fn an_order_nobody_knows_is_not_found_and_counts_as_reversed() {
    let mut bench = bench();
    assert_eq!(bench.hub.query("LC01A0000015"), QueryOutcome::NotFound);
    assert_eq!(bench.hub.reverse("LC01A0000015"), ReversalOutcome::Reversed);
}

#[test]
fn a_bank_out_of_reach_is_unknown_and_not_yet_reversed() {
    let mut bench = bench();
    bench.sim.set_auto(true);
    bench.bank.set_out_of_reach(true);
    let outcome = sell(&mut bench, "LC01A0000016");
    assert_eq!(outcome, SaleOutcome::Unknown(UnknownReason::Unclear("HOST_TIMEOUT".to_owned())));
    assert_eq!(bench.hub.query("LC01A0000016"), QueryOutcome::InProgress);
    assert_eq!(bench.hub.reverse("LC01A0000016"), ReversalOutcome::NotReversedYet);
    bench.bank.set_out_of_reach(false);
    assert_eq!(bench.hub.reverse("LC01A0000016"), ReversalOutcome::Reversed);
}

#[test]
fn a_sale_that_no_terminal_would_take_is_not_sent() {
    let mut bench = bench();
    for (order, amount_fen) in [("", 1), ("lower", 1), ("A B", 1), ("A", 0), ("A", -5)] {
        let sale = Sale { order: order.to_owned(), amount_fen, method: PayMethod::Card };
        let outcome = bench.hub.sale(&sale, &CancelToken::new(), &mut |_| {});
        assert_eq!(outcome, SaleOutcome::Declined(Decline::NotSent(NotSent::BadSale)));
    }
    assert!(!bench.sim.take_events().iter().any(|event| matches!(event, SimEvent::SaleAsked { .. })));
}

#[test]
fn cancel_before_there_is_a_link_sends_nothing() {
    let mut bench = bench_with(EcrHubSettings { handshake_timeout_ms: 600_000, ..settings() });
    bench.sim.set_silence(Some(Silence::Dead));
    let cancel = CancelToken::new();
    let canceller = cancel.clone();
    let outcome = bench.hub.sale(&sale_of("LC01A0000021"), &cancel, &mut |_| canceller.cancel());
    assert_eq!(outcome, SaleOutcome::Declined(Decline::NotSent(NotSent::Canceled)));
}

#[test]
fn without_a_link_nothing_is_sent() {
    let mut bench = bench_with(EcrHubSettings { handshake_timeout_ms: 100, ..settings() });
    bench.sim.set_silence(Some(Silence::Dead));
    assert!(matches!(bench.hub.probe(), Err(DeviceError::TimeOut { .. })));
    assert_eq!(sell(&mut bench, "LC01A0000017"), SaleOutcome::Declined(Decline::NotSent(NotSent::NoLink)));
    bench.sim.cut_cable();
    assert_eq!(sell(&mut bench, "LC01A0000018"), SaleOutcome::Declined(Decline::NotSent(NotSent::NoLink)));
}

#[test]
fn idle_keeps_the_link_and_notices_its_loss_and_return() {
    let mut bench = bench_with(EcrHubSettings { silence_ms: 3000, ..settings() });
    wait_for("online", || (bench.hub.idle() == Ok(DeviceState::Online)).then_some(()));
    bench.sim.set_silence(Some(Silence::Dead));
    wait_for("offline", || (bench.hub.idle() == Ok(DeviceState::Offline)).then_some(()));
    bench.sim.set_silence(None);
    wait_for("online again", || (bench.hub.idle() == Ok(DeviceState::Online)).then_some(()));
    bench.sim.cut_cable();
    wait_for("absent", || bench.hub.idle().is_err().then_some(()));
    bench.sim.plug_cable();
    wait_for("online at last", || (bench.hub.idle() == Ok(DeviceState::Online)).then_some(()));
}

#[test]
fn a_link_that_the_terminal_dropped_unseen_is_made_again_before_a_sale() {
    let bank = Arc::new(MemoryBank::new());
    let times = TerminalTimes { silence_ms: 100, ..TerminalTimes::default().scaled(20) };
    let sim = TerminalSim::start(None, bank.clone(), times).unwrap();
    sim.set_auto(true);
    let settings = EcrHubSettings { heartbeat_ms: 20, ..settings() };
    let hub = EcrHub::on_port(path(sim.path()), settings);
    let mut bench = Bench { bank, sim, hub };
    bench.hub.probe().unwrap();
    wait_for("the drop", || bench.sim.take_events().contains(&SimEvent::LinkDown).then_some(()));
    approval(sell(&mut bench, "LC01A0000020"));
}

#[test]
fn a_driver_works_from_its_own_thread() {
    let Bench { bank, sim, mut hub } = bench();
    sim.set_auto(true);
    let (send, receive) = mpsc::channel();
    let port = std::thread::spawn(move || {
        send.send(hub.sale(&sale_of("LC01A0000019"), &CancelToken::new(), &mut |_| {})).unwrap();
    });
    approval(receive.recv().unwrap());
    port.join().unwrap();
    assert!(matches!(bank.query("LC01A0000019"), drivers::simulator::BankRecord::Approved { .. }));
}
