//! Whether the hall can be reached: asked at intervals, sooner while it cannot.

use std::time::Duration;

use hall_api::Health;

use super::backoff::offline_wait;
use super::client::Miss;
use super::shared::Shared;

/// Asks for ever.
pub(super) async fn run(shared: &Shared) {
    loop {
        let answer: Result<Health, Miss> = shared.client.get("/v1/health").await;
        shared.note_link(answer.as_ref().map_or_else(Miss::is_answer, |_| true));
        wait(shared).await;
    }
}

/// Until the interval is over, or another loop lost the hall.
async fn wait(shared: &Shared) {
    if !shared.is_online() {
        return tokio::time::sleep(offline_wait(&shared.settings)).await;
    }
    let interval = Duration::from_millis(shared.settings.heartbeat_ms);
    tokio::select! {
        () = tokio::time::sleep(interval) => {}
        () = shared.doubts.notified() => {}
        () = shared.until_online(false) => tokio::time::sleep(offline_wait(&shared.settings)).await,
    }
}

impl Shared {
    /// What any exchange says about the link. A missing answer says nothing by itself: the heartbeat looks at
    /// once.
    pub(super) fn observe<T>(&self, answer: &Result<T, Miss>) {
        match answer {
            Ok(_) => self.note_link(true),
            Err(miss) if miss.is_answer() => self.note_link(true),
            Err(Miss::NoConnection) => self.note_link(false),
            Err(Miss::NoAnswer | Miss::Garbage { .. } | Miss::Problem { .. }) => self.doubts.notify_one(),
        }
    }
}
