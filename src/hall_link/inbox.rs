//! The inbox: waits at the hall for news. The journal says from where; nothing is skipped that it does not
//! have.

use std::time::Duration;

use hall_api::{Inbox, InboxEvent};

use super::HallNews;
use super::backoff::Backoff;
use super::client::Miss;
use super::shared::Shared;

/// Asks for ever, while the hall can be reached.
pub(super) async fn run(shared: &Shared) {
    let mut backoff = Backoff::new(&shared.settings);
    let mut previous = None;
    loop {
        shared.until_online(true).await;
        let floor = tokio::time::sleep(Duration::from_millis(shared.settings.backoff_min_ms));
        let polled = poll(shared).await;
        match polled {
            None if shared.is_online() => tokio::time::sleep(backoff.next(None)).await,
            // The same question, answered at once, must not become a storm.
            Some(_) if polled == previous => floor.await,
            _ => backoff.reset(),
        }
        previous = polled;
    }
}

/// One long poll: the event behind which it asked; none when it failed.
async fn poll(shared: &Shared) -> Option<u64> {
    let after = shared.ask_journal(|journal| journal.inbox_seq()).await?;
    let (kiosk, wait_ms) = (&shared.settings.kiosk, shared.settings.long_poll_ms);
    let path = format!("/v1/kiosks/{kiosk}/inbox?after={after}&wait_ms={wait_ms}");
    let answer: Result<Inbox, Miss> = tokio::select! {
        answer = shared.client.wait(&path, Duration::from_millis(wait_ms)) => answer,
        // The connection may be dead without knowing: ask anew once the hall is back.
        () = shared.until_online(false) => return None,
    };
    shared.observe(&answer);
    hand_over(shared, after, answer.ok()?.events).await
}

/// Tells the events and waits until the journal has them; what it does not get in time is told again.
async fn hand_over(shared: &Shared, after: u64, events: Vec<InboxEvent>) -> Option<u64> {
    let mut last = after;
    for event in events.into_iter().filter(|event| event.seq > after) {
        last = last.max(event.seq);
        shared.tell(HallNews::Inbox { seq: event.seq, status: event.order });
    }
    if last == after {
        return Some(after);
    }
    let patience = Duration::from_millis(shared.settings.timeout_ms);
    tokio::time::timeout(patience, shared.until_confirmed(last)).await.ok().map(|()| after)
}
