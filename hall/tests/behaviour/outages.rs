//! A hall that goes away, comes back, misbehaves, or starts again in the middle of its work.

use hall::Misbehaviour;
use hall::sim::Behaviour;
use hall_api::{Health, LineState};

use crate::bench::{Bench, client, line, states};

const WATER: (&str, &str) = ("BT-W01", "60012345");

fn water() -> Vec<hall_api::LineReport> {
    vec![line(WATER.0, WATER.1, 5_210)]
}

#[tokio::test]
async fn the_acquirer_works_while_the_hall_is_away_and_the_same_port_comes_back() {
    let bench = Bench::in_memory();
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

#[tokio::test]
async fn a_waiting_inbox_is_cut_off_when_the_hall_goes_away() {
    let bench = Bench::in_memory();
    let url = bench.url("/v1/kiosks/BT07/inbox?after=0&wait_ms=25000");
    let waiting = tokio::spawn(client().get(url).send());
    // The port is closed whether or not the request has arrived: either way it ends now.
    bench.hall.go_offline();
    assert!(waiting.await.unwrap().is_err());
}

#[tokio::test]
async fn a_misbehaving_hall_carries_out_what_its_garbage_hides_and_nothing_else() {
    let bench = Bench::in_memory();
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
#[tokio::test]
async fn a_restart_in_the_middle_of_a_booking_books_once() {
    for posts in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let bench = Bench::in_folder(folder.path());
        bench.script_account(WATER.0, WATER.1, Some(Behaviour::Silent { posts }));
        bench.charge("A1", water()).await.unwrap();
        while posts && bench.times_booked("A1", 0) == 0 {
            tokio::task::yield_now().await;
        }
        bench.hall.stop();
        let bench = Bench::in_folder(folder.path());
        let order = bench.until_final("A1").await;
        assert_eq!(states(&order), [LineState::Booked]);
        assert_eq!(bench.times_booked("A1", 0), 1);
        bench.assert_books_agree(0);
    }
}

#[tokio::test]
async fn a_second_hall_on_the_same_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::in_folder(folder.path());
    let second = hall::HallSettings::with_database(&folder.path().join("hall.db"));
    assert!(matches!(hall::Hall::start(second), Err(hall::HallError::Store(_))));
    drop(bench);
}
