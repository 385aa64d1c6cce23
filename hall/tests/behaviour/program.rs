//! The program itself: started, killed, started again.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hall::sim::{Behaviour, Target};
use hall::{Authorise, Books, Script};
use hall_api::{ChargeState, Inbox, LineState, OrderStatus};
use libtest_mimic::Trial;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bench::{client, line, report_of};
use crate::place::{Kind, Place};

tests![a_killed_hall_finishes_its_bookings_after_the_next_start,];

/// Booked around the clock, so that the test passes at any hour.
const PHONE: (&str, &str) = ("BT-P01", "13847200011");

/// Longest wait for the program; reached only when the test fails.
const WAIT: Duration = Duration::from_secs(30);

pub struct Program {
    child: Child,
    pub url: String,
}

impl Program {
    /// Starts it with a lease that is short and still longer than any answer of these tests.
    pub fn start(place: &Place) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lucheng-hall"))
            .args(["serve", "--listen", "127.0.0.1:0", "--simulate", "--lease-s", "4", "--rate", "1000000"])
            .args(["--database", &place.url])
            .arg("--books")
            .arg(place.books())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let second = lines.next().unwrap().unwrap();
        assert!(second.contains("SIMULATED"));
        Self { url: first.strip_prefix("listening on ").unwrap().to_owned(), child }
    }

    pub async fn post<B: Serialize>(&self, path: &str, body: &B) {
        let response = client().post(format!("{}{path}", self.url)).json(body).send().await.unwrap();
        assert!(response.status().is_success(), "{path}");
    }

    pub async fn get<A: DeserializeOwned>(&self, path: &str) -> A {
        client().get(format!("{}{path}", self.url)).send().await.unwrap().json().await.unwrap()
    }

    async fn until_booked(&self, order_id: &str) -> OrderStatus {
        let mut after = 0;
        loop {
            let inbox: Inbox = self.get(&format!("/v1/kiosks/BT07/inbox?after={after}&wait_ms=25000")).await;
            for event in inbox.events {
                after = event.seq;
                if event.order.order_id == order_id && event.order.lines[0].state == LineState::Booked {
                    return event.order;
                }
            }
        }
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn is_booked(program: &Program, posts: bool) -> bool {
    let books: Books = program.get("/sim/v1/books").await;
    !posts || !books.billers.booked.is_empty()
}

async fn kill_while_booking(on: Kind, posts: bool) {
    let place = Place::new(on);
    let program = Program::start(&place);
    let target = Target::Account { fee: PHONE.0.to_owned(), account: PHONE.1.to_owned() };
    let behaviour = Some(Behaviour::Silent { posts });
    program.post("/sim/v1/script", &Script::Biller { target, behaviour }).await;
    let authorise = Authorise { order_id: "A1".to_owned(), amount_fen: 5_000, instrument: "card".to_owned() };
    program.post("/sim/v1/acquirer/authorise", &authorise).await;
    let report = report_of(vec![line(PHONE.0, PHONE.1, 5_000)], ChargeState::Charged, 1);
    let put = client().put(format!("{}/v1/orders/A1", program.url)).json(&report).send().await.unwrap();
    assert!(put.status().is_success());
    while !is_booked(&program, posts).await {}
    program.kill();

    let program = Program::start(&place);
    let order = program.until_booked("A1").await;
    let books: Books = program.get("/sim/v1/books").await;
    assert_eq!(books.billers.booked.len(), 1);
    assert_eq!(order.lines[0].biller_reference.as_ref(), Some(&books.billers.booked[0].reference));
    assert_eq!((books.trial_balance_fen, books.acquirer.net_fen()), (0, 5_000));
}

async fn a_killed_hall_finishes_its_bookings_after_the_next_start(on: Kind) {
    for posts in [false, true] {
        tokio::time::timeout(WAIT, kill_while_booking(on, posts)).await.unwrap();
    }
}

/// The program's help.
pub fn help() -> Trial {
    Trial::test("program::the_help_says_what_is_simulated_and_what_is_not_safe_yet", || {
        the_help_says_what_is_simulated_and_what_is_not_safe_yet();
        Ok(())
    })
}

fn the_help_says_what_is_simulated_and_what_is_not_safe_yet() {
    let help = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_lucheng-hall")).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(help(&["--help"]).contains("SIMULATED"));
    assert!(help(&["serve", "--help"]).contains("loopback"));
}
