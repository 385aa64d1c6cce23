//! What the loops and the handle share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::{Notify, watch};

use super::client::Client;
use super::{HallLinkSettings, HallNews, NewsSink};
use crate::journal::{Journal, JournalError};

/// Whether the hall can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkState {
    /// Not asked yet.
    Unasked,
    Online,
    Offline,
}

/// State of the link.
pub(super) struct Shared {
    pub(super) settings: HallLinkSettings,
    pub(super) client: Client,
    pub(super) journal: Journal,
    sink: NewsSink,
    link: watch::Sender<LinkState>,
    kicked: AtomicBool,
    kicks: Notify,
    /// Wakes the heartbeat.
    pub(super) doubts: Notify,
    confirmed: watch::Sender<u64>,
    enrolling: watch::Sender<bool>,
    flights: Arc<AtomicUsize>,
}

/// A request under way, until it is dropped.
pub(super) struct Flight(Arc<AtomicUsize>);

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Shared {
    pub(super) fn new(client: Client, settings: HallLinkSettings, journal: Journal, sink: NewsSink) -> Self {
        Self {
            settings,
            client,
            journal,
            sink,
            link: watch::Sender::new(LinkState::Unasked),
            kicked: AtomicBool::new(false),
            kicks: Notify::new(),
            doubts: Notify::new(),
            confirmed: watch::Sender::new(0),
            enrolling: watch::Sender::new(false),
            flights: Arc::new(AtomicUsize::new(0)),
        }
    }

    pub(super) fn tell(&self, news: HallNews) {
        (self.sink)(news);
    }

    /// Notes whether the hall answered, and tells on change.
    pub(super) fn note_link(&self, online: bool) {
        let state = if online { LinkState::Online } else { LinkState::Offline };
        if self.link.send_replace(state) != state {
            tracing::info!(online, "hall link");
            if online {
                self.kick();
            }
            self.tell(HallNews::Link { online });
        }
    }

    pub(super) fn is_online(&self) -> bool {
        *self.link.borrow() == LinkState::Online
    }

    /// Waits until the link is online, or not.
    pub(super) async fn until_online(&self, online: bool) {
        let wanted = |state: &LinkState| (*state == LinkState::Online) == online;
        // The sender lives in `self`, so the channel stays open.
        let _ = self.link.subscribe().wait_for(wanted).await;
    }

    pub(super) fn kick(&self) {
        self.kicked.store(true, Ordering::SeqCst);
        self.kicks.notify_one();
    }

    /// The delivery has seen every kick so far.
    pub(super) fn take_kick(&self) {
        self.kicked.store(false, Ordering::SeqCst);
    }

    /// Waits for a kick since the last wait.
    pub(super) async fn until_kicked(&self) {
        self.kicks.notified().await;
    }

    pub(super) fn take_off(&self) -> Flight {
        self.flights.fetch_add(1, Ordering::SeqCst);
        Flight(Arc::clone(&self.flights))
    }

    pub(super) fn in_flight(&self) -> usize {
        let kicked = self.kicked.load(Ordering::SeqCst) && self.is_online();
        self.flights.load(Ordering::SeqCst) + usize::from(kicked)
    }

    pub(super) fn confirm_inbox(&self, seq: u64) {
        self.confirmed.send_modify(|confirmed| *confirmed = seq.max(*confirmed));
    }

    /// Waits until the journal has an inbox event.
    pub(super) async fn until_confirmed(&self, seq: u64) {
        let _ = self.confirmed.subscribe().wait_for(|confirmed| *confirmed >= seq).await;
    }

    /// Somebody wants an epoch; while one is under way this changes nothing.
    pub(super) fn begin_enrolment(&self) {
        self.enrolling.send_replace(true);
    }

    pub(super) fn end_enrolment(&self) {
        self.enrolling.send_replace(false);
    }

    /// Waits until somebody wants an epoch.
    pub(super) async fn until_enrolment(&self) {
        let _ = self.enrolling.subscribe().wait_for(|enrolling| *enrolling).await;
    }

    /// Asks the journal without holding up the other loops; an error is logged here.
    pub(super) async fn ask_journal<T, F>(&self, work: F) -> Option<T>
    where
        T: Send + 'static,
        F: FnOnce(&Journal) -> Result<T, JournalError> + Send + 'static,
    {
        let journal = self.journal.clone();
        match tokio::task::spawn_blocking(move || work(&journal)).await {
            Ok(Ok(value)) => Some(value),
            Ok(Err(error)) => {
                tracing::error!(%error, "the journal refuses the hall link");
                None
            }
            Err(error) => {
                tracing::error!(%error, "a journal call of the hall link ended early");
                None
            }
        }
    }
}
