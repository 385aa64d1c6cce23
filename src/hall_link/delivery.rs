//! Delivery of the outbox: in sequence, for ever, and never blocked by one order that the hall refuses.

use hall_api::{OrderStatus, Problem, ProblemKind};
use reqwest::{Method, StatusCode};

use super::HallNews;
use super::backoff::Backoff;
use super::client::Miss;
use super::report::report;
use super::shared::Shared;
use crate::journal::OutboxRow;
use crate::money::{Charge, Order};

/// Rows read at once; an order with 20 lines is some 10 KiB.
const PAGE_ROWS: u32 = 32;
/// Failures in a row after which a pass gives up: one sick order does not hold up the rest, a sick hall is
/// left alone.
const FAILURES_PER_PASS: u32 = 3;

/// How a pass ended.
#[derive(Debug, PartialEq, Eq)]
enum Pass {
    /// Every row was acknowledged or set aside.
    Drained,
    /// Some rows are still there.
    Unfinished {
        /// The longest wait that the hall asked for.
        retry_after_s: Option<u32>,
    },
}

/// What became of one row.
enum Outcome {
    /// Acknowledged or set aside.
    Done,
    /// To be tried again.
    Failed { retry_after_s: Option<u32> },
    /// The hall cannot be reached.
    Away,
}

/// Drains for ever.
pub(super) async fn run(shared: &Shared) {
    let mut backoff = Backoff::new(&shared.settings);
    let mut caught_up = false;
    loop {
        shared.until_online(true).await;
        let flight = shared.take_off();
        shared.take_kick();
        let pass = drain(shared).await;
        if pass == Pass::Drained && !caught_up {
            caught_up = catch_up(shared).await.is_some();
        }
        drop(flight);
        rest(shared, &mut backoff, pass).await;
    }
}

/// Until there is something to do.
async fn rest(shared: &Shared, backoff: &mut Backoff, pass: Pass) {
    let Pass::Unfinished { retry_after_s } = pass else {
        backoff.reset();
        return tokio::select! {
            () = shared.until_kicked() => {}
            () = shared.until_online(false) => {}
        };
    };
    let wait = tokio::time::sleep(backoff.next(retry_after_s));
    if retry_after_s.is_some() {
        return sit_out(shared, wait).await;
    }
    tokio::select! {
        () = wait => {}
        () = shared.until_kicked() => {}
        () = shared.until_online(false) => {}
    }
}

/// A kick does not shorten a wait that the hall asked for.
async fn sit_out(shared: &Shared, wait: tokio::time::Sleep) {
    tokio::pin!(wait);
    loop {
        tokio::select! {
            () = &mut wait => return,
            () = shared.until_kicked() => shared.take_kick(),
        }
    }
}

/// One pass over the outbox.
async fn drain(shared: &Shared) -> Pass {
    let (mut after_seq, mut failures, mut wait_s, mut unfinished) = (0, 0, None, false);
    loop {
        let page = shared.ask_journal(move |journal| journal.undelivered(after_seq, PAGE_ROWS)).await;
        let Some(page) = page else { return Pass::Unfinished { retry_after_s: wait_s } };
        if page.is_empty() {
            return if unfinished { Pass::Unfinished { retry_after_s: wait_s } } else { Pass::Drained };
        }
        for row in page {
            after_seq = row.seq;
            match deliver(shared, row).await {
                Outcome::Done => failures = 0,
                Outcome::Failed { retry_after_s } => {
                    (failures, unfinished, wait_s) = (failures + 1, true, wait_s.max(retry_after_s));
                }
                Outcome::Away => return Pass::Unfinished { retry_after_s: wait_s },
            }
            if failures >= FAILURES_PER_PASS {
                return Pass::Unfinished { retry_after_s: wait_s };
            }
        }
    }
}

async fn deliver(shared: &Shared, row: OutboxRow) -> Outcome {
    let path = format!("/v1/orders/{}", row.order.id);
    let body = report(&row.order, &shared.settings.kiosk);
    let answer: Result<OrderStatus, Miss> = shared.client.send(Method::PUT, &path, &body).await;
    shared.observe(&answer);
    match answer {
        Ok(status) => acknowledge(shared, row, status).await,
        Err(Miss::Problem { status, problem }) if is_final(status, &problem) => {
            set_aside(shared, row.order, problem.kind).await
        }
        Err(miss) => fail(shared, row.order, miss).await,
    }
}

/// Only a typed refusal is final; 409 while the same order is being worked on is not.
fn is_final(status: StatusCode, problem: &Problem) -> bool {
    let passing = matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS);
    status.is_client_error() && !passing && problem.kind != ProblemKind::InProgress
}

async fn acknowledge(shared: &Shared, row: OutboxRow, status: OrderStatus) -> Outcome {
    let (id, version) = (row.order.id.clone(), status.version);
    if status.order_id != id.as_str() || version < row.version {
        tracing::warn!(order = %id, version, row = row.version, "the hall answers with an old state");
        return retry(shared, row.order, None).await;
    }
    // Gone or not: a step that was recorded meanwhile brings its own kick.
    if shared.ask_journal(move |journal| journal.acknowledge(&id, version)).await.is_none() {
        return Outcome::Failed { retry_after_s: None };
    }
    shared.tell(HallNews::Delivered { status });
    Outcome::Done
}

async fn set_aside(shared: &Shared, order: Order, kind: ProblemKind) -> Outcome {
    let (order_id, id) = (order.id.clone(), order.id);
    tracing::warn!(order = %order_id, ?kind, "the hall refuses an order for good");
    if shared.ask_journal(move |journal| journal.set_aside(&id, kind_name(kind))).await.is_none() {
        return Outcome::Failed { retry_after_s: None };
    }
    shared.tell(HallNews::SetAside { order_id, kind });
    Outcome::Done
}

async fn fail(shared: &Shared, order: Order, miss: Miss) -> Outcome {
    match miss {
        Miss::NoConnection => Outcome::Away,
        Miss::Problem { problem, .. } => retry(shared, order, problem.retry_after_s).await,
        Miss::NoAnswer | Miss::Garbage { .. } => retry(shared, order, None).await,
    }
}

async fn retry(shared: &Shared, order: Order, retry_after_s: Option<u32>) -> Outcome {
    // The count is for the technician; without it the row is retried all the same.
    let _ = shared.ask_journal(move |journal| journal.count_attempt(&order.id)).await;
    Outcome::Failed { retry_after_s }
}

/// Once after a start: a crash between the hall's answer and its journal entry must not leave a line open for
/// ever.
async fn catch_up(shared: &Shared) -> Option<()> {
    let open = shared.ask_journal(|journal| journal.open_orders()).await?;
    for order in open.iter().filter(|order| hall_has(order)) {
        let answer: Result<OrderStatus, Miss> = shared.client.get(&format!("/v1/orders/{}", order.id)).await;
        shared.observe(&answer);
        match answer {
            Ok(status) => shared.tell(HallNews::Delivered { status }),
            Err(miss) if miss.is_answer() => {
                tracing::warn!(order = %order.id, "the hall does not know an order")
            }
            Err(_) => return None,
        }
    }
    Some(())
}

/// Orders whose lines the hall moves.
const fn hall_has(order: &Order) -> bool {
    matches!(order.charge, Charge::Charged(_) | Charge::Free | Charge::ReversalRefused)
}

/// The kind as it stands on the wire.
const fn kind_name(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Forbidden => "forbidden",
        ProblemKind::UnknownAccount => "unknown-account",
        ProblemKind::UnknownOrder => "unknown-order",
        ProblemKind::UnknownFee => "unknown-fee",
        ProblemKind::UnknownRecord => "unknown-record",
        ProblemKind::NotPrintable => "not-printable",
        ProblemKind::NotValid => "not-valid",
        ProblemKind::NothingOwed => "nothing-owed",
        ProblemKind::HeldElsewhere => "held-elsewhere",
        ProblemKind::PaidJustNow => "paid-just-now",
        ProblemKind::InProgress => "in-progress",
        ProblemKind::QuoteExpired => "quote-expired",
        ProblemKind::Conflict => "conflict",
        ProblemKind::Invalid => "invalid",
        ProblemKind::Malformed => "malformed",
        ProblemKind::TooSlow => "too-slow",
        ProblemKind::TooLarge => "too-large",
        ProblemKind::TooMany => "too-many",
        ProblemKind::BillerClosed => "biller-closed",
        ProblemKind::BillerSilent => "biller-silent",
        ProblemKind::Internal => "internal",
    }
}
