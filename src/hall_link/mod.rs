//! The link to the hall: HTTP client, delivery of the outbox, inbox, heartbeat. The only user of `reqwest`.
//!
//! A tokio runtime lives on a thread of its own; the rest of the kiosk sees method calls that return at once,
//! and [`HallNews`] through one callback. Six loops run side by side:
//!
//! | loop | what it does |
//! |---|---|
//! | `heartbeat` | asks for the hall's health, and so decides whether the link is online |
//! | `delivery` | drains the journal's outbox at start, on every reconnect and after each kick, for ever |
//! | `inbox` | waits at the hall for news, and repeats what the journal has not made durable |
//! | `question` | quotes, holds, cases and the like: asked once, answered once |
//! | `enrolment` | asks for an epoch until there is one |
//! | `certificate` | renews what the kiosk shows the hall, before it runs out |
//!
//! Everything here is safe to repeat: orders go out as `PUT` under their own id, and the hall replays its
//! answer.

mod backoff;
mod certificate;
mod client;
mod delivery;
mod enrolment;
mod heartbeat;
mod identity;
mod inbox;
mod news;
mod question;
mod report;
mod settings;
mod shared;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use hall_api::{CaseRequest, HoldRequest, PersonBillsRequest, QuoteRequest, Rating};
use thiserror::Error;
use tokio::sync::{mpsc, watch};

use crate::journal::Journal;
use crate::money::OrderId;

pub use certificate::{EnrolError, enrol};
pub use identity::IdentityError;
pub use news::{HallFault, HallNews, NewsSink, Ticket};
pub use report::{progress, report};
pub use settings::HallLinkSettings;

use client::Client;
use question::{Asked, Question};
use shared::Shared;

/// Questions that may wait: one visit asks one or two at a time, and a start asks for its few open orders.
const QUEUED_QUESTIONS: usize = 256;
/// Journal calls under way besides the loops; each waits for the journal's one thread anyway.
const BLOCKING_THREADS: usize = 4;
/// How long the end waits for a name look-up or a journal call that cannot be interrupted.
const STOP_WAIT: Duration = Duration::from_secs(2);

/// Why the link cannot start.
#[derive(Debug, Error)]
pub enum HallLinkError {
    /// No thread or no event queue: the system is out of resources.
    #[error("the link's thread cannot start")]
    Thread(#[from] std::io::Error),
    /// The HTTP client cannot be built.
    #[error("the http client cannot be built")]
    Client(#[from] reqwest::Error),
    /// The hall wants to know who asks, and the kiosk cannot say it.
    #[error("the kiosk's certificate")]
    Identity(#[from] IdentityError),
}

/// Handle to the link; it ends with the handle.
pub struct HallLink {
    shared: Arc<Shared>,
    questions: mpsc::Sender<Asked>,
    end: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl HallLink {
    /// Starts the loops. `sink` is called on the link's thread: it passes the news on and neither waits nor
    /// calls [`HallLink::stop`].
    pub fn start(
        settings: HallLinkSettings,
        journal: Journal,
        sink: NewsSink,
    ) -> Result<Self, HallLinkError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(BLOCKING_THREADS)
            .build()?;
        let shared = Arc::new(Shared::new(Client::new(&settings)?, settings, journal, sink));
        let (questions, asked) = mpsc::channel(QUEUED_QUESTIONS);
        let (end, ended) = watch::channel(false);
        let room = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("hall-link".to_owned()).spawn(move || {
            runtime.block_on(run(room, asked, ended));
            runtime.shutdown_timeout(STOP_WAIT);
        })?;
        Ok(Self { shared, questions, end, thread: Some(thread) })
    }

    /// Asks what is owed on one account; answered by [`HallNews::Quote`].
    pub fn ask_quote(&self, ticket: Ticket, request: QuoteRequest) {
        self.ask(Question::Quote { ticket, request });
    }

    /// Asks for every open bill of one person; answered by [`HallNews::PersonBills`].
    pub fn ask_person_bills(&self, ticket: Ticket, request: PersonBillsRequest) {
        self.ask(Question::PersonBills { ticket, request });
    }

    /// Asks to keep bills for an order; answered by [`HallNews::Hold`].
    pub fn ask_hold(&self, ticket: Ticket, order_id: OrderId, request: HoldRequest) {
        self.ask(Question::Hold { ticket, order_id, request });
    }

    /// Opens a case; answered by [`HallNews::Case`].
    pub fn open_case(&self, ticket: Ticket, request: CaseRequest) {
        self.ask(Question::Case { ticket, request });
    }

    /// Sends the resident's rating; answered by [`HallNews::Rated`].
    pub fn rate(&self, order_id: OrderId, rating: Rating) {
        self.ask(Question::Rate { order_id, rating });
    }

    /// Asks how an order stands; answered by [`HallNews::Found`].
    pub fn find_order(&self, ticket: Ticket, order_id: OrderId) {
        self.ask(Question::Find { ticket, order_id });
    }

    /// Asks for an epoch until there is one; answered by [`HallNews::Enrolled`]. A second call while one is
    /// under way does nothing.
    pub fn enrol(&self) {
        self.shared.begin_enrolment();
    }

    /// Something new is in the outbox.
    pub fn kick(&self) {
        self.shared.kick();
    }

    /// The journal has recorded the inbox up to this event.
    pub fn inbox_done(&self, seq: u64) {
        self.shared.confirm_inbox(seq);
    }

    /// Questions and deliveries under way or about to be; heartbeat, long poll and waits between two tries do
    /// not count.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.shared.in_flight()
    }

    /// Ends the loops; a request under way is dropped and repeated after the next start where it has to be.
    pub fn stop(self) {
        drop(self);
    }

    fn ask(&self, question: Question) {
        let asked = Asked { question, _flight: self.shared.take_off() };
        if let Err(refused) = self.questions.try_send(asked) {
            let asked = refused.into_inner();
            self.shared.tell(asked.question.unanswered());
        }
    }
}

impl Drop for HallLink {
    fn drop(&mut self) {
        // Refused only when the loops have already ended.
        let _ = self.end.send(true);
        let thread = self.thread.take().filter(|thread| thread.thread().id() != std::thread::current().id());
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the hall link's thread panicked");
        }
    }
}

async fn run(shared: Arc<Shared>, asked: mpsc::Receiver<Asked>, mut ended: watch::Receiver<bool>) {
    tokio::select! {
        () = heartbeat::run(&shared) => {}
        () = delivery::run(&shared) => {}
        () = inbox::run(&shared) => {}
        () = enrolment::run(&shared) => {}
        () = certificate::run(&shared) => {}
        () = question::run(Arc::clone(&shared), asked) => {}
        _ = ended.wait_for(|ended| *ended) => {}
    }
}
