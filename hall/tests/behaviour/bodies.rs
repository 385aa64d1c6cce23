//! Bodies that no kiosk should send: each gets a typed refusal, and nothing changes.

use hall_api::ProblemKind;
use reqwest::Method;
use serde_json::{Value, json};

use crate::bench::{Bench, problem_of};
use crate::place::Kind;

tests![
    malformed_reports_are_refused_and_change_nothing,
    bytes_that_are_no_json_are_refused_at_every_address,
    order_ids_and_addresses_have_one_shape,
    a_refusal_never_quotes_the_body,
];

fn report() -> Value {
    json!({
        "kiosk": "BT07",
        "lines": [{ "fee": "BT-P01", "account": "13847200011", "amount_fen": 5000 }],
        "total_fen": 5000, "offline": false, "version": 1, "charge": "charged",
        "made_at": "2026-11-24T10:00:00+08:00"
    })
}

/// The report with one value replaced, by JSON pointer.
fn with(pointer: &str, value: Value) -> Value {
    let mut report = report();
    *report.pointer_mut(pointer).unwrap() = value;
    report
}

fn with_field(name: &str, value: Value) -> Value {
    let mut report = report();
    report[name] = value;
    report
}

async fn kind(bench: &Bench, method: Method, path: &str, body: impl Into<reqwest::Body>) -> ProblemKind {
    let response = bench.client.request(method, bench.url(path)).body(body).send().await.unwrap();
    problem_of(response).await.kind
}

async fn malformed_reports_are_refused_and_change_nothing(on: Kind) {
    let bench = Bench::fresh(on);
    let huge_lines: Vec<Value> = vec![report()["lines"][0].clone(); 21];
    let cases: Vec<(Value, ProblemKind)> = vec![
        (json!(null), ProblemKind::Malformed),
        (json!([]), ProblemKind::Malformed),
        (json!("text"), ProblemKind::Malformed),
        (json!({}), ProblemKind::Malformed),
        (with_field("surprise", json!(1)), ProblemKind::Malformed),
        (with("/lines/0", json!({ "fee": "BT-P01" })), ProblemKind::Malformed),
        (with("/charge", json!("paid")), ProblemKind::Malformed),
        (with("/charge", json!(null)), ProblemKind::Malformed),
        (with("/version", json!(-1)), ProblemKind::Malformed),
        (with("/version", json!(4_294_967_296_u64)), ProblemKind::Malformed),
        (with("/total_fen", json!("5000")), ProblemKind::Malformed),
        (with("/total_fen", json!(5000.5)), ProblemKind::Malformed),
        (with("/total_fen", json!(1e300)), ProblemKind::Malformed),
        (with("/total_fen", json!(4999)), ProblemKind::Invalid),
        (with("/lines/0/amount_fen", json!(-5000)), ProblemKind::Invalid),
        (with("/lines/0/account", json!("")), ProblemKind::Invalid),
        (with("/lines/0/account", json!("1".repeat(33))), ProblemKind::Invalid),
        (with("/lines/0/account", json!("1384720\u{1b}@11")), ProblemKind::Invalid),
        (with("/lines/0/fee", json!("BT-X99")), ProblemKind::UnknownFee),
        (with("/lines", json!([])), ProblemKind::Invalid),
        (with("/lines", json!(huge_lines)), ProblemKind::Invalid),
        (with("/kiosk", json!("")), ProblemKind::Invalid),
        (with("/kiosk", json!("BT07'; DROP TABLE orders")), ProblemKind::Invalid),
        (with("/charge", json!("free")), ProblemKind::Invalid),
        (with("/made_at", json!("x".repeat(65))), ProblemKind::Invalid),
        (with_field("payment", json!({ "channel_reference": "1" })), ProblemKind::Malformed),
    ];
    for (body, expected) in cases {
        assert_eq!(kind(&bench, Method::PUT, "/v1/orders/A1", body.to_string()).await, expected, "{body}");
    }
    let overflowing = json!({
        "kiosk": "BT07", "total_fen": 0, "offline": false, "version": 1, "charge": "charged", "made_at": "",
        "lines": [
            { "fee": "BT-P01", "account": "13847200011", "amount_fen": i64::MAX },
            { "fee": "BT-P01", "account": "13847200011", "amount_fen": i64::MAX }
        ]
    });
    assert_eq!(
        kind(&bench, Method::PUT, "/v1/orders/A1", overflowing.to_string()).await,
        ProblemKind::Invalid
    );
    let mut large = with("/total_fen", json!(10_000_000_001_i64));
    large["lines"][0]["amount_fen"] = large["total_fen"].clone();
    assert_eq!(kind(&bench, Method::PUT, "/v1/orders/A1", large.to_string()).await, ProblemKind::Invalid);
    assert!(bench.hall.orders().unwrap().is_empty());
    assert!(bench.hall.billers().books().unwrap().booked.is_empty());
}

async fn bytes_that_are_no_json_are_refused_at_every_address(on: Kind) {
    let bench = Bench::fresh(on);
    let addresses = [
        (Method::POST, "/v1/enrolments"),
        (Method::POST, "/v1/quotes"),
        (Method::POST, "/v1/persons/bills"),
        (Method::PUT, "/v1/holds/A1"),
        (Method::PUT, "/v1/orders/A1"),
        (Method::POST, "/v1/cases"),
        (Method::PUT, "/v1/ratings/A1"),
    ];
    let deep = "[".repeat(100_000).into_bytes();
    for (method, path) in addresses {
        for body in [
            b"".to_vec(),
            b"{".to_vec(),
            b"\xff\xfe".to_vec(),
            b"{\"kiosk\":\"\xc3\"}".to_vec(),
            deep.clone(),
        ] {
            assert_eq!(kind(&bench, method.clone(), path, body).await, ProblemKind::Malformed, "{path}");
        }
        let large = vec![b' '; 256 * 1024 + 1];
        assert_eq!(kind(&bench, method.clone(), path, large).await, ProblemKind::TooLarge, "{path}");
    }
}

async fn order_ids_and_addresses_have_one_shape(on: Kind) {
    let bench = Bench::fresh(on);
    let body = report().to_string();
    for order_id in ["a1", "A-1", "A%20B", "%E9%B9%BF", "0123456789ABCDEF0123456789ABCDEF0"] {
        let path = format!("/v1/orders/{order_id}");
        assert_eq!(kind(&bench, Method::PUT, &path, body.clone()).await, ProblemKind::Invalid, "{order_id}");
    }
    for (method, path, expected) in [
        (Method::PUT, "/v1/orders/%FF", ProblemKind::Malformed),
        (Method::PUT, "/v1/orders/", ProblemKind::Malformed),
        (Method::DELETE, "/v1/orders/A1", ProblemKind::Malformed),
        (Method::GET, "/v2/orders/A1", ProblemKind::Malformed),
        (Method::GET, "/v1/orders/A1", ProblemKind::UnknownOrder),
        (Method::GET, "/v1/kiosks/BT07/inbox?after=x", ProblemKind::Malformed),
        (Method::GET, "/v1/kiosks/BT07/inbox?after=-1", ProblemKind::Malformed),
    ] {
        assert_eq!(kind(&bench, method, path, body.clone()).await, expected, "{path}");
    }
    assert!(bench.hall.orders().unwrap().is_empty());
}

async fn a_refusal_never_quotes_the_body(on: Kind) {
    let bench = Bench::fresh(on);
    let body = json!({ "kiosk": "BT07", "150202196501011239": 1 }).to_string();
    let response = bench.client.post(bench.url("/v1/persons/bills")).body(body).send().await.unwrap();
    assert!(!problem_of(response).await.detail.contains("150202196501011239"));
}
