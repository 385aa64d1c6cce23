//! A device thread's channel, and the count of what is under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Orders that may wait for one device; the kiosk never has more than a handful, a full queue is a defect.
const QUEUE_MAX: usize = 32;

/// Counts orders from the moment they are told until they are done.
#[derive(Clone, Debug, Default)]
pub struct Load(Arc<AtomicUsize>);

impl Load {
    /// Orders under way.
    pub fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// The sending end of a device thread; dropping it ends the thread.
pub struct Desk<O> {
    orders: Option<SyncSender<O>>,
    load: Load,
    thread: Option<JoinHandle<()>>,
}

impl<O: Send + 'static> Desk<O> {
    /// Starts a thread that serves orders and, in between, looks after its device every `pause`.
    pub fn open(name: &str, load: &Load, serve: impl FnOnce(Inbox<O>) + Send + 'static) -> Self {
        let (orders, receiver) = sync_channel(QUEUE_MAX);
        let inbox = Inbox { orders: receiver, load: load.clone() };
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || serve(inbox)).ok();
        Self { orders: Some(orders), load: load.clone(), thread }
    }

    /// Hands over an order; one that finds the queue full is dropped, and its asker asks again.
    pub fn tell(&self, order: O) {
        self.load.0.fetch_add(1, Ordering::SeqCst);
        let told = self.orders.as_ref().is_some_and(|orders| orders.try_send(order).is_ok());
        if !told {
            self.load.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl<O> Drop for Desk<O> {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing left to say.
            let _ = thread.join();
        }
    }
}

/// The receiving end.
pub struct Inbox<O> {
    orders: Receiver<O>,
    load: Load,
}

/// What a device thread does next.
pub enum Next<O> {
    /// Serve this order; call [`Inbox::done`] after it.
    Serve(O),
    /// Nothing was ordered: look after the device.
    Look,
    /// Nobody will order anything any more.
    End,
}

impl<O> Inbox<O> {
    /// Waits for an order, at most `pause`.
    pub fn next(&self, pause: Duration) -> Next<O> {
        match self.orders.recv_timeout(pause) {
            Ok(order) => Next::Serve(order),
            Err(RecvTimeoutError::Timeout) => Next::Look,
            Err(RecvTimeoutError::Disconnected) => Next::End,
        }
    }

    /// The order is done and its news are out.
    pub fn done(&self) {
        self.load.0.fetch_sub(1, Ordering::SeqCst);
    }
}
