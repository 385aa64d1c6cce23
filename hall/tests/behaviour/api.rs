//! What every answer has: an id, a document that describes it, a page, an end.

use hall_api::{Inbox, OrderPage, ProblemKind};
use serde_json::Value;

use crate::bench::{Bench, client, kind_of, line};
use crate::place::Kind;

tests![
    the_openapi_document_is_served_as_it_is_kept,
    an_answer_has_the_callers_id_or_a_new_one,
    orders_come_in_pages,
    what_is_counted_names_no_order_and_no_account,
    a_hall_says_that_it_lives_and_is_ready,
    a_kiosk_that_waits_is_answered_when_the_hall_stops,
];

const PHONE: (&str, &str) = ("BT-P01", "13847200011");

async fn the_openapi_document_is_served_as_it_is_kept(on: Kind) {
    let bench = Bench::fresh(on);
    let served = bench.client.get(bench.url("/openapi.json")).send().await.unwrap().text().await.unwrap();
    let kept = include_str!("../../openapi.json");
    assert_eq!(served, kept, "lucheng-hall openapi > hall/openapi.json, and look at the difference");
    let document: Value = serde_json::from_str(kept).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
}

async fn an_answer_has_the_callers_id_or_a_new_one(on: Kind) {
    let bench = Bench::fresh(on);
    for (given, kept) in [("kiosk-BT07-42", true), ("two words", false), (&"x".repeat(65), false)] {
        let request = bench.client.get(bench.url("/v1/health")).header("x-request-id", given);
        let answer = request.send().await.unwrap();
        let id = answer.headers()["x-request-id"].to_str().unwrap();
        assert_eq!(id == given, kept, "{id}");
    }
    let refused = bench.client.get(bench.url("/nowhere")).send().await.unwrap();
    assert_eq!(refused.headers()["x-request-id"].len(), 32);
}

async fn orders_come_in_pages(on: Kind) {
    let bench = Bench::fresh(on);
    for order_id in ["A1", "A2", "A3"] {
        bench.charge(order_id, vec![line(PHONE.0, PHONE.1, 5_000)]).await.unwrap();
    }
    let first: OrderPage = bench.get("/v1/kiosks/BT07/orders?limit=2").await.unwrap();
    let ids: Vec<&str> = first.orders.iter().map(|order| order.order_id.as_str()).collect();
    assert_eq!((ids, first.next.as_deref()), (vec!["A1", "A2"], Some("A2")));
    let last: OrderPage = bench.get("/v1/kiosks/BT07/orders?limit=2&after=A2").await.unwrap();
    assert_eq!((last.orders.len(), last.next), (1, None));
    let stranger: OrderPage = bench.get("/v1/kiosks/BT08/orders").await.unwrap();
    assert!(stranger.orders.is_empty());
    for limit in [0, 101] {
        let refused = bench.get::<OrderPage>(&format!("/v1/kiosks/BT07/orders?limit={limit}")).await;
        assert_eq!(kind_of(refused), ProblemKind::Invalid);
    }
}

async fn metrics_of(bench: &Bench) -> String {
    bench.client.get(bench.url("/metrics")).send().await.unwrap().text().await.unwrap()
}

async fn what_is_counted_names_no_order_and_no_account(on: Kind) {
    let bench = Bench::fresh(on);
    bench.charge("A7654321", vec![line(PHONE.0, PHONE.1, 5_000)]).await.unwrap();
    bench.until_final("A7654321").await;
    let text = metrics_of(&bench).await;
    let counted = "hall_requests_total{method=\"PUT\",route=\"/v1/orders/{order_id}\",status=\"200\"} 1";
    assert!(text.contains(counted), "{text}");
    assert!(text.contains("hall_tasks_total{outcome=\"booked\",task=\"booking\"} 1"), "{text}");
    assert!(!text.contains("A7654321") && !text.contains(PHONE.1));
}

async fn a_hall_says_that_it_lives_and_is_ready(on: Kind) {
    let bench = Bench::fresh(on);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(bench.client.get(bench.url(path)).send().await.unwrap().status().as_u16(), 200, "{path}");
    }
}

async fn a_kiosk_that_waits_is_answered_when_the_hall_stops(on: Kind) {
    let bench = Bench::fresh(on);
    let url = bench.url("/v1/kiosks/BT07/inbox?after=0&wait_ms=25000");
    let waiting = tokio::spawn(client().get(url).send());
    while !metrics_of(&bench).await.contains("hall_inboxes_waiting 1") {}
    tokio::task::spawn_blocking(move || bench.hall.stop()).await.unwrap();
    let inbox: Inbox = waiting.await.unwrap().unwrap().json().await.unwrap();
    assert!(inbox.events.is_empty());
}
