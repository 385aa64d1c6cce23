//! Quotes and holds: the price that stands, and who may pay a bill.

use std::time::Duration;

use hall::sim::Behaviour;
use hall_api::{ChargeState, PersonBills, PersonBillsRequest, ProblemKind};

use crate::bench::{Bench, KIOSK, hold_line, hold_request, kind_of, line, report_of, top_up};
use crate::place::Kind;

tests![
    the_first_residents_electricity_bill_is_116_63,
    an_account_of_another_biller_is_as_unknown_as_one_that_does_not_exist,
    a_hold_keeps_the_bill_until_its_order_ends,
    a_hold_and_its_order_are_about_the_same_lines,
    an_order_without_a_hold_keeps_its_bill_too,
    a_quote_that_lapsed_or_changed_is_not_held,
    the_same_payment_within_ten_minutes_is_asked_about,
    a_paid_bill_is_owed_no_more_and_a_prepaid_account_can_be_paid_into,
    billers_that_are_closed_silent_or_owing_say_so,
    the_day_cut_is_the_billers_own_time,
    one_basket_does_not_pay_one_bill_twice,
    all_bills_of_a_person_come_the_largest_first_and_strangers_have_none,
    a_district_that_abolished_a_charge_owes_nothing_for_it,
];

const POWER: (&str, &str) = ("BT-E01", "0101234567890");
const HEAT: (&str, &str) = ("BT-H01", "71012345");
const PHONE: (&str, &str) = ("BT-P01", "13847200011");

async fn the_first_residents_electricity_bill_is_116_63(on: Kind) {
    let bench = Bench::fresh(on);
    let quote = bench.quote(POWER.0, POWER.1, None).await.unwrap();
    assert_eq!((quote.amount_fen, quote.partial), (11_663, true));
    assert_eq!(quote.owner_masked, "**国");
    assert!(quote.fields.iter().any(|field| field.key == "arrears" && field.value == "116.63"));
}

async fn an_account_of_another_biller_is_as_unknown_as_one_that_does_not_exist(on: Kind) {
    let bench = Bench::fresh(on);
    let other = bench.quote("BT-W01", POWER.1, None).await.unwrap_err();
    let none = bench.quote("BT-W01", "999999999", None).await.unwrap_err();
    assert_eq!(other, none);
    assert_eq!(other.kind, ProblemKind::UnknownAccount);
    assert_eq!(kind_of(bench.quote("BT-X99", "1", None).await), ProblemKind::UnknownFee);
}

async fn a_hold_keeps_the_bill_until_its_order_ends(on: Kind) {
    let bench = Bench::fresh(on);
    let quote = bench.quote(HEAT.0, HEAT.1, None).await.unwrap();
    let lines = vec![hold_line(&quote, quote.amount_fen)];
    let hold = bench.hold("A1", lines.clone()).await.unwrap();
    assert_eq!(hold.total_fen, quote.amount_fen);
    assert_eq!(bench.hold("A1", lines.clone()).await.unwrap(), hold);
    let refused = bench.hold("A2", lines.clone()).await.unwrap_err();
    assert_eq!((refused.kind, refused.reference.as_deref()), (ProblemKind::HeldElsewhere, Some("A1")));
    let declined = report_of(vec![line(HEAT.0, HEAT.1, quote.amount_fen)], ChargeState::Declined, 1);
    bench.report("A1", &declined).await.unwrap();
    bench.hold("A2", lines.clone()).await.unwrap();
    assert_eq!(kind_of(bench.hold("A1", lines).await), ProblemKind::Conflict);
}

async fn a_hold_and_its_order_are_about_the_same_lines(on: Kind) {
    let bench = Bench::fresh(on);
    bench.hold("A1", vec![top_up(PHONE.0, PHONE.1, 5_000)]).await.unwrap();
    assert_eq!(
        kind_of(bench.hold("A1", vec![top_up(PHONE.0, PHONE.1, 10_000)]).await),
        ProblemKind::Conflict
    );
    let other = report_of(vec![line(PHONE.0, PHONE.1, 10_000)], ChargeState::Charged, 1);
    assert_eq!(kind_of(bench.report("A1", &other).await), ProblemKind::Conflict);
}

async fn an_order_without_a_hold_keeps_its_bill_too(on: Kind) {
    let bench = Bench::fresh(on);
    let quote = bench.quote(HEAT.0, HEAT.1, None).await.unwrap();
    let unknown = report_of(vec![line(HEAT.0, HEAT.1, quote.amount_fen)], ChargeState::Unknown, 1);
    bench.report("A1", &unknown).await.unwrap();
    let refused = bench.hold("A2", vec![hold_line(&quote, quote.amount_fen)]).await;
    assert_eq!(kind_of(refused), ProblemKind::HeldElsewhere);
}

async fn a_quote_that_lapsed_or_changed_is_not_held(on: Kind) {
    let bench = Bench::fresh(on);
    let quote = bench.quote(HEAT.0, HEAT.1, None).await.unwrap();
    let lines = vec![hold_line(&quote, quote.amount_fen)];
    bench.script_account(HEAT.0, HEAT.1, Some(Behaviour::AmountChanged { by_fen: 1 }));
    assert_eq!(kind_of(bench.hold("A1", lines.clone()).await), ProblemKind::QuoteExpired);
    bench.script_account(HEAT.0, HEAT.1, None);
    let too_little = vec![hold_line(&quote, quote.amount_fen - 1)];
    assert_eq!(kind_of(bench.hold("A1", too_little).await), ProblemKind::Invalid);
    bench.clock.advance(Duration::from_millis(quote.valid_ms));
    assert_eq!(kind_of(bench.hold("A1", lines).await), ProblemKind::QuoteExpired);
}

async fn the_same_payment_within_ten_minutes_is_asked_about(on: Kind) {
    let bench = Bench::fresh(on);
    bench.charge("A1", vec![line(PHONE.0, PHONE.1, 5_000)]).await.unwrap();
    bench.until_final("A1").await;
    let lines = vec![top_up(PHONE.0, PHONE.1, 5_000)];
    let refused = bench.hold("A2", lines.clone()).await.unwrap_err();
    assert_eq!((refused.kind, refused.reference.as_deref()), (ProblemKind::PaidJustNow, Some("A1")));
    bench.hold("A3", vec![top_up(PHONE.0, PHONE.1, 10_000)]).await.unwrap();
    let mut again = hold_request(lines.clone());
    again.pay_again = true;
    bench.put::<_, hall_api::Hold>("/v1/holds/A2", &again).await.unwrap();
    bench.clock.advance(Duration::from_secs(601));
    bench.hold("A4", lines).await.unwrap();
}

async fn a_paid_bill_is_owed_no_more_and_a_prepaid_account_can_be_paid_into(on: Kind) {
    let bench = Bench::fresh(on);
    let heat = bench.quote(HEAT.0, HEAT.1, None).await.unwrap();
    let lines = vec![line(HEAT.0, HEAT.1, heat.amount_fen), line(POWER.0, POWER.1, 20_000)];
    bench.charge("A1", lines).await.unwrap();
    let booked = bench.until_final("A1").await;
    assert_eq!(booked.lines[1].balance_fen, Some(20_000 - 11_663));
    assert_eq!(kind_of(bench.quote(HEAT.0, HEAT.1, None).await), ProblemKind::NothingOwed);
    let power = bench.quote(POWER.0, POWER.1, None).await.unwrap();
    assert_eq!((power.amount_fen, power.partial), (0, true));
}

async fn billers_that_are_closed_silent_or_owing_say_so(on: Kind) {
    let bench = Bench::fresh(on);
    let asked = async |behaviour| {
        bench.script_account(HEAT.0, HEAT.1, Some(behaviour));
        bench.quote(HEAT.0, HEAT.1, None).await
    };
    let closed = asked(Behaviour::Closed { retry_after_s: 90 }).await.unwrap_err();
    assert_eq!((closed.kind, closed.retry_after_s), (ProblemKind::BillerClosed, Some(90)));
    assert_eq!(kind_of(asked(Behaviour::DayCut).await), ProblemKind::BillerClosed);
    assert_eq!(kind_of(asked(Behaviour::Silent { posts: false }).await), ProblemKind::BillerSilent);
    assert_eq!(kind_of(asked(Behaviour::Slow { ms: 60_000 }).await), ProblemKind::BillerSilent);
    assert_eq!(asked(Behaviour::ZeroBill).await.unwrap().amount_fen, 0);
    let owing = asked(Behaviour::NegativeBill).await.unwrap();
    assert!(owing.amount_fen < 0);
    let held = bench.hold("A1", vec![hold_line(&owing, 100)]).await;
    assert_eq!(kind_of(held), ProblemKind::NothingOwed);
}

async fn the_day_cut_is_the_billers_own_time(on: Kind) {
    let bench = Bench::fresh(on);
    bench.clock.advance(Duration::from_secs(13 * 3_600 + 40 * 60));
    let closed = bench.quote(POWER.0, POWER.1, None).await.unwrap_err();
    assert_eq!(closed.kind, ProblemKind::BillerClosed);
    assert!(closed.retry_after_s.is_some_and(|seconds| (2_900..=3_000).contains(&seconds)));
}

async fn one_basket_does_not_pay_one_bill_twice(on: Kind) {
    let bench = Bench::fresh(on);
    let quote = bench.quote(HEAT.0, HEAT.1, None).await.unwrap();
    let twice = vec![hold_line(&quote, quote.amount_fen), hold_line(&quote, quote.amount_fen)];
    assert_eq!(kind_of(bench.hold("A1", twice).await), ProblemKind::Invalid);
}

async fn all_bills_of_a_person_come_the_largest_first_and_strangers_have_none(on: Kind) {
    let bench = Bench::fresh(on);
    let ask = async |id_number: &str| {
        let request = PersonBillsRequest {
            kiosk: KIOSK.to_owned(),
            site: String::new(),
            id_number: id_number.to_owned(),
        };
        bench.post::<_, PersonBills>("/v1/persons/bills", &request).await.unwrap().quotes
    };
    let quotes = ask("150202196501011239").await;
    assert!(quotes.iter().any(|quote| quote.fee == POWER.0));
    assert!(quotes.is_sorted_by(|left, right| left.amount_fen >= right.amount_fen));
    assert!(quotes.iter().all(|quote| quote.amount_fen > 0));
    assert!(ask("150202196501011238").await.is_empty());
}

async fn a_district_that_abolished_a_charge_owes_nothing_for_it(on: Kind) {
    let bench = Bench::fresh(on);
    let catalogue = kiosk_config::Catalogue::load(None).unwrap();
    let fee = catalogue.fee("BT-N03").unwrap();
    let ask = async |site: &str| {
        let request = hall_api::QuoteRequest {
            kiosk: KIOSK.to_owned(),
            site: site.to_owned(),
            fee: fee.code.clone(),
            account: fee.account.sample.clone(),
            tariff_item: None,
        };
        bench.post::<_, hall_api::Quote>("/v1/quotes", &request).await.unwrap()
    };
    assert!(ask("city-hall").await.amount_fen > 0);
    let free = ask("baiyun").await;
    assert_eq!(free.amount_fen, 0);
    let mut request = hold_request(vec![hold_line(&free, 0)]);
    request.site = "baiyun".to_owned();
    bench.put::<_, hall_api::Hold>("/v1/holds/A1", &request).await.unwrap();
    bench
        .report("A1", &report_of(vec![line(&fee.code, &fee.account.sample, 0)], ChargeState::Free, 1))
        .await
        .unwrap();
    assert_eq!(bench.until_final("A1").await.lines[0].state, hall_api::LineState::Booked);
}
