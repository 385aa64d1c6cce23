//! Bookings with billers that reject, are silent, slow or closed.

use std::time::Duration;

use hall::sim::Behaviour;
use hall_api::LineState;

use crate::bench::{Bench, line, states};
use crate::place::Kind;

tests![
    a_basket_with_one_rejected_line_refunds_only_that_line,
    a_bill_paid_at_a_window_meanwhile_is_refunded,
    a_biller_that_booked_in_silence_is_looked_up_and_books_once,
    an_answer_that_comes_too_late_does_not_book_again,
    a_booking_that_falls_into_the_day_cut_waits_and_is_booked_after_it,
    a_silent_biller_holds_up_nobody_else,
];

const WATER: (&str, &str) = ("BT-W01", "60012345");
const GAS: (&str, &str) = ("BT-G01", "3001234567");
const PHONE: (&str, &str) = ("BT-P01", "13847200011");
const HEAT: (&str, &str) = ("BT-H01", "71012345");

async fn a_basket_with_one_rejected_line_refunds_only_that_line(on: Kind) {
    let bench = Bench::fresh(on);
    let reason = "ACCOUNT_CLOSED".to_owned();
    bench.script_account(GAS.0, GAS.1, Some(Behaviour::RejectAfterPayment { reason }));
    let lines =
        vec![line(WATER.0, WATER.1, 5_210), line(GAS.0, GAS.1, 12_000), line(PHONE.0, PHONE.1, 10_000)];
    bench.charge("A1", lines).await.unwrap();
    let order = bench.until_final("A1").await;
    assert_eq!(states(&order), [LineState::Booked, LineState::Refunded, LineState::Booked]);
    assert_eq!(order.lines[1].reason.as_deref(), Some("ACCOUNT_CLOSED"));
    let refunds = bench.hall.acquirer().books().unwrap().refunds;
    assert_eq!(refunds.len(), 1);
    assert_eq!((refunds[0].line, refunds[0].amount_fen), (1, 12_000));
    assert_eq!(order.lines[1].refund_reference.as_ref(), Some(&refunds[0].reference));
    bench.assert_books_agree(0);
}

async fn a_bill_paid_at_a_window_meanwhile_is_refunded(on: Kind) {
    let bench = Bench::fresh(on);
    let quote = bench.quote(HEAT.0, HEAT.1, None).await.unwrap();
    bench.script_account(HEAT.0, HEAT.1, Some(Behaviour::AlreadyPaidElsewhere));
    bench.charge("A1", vec![line(HEAT.0, HEAT.1, quote.amount_fen)]).await.unwrap();
    let order = bench.until_final("A1").await;
    assert_eq!(states(&order), [LineState::Refunded]);
    assert_eq!(order.lines[0].reason.as_deref(), Some("ALREADY_PAID"));
    bench.assert_books_agree(0);
}

/// Goal: a biller that books but never answers is asked what became of it, and not asked to book
/// again. Method: the simulated book takes a second booking of the same line, so it would show.
async fn a_biller_that_booked_in_silence_is_looked_up_and_books_once(on: Kind) {
    let bench = Bench::fresh(on);
    bench.script_account(WATER.0, WATER.1, Some(Behaviour::Silent { posts: true }));
    bench.charge("A1", vec![line(WATER.0, WATER.1, 5_210)]).await.unwrap();
    while bench.times_booked("A1", 0) == 0 {
        tokio::task::yield_now().await;
    }
    let open = bench.hall.order("A1").unwrap().unwrap();
    assert_eq!(states(&open), [LineState::Booking]);
    assert!(bench.hall.acquirer().books().unwrap().refunds.is_empty());
    bench.script_account(WATER.0, WATER.1, None);
    let order = bench.until_final("A1").await;
    assert_eq!(states(&order), [LineState::Booked]);
    assert_eq!(bench.times_booked("A1", 0), 1);
    bench.assert_books_agree(0);
}

async fn an_answer_that_comes_too_late_does_not_book_again(on: Kind) {
    let bench = Bench::fresh(on);
    bench.script_account(WATER.0, WATER.1, Some(Behaviour::Slow { ms: 60_000 }));
    bench.charge("A1", vec![line(WATER.0, WATER.1, 5_210)]).await.unwrap();
    while bench.times_booked("A1", 0) == 0 {
        tokio::task::yield_now().await;
    }
    bench.script_account(WATER.0, WATER.1, None);
    bench.until_final("A1").await;
    assert_eq!(bench.times_booked("A1", 0), 1);
    bench.assert_books_agree(0);
}

async fn a_booking_that_falls_into_the_day_cut_waits_and_is_booked_after_it(on: Kind) {
    let bench = Bench::fresh(on);
    bench.clock.advance(Duration::from_secs(13 * 3_600 + 40 * 60));
    let status = bench.charge("A1", vec![line(WATER.0, WATER.1, 5_210), line(PHONE.0, PHONE.1, 5_000)]).await;
    assert_eq!(status.unwrap().business_date, "2026-11-24");
    bench.until("A1", |order| order.lines[1].state == LineState::Booked).await;
    assert_eq!(bench.times_booked("A1", 0), 0);
    bench.clock.advance(Duration::from_secs(3_600));
    let order = bench.until_final("A1").await;
    assert_eq!(states(&order), [LineState::Booked, LineState::Booked]);
    bench.assert_books_agree(0);
}

async fn a_silent_biller_holds_up_nobody_else(on: Kind) {
    let bench = Bench::fresh(on);
    bench.script_account(WATER.0, WATER.1, Some(Behaviour::Silent { posts: false }));
    bench.charge("A1", vec![line(WATER.0, WATER.1, 5_210), line(PHONE.0, PHONE.1, 5_000)]).await.unwrap();
    let order = bench.until("A1", |order| order.lines[1].state == LineState::Booked).await;
    assert_eq!(order.lines[0].state, LineState::Booking);
}
