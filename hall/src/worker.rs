//! The worker: books lines with billers and has money given back.
//!
//! A task is claimed (its attempt is durable), the outside party is asked, the answer is settled.
//! A line that was tried before is looked up at the biller before it is ever booked again. One
//! party is asked one thing at a time, so a slow biller holds up nobody else. Several halls on one
//! database share the work: a claim is a lease, and what a dead hall had claimed is taken over.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{self, JoinError, JoinSet};

use crate::clock::Stopwatch;
use crate::desk::Desk;
use crate::metrics::Metrics;
use crate::money::Fen;
use crate::outside::{BookingAnswer, BookingRequest, RefundAnswer, RefundDesk};
use crate::store::{self, Isolation, Session, StoreError, Task, TaskKind};

/// How often the worker looks for work that has become due while nothing else woke it.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Time between tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// After the first try.
    pub first: Duration,
    /// The most; the time doubles up to here.
    pub max: Duration,
}

impl Default for RetryPolicy {
    /// One second lets a restarting biller come back; five minutes bound what one sick biller costs.
    fn default() -> Self {
        Self { first: Duration::from_secs(1), max: Duration::from_secs(300) }
    }
}

impl RetryPolicy {
    fn delay(&self, tried_before: u32) -> Duration {
        let doubled = 2_u32.checked_pow(tried_before).and_then(|factor| self.first.checked_mul(factor));
        doubled.map_or(self.max, |delay| delay.min(self.max))
    }
}

pub(crate) struct Worker {
    pub(crate) desk: Arc<Desk>,
    pub(crate) acquirer: Arc<dyn RefundDesk>,
    pub(crate) retry: RetryPolicy,
    /// How long a claimed line is this hall's own.
    pub(crate) lease: Duration,
    pub(crate) metrics: Arc<Metrics>,
}

impl Worker {
    /// Works until told to stop, then finishes what has begun.
    pub(crate) async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut begun = JoinSet::new();
        let mut busy = Busy::new();
        self.prepare().await;
        while !*stop.borrow_and_update() {
            self.begin_due(&mut begun, &mut busy).await;
            tokio::select! {
                Some(ended) = begun.join_next_with_id() => forget(&mut busy, &ended),
                () = self.desk.work.notified() => {}
                _ = stop.changed() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        while begun.join_next().await.is_some() {}
    }

    async fn prepare(&self) {
        let shared = self.desk.store.is_shared();
        let prepared = self.desk.store.run_in(Isolation::Statement, move |session| {
            // What the others have claimed on a shared database is theirs.
            if !shared {
                store::release_claims(session)?;
            }
            store::reset_delays(session)
        });
        if let Err::<_, StoreError>(error) = prepared.await {
            tracing::error!(%error, "cannot prepare open work");
        }
    }

    async fn begin_due(self: &Arc<Self>, begun: &mut JoinSet<()>, busy: &mut Busy) {
        while let Some(task) = self.claim(busy).await {
            let (worker, party) = (Arc::clone(self), task.party().to_owned());
            let claim = Stopwatch::start();
            let handle = begun.spawn_blocking(move || worker.carry_out(&task, claim));
            busy.insert(handle.id(), party);
        }
    }

    async fn claim(&self, busy: &Busy) -> Option<Task> {
        let (busy, now_ms): (Vec<String>, i64) = (busy.values().cloned().collect(), self.now_ms());
        let lease_ms = i64::try_from(self.lease.as_millis()).unwrap_or(i64::MAX);
        let claim = move |session: &dyn Session| store::claim_task(session, &busy, now_ms, lease_ms);
        let claimed = self.desk.store.run_in(Isolation::Statement, claim).await;
        claimed.unwrap_or_else(|error: StoreError| {
            tracing::error!(%error, "cannot look for work");
            None
        })
    }

    /// One outside step and its settlement. When the settlement is lost, the next try finds out.
    fn carry_out(&self, task: &Task, claim: Stopwatch) {
        // A process that stood still must not ask when another hall may have taken over.
        if claim.elapsed() > self.lease / 4 {
            tracing::warn!(order = task.order_id, line = task.line, "a claim is left to another try");
            return;
        }
        let settled = match task.kind {
            TaskKind::Book => self.book(task),
            TaskKind::Refund => self.refund(task),
        };
        match settled {
            Ok(()) => self.desk.bell.ring(&task.kiosk),
            Err(error) => {
                tracing::error!(%error, order = task.order_id, line = task.line, "cannot settle a line")
            }
        }
    }

    fn book(&self, task: &Task) -> Result<(), StoreError> {
        let key = match self.desk.seal.opened(&task.key) {
            Ok(key) => key,
            Err(error) => {
                tracing::error!(%error, order = task.order_id, line = task.line, "cannot book a line");
                return self.postpone(task, self.retry.max);
            }
        };
        let (order_id, line) = (task.order_id.clone(), task.line);
        let request = BookingRequest { order_id, line, key, amount: task.amount };
        let answer = self.ask_biller(task, &request);
        self.metrics.ended("booking", answer.name());
        match answer {
            BookingAnswer::Booked { reference, balance } => self.settle_booked(task, reference, balance),
            BookingAnswer::Rejected { reason } => self.settle(task, move |session, task, now_ms| {
                store::settle_rejected(session, task, &reason, now_ms)
            }),
            BookingAnswer::NotFound | BookingAnswer::Silent => self.postpone(task, Duration::ZERO),
            BookingAnswer::Closed { retry_after_s } => {
                self.postpone(task, Duration::from_secs(u64::from(retry_after_s)))
            }
        }
    }

    /// The first try books; every later one asks first what became of the tries before it.
    fn ask_biller(&self, task: &Task, request: &BookingRequest) -> BookingAnswer {
        if task.tried_before == 0 {
            return self.desk.billers.book(request);
        }
        match self.desk.billers.find(request) {
            BookingAnswer::NotFound => self.desk.billers.book(request),
            known => known,
        }
    }

    fn settle_booked(&self, task: &Task, reference: String, balance: Option<Fen>) -> Result<(), StoreError> {
        self.settle(task, move |session, task, now_ms| {
            store::settle_booked(session, task, &reference, balance, now_ms)
        })
    }

    fn refund(&self, task: &Task) -> Result<(), StoreError> {
        let answer = self.acquirer.refund(&task.order_id, task.line, task.amount);
        self.metrics.ended("refund", answer.name());
        match answer {
            RefundAnswer::Refunded { reference } => self.settle(task, move |session, task, now_ms| {
                store::settle_refunded(session, task, &reference, now_ms)
            }),
            RefundAnswer::Refused { code } => self.settle(task, move |session, task, now_ms| {
                store::settle_refund_refused(session, task, &code, now_ms)
            }),
            RefundAnswer::Silent => self.postpone(task, Duration::ZERO),
        }
    }

    fn settle<W>(&self, task: &Task, work: W) -> Result<(), StoreError>
    where
        W: Fn(&dyn Session, &Task, i64) -> Result<(), StoreError> + Send + 'static,
    {
        let (task, now_ms) = (task.clone(), self.now_ms());
        self.desk.store.run_waiting(move |session| {
            if store::is_open(session, &task)? {
                return work(session, &task, now_ms);
            }
            tracing::warn!(order = task.order_id, line = task.line, "another hall settled the line");
            Ok(())
        })
    }

    /// Later, by the back-off and not before the party said; never later than the longest back-off,
    /// because a biller may open early.
    fn postpone(&self, task: &Task, asked: Duration) -> Result<(), StoreError> {
        let delay = self.retry.delay(task.tried_before).max(asked.min(self.retry.max));
        let delay_ms = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
        self.settle(task, move |session, task, now_ms| {
            store::postpone_task(session, task, now_ms.saturating_add(delay_ms))
        })
    }

    fn now_ms(&self) -> i64 {
        self.desk.clock.now().as_millisecond()
    }
}

/// The party that each running task asks.
type Busy = HashMap<task::Id, String>;

fn forget(busy: &mut Busy, ended: &Result<(task::Id, ()), JoinError>) {
    match ended {
        Ok((id, ())) => busy.remove(id),
        Err(error) => {
            tracing::error!(%error, "a task of the worker ended by a panic");
            busy.remove(&error.id())
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_between_tries_doubles_up_to_its_bound() {
        let retry = RetryPolicy::default();
        let delays = [0, 1, 2, 8, 9, 40].map(|tried| retry.delay(tried).as_secs());
        assert_eq!(delays, [1, 2, 4, 256, 300, 300]);
    }
}
