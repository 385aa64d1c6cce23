//! Sales with a plain end.

use drivers::CancelToken;
use drivers::payment_terminal::{
    Decline, NotSent, PayMethod, QueryOutcome, ReversalOutcome, Sale, SaleOutcome, SaleProgress,
    UnknownReason,
};
use drivers::simulator::{Present, Silence, SimEvent};

use super::bench::{AMOUNT_FEN, Bench, Wire};
use super::on_every_wire;

on_every_wire!(
    a_card_is_charged_once_for_our_order_and_our_amount,
    a_refusal_of_the_bank_is_a_decline_with_its_code,
    a_cancel_while_nobody_has_paid_ends_without_a_charge,
    a_charge_that_wins_against_the_cancel_is_an_approval,
    a_sale_that_nobody_pays_is_given_up_and_not_charged,
    each_message_sent_twice_charges_once,
    an_order_number_is_never_charged_twice,
    a_sale_of_wrong_shape_or_already_cancelled_is_not_sent,
    thirty_sales_in_a_row_charge_each_once,
    a_bank_out_of_reach_leaves_the_sale_unknown,
);

fn a_card_is_charged_once_for_our_order_and_our_amount(wire: Wire) {
    let mut bench = Bench::new(wire);
    let mut steps = Vec::new();
    let sim = bench.sim.clone();
    let outcome = bench.sell_with("LC01D0000001", &CancelToken::new(), &mut |step| {
        if step == SaleProgress::Accepted {
            sim.present(Present::demo_card());
        }
        steps.push(step);
    });
    let SaleOutcome::Approved(approval) = outcome else { panic!("{outcome:?}") };
    assert_eq!((approval.order.as_str(), approval.amount_fen), ("LC01D0000001", AMOUNT_FEN));
    assert_eq!((approval.card_last4.as_deref(), approval.method), (Some("1234"), PayMethod::Card));
    assert_eq!(approval.scheme, "UNIONPAY");
    assert!(!approval.trans_no.is_empty() && !approval.terminal_id.is_empty());
    assert_eq!(bench.bank.charged_fen(), AMOUNT_FEN);
    assert_eq!(steps.first(), Some(&SaleProgress::Connecting));
    assert!(steps.ends_with(&[SaleProgress::Sent, SaleProgress::Accepted]), "{steps:?}");
    assert_eq!(bench.terminal.query("LC01D0000001"), QueryOutcome::Approved(approval));
}

fn a_refusal_of_the_bank_is_a_decline_with_its_code(wire: Wire) {
    let mut bench = Bench::new(wire);
    bench.sim.decline("51");
    let refused = Decline::Refused("51".to_owned());
    assert_eq!(bench.sell("LC01D0000002"), SaleOutcome::Declined(refused.clone()));
    assert_eq!(bench.terminal.query("LC01D0000002"), QueryOutcome::Declined(refused));
    assert_eq!(bench.terminal.reverse("LC01D0000002"), ReversalOutcome::Reversed);
    assert_eq!(bench.bank.charged_fen(), 0);
}

fn a_cancel_while_nobody_has_paid_ends_without_a_charge(wire: Wire) {
    let mut bench = Bench::new(wire);
    let cancel = CancelToken::new();
    let canceller = cancel.clone();
    let outcome = bench.sell_with("LC01D0000003", &cancel, &mut |step| {
        if step == SaleProgress::Accepted {
            canceller.cancel();
        }
    });
    assert_eq!(outcome, SaleOutcome::Declined(Decline::Canceled));
    assert_eq!(bench.sim.waiting_for(), None);
    bench.sim.set_auto(true);
    bench.approved("LC01D0000004");
    assert_eq!(bench.bank.charged_fen(), AMOUNT_FEN);
}

fn a_charge_that_wins_against_the_cancel_is_an_approval(wire: Wire) {
    let mut bench = Bench::new(wire);
    let cancel = CancelToken::new();
    let (canceller, sim) = (cancel.clone(), bench.sim.clone());
    let outcome = bench.sell_with("LC01D0000005", &cancel, &mut |step| {
        if step == SaleProgress::Accepted {
            sim.present(Present::demo_card());
            crate::support::wait_for("the charge", || sim.waiting_for().is_none().then_some(()));
            canceller.cancel();
        }
    });
    assert!(matches!(outcome, SaleOutcome::Approved(_)), "{outcome:?}");
    assert_eq!(bench.bank.charged_fen(), AMOUNT_FEN);
}

fn a_sale_that_nobody_pays_is_given_up_and_not_charged(wire: Wire) {
    let mut bench = Bench::impatient(wire);
    let mut steps = Vec::new();
    let outcome = bench.sell_with("LC01D0000006", &CancelToken::new(), &mut |step| steps.push(step));
    assert_eq!(outcome, SaleOutcome::Declined(Decline::Canceled));
    assert_eq!(steps.last(), Some(&SaleProgress::CancelRequested));
    assert_eq!(bench.bank.charged_fen(), 0);
}

fn each_message_sent_twice_charges_once(wire: Wire) {
    let mut bench = Bench::new(wire);
    bench.sim.set_auto(true);
    bench.sim.set_copies(true);
    for number in 0..5 {
        let order = format!("LC01D000010{number}");
        assert_eq!(bench.approved(&order).order, order);
        assert!(matches!(bench.terminal.query(&order), QueryOutcome::Approved(a) if a.order == order));
    }
    assert_eq!(bench.terminal.reverse("LC01D0000104"), ReversalOutcome::Reversed);
    assert_eq!(bench.bank.charged_fen(), 4 * AMOUNT_FEN);
}

fn an_order_number_is_never_charged_twice(wire: Wire) {
    let mut bench = Bench::new(wire);
    bench.sim.set_auto(true);
    bench.approved("LC01D0000007");
    let again = bench.sell("LC01D0000007");
    assert!(matches!(again, SaleOutcome::Unknown(UnknownReason::Unclear(_))), "{again:?}");
    bench.restart();
    let again = bench.sell("LC01D0000007");
    assert!(matches!(again, SaleOutcome::Unknown(UnknownReason::Unclear(_))), "{again:?}");
    assert!(matches!(bench.terminal.query("LC01D0000007"), QueryOutcome::Approved(_)));
    assert_eq!(bench.bank.charged_fen(), AMOUNT_FEN);
}

fn a_sale_of_wrong_shape_or_already_cancelled_is_not_sent(wire: Wire) {
    let mut bench = Bench::new(wire);
    for (order, amount_fen) in [("", 1), ("lower", 1), ("A B", 1), ("A", 0), ("A", -5)] {
        let sale = Sale { order: order.to_owned(), amount_fen, method: PayMethod::Card };
        let outcome = bench.terminal.sale(&sale, &CancelToken::new(), &mut |_| {});
        assert_eq!(outcome, SaleOutcome::Declined(Decline::NotSent(NotSent::BadSale)));
    }
    let cancel = CancelToken::new();
    cancel.cancel();
    let outcome = bench.sell_with("LC01D0000008", &cancel, &mut |_| {});
    assert_eq!(outcome, SaleOutcome::Declined(Decline::NotSent(NotSent::Canceled)));
    let asked = |event: &SimEvent| matches!(event, SimEvent::SaleAsked { .. });
    assert!(!bench.sim.take_events().iter().any(asked));
}

fn thirty_sales_in_a_row_charge_each_once(wire: Wire) {
    let mut bench = Bench::new(wire);
    bench.sim.set_auto(true);
    for number in 0..30 {
        bench.approved(&format!("LC01D00002{number:02}"));
        bench.terminal.idle().unwrap();
    }
    assert_eq!(bench.bank.charged_fen(), 30 * AMOUNT_FEN);
    assert!(bench.terminal.take_late().is_empty());
}

fn a_bank_out_of_reach_leaves_the_sale_unknown(wire: Wire) {
    let mut bench = Bench::new(wire);
    bench.sim.set_auto(true);
    bench.bank.set_out_of_reach(true);
    let outcome = bench.sell("LC01D0000009");
    assert!(matches!(outcome, SaleOutcome::Unknown(UnknownReason::Unclear(_))), "{outcome:?}");
    assert_eq!(bench.terminal.query("LC01D0000009"), QueryOutcome::InProgress);
    assert_eq!(bench.terminal.reverse("LC01D0000009"), ReversalOutcome::NotReversedYet);
    bench.bank.set_out_of_reach(false);
    bench.sim.set_silence(None::<Silence>);
    bench.undo("LC01D0000009");
    assert_eq!(bench.bank.charged_fen(), 0);
}
