//! Several halls on one database.

use std::sync::Arc;
use std::time::Duration;

use hall::sim::{Behaviour, Target};
use hall::{Authorise, Books, Script};
use hall_api::{ChargeState, LineState, OrderReport, OrderStatus};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::bench::{Bench, client, is_final, line, report_of};
use crate::place::{Kind, Place};
use crate::program::Program;

tests![
    two_halls_and_64_clients_with_duplicates_post_each_order_once_though_one_hall_dies,
    a_kiosk_that_waits_at_one_hall_hears_what_another_one_did,
];

const CLIENTS: usize = 64;

/// Longest wait for the whole test; reached only when it fails.
const WAIT: Duration = Duration::from_secs(120);

/// Booked around the clock.
const PHONE: (&str, &str) = ("BT-P01", "13847200011");

fn order_of(client: usize) -> (String, OrderReport) {
    let kiosk = format!("BT{:02}", client % 8);
    let fen = 1_000 + 1_000 * i64::try_from(client % 4).unwrap();
    let mut report = report_of(vec![line(PHONE.0, PHONE.1, fen)], ChargeState::Charged, 1);
    report.kiosk = kiosk;
    // Two clients bring the same order, and each brings it twice.
    (format!("A{}", client / 2 * 2), report)
}

/// Brings an order again and again, to either hall, until one of them has taken it.
async fn deliver(urls: [String; 2], client_no: usize, begin: Arc<Barrier>) {
    let (order_id, report) = order_of(client_no / 2 * 2);
    begin.wait().await;
    let mut taken = 0;
    for attempt in client_no.. {
        let url = format!("{}/v1/orders/{order_id}", urls[attempt % 2]);
        match client().put(url).json(&report).send().await {
            Ok(answer) if answer.status().is_success() => taken += 1,
            // A dead hall, or one that is just dying.
            _ => tokio::task::yield_now().await,
        }
        if taken == 2 {
            return;
        }
    }
}

async fn two_halls_and_64_clients_with_duplicates_post_each_order_once_though_one_hall_dies(on: Kind) {
    tokio::time::timeout(WAIT, two_halls(on)).await.expect("the halls did not come to an end");
}

async fn two_halls(on: Kind) {
    let place = Place::new(on);
    let (one, other) = (Program::start(&place), Program::start(&place));
    // What the first hall books gets no answer, so that it dies with claimed lines.
    let target = Target::Account { fee: PHONE.0.to_owned(), account: PHONE.1.to_owned() };
    let silent = Some(Behaviour::Silent { posts: true });
    one.post("/sim/v1/script", &Script::Biller { target, behaviour: silent }).await;
    let mut expected_fen = 0;
    for number in (0..CLIENTS).step_by(2) {
        let (order_id, report) = order_of(number);
        expected_fen += report.total_fen;
        let charge = Authorise { order_id, amount_fen: report.total_fen, instrument: "card".to_owned() };
        other.post("/sim/v1/acquirer/authorise", &charge).await;
    }
    let begin = Arc::new(Barrier::new(CLIENTS));
    let urls = [one.url.clone(), other.url.clone()];
    let mut clients: JoinSet<()> =
        (0..CLIENTS).map(|number| deliver(urls.clone(), number, Arc::clone(&begin))).collect();
    // The first hall is killed in the middle.
    for _ in 0..CLIENTS / 4 {
        clients.join_next().await.unwrap().unwrap();
    }
    one.kill();
    clients.join_all().await;
    until_booked(&other).await;
    let books: Books = other.get("/sim/v1/books").await;
    assert_eq!(books.billers.booked.len(), CLIENTS / 2);
    assert_eq!(books.billers.booked_fen(), expected_fen);
    assert_eq!((books.trial_balance_fen, books.acquirer.net_fen()), (0, expected_fen));
}

/// Asks until every order is at its end.
async fn until_booked(hall: &Program) {
    for number in (0..CLIENTS).step_by(2) {
        let (order_id, _) = order_of(number);
        loop {
            let order: OrderStatus = hall.get(&format!("/v1/orders/{order_id}")).await;
            if is_final(order.lines[0].state) {
                assert_eq!(order.lines[0].state, LineState::Booked);
                break;
            }
        }
    }
}

async fn a_kiosk_that_waits_at_one_hall_hears_what_another_one_did(on: Kind) {
    let place = Place::new(on);
    let (one, other) = (Bench::at(&place), Bench::at(&place));
    let waiting = async { one.until_final("A1").await };
    let charging = async { other.charge("A1", vec![line(PHONE.0, PHONE.1, 5_000)]).await.unwrap() };
    let (heard, _) = tokio::join!(waiting, charging);
    assert_eq!(heard.lines[0].state, LineState::Booked);
    one.assert_books_agree(0);
}
