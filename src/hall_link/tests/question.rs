use hall_api::{PersonBillsRequest, Problem, ProblemKind, QuoteRequest, Rating};

use super::fake_hall::refuses;
use super::*;
use crate::hall_link::HallFault;
use crate::journal::tests::order;

fn quote_request() -> QuoteRequest {
    let (kiosk, site) = ("BT07".to_owned(), "baota".to_owned());
    QuoteRequest { kiosk, site, fee: "BT-E01".to_owned(), account: "1".to_owned(), tariff_item: None }
}

fn quote_fault(bench: &Bench) -> (u64, HallFault) {
    bench.link.ask_quote(9, quote_request());
    bench.wait(|news| match news {
        HallNews::Quote { ticket, answer: Err(fault) } => Some((*ticket, fault.clone())),
        _ => None,
    })
}

#[test]
fn a_refusal_reaches_the_asker_with_its_reason() {
    let hall = FakeHall::start(|seen| match seen.line.starts_with("POST /v1/quotes") {
        true => refuses("nothing-owed", 409),
        false => Answer::Silence,
    });
    let bench = Bench::start(hall.url());
    let problem = Problem {
        kind: ProblemKind::NothingOwed,
        status: 409,
        detail: String::new(),
        reference: None,
        retry_after_s: None,
    };
    assert_eq!(quote_fault(&bench), (9, HallFault::Refused(problem)));
}

#[test]
fn a_silent_hall_is_away_and_a_confused_one_has_failed() {
    let hall = FakeHall::start(|_| Answer::Silence);
    assert_eq!(quote_fault(&Bench::start(hall.url())).1, HallFault::Away);
    let hall = FakeHall::start(|_| Answer::Say(200, "[]".to_owned()));
    assert_eq!(quote_fault(&Bench::start(hall.url())).1, HallFault::Failed);
    let url = hall.url();
    drop(hall);
    assert_eq!(quote_fault(&Bench::start(url)).1, HallFault::Away);
}

#[test]
fn a_question_is_in_flight_until_its_answer_is_told() {
    let hall = FakeHall::start(|seen| match seen.line.starts_with("POST") {
        true => Answer::Say(200, r#"{"quotes":[]}"#.to_owned()),
        false => Answer::Silence,
    });
    let bench = Bench::start(hall.url());
    bench.wait_online(true);
    let (kiosk, site) = ("BT07".to_owned(), "baota".to_owned());
    bench.link.ask_person_bills(1, PersonBillsRequest { kiosk, site, id_number: "x".to_owned() });
    assert!(bench.link.in_flight() > 0 || !hall.seen("POST").is_empty());
    bench.wait(|news| matches!(news, HallNews::PersonBills { answer: Ok(_), .. }).then_some(()));
    let begin = std::time::Instant::now();
    while bench.link.in_flight() > 0 {
        assert!(begin.elapsed() < PATIENCE);
    }
}

#[test]
fn a_rating_is_answered_without_content() {
    let hall = FakeHall::start(|seen| match seen.line.starts_with("PUT /v1/ratings/BT0700100000001 ") {
        true => Answer::Say(204, String::new()),
        false => Answer::Silence,
    });
    let bench = Bench::start(hall.url());
    bench.link.rate(order(1, false).id, Rating { kiosk: "BT07".to_owned(), level: 5 });
    bench.wait(|news| matches!(news, HallNews::Rated { answer: Ok(()), .. }).then_some(()));
}
