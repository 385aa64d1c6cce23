//! Enrolment: asked until the hall gives an epoch.

use hall_api::{Enrolment, EnrolmentRequest};
use reqwest::Method;

use super::HallNews;
use super::backoff::Backoff;
use super::client::Miss;
use super::shared::Shared;

/// Waits for wishes and asks, for ever.
pub(super) async fn run(shared: &Shared) {
    loop {
        shared.until_enrolment().await;
        enrol(shared).await;
        shared.end_enrolment();
    }
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
        if let Ok(Enrolment { epoch }) = answer {
            return shared.tell(HallNews::Enrolled { epoch });
        }
        drop(flight);
        tokio::time::sleep(backoff.next(None)).await;
    }
}
