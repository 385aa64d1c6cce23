use std::sync::Arc;

use drivers::CancelToken;
use drivers::payment_terminal::{
    Approval, Decline, EcrHub, EcrHubSettings, PayMethod, PaymentTerminal, QueryOutcome, ReversalOutcome,
    Sale, SaleOutcome, SaleProgress, UnknownReason,
};
use drivers::port::SerialPortLine;
use drivers::simulator::{MemoryBank, Present, Silence, TerminalSim, TerminalTimes};

use crate::support::{path, wait_for};

pub struct Bench {
    pub bank: Arc<MemoryBank>,
    pub sim: TerminalSim,
    pub hub: EcrHub<SerialPortLine>,
}

/// Waits a tenth of the street's, which leaves a second for what takes milliseconds.
pub fn settings() -> EcrHubSettings {
    EcrHubSettings {
        handshake_timeout_ms: 5000,
        query_timeout_ms: 3000,
        ..EcrHubSettings::default().scaled(10)
    }
}

pub fn bench_with(settings: EcrHubSettings) -> Bench {
    let bank = Arc::new(MemoryBank::new());
    let times = TerminalTimes { sale_timeout_ms: 60_000, ..TerminalTimes::default().scaled(5) };
    let sim = TerminalSim::start(None, bank.clone(), times).unwrap();
    let hub = EcrHub::on_port(path(sim.path()), settings);
    Bench { bank, sim, hub }
}

pub fn bench() -> Bench {
    bench_with(settings())
}

/// Gives a sale up after a third of a second.
pub fn impatient() -> Bench {
    bench_with(EcrHubSettings { sale_timeout_ms: 300, close_timeout_ms: 300, ..settings() })
}

pub fn sale_of(order: &str) -> Sale {
    Sale { order: order.to_owned(), amount_fen: 11_663, method: PayMethod::Card }
}

pub fn sell(bench: &mut Bench, order: &str) -> SaleOutcome {
    bench.hub.sale(&sale_of(order), &CancelToken::new(), &mut |_| {})
}

pub fn approval(outcome: SaleOutcome) -> Approval {
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
    let outcome = bench.hub.sale(&sale_of("LC01A0000001"), &CancelToken::new(), &mut |step| {
        steps.push(step);
        if step == SaleProgress::Accepted {
            sim.present(Present::demo_card());
        }
    });
    let approval = approval(outcome);
    assert_eq!((approval.order.as_str(), approval.amount_fen), ("LC01A0000001", 11_663));
    assert_eq!((approval.method, approval.scheme.as_str()), (PayMethod::Card, "UNIONPAY"));
    assert_eq!(approval.card_last4.as_deref(), Some("1234"));
    assert_eq!(approval.trans_no, bench.bank.entries()[0].trans_no);
    assert_eq!(steps, [SaleProgress::Connecting, SaleProgress::Sent, SaleProgress::Accepted]);
    assert_eq!(bench.bank.charged_fen(), 11_663);
}

#[test]
fn a_phone_code_shown_before_the_request_is_taken() {
    let mut bench = bench();
    bench.sim.present(Present::phone_code("ALIPAY"));
    let sale = Sale { method: PayMethod::PhoneCode, ..sale_of("LC01A0000002") };
    let approval = approval(bench.hub.sale(&sale, &CancelToken::new(), &mut |_| {}));
    assert_eq!((approval.method, approval.scheme.as_str()), (PayMethod::PhoneCode, "ALIPAY"));
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
    assert_eq!(sell(&mut bench, "LC01A0000003"), SaleOutcome::Declined(Decline::Refused("51".to_owned())));
    assert_eq!(bench.hub.query("LC01A0000003"), QueryOutcome::Declined(Decline::Refused("51".to_owned())));
    assert_eq!(bench.bank.charged_fen(), 0);
}

#[test]
fn silence_is_unknown_and_the_query_finds_the_charge() {
    let mut bench = impatient();
    bench.sim.set_silence(Some(Silence::ApproveNoAnswer));
    assert_eq!(sell(&mut bench, "LC01A0000004"), SaleOutcome::Unknown(UnknownReason::Silence));
    match bench.hub.query("LC01A0000004") {
        QueryOutcome::Approved(approval) => assert_eq!(approval.amount_fen, 11_663),
        other => panic!("{other:?}"),
    }
}

#[test]
fn silence_without_a_charge_is_unknown_and_the_query_finds_none() {
    let mut bench = impatient();
    bench.sim.set_silence(Some(Silence::NoApproveNoAnswer));
    assert_eq!(sell(&mut bench, "LC01A0000005"), SaleOutcome::Unknown(UnknownReason::Silence));
    assert_eq!(bench.hub.query("LC01A0000005"), QueryOutcome::Canceled);
    assert_eq!(bench.bank.charged_fen(), 0);
}

#[test]
fn a_dead_terminal_leaves_the_sale_unknown_and_gives_no_answer() {
    let settings =
        EcrHubSettings { query_timeout_ms: 200, handshake_timeout_ms: 300, silence_ms: 60_000, ..settings() };
    let mut bench = bench_with(EcrHubSettings { sale_timeout_ms: 300, close_timeout_ms: 300, ..settings });
    bench.hub.probe().unwrap();
    bench.sim.set_silence(Some(Silence::Dead));
    assert_eq!(sell(&mut bench, "LC01A0000006"), SaleOutcome::Unknown(UnknownReason::Silence));
    assert_eq!(bench.hub.query("LC01A0000006"), QueryOutcome::NoAnswer);
    assert_eq!(bench.hub.reverse("LC01A0000006"), ReversalOutcome::NoAnswer);
}

#[test]
fn cancel_is_a_request_and_the_result_of_the_sale_counts() {
    let mut bench = bench();
    let cancel = CancelToken::new();
    let canceller = cancel.clone();
    let outcome = bench.hub.sale(&sale_of("LC01A0000007"), &cancel, &mut |step| {
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
    let outcome = bench.hub.sale(&sale_of("LC01A0000008"), &cancel, &mut |step| {
        if step == SaleProgress::Accepted {
            sim.present(Present::demo_card());
            wait_for("the charge", || sim.waiting_for().is_none().then_some(()));
            canceller.cancel();
        }
    });
    approval(outcome);
    assert_eq!(bench.bank.charged_fen(), 11_663);
}
