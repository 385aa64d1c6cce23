use super::fake_hall::accepts;
use super::*;

#[test]
fn the_link_tells_when_the_hall_goes_and_when_it_comes_back() {
    let hall = FakeHall::start(accepts);
    let (url, port) = (hall.url(), hall.port);
    let bench = Bench::start(url);
    bench.wait_online(true);
    drop(hall);
    bench.wait_online(false);
    let _hall = FakeHall::on_port(port, accepts);
    bench.wait_online(true);
}

#[test]
fn a_hall_that_was_never_there_is_said_once() {
    let hall = FakeHall::start(accepts);
    let url = hall.url();
    drop(hall);
    let bench = Bench::start(url);
    bench.wait_online(false);
    let again = bench.news.recv_timeout(Duration::from_millis(200));
    assert!(again.is_err(), "{again:?}");
}

#[test]
fn stopping_does_not_wait_for_the_hall() {
    let hall = FakeHall::start(|_| Answer::Silence);
    let bench = Bench::start(hall.url());
    bench.wait_online(true);
    let begin = std::time::Instant::now();
    bench.link.stop();
    assert!(begin.elapsed() < Duration::from_secs(2));
}

#[test]
fn an_epoch_is_asked_for_until_there_is_one() {
    let mut failures = 2;
    let hall = FakeHall::start(move |seen| {
        if !seen.line.starts_with("POST /v1/enrolments") {
            return Answer::Silence;
        }
        failures -= 1;
        if failures >= 0 {
            Answer::Say(500, String::new())
        } else {
            Answer::Say(200, r#"{"epoch":4}"#.to_owned())
        }
    });
    let bench = Bench::start(hall.url());
    bench.link.enrol();
    bench.link.enrol();
    let epoch = bench.wait(|news| match news {
        HallNews::Enrolled { epoch } => Some(*epoch),
        _ => None,
    });
    assert_eq!((epoch, hall.seen("POST /v1/enrolments").len()), (4, 3));
}
