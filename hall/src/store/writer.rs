//! The writer's thread: many jobs, one transaction, one flush.

use std::sync::mpsc::Receiver;

use rusqlite::Connection;

use super::StoreError;

/// Jobs that share one transaction. One flush takes milliseconds, one job tens of microseconds:
/// with 64 the flush no longer dominates and nobody waits noticeably for the others.
const BATCH_MAX: usize = 64;

/// Sends a job's answer, once it is known whether its transaction was committed.
pub(super) type Reply = Box<dyn FnOnce(bool) + Send>;

/// Work inside a transaction. Dropping a job, or its reply, tells the caller that nothing was done.
pub(super) type Job = Box<dyn FnOnce(&Connection) -> Reply + Send>;

/// Wraps work into a job that keeps its savepoint only when the work succeeds.
pub(super) fn job_of<T, E, W, R>(work: W, reply: R) -> Job
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    W: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    R: FnOnce(Result<T, E>) + Send + 'static,
{
    Box::new(move |connection| {
        let outcome = in_savepoint(connection, work);
        Box::new(move |committed| {
            reply(match outcome {
                Ok(_) if !committed => Err(StoreError::NotCommitted.into()),
                outcome => outcome,
            });
        })
    })
}

fn in_savepoint<T, E: From<StoreError>>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    let step =
        |statement| connection.execute_batch(statement).map_err(|error| E::from(StoreError::Sqlite(error)));
    step("SAVEPOINT job")?;
    let outcome = work(connection);
    match outcome {
        Ok(value) => step("RELEASE job").map(|()| value),
        Err(refusal) => {
            step("ROLLBACK TO job; RELEASE job")?;
            Err(refusal)
        }
    }
}

/// Serves jobs until every sender is gone.
pub(super) fn run_writer(connection: &Connection, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let batch: Vec<Job> = std::iter::once(first).chain(jobs.try_iter().take(BATCH_MAX - 1)).collect();
        run_batch(connection, batch);
    }
}

fn run_batch(connection: &Connection, batch: Vec<Job>) {
    if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        tracing::error!(%error, "cannot begin a transaction");
        return;
    }
    let mut replies = Vec::with_capacity(batch.len());
    for job in batch {
        replies.push(job(connection));
        // A full disk rolls the whole transaction back; later jobs must not commit on their own.
        if connection.is_autocommit() {
            break;
        }
    }
    let committed = commit(connection);
    for reply in replies {
        reply(committed);
    }
}

fn commit(connection: &Connection) -> bool {
    let Err(error) = connection.execute_batch("COMMIT") else { return true };
    tracing::error!(%error, "cannot commit a transaction");
    if !connection.is_autocommit()
        && let Err(error) = connection.execute_batch("ROLLBACK")
    {
        tracing::error!(%error, "cannot roll a transaction back");
    }
    false
}
