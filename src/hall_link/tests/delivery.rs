use std::time::{Duration, Instant};

use super::fake_hall::{accepts, order_id, refuses, status};
use super::*;
use crate::journal::tests::{charged_steps, order, recorded};

fn charged(journal: &Journal, sequence: u64) -> String {
    recorded(journal, order(sequence, false), &charged_steps()).id.to_string()
}

/// Waits until the outbox holds this many rows, looking without a pause: the journal sets the pace.
fn wait_rows(journal: &Journal, rows: u64) {
    let begin = Instant::now();
    while journal.unsent_count().unwrap() != rows {
        assert!(begin.elapsed() < PATIENCE, "the outbox is not at {rows}");
    }
}

#[test]
fn what_is_in_the_outbox_at_start_is_delivered_in_sequence() {
    let hall = FakeHall::start(accepts);
    let bench = Bench::prepared(hall.url(), |journal| {
        charged(journal, 1);
        charged(journal, 2);
    });
    assert_eq!(bench.wait_delivered(), "BT0700100000001");
    assert_eq!(bench.wait_delivered(), "BT0700100000002");
    wait_rows(&bench.journal, 0);
}

#[test]
fn a_kick_delivers_what_is_new() {
    let hall = FakeHall::start(accepts);
    let bench = Bench::start(hall.url());
    bench.wait_online(true);
    let id = charged(&bench.journal, 1);
    bench.link.kick();
    assert_eq!(bench.wait_delivered(), id);
}

#[test]
fn the_outbox_is_drained_on_reconnect_without_a_kick() {
    let hall = FakeHall::start(accepts);
    let (url, port) = (hall.url(), hall.port);
    let bench = Bench::start(url);
    bench.wait_online(true);
    drop(hall);
    bench.wait_online(false);
    let id = charged(&bench.journal, 1);
    let _hall = FakeHall::on_port(port, accepts);
    assert_eq!(bench.wait_delivered(), id);
}

#[test]
fn a_refusal_for_good_is_set_aside_and_does_not_block_the_next() {
    let hall =
        FakeHall::start(
            |seen| {
                if order_id(seen).ends_with('1') { refuses("conflict", 422) } else { accepts(seen) }
            },
        );
    let bench = Bench::prepared(hall.url(), |journal| {
        charged(journal, 1);
        charged(journal, 2);
    });
    let aside = bench.wait(|news| match news {
        HallNews::SetAside { order_id, kind } => Some((order_id.to_string(), *kind)),
        _ => None,
    });
    assert_eq!(aside, ("BT0700100000001".to_owned(), hall_api::ProblemKind::Conflict));
    assert_eq!(bench.wait_delivered(), "BT0700100000002");
    let rows = bench.journal.outbox(10).unwrap();
    assert_eq!((rows.len(), rows[0].set_aside.as_deref()), (1, Some("conflict")));
    assert_eq!(hall.seen("PUT /v1/orders/BT0700100000001").len(), 1);
}

#[test]
fn failures_are_retried_until_the_hall_takes_the_order() {
    let failures = [
        Answer::Say(500, "boom".to_owned()),
        refuses("internal", 500),
        Answer::Say(200, "<html>".to_owned()),
        Answer::Say(404, "<html>".to_owned()),
        refuses("in-progress", 409),
        Answer::Say(429, String::new()),
        Answer::Say(200, "x".repeat(2 * 1024 * 1024)),
        Answer::HangUp,
        Answer::Silence,
    ];
    let count = failures.len();
    let mut script = failures.into_iter();
    let hall = FakeHall::start(move |seen| match seen.line.starts_with("PUT") {
        true => script.next().unwrap_or_else(|| accepts(seen)),
        false => accepts(seen),
    });
    let bench = Bench::prepared(hall.url(), |journal| drop(charged(journal, 1)));
    bench.wait_delivered();
    assert_eq!(hall.seen("PUT /v1/orders/").len(), count + 1);
    wait_rows(&bench.journal, 0);
}

#[test]
fn one_sick_order_does_not_hold_up_the_rest() {
    let hall =
        FakeHall::start(|seen| if order_id(seen).ends_with('1') { Answer::HangUp } else { accepts(seen) });
    let bench = Bench::prepared(hall.url(), |journal| {
        charged(journal, 1);
        charged(journal, 2);
    });
    assert_eq!(bench.wait_delivered(), "BT0700100000002");
    wait_rows(&bench.journal, 1);
    assert!(bench.journal.outbox(1).unwrap()[0].attempts > 0);
}

#[test]
fn an_answer_with_an_old_version_acknowledges_nothing() {
    let mut answers = 0;
    let hall = FakeHall::start(move |seen| {
        if !seen.line.starts_with("PUT") {
            return Answer::Silence;
        }
        answers += 1;
        if answers < 3 { Answer::Say(200, status(&order_id(seen), 1, "waiting")) } else { accepts(seen) }
    });
    let bench = Bench::prepared(hall.url(), |journal| drop(charged(journal, 1)));
    bench.wait_delivered();
    assert_eq!(hall.seen("PUT /v1/orders/").len(), 3);
}

#[test]
fn the_hall_is_left_alone_for_as_long_as_it_asks() {
    let busy = r#"{"kind":"internal","status":503,"detail":"","retry_after_s":1}"#;
    let mut first = true;
    let hall = FakeHall::start(move |seen| {
        let answer = if first { Answer::Say(503, busy.to_owned()) } else { accepts(seen) };
        first &= !seen.line.starts_with("PUT");
        if seen.line.starts_with("PUT") { answer } else { Answer::Silence }
    });
    let (dir, journal) = crate::journal::tests::fresh();
    charged(&journal, 1);
    let (sender, news) = channel();
    let sender = Mutex::new(sender);
    let settings = HallLinkSettings {
        backoff_min_ms: 10,
        backoff_max_ms: 700,
        ..HallLinkSettings::new(hall.url(), "BT07")
    };
    let begin = Instant::now();
    let sink = Arc::new(move |news| drop(sender.lock().unwrap().send(news)));
    let link = HallLink::start(settings, journal, sink).unwrap();
    while !matches!(news.recv_timeout(PATIENCE).unwrap(), HallNews::Delivered { .. }) {
        link.kick();
    }
    assert!(begin.elapsed() >= Duration::from_millis(700), "{:?}", begin.elapsed());
    drop(dir);
}

#[test]
fn the_report_says_what_was_paid_and_how() {
    let hall = FakeHall::start(accepts);
    let bench = Bench::prepared(hall.url(), |journal| drop(charged(journal, 1)));
    bench.wait_delivered();
    let seen = hall.seen("PUT /v1/orders/");
    let report: hall_api::OrderReport = serde_json::from_str(&seen[0].body).unwrap();
    assert_eq!((report.total_fen, report.version, report.offline), (11_663, 3, false));
    assert_eq!(report.charge, hall_api::ChargeState::Charged);
    assert_eq!(report.payment.unwrap().method, "card");
}

#[test]
fn open_orders_are_looked_up_once_after_a_start() {
    let hall = FakeHall::start(|seen| match seen.line.starts_with("GET /v1/orders/") {
        true => Answer::Say(200, status(&order_id(seen), 3, "booked")),
        false => Answer::Silence,
    });
    let bench = Bench::prepared(hall.url(), |journal| {
        let order = recorded(journal, order(1, false), &charged_steps());
        journal.acknowledge(&order.id, order.version).unwrap();
    });
    assert_eq!(bench.wait_delivered(), "BT0700100000001");
}
