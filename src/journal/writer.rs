//! The thread that owns the connection.

use std::fs::File;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::{JournalError, Moment, Observer, connection};

/// Each caller waits for its answer, so that more jobs than threads never queue; the kiosk has fewer than 32.
const QUEUED_JOBS: usize = 32;
/// Commits between two checkpoints: some 20 KiB each, so the WAL stays near 5 MiB and start-up reads little.
const COMMITS_PER_CHECKPOINT: u32 = 256;

type Job = Box<dyn FnOnce(&mut Desk) + Send>;

/// Has work done, one piece after the other.
pub(super) struct Writer {
    place: Place,
    halted: Arc<AtomicBool>,
}

/// Where the work is done.
enum Place {
    /// On a thread of its own, as in the street.
    Thread { jobs: Option<SyncSender<Job>>, thread: Option<JoinHandle<()>> },
    /// On the thread that asks, so that nothing happens at the same time: in the simulation.
    Here(Box<Mutex<Desk>>),
}

/// What the thread has before it.
pub(super) struct Desk {
    pub(super) connection: Connection,
    observer: Option<Observer>,
    commits: u64,
    since_checkpoint: u32,
    /// Commits at the last try of a checkpoint.
    tried_at: u64,
    halted: Arc<AtomicBool>,
    _lock: File,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        lock: File,
        observer: Option<Observer>,
        own_thread: bool,
    ) -> Result<Self, JournalError> {
        let halted = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&halted);
        let desk = Desk {
            connection,
            observer,
            commits: 0,
            since_checkpoint: 0,
            tried_at: 0,
            halted: flag,
            _lock: lock,
        };
        if !own_thread {
            return Ok(Self { place: Place::Here(Box::new(Mutex::new(desk))), halted });
        }
        let (jobs, queue) = sync_channel(QUEUED_JOBS);
        let thread = std::thread::Builder::new().name("journal".to_owned()).spawn(|| desk.work(queue))?;
        Ok(Self { place: Place::Thread { jobs: Some(jobs), thread: Some(thread) }, halted })
    }

    /// True once a write failed so that the disk's content is not known.
    pub(super) fn is_halted(&self) -> bool {
        self.halted.load(Ordering::SeqCst)
    }

    /// Has the work done and waits for it.
    pub(super) fn call<T, F>(&self, work: F) -> Result<T, JournalError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Desk) -> Result<T, JournalError> + Send + 'static,
    {
        let jobs = match &self.place {
            Place::Thread { jobs, .. } => jobs.as_ref().ok_or(JournalError::Stopped)?,
            Place::Here(desk) => {
                let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
                let answer = work(&mut desk);
                desk.checkpoint_if_due();
                return answer;
            }
        };
        let (answer, result) = sync_channel(1);
        // The receiver below outlives the job, or nobody wants the answer any more.
        let job = move |desk: &mut Desk| drop(answer.send(work(desk)));
        jobs.send(Box::new(job)).map_err(|_| JournalError::Stopped)?;
        result.recv().map_err(|_| JournalError::Stopped)?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let Place::Thread { jobs, thread } = &mut self.place else { return };
        *jobs = None;
        let thread = thread.take().filter(|thread| thread.thread().id() != std::thread::current().id());
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the journal's thread panicked");
        }
    }
}

impl Desk {
    fn work(mut self, queue: Receiver<Job>) {
        for job in queue {
            job(&mut self);
            self.checkpoint_if_due();
        }
    }

    /// One durable transaction; all of it or nothing.
    pub(super) fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        if self.halted.load(Ordering::SeqCst) {
            return Err(JournalError::Halted);
        }
        let result = self.transact(work);
        self.halt_on_doubt(&result);
        result
    }

    /// One reading transaction, never committed.
    pub(super) fn read<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        work(&transaction)
    }

    fn transact<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        let number = self.commits + 1;
        tell(self.observer.as_ref(), Moment::Before, number);
        transaction.commit()?;
        self.commits = number;
        self.since_checkpoint += 1;
        tell(self.observer.as_ref(), Moment::After, number);
        Ok(value)
    }

    /// After a failed sync the disk may hold the old state, the new one, or neither.
    fn halt_on_doubt<T>(&mut self, result: &Result<T, JournalError>) {
        if let Err(error) = result
            && error.leaves_doubt()
        {
            tracing::error!(%error, "the journal takes nothing more");
            self.halted.store(true, Ordering::SeqCst);
        }
    }

    /// Runs between two jobs, when the caller already has its answer.
    fn checkpoint_if_due(&mut self) {
        let due = self.since_checkpoint >= COMMITS_PER_CHECKPOINT && self.tried_at < self.commits;
        if !due || self.halted.load(Ordering::SeqCst) {
            return;
        }
        self.tried_at = self.commits;
        let result = connection::checkpoint(&self.connection);
        self.halt_on_doubt(&result);
        // Without room it stays due and is tried again after the next commit.
        if result.is_ok() {
            self.since_checkpoint = 0;
        }
    }
}

fn tell(observer: Option<&Observer>, moment: Moment, number: u64) {
    if let Some(observer) = observer {
        observer(moment, number);
    }
}
