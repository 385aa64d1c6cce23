//! Questions: asked once, answered once, never repeated here.

use std::sync::Arc;

use hall_api::{CaseRequest, HoldRequest, PersonBillsRequest, QuoteRequest, Rating};
use reqwest::Method;
use tokio::sync::{Semaphore, mpsc};

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
            Self::PersonBills { ticket, .. } => {
                HallNews::PersonBills { ticket, answer: Err(HallFault::Away) }
            }
            Self::Hold { ticket, .. } => HallNews::Hold { ticket, answer: Err(HallFault::Away) },
            Self::Case { ticket, .. } => HallNews::Case { ticket, answer: Err(HallFault::Away) },
            Self::Rate { order_id, .. } => HallNews::Rated { order_id, answer: Err(HallFault::Away) },
            Self::Find { ticket, .. } => HallNews::Found { ticket, answer: Err(HallFault::Away) },
        }
    }
}

/// Takes questions until the handle is gone.
pub(super) async fn run(shared: Arc<Shared>, mut asked: mpsc::Receiver<Asked>) {
    let places = Arc::new(Semaphore::new(CONCURRENT_QUESTIONS));
    while let Some(asked) = asked.recv().await {
        let shared = Arc::clone(&shared);
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
    }
}

fn seen<T>(shared: &Shared, answer: Result<T, Miss>) -> Result<T, HallFault> {
    shared.observe(&answer);
    answer.map_err(Miss::fault)
}
