//! Questions: asked once, answered once, never repeated here. Only an enrolment is asked until it is answered.

use std::sync::Arc;

use hall_api::{CaseRequest, Enrolment, EnrolmentRequest, HoldRequest, PersonBillsRequest, QuoteRequest, Rating};
use reqwest::Method;
use tokio::sync::{Semaphore, mpsc};

use super::backoff::Backoff;
use super::client::Miss;
use super::shared::{Flight, Shared};
use super::{HallFault, HallNews, Ticket};
use crate::money::OrderId;

/// Questions under way at once: one visit needs one or two; the rest wait in the queue.
const CONCURRENT_QUESTIONS: usize = 8;

/// A question with what its answer needs.
pub(super) enum Question {
    Quote { ticket: Ticket, request: QuoteRequest },
    PersonBills { ticket: Ticket, request: PersonBillsRequest },
    Hold { ticket: Ticket, order_id: OrderId, request: HoldRequest },
    Case { ticket: Ticket, request: CaseRequest },
    Rate { order_id: OrderId, rating: Rating },
    Find { ticket: Ticket, order_id: OrderId },
    Enrol,
}

/// A question under way.
pub(super) struct Asked {
    pub(super) question: Question,
    pub(super) _flight: Flight,
}

impl Question {
    /// The answer to a question that could not even be queued.
    pub(super) fn unanswered(self) -> HallNews {
        match self {
            Self::Quote { ticket, .. } => HallNews::Quote { ticket, answer: Err(HallFault::Away) },
            Self::PersonBills { ticket, .. } => HallNews::PersonBills { ticket, answer: Err(HallFault::Away) },
            Self::Hold { ticket, .. } => HallNews::Hold { ticket, answer: Err(HallFault::Away) },
            Self::Case { ticket, .. } => HallNews::Case { ticket, answer: Err(HallFault::Away) },
            Self::Rate { order_id, .. } => HallNews::Rated { order_id, answer: Err(HallFault::Away) },
            Self::Find { ticket, .. } => HallNews::Found { ticket, answer: Err(HallFault::Away) },
            Self::Enrol => HallNews::Link { online: false },
        }
    }
}

/// Takes questions until the handle is gone.
pub(super) async fn run(shared: Arc<Shared>, mut asked: mpsc::Receiver<Asked>) {
    let places = Arc::new(Semaphore::new(CONCURRENT_QUESTIONS));
    while let Some(asked) = asked.recv().await {
        let shared = Arc::clone(&shared);
        // An enrolment may wait for hours and takes nobody's place.
        if matches!(asked.question, Question::Enrol) {
            drop(asked);
            tokio::spawn(async move { enrol(&shared).await });
            continue;
        }
        // Nobody closes the semaphore.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        tokio::spawn(async move {
            let Asked { question, _flight } = asked;
            let news = answer(&shared, question).await;
            shared.tell(news);
            drop(place);
        });
    }
}

async fn answer(shared: &Shared, question: Question) -> HallNews {
    use Question as Q;
    let client = &shared.client;
    match question {
        Q::Quote { ticket, request } => {
            let answer = seen(shared, client.send(Method::POST, "/v1/quotes", &request).await);
            HallNews::Quote { ticket, answer }
        }
        Q::PersonBills { ticket, request } => {
            let answer = seen(shared, client.send(Method::POST, "/v1/persons/bills", &request).await);
            HallNews::PersonBills { ticket, answer }
        }
        Q::Hold { ticket, order_id, request } => {
            let path = format!("/v1/holds/{order_id}");
            HallNews::Hold { ticket, answer: seen(shared, client.send(Method::PUT, &path, &request).await) }
        }
        Q::Case { ticket, request } => {
            let answer = seen(shared, client.send(Method::POST, "/v1/cases", &request).await);
            HallNews::Case { ticket, answer }
        }
        Q::Rate { order_id, rating } => {
            let path = format!("/v1/ratings/{order_id}");
            let answer = seen(shared, client.tell(Method::PUT, &path, &rating).await);
            HallNews::Rated { order_id, answer }
        }
        Q::Find { ticket, order_id } => {
            let path = format!("/v1/orders/{order_id}");
            HallNews::Found { ticket, answer: seen(shared, client.get(&path).await) }
        }
        Q::Enrol => HallNews::Link { online: shared.is_online() },
    }
}

fn seen<T>(shared: &Shared, answer: Result<T, Miss>) -> Result<T, HallFault> {
    shared.observe(&answer);
    answer.map_err(Miss::fault)
}

/// Each call gives a new epoch, so one that got lost only leaves a gap.
async fn enrol(shared: &Shared) {
    let request = EnrolmentRequest { kiosk: shared.settings.kiosk.clone() };
    let mut backoff = Backoff::new(&shared.settings);
    loop {
        shared.until_online(true).await;
        let flight = shared.take_off();
        let answer: Result<Enrolment, Miss> =
            shared.client.send(Method::POST, "/v1/enrolments", &request).await;
        shared.observe(&answer);
        if let Ok(enrolment) = answer {
            shared.end_enrolment();
            return shared.tell(HallNews::Enrolled { epoch: enrolment.epoch });
        }
        drop(flight);
        tokio::time::sleep(backoff.next(None)).await;
    }
}
