//! Callers that are too many, too fast, too slow or too clever.

use std::num::NonZeroU32;
use std::time::Duration;

use hall::{HallSettings, Limits, RateLimit};
use hall_api::{ChargeState, LineState, OrderStatus, ProblemKind};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::bench::{Bench, KIOSK, kind_of, line, morning, problem_of, report_of};
use crate::place::{Kind, passing};

tests![
    who_asks_too_often_is_told_when_to_come_back,
    a_head_that_never_ends_is_cut_off,
    a_body_that_stops_coming_is_refused_and_may_be_sent_again,
    who_comes_when_all_places_are_taken_waits,
    ten_megabytes_are_refused,
    texts_that_mean_something_elsewhere_mean_nothing_here,
    a_kiosks_clock_decides_nothing,
    an_order_of_another_kiosk_is_out_of_reach,
];

const PHONE: (&str, &str) = ("BT-P01", "13847200011");

/// Long enough for a loaded machine, short enough to wait for.
const SHORT: Duration = Duration::from_millis(200);

fn with_limits(on: Kind, limits: Limits) -> Bench {
    Bench::with(HallSettings { limits, ..passing(on) }, morning())
}

async fn connect(bench: &Bench) -> TcpStream {
    TcpStream::connect(bench.hall.url().trim_start_matches("http://")).await.unwrap()
}

async fn who_asks_too_often_is_told_when_to_come_back(on: Kind) {
    let rate = RateLimit { per_second: NonZeroU32::MIN, burst: NonZeroU32::new(3).unwrap() };
    let bench = with_limits(on, Limits { rate, ..Limits::default() });
    for _ in 0..3 {
        assert!(bench.get::<hall_api::Health>("/v1/health").await.is_ok());
    }
    let refused = bench.client.get(bench.url("/v1/health")).send().await.unwrap();
    assert_eq!(refused.status().as_u16(), 429);
    let wait: u32 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    let problem = problem_of(refused).await;
    assert_eq!((problem.kind, problem.retry_after_s), (ProblemKind::TooMany, Some(wait)));
    assert!((1..=2).contains(&wait));
    // What watches the hall is not in the way of kiosks, nor they in its.
    assert_eq!(bench.client.get(bench.url("/readyz")).send().await.unwrap().status().as_u16(), 200);
}

async fn a_head_that_never_ends_is_cut_off(on: Kind) {
    let bench = with_limits(on, Limits { head_wait: SHORT, ..Limits::default() });
    let mut slow = connect(&bench).await;
    slow.write_all(b"GET /v1/health HTTP/1.1\r\nHost: hall\r\nX-Slow: ").await.unwrap();
    let mut answer = Vec::new();
    slow.read_to_end(&mut answer).await.unwrap();
    assert!(!answer.starts_with(b"HTTP/1.1 200"), "the connection ended");
}

async fn a_body_that_stops_coming_is_refused_and_may_be_sent_again(on: Kind) {
    let bench = with_limits(on, Limits { body_wait: SHORT, ..Limits::default() });
    let mut slow = connect(&bench).await;
    let head = b"PUT /v1/orders/A1 HTTP/1.1\r\nHost: hall\r\nContent-Length: 500\r\n\r\n{";
    slow.write_all(head).await.unwrap();
    let mut answer = Vec::new();
    slow.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("too-slow"), "{answer}");
    assert!(bench.hall.orders().unwrap().is_empty());
}

async fn who_comes_when_all_places_are_taken_waits(on: Kind) {
    let bench = with_limits(on, Limits { connections: 1, ..Limits::default() });
    let request = b"GET /v1/health HTTP/1.1\r\nHost: hall\r\n\r\n";
    let (mut first, mut second) = (connect(&bench).await, connect(&bench).await);
    first.write_all(request).await.unwrap();
    let mut byte = [0];
    first.read_exact(&mut byte).await.unwrap();
    second.write_all(request).await.unwrap();
    assert!(tokio::time::timeout(SHORT, second.read_exact(&mut byte)).await.is_err());
    drop(first);
    second.read_exact(&mut byte).await.unwrap();
}

async fn ten_megabytes_are_refused(on: Kind) {
    let bench = Bench::fresh(on);
    let mut large = connect(&bench).await;
    let head = b"PUT /v1/orders/A1 HTTP/1.1\r\nHost: hall\r\nContent-Length: 10000000\r\n\r\n";
    large.write_all(head).await.unwrap();
    // The hall may stop reading at any moment.
    let _rest = large.write_all(&vec![b' '; 300 * 1024]).await;
    let mut answer = [0; 12];
    large.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
}

async fn texts_that_mean_something_elsewhere_mean_nothing_here(on: Kind) {
    let bench = Bench::fresh(on);
    let texts = ["' OR '1'='1", "1; DROP TABLE lines", "<script>alert(1)</script>", "$1", "%", "\\"];
    for (number, account) in texts.into_iter().enumerate() {
        let report = report_of(vec![line(PHONE.0, account, 5_000)], ChargeState::Charged, 1);
        let order_id = format!("A{number}");
        bench.approve(&order_id, 5_000);
        bench.report(&order_id, &report).await.unwrap();
        let order = bench.until_final(&order_id).await;
        assert_eq!(order.lines[0].state, LineState::Refunded, "no biller knows {account}");
        assert_eq!(order.lines[0].reason.as_deref(), Some("UNKNOWN_ACCOUNT"));
    }
    bench.assert_books_agree(0);
}

async fn a_kiosks_clock_decides_nothing(on: Kind) {
    let bench = Bench::fresh(on);
    for (order_id, made_at) in
        [("A1", "1970-01-01T00:00:00Z"), ("A2", "2099-12-31T23:59:59Z"), ("A3", "soon")]
    {
        let mut report = report_of(vec![line(PHONE.0, PHONE.1, 5_000)], ChargeState::Charged, 1);
        report.made_at = made_at.to_owned();
        bench.approve(order_id, 5_000);
        bench.report(order_id, &report).await.unwrap();
        let order = bench.until_final(order_id).await;
        assert_eq!((order.lines[0].state, order.business_date.as_str()), (LineState::Booked, "2026-11-24"));
    }
    bench.assert_books_agree(0);
}

async fn an_order_of_another_kiosk_is_out_of_reach(on: Kind) {
    let bench = Bench::fresh(on);
    bench.charge("A1", vec![line(PHONE.0, PHONE.1, 5_000)]).await.unwrap();
    let before = bench.until_final("A1").await;
    let mut foreign = report_of(vec![line(PHONE.0, PHONE.1, 5_000)], ChargeState::Manual, 9);
    foreign.kiosk = "BT08".to_owned();
    assert_eq!(kind_of(bench.report("A1", &foreign).await), ProblemKind::Conflict);
    let rating = json!({ "kiosk": "BT08", "level": 1 });
    let rated = bench.client.put(bench.url("/v1/ratings/A1")).json(&rating).send().await.unwrap();
    assert_eq!(problem_of(rated).await.kind, ProblemKind::UnknownOrder);
    assert_eq!(bench.get::<OrderStatus>("/v1/orders/A1").await.unwrap(), before);
    assert_eq!(KIOSK, "BT07");
}
