//! What a hall looks after beside bookings: news of other halls, and what may be forgotten.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::desk::Desk;
use crate::identity::Revoked;
use crate::store::{self, Isolation, StoreError};

/// How often a hall looks for what the others told their kiosks. One small question for all kiosks.
const NEWS_EVERY: Duration = Duration::from_millis(250);

/// How often lapsed quotes are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(60);

/// How often a hall looks for certificates that count no more.
const REVOKED_EVERY: Duration = Duration::from_secs(5);

/// Runs until told to stop.
pub(crate) async fn run(desk: Arc<Desk>, revoked: Arc<Revoked>, mut stop: watch::Receiver<bool>) {
    let mut news = tokio::time::interval(NEWS_EVERY);
    let mut forget = tokio::time::interval(FORGET_EVERY);
    let mut certificates = tokio::time::interval(REVOKED_EVERY);
    let mut known = HashMap::new();
    while !*stop.borrow_and_update() {
        let done = tokio::select! {
            _ = news.tick(), if desk.store.is_shared() => pass_on(&desk, &mut known).await,
            _ = certificates.tick() => learn_revoked(&desk, &revoked).await,
            _ = forget.tick() => forget_lapsed(&desk).await,
            _ = stop.changed() => Ok(()),
        };
        if let Err(error) = done {
            tracing::warn!(%error, "the hall's watch could not use the database");
        }
    }
}

/// Wakes the kiosks that were told something since the last look.
async fn pass_on(desk: &Desk, known: &mut HashMap<String, i64>) -> Result<(), StoreError> {
    let told: HashMap<String, i64> = desk.store.look(store::told_lately).await?.into_iter().collect();
    for (kiosk, seq) in &told {
        if known.get(kiosk) != Some(seq) {
            desk.bell.ring(kiosk);
        }
    }
    *known = told;
    Ok(())
}

async fn learn_revoked(desk: &Desk, revoked: &Revoked) -> Result<(), StoreError> {
    revoked.set(desk.revoked().await?);
    Ok(())
}

async fn forget_lapsed(desk: &Desk) -> Result<(), StoreError> {
    let now_ms = desk.now_ms();
    desk.store.run_in(Isolation::Statement, move |session| store::forget_lapsed(session, now_ms)).await
}
