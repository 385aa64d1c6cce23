//! The night: three sides compared, differences as cases, files for the finance department.

use hall::reconcile::Class;
use hall::sim::Behaviour;
use hall_api::ChargeState;

use crate::bench::{Bench, KIOSK, line, report_of};
use crate::place::{Kind, Place};

tests![
    a_day_with_refunds_and_reversals_is_even,
    what_differs_becomes_one_case_each_however_often_it_is_found,
    the_finance_departments_files_have_every_line_and_no_account,
];

const PHONE: (&str, &str) = ("BT-P01", "13847200011");
const GAS: (&str, &str) = ("BT-G01", "3001234567");

async fn a_day_with_refunds_and_reversals_is_even(on: Kind) {
    let bench = Bench::fresh(on);
    let reason = "ACCOUNT_CLOSED".to_owned();
    bench.script_account(GAS.0, GAS.1, Some(Behaviour::RejectAfterPayment { reason }));
    let lines = vec![line(PHONE.0, PHONE.1, 5_000), line(GAS.0, GAS.1, 12_000)];
    bench.charge("A1", lines).await.unwrap();
    bench.until_final("A1").await;
    bench.approve("A2", 5_000);
    bench.hall.acquirer().reverse("A2").unwrap();
    let reversed = report_of(vec![line(PHONE.0, PHONE.1, 5_000)], ChargeState::Reversed, 1);
    bench.report("A2", &reversed).await.unwrap();
    let declined = report_of(vec![line(PHONE.0, PHONE.1, 5_000)], ChargeState::Declined, 1);
    bench.report("A3", &declined).await.unwrap();
    let report = bench.hall.reconcile().unwrap();
    assert_eq!((report.even, report.differences), (3, vec![]));
}

async fn what_differs_becomes_one_case_each_however_often_it_is_found(on: Kind) {
    let bench = Bench::fresh(on);
    // Taken, and the kiosk never said so.
    bench.approve("A1", 700);
    // Reported as charged, and never taken.
    let charged = report_of(vec![line(PHONE.0, PHONE.1, 5_000)], ChargeState::Charged, 1);
    bench.report("A2", &charged).await.unwrap();
    bench.until_final("A2").await;
    // The terminal took another amount than it told.
    bench.approve("A3", 4_000);
    bench.report("A3", &charged).await.unwrap();
    bench.until_final("A3").await;
    // Declined here, taken there.
    bench.approve("A4", 5_000);
    let declined = report_of(vec![line(PHONE.0, PHONE.1, 5_000)], ChargeState::Declined, 1);
    bench.report("A4", &declined).await.unwrap();
    let first = bench.hall.reconcile().unwrap();
    let found: Vec<_> = first
        .differences
        .iter()
        .map(|found| (found.order_id.as_str(), found.class, found.theirs_fen))
        .collect();
    let expected = [
        ("A1", Class::Surplus, 700),
        ("A2", Class::Shortage, 0),
        ("A3", Class::AmountDiffers, 4_000),
        ("A4", Class::Surplus, 5_000),
    ];
    assert_eq!(found, expected);
    assert_eq!(bench.hall.reconcile().unwrap(), first);
    let cases = bench.hall.difference_cases().unwrap();
    assert_eq!(cases.len(), expected.len());
    assert!(cases.iter().all(|case| case.owner == "finance" && case.business_date == "2026-11-24"));
    let own = cases.iter().filter(|case| case.difference.kiosk.as_deref() == Some(KIOSK));
    assert_eq!(own.count(), 3, "nobody knows whose the first one is");
}

async fn the_finance_departments_files_have_every_line_and_no_account(on: Kind) {
    let place = Place::new(on);
    let bench = Bench::at(&place);
    for order_id in ["A1", "A2"] {
        bench.charge(order_id, vec![line(PHONE.0, PHONE.1, 5_000)]).await.unwrap();
        bench.until_final(order_id).await;
    }
    bench.hall.stop();
    let (folder, database) = (tempfile::tempdir().unwrap(), place.url.parse().unwrap());
    let out = folder.path().to_owned();
    let rows = tokio::task::spawn_blocking(move || hall::export(&database, &out).unwrap()).await.unwrap();
    assert_eq!(rows, 2);
    let text = std::fs::read_to_string(folder.path().join("payments.csv")).unwrap();
    let head =
        "business_date,kiosk,order_id,line,biller,fee,amount_fen,state,biller_reference,refund_reference";
    assert_eq!(text.lines().next(), Some(head));
    assert_eq!(
        text.lines().filter(|row| row.contains(",BT07,") && row.contains(",5000,booked,B")).count(),
        2
    );
    assert!(!text.contains(PHONE.1));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "all, and one biller's");
}
