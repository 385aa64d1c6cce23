//! Identity, versions and legal changes of orders.

use hall_api::{ChargeState, LineState, OrderStatus, Payment, ProblemKind};

use crate::bench::{Bench, KIOSK, kind_of, line, report_of, states};
use crate::place::Kind;

tests![
    an_order_is_booked_and_the_same_report_gives_the_same_answer,
    sixty_four_duplicates_at_once_book_once,
    other_immutable_content_is_a_conflict_and_changes_nothing,
    a_stale_report_is_answered_with_the_current_state,
    nothing_is_booked_once_a_reversal_was_requested,
    a_late_approval_during_a_reversal_is_kept_and_changes_no_state,
    a_free_order_is_booked_without_money,
    cases_and_ratings_are_opened_once_for_orders_of_the_same_kiosk,
    each_enrolment_gets_a_new_epoch,
];

const PHONE: (&str, &str) = ("BT-P01", "13847200011");

fn top_up_line() -> Vec<hall_api::LineReport> {
    vec![line(PHONE.0, PHONE.1, 5_000)]
}

async fn an_order_is_booked_and_the_same_report_gives_the_same_answer(on: Kind) {
    let bench = Bench::fresh(on);
    bench.charge("BT0710000001", top_up_line()).await.unwrap();
    let booked = bench.until_final("BT0710000001").await;
    assert_eq!(states(&booked), [LineState::Booked]);
    assert_eq!(booked.business_date, "2026-11-24");
    let again = bench.charge("BT0710000001", top_up_line()).await.unwrap();
    assert_eq!(again, booked);
    assert_eq!(bench.get::<OrderStatus>("/v1/orders/BT0710000001").await.unwrap(), booked);
    bench.assert_books_agree(0);
}

async fn sixty_four_duplicates_at_once_book_once(on: Kind) {
    let bench = Bench::fresh(on);
    let report = report_of(top_up_line(), ChargeState::Charged, 1);
    bench.approve("A1", 5_000);
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let call = bench.client.put(bench.url("/v1/orders/A1")).json(&report).send();
        calls.spawn(async move { call.await.unwrap().status().as_u16() });
    }
    assert!(calls.join_all().await.iter().all(|status| *status == 200));
    bench.until_final("A1").await;
    assert_eq!(bench.times_booked("A1", 0), 1);
    bench.assert_books_agree(0);
}

async fn other_immutable_content_is_a_conflict_and_changes_nothing(on: Kind) {
    let bench = Bench::fresh(on);
    bench.charge("A1", top_up_line()).await.unwrap();
    let before = bench.until_final("A1").await;
    let same = report_of(top_up_line(), ChargeState::Charged, 2);
    let mut other_kiosk = same.clone();
    other_kiosk.kiosk = "BT08".to_owned();
    let mut offline = same.clone();
    offline.offline = true;
    let other_amount = report_of(vec![line(PHONE.0, PHONE.1, 10_000)], ChargeState::Charged, 2);
    let other_account = report_of(vec![line(PHONE.0, "13847200001", 5_000)], ChargeState::Charged, 2);
    for report in [other_kiosk, offline, other_amount, other_account] {
        assert_eq!(kind_of(bench.report("A1", &report).await), ProblemKind::Conflict);
    }
    assert_eq!(bench.hall.order("A1").unwrap(), Some(before));
}

async fn a_stale_report_is_answered_with_the_current_state(on: Kind) {
    let bench = Bench::fresh(on);
    bench.report("A1", &report_of(top_up_line(), ChargeState::Reversing, 3)).await.unwrap();
    for (charge, version) in [(ChargeState::Unknown, 2), (ChargeState::Charged, 3)] {
        let status = bench.report("A1", &report_of(top_up_line(), charge, version)).await.unwrap();
        assert_eq!((status.charge, status.version), (ChargeState::Reversing, 3));
        assert_eq!(states(&status), [LineState::Waiting]);
    }
}

async fn nothing_is_booked_once_a_reversal_was_requested(on: Kind) {
    let bench = Bench::fresh(on);
    for (number, charge) in
        [ChargeState::Declined, ChargeState::Reversing, ChargeState::Reversed].into_iter().enumerate()
    {
        let order_id = format!("A{number}");
        bench.report(&order_id, &report_of(top_up_line(), charge, 1)).await.unwrap();
        let late = report_of(top_up_line(), ChargeState::Charged, 2);
        assert_eq!(kind_of(bench.report(&order_id, &late).await), ProblemKind::Invalid);
    }
    assert!(bench.hall.billers().books().unwrap().booked.is_empty());
}

async fn a_late_approval_during_a_reversal_is_kept_and_changes_no_state(on: Kind) {
    let bench = Bench::fresh(on);
    bench.report("A1", &report_of(top_up_line(), ChargeState::Reversing, 1)).await.unwrap();
    let mut late = report_of(top_up_line(), ChargeState::Reversing, 2);
    late.payment = Some(Payment {
        channel_reference: "A0000000001".to_owned(),
        method: "card".to_owned(),
        scheme: "UNIONPAY".to_owned(),
        card_last4: Some("8903".to_owned()),
        terminal: "T1".to_owned(),
    });
    let status = bench.report("A1", &late).await.unwrap();
    assert_eq!((status.charge, status.version), (ChargeState::Reversing, 2));
    assert_eq!(states(&status), [LineState::Waiting]);
}

async fn a_free_order_is_booked_without_money(on: Kind) {
    let bench = Bench::fresh(on);
    let mut free = line("BT-Z04", "202611240001", 0);
    let catalogue = kiosk_config::Catalogue::load(None).unwrap();
    let fee = catalogue.fee("BT-Z04").unwrap();
    free.account.clone_from(&fee.account.sample);
    free.tariff_item = fee.tariffs.last().map(|tariff| tariff.items[0].key.clone());
    bench.report("A1", &report_of(vec![free], ChargeState::Free, 1)).await.unwrap();
    let booked = bench.until_final("A1").await;
    assert_eq!(states(&booked), [LineState::Booked]);
    assert!(bench.hall.acquirer().books().unwrap().charges.is_empty());
    bench.assert_books_agree(0);
}

async fn cases_and_ratings_are_opened_once_for_orders_of_the_same_kiosk(on: Kind) {
    let bench = Bench::fresh(on);
    bench.charge("A1", top_up_line()).await.unwrap();
    let request = hall_api::CaseRequest {
        kiosk: KIOSK.to_owned(),
        order_id: "A1".to_owned(),
        kind: hall_api::CaseKind::WrongAccount,
        line: Some(0),
    };
    let first: hall_api::Case = bench.post("/v1/cases", &request).await.unwrap();
    let second: hall_api::Case = bench.post("/v1/cases", &request).await.unwrap();
    assert!(first.opened && !second.opened);
    assert_eq!(first.case_no, second.case_no);
    let stranger = hall_api::CaseRequest { kiosk: "BT08".to_owned(), ..request };
    assert_eq!(
        kind_of(bench.post::<_, hall_api::Case>("/v1/cases", &stranger).await),
        ProblemKind::UnknownOrder
    );
    for (level, expected) in [(5, 204), (5, 204), (4, 422), (6, 422), (0, 422)] {
        let rating = hall_api::Rating { kiosk: KIOSK.to_owned(), level };
        let response = bench.client.put(bench.url("/v1/ratings/A1")).json(&rating).send().await.unwrap();
        assert_eq!(response.status().as_u16(), expected);
    }
}

async fn each_enrolment_gets_a_new_epoch(on: Kind) {
    let bench = Bench::fresh(on);
    for (kiosk, epoch) in [("BT07", 1), ("BT07", 2), ("BT08", 1)] {
        let request = hall_api::EnrolmentRequest { kiosk: kiosk.to_owned() };
        let enrolment: hall_api::Enrolment = bench.post("/v1/enrolments", &request).await.unwrap();
        assert_eq!(enrolment.epoch, epoch);
    }
}
