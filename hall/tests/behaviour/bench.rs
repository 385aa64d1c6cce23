//! A hall on a free port with its outside world, and the calls that tests make.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use hall::sim::{AcquirerAnswer, Behaviour, Target};
use hall::{Hall, HallSettings, Limits, RateLimit, RetryPolicy, RunningHall, SetClock};
use hall_api::{
    ChargeState, Hold, HoldLine, HoldRequest, Inbox, LineReport, LineState, OrderReport, OrderStatus,
    Problem, ProblemKind, Quote, QuoteRequest,
};
use reqwest::{Client, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::place::{Kind, Place, passing};

/// Kiosk of the tests.
pub const KIOSK: &str = "BT07";

/// Longest wait for the hall's worker; reached only when a test fails.
const WORK_WAIT: Duration = Duration::from_secs(30);

pub struct Bench {
    pub hall: RunningHall,
    pub clock: Arc<SetClock>,
    pub client: Client,
}

/// Ten in the morning: every biller is open.
pub fn morning() -> Arc<SetClock> {
    Arc::new(SetClock::at("2026-11-24T02:00:00Z".parse().unwrap()))
}

/// Tries follow each other at once, so that tests wait for nothing.
pub fn quick() -> RetryPolicy {
    RetryPolicy { first: Duration::from_millis(2), max: Duration::from_millis(10) }
}

impl Bench {
    /// A hall on a store of its own.
    pub fn fresh(on: Kind) -> Self {
        Self::with(passing(on), morning())
    }

    /// A hall on a store that may have been used before.
    pub fn at(place: &Place) -> Self {
        Self::with(place.settings(), morning())
    }

    pub fn with(settings: HallSettings, clock: Arc<SetClock>) -> Self {
        // Tests ask as fast as they can; those that are about limits set them.
        let rate = RateLimit { per_second: NonZeroU32::MAX, burst: NonZeroU32::MAX };
        let limits = if settings.limits == Limits::default() {
            Limits { rate, ..settings.limits }
        } else {
            settings.limits
        };
        let settings =
            HallSettings { clock: clock.clone(), retry: quick(), simulation_door: true, limits, ..settings };
        Self { hall: Hall::start(settings).unwrap(), clock, client: client() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.hall.url())
    }

    pub fn script_account(&self, fee: &str, account: &str, behaviour: Option<Behaviour>) {
        let target = Target::Account { fee: fee.to_owned(), account: account.to_owned() };
        self.hall.billers().script(target, behaviour);
    }

    pub async fn post<B: Serialize, A: DeserializeOwned>(&self, path: &str, body: &B) -> Result<A, Problem> {
        answer(self.client.post(self.url(path)).json(body).send().await.unwrap()).await
    }

    pub async fn put<B: Serialize, A: DeserializeOwned>(&self, path: &str, body: &B) -> Result<A, Problem> {
        answer(self.client.put(self.url(path)).json(body).send().await.unwrap()).await
    }

    pub async fn get<A: DeserializeOwned>(&self, path: &str) -> Result<A, Problem> {
        answer(self.client.get(self.url(path)).send().await.unwrap()).await
    }

    pub async fn quote(&self, fee: &str, account: &str, item: Option<&str>) -> Result<Quote, Problem> {
        let request = QuoteRequest {
            kiosk: KIOSK.to_owned(),
            site: String::new(),
            fee: fee.to_owned(),
            account: account.to_owned(),
            tariff_item: item.map(str::to_owned),
        };
        self.post("/v1/quotes", &request).await
    }

    pub async fn hold(&self, order_id: &str, lines: Vec<HoldLine>) -> Result<Hold, Problem> {
        self.put(&format!("/v1/holds/{order_id}"), &hold_request(lines)).await
    }

    pub async fn report(&self, order_id: &str, report: &OrderReport) -> Result<OrderStatus, Problem> {
        self.put(&format!("/v1/orders/{order_id}"), report).await
    }

    /// Charges at the acquirer and reports it, as a kiosk does.
    pub async fn charge(&self, order_id: &str, lines: Vec<LineReport>) -> Result<OrderStatus, Problem> {
        let report = report_of(lines, ChargeState::Charged, 1);
        self.approve(order_id, report.total_fen);
        self.report(order_id, &report).await
    }

    pub fn approve(&self, order_id: &str, amount_fen: i64) {
        let answer = self.hall.acquirer().authorise(order_id, amount_fen, "card").unwrap();
        assert!(matches!(answer, AcquirerAnswer::Approved { .. }));
    }

    /// Reads the kiosk's inbox until an order looks as wanted.
    pub async fn until(&self, order_id: &str, wanted: impl Fn(&OrderStatus) -> bool) -> OrderStatus {
        let waiting = async {
            let mut after = 0;
            loop {
                let path = format!("/v1/kiosks/{KIOSK}/inbox?after={after}&wait_ms=25000");
                let inbox: Inbox = self.get(&path).await.unwrap();
                for event in inbox.events {
                    after = event.seq;
                    if event.order.order_id == order_id && wanted(&event.order) {
                        return event.order;
                    }
                }
            }
        };
        tokio::time::timeout(WORK_WAIT, waiting).await.expect("the order never came to the wanted state")
    }

    /// Waits until nothing of an order is open.
    pub async fn until_final(&self, order_id: &str) -> OrderStatus {
        self.until(order_id, |order| order.lines.iter().all(|line| is_final(line.state))).await
    }

    /// How often a line stands in the billers' books.
    pub fn times_booked(&self, order_id: &str, line: u32) -> usize {
        let books = self.hall.billers().books().unwrap();
        books.booked.iter().filter(|row| row.order_id == order_id && row.line == line).count()
    }

    /// Every invariant that holds when no work is open; `manual_fen` is what waits for a person.
    pub fn assert_books_agree(&self, manual_fen: i64) {
        let booked_fen = self.hall.billers().books().unwrap().booked_fen();
        let net_fen = self.hall.acquirer().books().unwrap().net_fen();
        assert_eq!(net_fen, booked_fen + manual_fen, "the acquirer's book and the billers' differ");
        assert_eq!(self.hall.trial_balance().unwrap(), 0);
    }
}

pub fn client() -> Client {
    // Built together with the kiosk, reqwest wants one even for plain HTTP; who comes second keeps the first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

pub const fn is_final(state: LineState) -> bool {
    !matches!(state, LineState::Waiting | LineState::Booking | LineState::Rejected | LineState::Refunding)
}

async fn answer<A: DeserializeOwned>(response: Response) -> Result<A, Problem> {
    if response.status().is_success() {
        return Ok(response.json().await.unwrap());
    }
    Err(problem_of(response).await)
}

/// Every refusal is a problem document whose status agrees with its kind.
pub async fn problem_of(response: Response) -> Problem {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let problem: Problem = response.json().await.unwrap();
    assert_eq!((problem.status, problem.kind.status()), (status, status));
    problem
}

pub fn kind_of<T: std::fmt::Debug>(answer: Result<T, Problem>) -> ProblemKind {
    answer.unwrap_err().kind
}

pub fn line(fee: &str, account: &str, amount_fen: i64) -> LineReport {
    LineReport { fee: fee.to_owned(), account: account.to_owned(), tariff_item: None, amount_fen }
}

pub fn report_of(lines: Vec<LineReport>, charge: ChargeState, version: u32) -> OrderReport {
    let total_fen = lines.iter().map(|line| line.amount_fen).sum();
    let (kiosk, made_at) = (KIOSK.to_owned(), "2026-11-24T10:00:00+08:00".to_owned());
    OrderReport { kiosk, lines, total_fen, offline: false, version, charge, payment: None, made_at }
}

pub fn hold_request(lines: Vec<HoldLine>) -> HoldRequest {
    HoldRequest { kiosk: KIOSK.to_owned(), site: String::new(), lines, pay_again: false }
}

pub fn hold_line(quote: &Quote, amount_fen: i64) -> HoldLine {
    HoldLine {
        quote_id: Some(quote.quote_id.clone()),
        fee: quote.fee.clone(),
        account: quote.account.clone(),
        tariff_item: None,
        amount_fen,
    }
}

pub fn top_up(fee: &str, account: &str, amount_fen: i64) -> HoldLine {
    HoldLine {
        quote_id: None,
        fee: fee.to_owned(),
        account: account.to_owned(),
        tariff_item: None,
        amount_fen,
    }
}

/// The order as if it had just been reported once more.
pub fn states(order: &OrderStatus) -> Vec<LineState> {
    order.lines.iter().map(|line| line.state).collect()
}
