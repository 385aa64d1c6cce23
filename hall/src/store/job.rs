//! Work on its way through a store.

use super::StoreError;
use super::session::Session;

/// How much a job must be kept apart from the jobs of other halls. SQLite runs one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// As if jobs ran one after the other.
    Serializable,
    /// Reads only, from one moment; stands in nobody's way.
    Snapshot,
    /// Each statement sees what is committed. For single rows that are compared and changed in one
    /// statement.
    Statement,
}

/// Work inside a transaction. Dropping it tells the caller that nothing was done.
pub(super) trait Job: Send {
    /// What the work needs.
    fn isolation(&self) -> Isolation;

    /// Does the work; true when what it changed is to be kept. May be called again when the
    /// database gave up the transaction in favour of another one.
    fn work(&mut self, session: &dyn Session) -> bool;

    /// Answers the caller, once it is known whether the transaction was committed.
    fn reply(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Work<T, E, W, R> {
    isolation: Isolation,
    work: W,
    reply: R,
    outcome: Option<Result<T, E>>,
}

/// Work and where its outcome goes.
pub(super) fn job_of<T, E, W, R>(isolation: Isolation, work: W, reply: R) -> Box<dyn Job>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
    W: FnMut(&dyn Session) -> Result<T, E> + Send + 'static,
    R: FnOnce(Result<T, E>) + Send + 'static,
{
    Box::new(Work { isolation, work, reply, outcome: None })
}

impl<T, E, W, R> Job for Work<T, E, W, R>
where
    T: Send,
    E: From<StoreError> + Send,
    W: FnMut(&dyn Session) -> Result<T, E> + Send,
    R: FnOnce(Result<T, E>) + Send,
{
    fn isolation(&self) -> Isolation {
        self.isolation
    }

    fn work(&mut self, session: &dyn Session) -> bool {
        let outcome = (self.work)(session);
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn reply(self: Box<Self>, committed: Result<(), StoreError>) {
        let Self { reply, outcome, .. } = *self;
        reply(match (outcome, committed) {
            // A refusal changed nothing, whatever became of the transaction.
            (Some(Err(refusal)), _) => Err(refusal),
            (_, Err(error)) => Err(error.into()),
            (Some(done), Ok(())) => done,
            (None, Ok(())) => Err(StoreError::NotCommitted.into()),
        });
    }
}
