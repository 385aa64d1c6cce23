//! The jobs that wait for a store, and the threads that serve them.

use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use super::StoreError;
use super::job::Job;

/// A bounded queue; it ends with its threads.
pub(super) struct Queue {
    sender: Mutex<Option<SyncSender<Box<dyn Job>>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Queue {
    /// A queue that these threads serve.
    pub(super) fn new(sender: SyncSender<Box<dyn Job>>, threads: Vec<JoinHandle<()>>) -> Self {
        Self { sender: Mutex::new(Some(sender)), threads: Mutex::new(threads) }
    }

    /// Puts a job in, or says that there is no room or no end of the queue any more.
    pub(super) fn submit(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        match sender.as_ref().ok_or(StoreError::Closed)?.try_send(job) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => Err(StoreError::Busy),
            Err(TrySendError::Disconnected(_)) => Err(StoreError::Closed),
        }
    }

    /// Takes no more jobs, and waits until those that are in are done.
    pub(super) fn close(&self) {
        drop(self.sender.lock().unwrap_or_else(PoisonError::into_inner).take());
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the store ended by a panic");
            }
        }
    }
}
