//! A hall that goes away, comes back, misbehaves, or starts again in the middle of its work.

use hall::Misbehaviour;
use hall::sim::Behaviour;
use hall_api::{Health, LineState};

use crate::bench::{Bench, client, line, states};
use crate::place::{Kind, Place};

tests![
    the_acquirer_works_while_the_hall_is_away_and_the_same_port_comes_back,
    a_waiting_inbox_is_cut_off_when_the_hall_goes_away,
    a_misbehaving_hall_carries_out_what_its_garbage_hides_and_nothing_else,
    a_restart_in_the_middle_of_a_booking_books_once,
    a_second_hall_is_refused_by_a_file_and_welcome_on_a_server,
];

const WATER: (&str, &str) = ("BT-W01", "60012345");

fn water() -> Vec<hall_api::LineReport> {
    vec![line(WATER.0, WATER.1, 5_210)]
}

async fn the_acquirer_works_while_the_hall_is_away_and_the_same_port_comes_back(on: Kind) {
    let bench = Bench::fresh(on);
    let url = bench.url("/v1/health");
    bench.get::<Health>("/v1/health").await.unwrap();
    bench.hall.go_offline();
    assert!(bench.client.get(&url).send().await.is_err());
    bench.approve("A1", 5_210);
    bench.hall.come_back().unwrap();
    assert_eq!(bench.url("/v1/health"), url);
    bench.charge("A1", water()).await.unwrap();
    bench.until_final("A1").await;
    bench.assert_books_agree(0);
}

async fn a_waiting_inbox_is_cut_off_when_the_hall_goes_away(on: Kind) {
    let bench = Bench::fresh(on);
    let url = bench.url("/v1/kiosks/BT07/inbox?after=0&wait_ms=25000");
    let waiting = tokio::spawn(client().get(url).send());
    // The port is closed whether or not the request has arrived: either way it ends now.
    bench.hall.go_offline();
    assert!(waiting.await.unwrap().is_err());
}

async fn a_misbehaving_hall_carries_out_what_its_garbage_hides_and_nothing_else(on: Kind) {
    let bench = Bench::fresh(on);
    let report = crate::bench::report_of(water(), hall_api::ChargeState::Charged, 1);
    bench.approve("A1", 5_210);
    let put = || bench.client.put(bench.url("/v1/orders/A1")).json(&report).send();
    bench.hall.misbehave(Some(Misbehaviour::Status(502)));
    assert_eq!(put().await.unwrap().status().as_u16(), 502);
    assert!(bench.hall.orders().unwrap().is_empty());
    bench.hall.misbehave(Some(Misbehaviour::Garbage));
    assert!(put().await.unwrap().json::<hall_api::OrderStatus>().await.is_err());
    bench.hall.misbehave(Some(Misbehaviour::Slow { ms: 1 }));
    assert_eq!(put().await.unwrap().status().as_u16(), 200);
    bench.hall.misbehave(None);
    bench.until_final("A1").await;
    assert_eq!(bench.times_booked("A1", 0), 1);
}

/// Goal: a line whose intent is durable is finished after a restart, whether or not the biller
/// had booked it before. Method: the biller falls silent before or after its booking, which leaves
/// the same rows as a process that dies there; the hall starts again on the same files.
async fn a_restart_in_the_middle_of_a_booking_books_once(on: Kind) {
    for posts in [false, true] {
        let place = Place::new(on);
        let bench = Bench::at(&place);
        bench.script_account(WATER.0, WATER.1, Some(Behaviour::Silent { posts }));
        bench.charge("A1", water()).await.unwrap();
        while posts && bench.times_booked("A1", 0) == 0 {
            tokio::task::yield_now().await;
        }
        bench.hall.stop();
        let bench = Bench::at(&place);
        let order = bench.until_final("A1").await;
        assert_eq!(states(&order), [LineState::Booked]);
        assert_eq!(bench.times_booked("A1", 0), 1);
        bench.assert_books_agree(0);
    }
}

async fn a_second_hall_is_refused_by_a_file_and_welcome_on_a_server(on: Kind) {
    let place = Place::new(on);
    let bench = Bench::at(&place);
    let second = hall::Hall::start(place.settings());
    match on {
        Kind::Sqlite => assert!(matches!(second, Err(hall::HallError::Store(_)))),
        Kind::Postgres => assert!(second.is_ok()),
    }
    drop(bench);
}
