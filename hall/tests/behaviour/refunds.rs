//! Money that goes back, and money that a person has to look at.

use hall::sim::{AcquirerBehaviour, ReversalAnswer};
use hall_api::{Case, CaseKind, CaseRequest, ChargeState, LineState};

use crate::bench::{Bench, KIOSK, line, report_of, states};
use crate::place::Kind;

tests![
    a_refused_reversal_refunds_every_line_and_books_none,
    a_confirmed_reversal_ends_the_order_without_money,
    a_refund_refused_for_good_becomes_a_case,
    a_refund_that_got_no_answer_is_asked_for_again_and_made_once,
];

fn lines() -> Vec<hall_api::LineReport> {
    vec![line("BT-P01", "13847200011", 5_000), line("BT-W01", "60012345", 5_210)]
}

/// An order whose charge was unknown, then settled before it could be reversed.
async fn reversal_refused(bench: &Bench, order_id: &str) {
    bench.approve(order_id, 10_210);
    bench.report(order_id, &report_of(lines(), ChargeState::Unknown, 1)).await.unwrap();
    bench.report(order_id, &report_of(lines(), ChargeState::Reversing, 2)).await.unwrap();
    bench.hall.acquirer().settle().unwrap();
    assert_eq!(bench.hall.acquirer().reverse(order_id).unwrap(), ReversalAnswer::AlreadySettled);
    bench.report(order_id, &report_of(lines(), ChargeState::ReversalRefused, 3)).await.unwrap();
}

async fn a_refused_reversal_refunds_every_line_and_books_none(on: Kind) {
    let bench = Bench::fresh(on);
    reversal_refused(&bench, "A1").await;
    let order = bench.until_final("A1").await;
    assert_eq!(states(&order), [LineState::Refunded, LineState::Refunded]);
    assert!(bench.hall.billers().books().unwrap().booked.is_empty());
    assert_eq!(bench.hall.acquirer().books().unwrap().net_fen(), 0);
    bench.assert_books_agree(0);
}

async fn a_confirmed_reversal_ends_the_order_without_money(on: Kind) {
    let bench = Bench::fresh(on);
    bench.approve("A1", 10_210);
    bench.report("A1", &report_of(lines(), ChargeState::Unknown, 1)).await.unwrap();
    assert_eq!(bench.hall.acquirer().reverse("A1").unwrap(), ReversalAnswer::Reversed);
    let order = bench.report("A1", &report_of(lines(), ChargeState::Reversed, 3)).await.unwrap();
    assert_eq!(states(&order), [LineState::Void, LineState::Void]);
    bench.assert_books_agree(0);
}

async fn a_refund_refused_for_good_becomes_a_case(on: Kind) {
    let bench = Bench::fresh(on);
    bench.hall.acquirer().behave(AcquirerBehaviour::RefuseRefunds { code: "CARD_CLOSED".to_owned() });
    reversal_refused(&bench, "A1").await;
    let order = bench.until_final("A1").await;
    assert_eq!(states(&order), [LineState::Manual, LineState::Manual]);
    assert_eq!(order.lines[0].reason.as_deref(), Some("CARD_CLOSED"));
    let request = CaseRequest {
        kiosk: KIOSK.to_owned(),
        order_id: "A1".to_owned(),
        kind: CaseKind::RefundRefused,
        line: None,
    };
    let case: Case = bench.post("/v1/cases", &request).await.unwrap();
    assert!(!case.opened, "the hall has opened it before");
    bench.assert_books_agree(10_210);
}

async fn a_refund_that_got_no_answer_is_asked_for_again_and_made_once(on: Kind) {
    let bench = Bench::fresh(on);
    bench.hall.acquirer().behave(AcquirerBehaviour::SilentRefunds { acts: true });
    reversal_refused(&bench, "A1").await;
    while bench.hall.acquirer().books().unwrap().refunds.len() < 2 {
        tokio::task::yield_now().await;
    }
    bench.hall.acquirer().behave(AcquirerBehaviour::Usual);
    let order = bench.until_final("A1").await;
    assert_eq!(states(&order), [LineState::Refunded, LineState::Refunded]);
    assert_eq!(bench.hall.acquirer().books().unwrap().refunds.len(), 2);
    bench.assert_books_agree(0);
}
