//! PostgreSQL: a handful of threads, each with a connection of its own.
//!
//! Every job is one serialisable transaction: the database behaves as if jobs ran one after the
//! other, whichever hall they come from. Where that is impossible it gives one of them up, and
//! that one is done again. Work that only looks takes no part in that. No statement here is special
//! to one server, and no key spans kiosks.

use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use postgres::Config;

use super::job::{Isolation, Job};
use super::pg_session::PgSession;
use super::queue::Queue;
use super::session::Session;
use super::{Engine, QUEUE_MAX, StoreError, schema};
use crate::clock::pause;

/// Connections of one hall. A job needs a dozen short round trips; sixteen keep two cores of a
/// database busy, and leave room for several halls below the server's usual hundred.
const CONNECTIONS: usize = 16;

/// Tries of one job. Each waits a little longer; together they stay below a kiosk's patience.
const TRIES_MAX: u32 = 40;

/// Longest wait between two tries of a job.
const PAUSE_MAX_MS: u64 = 64;

pub(super) struct Postgres {
    queue: Queue,
}

impl Postgres {
    /// Connects, checks the server, brings the schema up to date.
    pub(super) fn open(config: &Config) -> Result<Self, StoreError> {
        let first = prepared(config)?;
        let (sender, jobs) = sync_channel(QUEUE_MAX);
        let jobs = Arc::new(Mutex::new(jobs));
        let mut threads = Vec::with_capacity(CONNECTIONS);
        let mut session = Some(first);
        for _ in 0..CONNECTIONS {
            let mut worker = Worker { config: config.clone(), session: session.take() };
            let jobs = Arc::clone(&jobs);
            let builder = std::thread::Builder::new().name("hall-store".to_owned());
            threads.push(builder.spawn(move || worker.run(&jobs)).map_err(StoreError::Thread)?);
        }
        Ok(Self { queue: Queue::new(sender, threads) })
    }
}

/// The first connection, made on a thread of its own: a caller inside a runtime may not wait.
fn prepared(config: &Config) -> Result<PgSession, StoreError> {
    let prepare = || {
        let session = PgSession::connect(config)?;
        schema::migrate_postgres(&session).map(|()| session)
    };
    std::thread::scope(|scope| scope.spawn(prepare).join()).unwrap_or(Err(StoreError::Closed))
}

impl Engine for Postgres {
    fn submit(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        self.queue.submit(job)
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn close(&self) {
        self.queue.close();
    }
}

struct Worker {
    config: Config,
    session: Option<PgSession>,
}

impl Worker {
    /// Serves jobs until every sender is gone.
    fn run(&mut self, jobs: &Mutex<Receiver<Box<dyn Job>>>) {
        loop {
            let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(mut job) = next else { return };
            let committed = self.carry_out(job.as_mut());
            job.reply(committed);
        }
    }

    fn carry_out(&mut self, job: &mut dyn Job) -> Result<(), StoreError> {
        for tried in 0..TRIES_MAX {
            match self.attempt(job) {
                Attempt::Done => return Ok(()),
                Attempt::Failed(error) => return Err(error),
                Attempt::Again => pause(back_off(tried)),
            }
        }
        Err(StoreError::Contended)
    }

    fn attempt(&mut self, job: &mut dyn Job) -> Attempt {
        // A connection that broke while it was idle shows at the first statement: nothing was done.
        let isolation = job.isolation();
        let begun = self.session.take().filter(|session| begin(session, isolation).is_ok());
        let session = match begun {
            Some(session) => session,
            None => {
                match PgSession::connect(&self.config).and_then(|new| begin(&new, isolation).map(|()| new)) {
                    Ok(session) => session,
                    Err(error) => return Attempt::Failed(error),
                }
            }
        };
        let keep = job.work(&session);
        let ended = if keep { session.batch("COMMIT") } else { session.batch("ROLLBACK") };
        let (again, broken) = (session.gave_up(), session.is_closed());
        if again && !broken {
            // After a failed COMMIT there is nothing left to undo; the answer does not matter.
            let _nothing_to_undo = session.batch("ROLLBACK");
        }
        if !broken {
            self.session = Some(session);
        }
        match ended {
            _ if again && !broken => Attempt::Again,
            Ok(()) => Attempt::Done,
            Err(error) => Attempt::Failed(error),
        }
    }
}

enum Attempt {
    Done,
    Again,
    Failed(StoreError),
}

fn begin(session: &PgSession, isolation: Isolation) -> Result<(), StoreError> {
    session.begin_anew();
    session.batch(match isolation {
        Isolation::Serializable => "BEGIN ISOLATION LEVEL SERIALIZABLE",
        Isolation::Snapshot => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        Isolation::Statement => "BEGIN ISOLATION LEVEL READ COMMITTED",
    })
}

/// Doubles up to its bound; a part of it is left to chance, so that rivals part.
fn back_off(tried: u32) -> Duration {
    let most = 2_u64.saturating_pow(tried).min(PAUSE_MAX_MS);
    Duration::from_micros(rand::random_range(0..most.saturating_mul(1_000).max(1)))
}
