//! What a payment terminal does beside sales: sign-on, refunds, the closing of the batch, a reset.

use drivers::payment_terminal::{
    Decline, EcrHubSettings, PaymentTerminal, QueryOutcome, ReversalOutcome, SaleOutcome, ScannedCode,
    Settlement, UnknownReason,
};
use drivers::simulator::Silence;
use drivers::{CancelToken, DeviceError};

use crate::ecr_hub_driver::{approval, bench, bench_with, sale_of, sell, settings};
use crate::support::wait_for;

#[test]
fn a_terminal_signs_on_and_a_silent_one_does_not() {
    let mut bench = bench_with(EcrHubSettings { settlement_timeout_ms: 300, ..settings() });
    assert_eq!(bench.hub.sign_on(), Ok(()));
    bench.sim.set_silence(Some(Silence::Dead));
    assert!(matches!(bench.hub.sign_on(), Err(DeviceError::TimeOut { waited_ms: 300, .. })));
}

#[test]
fn a_refund_pays_back_once_under_its_own_number() {
    let mut bench = bench();
    bench.sim.set_auto(true);
    approval(sell(&mut bench, "LC01C0000001"));
    let refund = |bench: &mut crate::ecr_hub_driver::Bench, number: &str, fen| {
        bench.hub.refund("LC01C0000001", number, fen).unwrap()
    };
    assert_eq!(refund(&mut bench, "LC01C0000001R1", 1_663), ReversalOutcome::Reversed);
    assert_eq!(refund(&mut bench, "LC01C0000001R1", 1_663), ReversalOutcome::Reversed);
    assert_eq!(bench.bank.charged_fen(), 10_000);
    let refused = ReversalOutcome::Refused("NOT_REFUNDABLE".to_owned());
    assert_eq!(refund(&mut bench, "LC01C0000001R2", 10_001), refused, "more than is left");
    let own = ReversalOutcome::Refused("INVALID_PARAMETER".to_owned());
    assert_eq!(refund(&mut bench, "LC01C0000001", 1), own, "the order's own number");
    bench.bank.set_out_of_reach(true);
    assert_eq!(refund(&mut bench, "LC01C0000001R3", 1), ReversalOutcome::NotReversedYet);
    assert_eq!(bench.bank.charged_fen(), 10_000);
}

#[test]
fn the_batch_is_closed_with_what_the_acquirer_holds() {
    let mut bench = bench();
    bench.sim.set_auto(true);
    approval(sell(&mut bench, "LC01C0000002"));
    approval(sell(&mut bench, "LC01C0000003"));
    assert_eq!(bench.hub.reverse("LC01C0000003"), ReversalOutcome::Reversed);
    let closed = Settlement { batch: Some("000001".to_owned()), count: None, net_fen: Some(11_663) };
    assert_eq!(bench.hub.settle(), Ok(closed));
    let refused = ReversalOutcome::Refused("ALREADY_SETTLED".to_owned());
    assert_eq!(bench.hub.reverse("LC01C0000002"), refused);
    bench.bank.set_out_of_reach(true);
    assert_eq!(bench.hub.settle(), Err(DeviceError::DeviceNotReady));
    let mut old = bench_with(EcrHubSettings { settlement_topic: String::new(), ..settings() });
    assert_eq!(old.hub.settle(), Err(DeviceError::NotSupported));
    let mut other = bench_with(EcrHubSettings { settlement_topic: "ecrhub.other".to_owned(), ..settings() });
    assert_eq!(other.hub.settle(), Err(DeviceError::NotSupported));
}

#[test]
fn a_reset_frees_a_terminal_that_holds_an_order() {
    let mut bench = bench_with(EcrHubSettings {
        sale_timeout_ms: 200,
        close_timeout_ms: 200,
        resend_ms: 50,
        ..settings()
    });
    let sim = bench.sim.clone();
    // The cable is out while the sale is given up, so the terminal goes on waiting for a card.
    let outcome = bench.hub.sale(&sale_of("LC01C0000004"), &CancelToken::new(), &mut |_| {
        if sim.waiting_for().is_some() {
            sim.cut_cable();
        }
    });
    assert_eq!(outcome, SaleOutcome::Unknown(UnknownReason::LinkLost));
    bench.sim.plug_cable();
    wait_for("the port", || bench.hub.probe().ok());
    assert_eq!(sell(&mut bench, "LC01C0000005"), SaleOutcome::Declined(Decline::Busy));
    assert_eq!(bench.sim.waiting_for().as_deref(), Some("LC01C0000004"));
    // The busy order is the last one sent, so the stuck one is given up by its own number.
    assert_eq!(bench.hub.reverse("LC01C0000004"), ReversalOutcome::Reversed);
    assert_eq!(bench.hub.reset(), Ok(()));
    assert_eq!(bench.sim.waiting_for(), None);
    bench.sim.set_auto(true);
    approval(sell(&mut bench, "LC01C0000006"));
}

#[test]
fn a_reset_gives_up_the_sale_that_nobody_waits_for() {
    let mut bench = bench();
    let sim = bench.sim.clone();
    let outcome = bench.hub.sale(&sale_of("LC01C0000007"), &CancelToken::new(), &mut |_| {
        if sim.waiting_for().is_some() {
            sim.cut_cable();
        }
    });
    assert_eq!(outcome, SaleOutcome::Unknown(UnknownReason::LinkLost));
    bench.sim.plug_cable();
    assert_eq!(bench.hub.reset(), Ok(()));
    assert_eq!(bench.sim.waiting_for(), None);
    assert!(matches!(bench.hub.query("LC01C0000007"), QueryOutcome::Canceled));
    assert_eq!(bench.bank.charged_fen(), 0);
}

#[test]
fn a_code_that_the_kiosk_scanned_has_no_place_on_this_wire() {
    let mut bench = bench();
    let code = ScannedCode::new("134567890123456789").unwrap();
    let outcome = bench.hub.sale_by_code(&sale_of("LC01C0000008"), &code, &CancelToken::new(), &mut |_| {});
    assert!(matches!(outcome, SaleOutcome::Declined(Decline::NotSent(_))));
    assert!(!bench.hub.capabilities().scanned_code);
    assert_eq!(bench.hub.query("LC01C0000008"), QueryOutcome::NotFound);
}
