use std::sync::Arc;
use std::sync::mpsc;

use drivers::payment_terminal::{
    Approval, Decline, EcrHub, EcrHubSettings, NotSent, PayMethod, PaymentTerminal, QueryOutcome,
    ReversalOutcome, Sale, SaleOutcome, SaleProgress, UnknownReason,
};
use drivers::port::SerialPortLine;
use drivers::simulator::{
    Bank, MemoryBank, Present, Silence, SimEvent, TerminalSim, TerminalTimes,
};
use drivers::{CancelToken, DeviceError, DeviceState};

use crate::support::{path, wait_for};

struct Bench {
    bank: Arc<MemoryBank>,
    sim: TerminalSim,
    hub: EcrHub<SerialPortLine>,
}

/// Waits a tenth of the street's, which leaves a second for what takes milliseconds.
fn settings() -> EcrHubSettings {
    EcrHubSettings {
        handshake_timeout_ms: 5000,
        query_timeout_ms: 3000,
        ..EcrHubSettings::default().scaled(10)
    }
}

fn bench_with(settings: EcrHubSettings) -> Bench {
    let bank = Arc::new(MemoryBank::new());
    let times = TerminalTimes {
        sale_timeout_ms: 60_000,
        ..TerminalTimes::default().scaled(5)
    };
    let sim = TerminalSim::start(None, bank.clone(), times).unwrap();
    let hub = EcrHub::on_port(path(sim.path()), settings);
    Bench { bank, sim, hub }
}

fn bench() -> Bench {
    bench_with(settings())
}

/// Gives a sale up after a third of a second.
fn impatient() -> Bench {
    bench_with(EcrHubSettings {
        sale_timeout_ms: 300,
        close_timeout_ms: 300,
        ..settings()
    })
}

fn sale_of(order: &str) -> Sale {
    Sale {
        order: order.to_owned(),
        amount_fen: 11_663,
        method: PayMethod::Card,
    }
}

fn sell(bench: &mut Bench, order: &str) -> SaleOutcome {
    bench
        .hub
        .sale(&sale_of(order), &CancelToken::new(), &mut |_| {})
}

fn approval(outcome: SaleOutcome) -> Approval {
    match outcome {
        SaleOutcome::Approved(approval) => approval,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_card_that_taps_when_asked_is_charged_once_for_our_order_and_amount() {
    let mut bench = bench();
    let sim = bench.sim.clone();
    let mut steps = Vec::new();
    let outcome = bench
        .hub
        .sale(&sale_of("LC01A0000001"), &CancelToken::new(), &mut |step| {
            steps.push(step);
            if step == SaleProgress::Accepted {
                sim.present(Present::demo_card());
            }
        });
    let approval = approval(outcome);
    assert_eq!(
        (approval.order.as_str(), approval.amount_fen),
        ("LC01A0000001", 11_663)
    );
    assert_eq!(
        (approval.method, approval.scheme.as_str()),
        (PayMethod::Card, "UNIONPAY")
    );
    assert_eq!(approval.card_last4.as_deref(), Some("1234"));
    assert_eq!(approval.trans_no, bench.bank.entries()[0].trans_no);
    assert_eq!(
        steps,
        [
            SaleProgress::Connecting,
            SaleProgress::Sent,
            SaleProgress::Accepted
        ]
    );
    assert_eq!(bench.bank.charged_fen(), 11_663);
}

#[test]
fn a_phone_code_shown_before_the_request_is_taken() {
    let mut bench = bench();
    bench.sim.present(Present::phone_code("ALIPAY"));
    let sale = Sale {
        method: PayMethod::PhoneCode,
        ..sale_of("LC01A0000002")
    };
    let approval = approval(bench.hub.sale(&sale, &CancelToken::new(), &mut |_| {}));
    assert_eq!(
        (approval.method, approval.scheme.as_str()),
        (PayMethod::PhoneCode, "ALIPAY")
    );
    assert_eq!(approval.card_last4, None);
}

#[test]
fn a_hundred_sales_wrap_no_id_and_charge_each_once() {
    let mut bench = bench();
    bench.sim.set_auto(true);
    bench.sim.set_copies(true);
    for number in 0..300 {
        approval(sell(&mut bench, &format!("LC{number:04}")));
    }
    assert_eq!(bench.bank.entries().len(), 300);
    assert!(bench.hub.take_late().is_empty());
}

#[test]
fn a_refusal_of_the_bank_is_a_decline_with_its_code() {
    let mut bench = bench();
    bench.sim.decline("51");
    assert_eq!(
        sell(&mut bench, "LC01A0000003"),
        SaleOutcome::Declined(Decline::Refused("51".to_owned()))
    );
    assert_eq!(
        bench.hub.query("LC01A0000003"),
        QueryOutcome::Declined(Decline::Refused("51".to_owned()))
    );
    assert_eq!(bench.bank.charged_fen(), 0);
}

#[test]
fn silence_is_unknown_and_the_query_finds_the_charge() {
    let mut bench = impatient();
    bench.sim.set_silence(Some(Silence::ApproveNoAnswer));
    assert_eq!(
        sell(&mut bench, "LC01A0000004"),
        SaleOutcome::Unknown(UnknownReason::Silence)
    );
    match bench.hub.query("LC01A0000004") {
        QueryOutcome::Approved(approval) => assert_eq!(approval.amount_fen, 11_663),
        other => panic!("{other:?}"),
    }
}

#[test]
fn silence_without_a_charge_is_unknown_and_the_query_finds_none() {
    let mut bench = impatient();
    bench.sim.set_silence(Some(Silence::NoApproveNoAnswer));
    assert_eq!(
        sell(&mut bench, "LC01A0000005"),
        SaleOutcome::Unknown(UnknownReason::Silence)
    );
    assert_eq!(bench.hub.query("LC01A0000005"), QueryOutcome::Canceled);
    assert_eq!(bench.bank.charged_fen(), 0);
}

#[test]
fn a_dead_terminal_leaves_the_sale_unknown_and_gives_no_answer() {
    let settings = EcrHubSettings {
        query_timeout_ms: 200,
        silence_ms: 60_000,
        ..settings()
    };
    let mut bench = bench_with(EcrHubSettings {
        sale_timeout_ms: 300,
        close_timeout_ms: 300,
        ..settings
    });
    bench.hub.probe().unwrap();
    bench.sim.set_silence(Some(Silence::Dead));
    assert_eq!(
        sell(&mut bench, "LC01A0000006"),
        SaleOutcome::Unknown(UnknownReason::Silence)
    );
    assert_eq!(bench.hub.query("LC01A0000006"), QueryOutcome::NoAnswer);
    assert_eq!(bench.hub.reverse("LC01A0000006"), ReversalOutcome::NoAnswer);
}

#[test]
fn cancel_is_a_request_and_the_result_of_the_sale_counts() {
    let mut bench = bench();
    let cancel = CancelToken::new();
    let canceller = cancel.clone();
    let outcome = bench
        .hub
        .sale(&sale_of("LC01A0000007"), &cancel, &mut |step| {
            if step == SaleProgress::Accepted {
                canceller.cancel();
            }
        });
    assert_eq!(outcome, SaleOutcome::Declined(Decline::Canceled));
    assert_eq!(bench.hub.query("LC01A0000007"), QueryOutcome::Canceled);
}

#[test]
fn a_charge_that_wins_the_race_against_cancel_is_an_approval() {
    let mut bench = bench();
    let cancel = CancelToken::new();
    let (canceller, sim) = (cancel.clone(), bench.sim.clone());
    let outcome = bench
        .hub
        .sale(&sale_of("LC01A0000008"), &cancel, &mut |step| {
            if step == SaleProgress::Accepted {
                sim.present(Present::demo_card());
                wait_for("the charge", || sim.waiting_for().is_none().then_some(()));
                canceller.cancel();
            }
        });
    approval(outcome);
    assert_eq!(bench.bank.charged_fen(), 11_663);
}

#[test]
fn an_order_number_that_the_terminal_knows_is_never_charged_again() {
    let mut bench = bench();
    bench.sim.set_auto(true);
    approval(sell(&mut bench, "LC01A0000009"));
    let again = sell(&mut bench, "LC01A0000009");
    assert_eq!(
        again,
        SaleOutcome::Unknown(UnknownReason::Unclear("DUPLICATE_ORDER_NO".to_owned()))
    );
    assert_eq!(bench.bank.charged_fen(), 11_663);
}

#[test]
fn a_busy_terminal_declines_ours_and_keeps_the_other() {
    let mut bench = impatient();
    // The first sale is still at the terminal, because its host went away.
    bench.hub.probe().unwrap();
    let sim = bench.sim.clone();
    let outcome = bench
        .hub
        .sale(&sale_of("LC01A0000010"), &CancelToken::new(), &mut |step| {
            if step == SaleProgress::Accepted {
                sim.cut_cable();
            }
        });
    assert_eq!(outcome, SaleOutcome::Unknown(UnknownReason::LinkLost));
    sim.plug_cable();
    wait_for("the link to be back", || bench.hub.probe().ok());
    assert_eq!(
        sell(&mut bench, "LC01A0000011"),
        SaleOutcome::Declined(Decline::Busy)
    );
    assert_eq!(bench.hub.query("LC01A0000010"), QueryOutcome::InProgress);
}

#[test]
fn a_result_that_comes_after_the_cable_is_back_is_handed_out_late() {
    let mut bench = bench();
    let sim = bench.sim.clone();
    let outcome = bench
        .hub
        .sale(&sale_of("LC01A0000012"), &CancelToken::new(), &mut |step| {
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
    assert!(
        matches!(late.outcome, QueryOutcome::Approved(approval) if approval.amount_fen == 11_663)
    );
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
    assert_eq!(
        bench.hub.reverse("LC01A0000014"),
        ReversalOutcome::Refused("ALREADY_SETTLED".to_owned())
    );
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
    assert_eq!(
        outcome,
        SaleOutcome::Unknown(UnknownReason::Unclear("HOST_TIMEOUT".to_owned()))
    );
    assert_eq!(bench.hub.query("LC01A0000016"), QueryOutcome::InProgress);
    assert_eq!(
        bench.hub.reverse("LC01A0000016"),
        ReversalOutcome::NotReversedYet
    );
    bench.bank.set_out_of_reach(false);
    assert_eq!(bench.hub.reverse("LC01A0000016"), ReversalOutcome::Reversed);
}

#[test]
fn a_sale_that_no_terminal_would_take_is_not_sent() {
    let mut bench = bench();
    for (order, amount_fen) in [("", 1), ("lower", 1), ("A B", 1), ("A", 0), ("A", -5)] {
        let sale = Sale {
            order: order.to_owned(),
            amount_fen,
            method: PayMethod::Card,
        };
        let outcome = bench.hub.sale(&sale, &CancelToken::new(), &mut |_| {});
        assert_eq!(
            outcome,
            SaleOutcome::Declined(Decline::NotSent(NotSent::BadSale))
        );
    }
    assert!(
        !bench
            .sim
            .take_events()
            .iter()
            .any(|event| matches!(event, SimEvent::SaleAsked { .. }))
    );
}

#[test]
fn without_a_link_nothing_is_sent() {
    let mut bench = bench_with(EcrHubSettings {
        handshake_timeout_ms: 100,
        ..settings()
    });
    bench.sim.set_silence(Some(Silence::Dead));
    assert!(matches!(
        bench.hub.probe(),
        Err(DeviceError::TimeOut { .. })
    ));
    assert_eq!(
        sell(&mut bench, "LC01A0000017"),
        SaleOutcome::Declined(Decline::NotSent(NotSent::NoLink))
    );
    bench.sim.cut_cable();
    assert_eq!(
        sell(&mut bench, "LC01A0000018"),
        SaleOutcome::Declined(Decline::NotSent(NotSent::NoLink))
    );
}

#[test]
fn idle_keeps_the_link_and_notices_its_loss_and_return() {
    let mut bench = bench_with(EcrHubSettings {
        silence_ms: 3000,
        ..settings()
    });
    wait_for("online", || {
        (bench.hub.idle() == Ok(DeviceState::Online)).then_some(())
    });
    bench.sim.set_silence(Some(Silence::Dead));
    wait_for("offline", || {
        (bench.hub.idle() == Ok(DeviceState::Offline)).then_some(())
    });
    bench.sim.set_silence(None);
    wait_for("online again", || {
        (bench.hub.idle() == Ok(DeviceState::Online)).then_some(())
    });
    bench.sim.cut_cable();
    wait_for("absent", || bench.hub.idle().is_err().then_some(()));
    bench.sim.plug_cable();
    wait_for("online at last", || {
        (bench.hub.idle() == Ok(DeviceState::Online)).then_some(())
    });
}

#[test]
fn a_link_that_the_terminal_dropped_unseen_is_made_again_before_a_sale() {
    let bank = Arc::new(MemoryBank::new());
    let times = TerminalTimes {
        silence_ms: 100,
        ..TerminalTimes::default().scaled(20)
    };
    let sim = TerminalSim::start(None, bank.clone(), times).unwrap();
    sim.set_auto(true);
    let settings = EcrHubSettings {
        heartbeat_ms: 20,
        ..settings()
    };
    let hub = EcrHub::on_port(path(sim.path()), settings);
    let mut bench = Bench { bank, sim, hub };
    bench.hub.probe().unwrap();
    wait_for("the drop", || {
        bench
            .sim
            .take_events()
            .contains(&SimEvent::LinkDown)
            .then_some(())
    });
    approval(sell(&mut bench, "LC01A0000020"));
}

#[test]
fn a_driver_works_from_its_own_thread() {
    let Bench { bank, sim, mut hub } = bench();
    sim.set_auto(true);
    let (send, receive) = mpsc::channel();
    let port = std::thread::spawn(move || {
        send.send(hub.sale(&sale_of("LC01A0000019"), &CancelToken::new(), &mut |_| {}))
            .unwrap();
    });
    approval(receive.recv().unwrap());
    port.join().unwrap();
    assert!(matches!(
        bank.query("LC01A0000019"),
        drivers::simulator::BankRecord::Approved { .. }
    ));
}
