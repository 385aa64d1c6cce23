//! The desk: what the hall does for its kiosks, one file per kind of request.

mod bell;
mod cases;
mod holds;
mod identity;
mod orders;
mod price;
mod quotes;
mod records;

use std::sync::Arc;
use std::time::Duration;

use hall_api::{Enrolment, EnrolmentRequest, Health, Inbox};
use kiosk_config::{Catalogue, FeeType, SiteProfile};
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use self::bell::Bell;
use crate::clock::{Clock, business_date};
use crate::order::check_kiosk;
use crate::outside::BillerDesk;
use crate::refusal::Refusal;
use crate::seal::Seal;
use crate::store::{self, Store};

/// Longest wait of an inbox request, below the 30 s after which proxies drop a silent connection.
const INBOX_WAIT_MAX: Duration = Duration::from_millis(25_000);

/// Everything that a request needs.
pub(crate) struct Desk {
    pub(crate) store: Store,
    pub(crate) catalogue: Catalogue,
    pub(crate) sites: Vec<SiteProfile>,
    pub(crate) billers: Arc<dyn BillerDesk>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Seals account numbers before they come to the store.
    pub(crate) seal: Arc<Seal>,
    /// Rung after each change that a kiosk is told about.
    pub(crate) bell: Bell,
    /// Wakes the worker.
    pub(crate) work: Notify,
    /// True once the hall stops: nobody is kept waiting any more.
    closing: watch::Sender<bool>,
}

impl Desk {
    pub(crate) fn new(
        store: Store,
        (catalogue, sites): (Catalogue, Vec<SiteProfile>),
        billers: Arc<dyn BillerDesk>,
        clock: Arc<dyn Clock>,
        seal: Arc<Seal>,
    ) -> Self {
        Self {
            store,
            catalogue,
            sites,
            billers,
            clock,
            seal,
            bell: Bell::new(),
            work: Notify::new(),
            closing: watch::Sender::new(false),
        }
    }

    /// Whether the hall answers.
    pub(crate) fn health(&self) -> Health {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Health { version, now: self.clock.now().to_string(), simulated: true }
    }

    /// Answers what waits, and keeps nobody waiting from now on.
    pub(crate) fn begin_closing(&self) {
        self.closing.send_replace(true);
    }

    pub(crate) fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// A new epoch for a kiosk.
    pub(crate) async fn enrol(&self, request: EnrolmentRequest) -> Result<Enrolment, Refusal> {
        check_kiosk(&request.kiosk)?;
        let epoch = self.store.run(move |session| store::enrol(session, &request.kiosk)).await?;
        Ok(Enrolment { epoch })
    }

    /// Events of a kiosk, waiting for the first one if need be.
    pub(crate) async fn inbox(&self, kiosk: String, after: u64, wait_ms: u64) -> Result<Inbox, Refusal> {
        check_kiosk(&kiosk)?;
        let wait = Duration::from_millis(wait_ms).min(INBOX_WAIT_MAX);
        let deadline = Instant::now() + wait;
        let mut rung = self.bell.listen(&kiosk);
        loop {
            let asked = kiosk.clone();
            let inbox = self.store.look(move |session| store::inbox_after(session, &asked, after)).await?;
            if !inbox.events.is_empty() || !self.is_worth_waiting(&mut rung, deadline).await {
                return Ok(inbox);
            }
        }
    }

    /// Waits for a ring. False when the time is over, or the hall stops.
    async fn is_worth_waiting(&self, rung: &mut watch::Receiver<u64>, deadline: Instant) -> bool {
        let mut closing = self.closing.subscribe();
        tokio::select! {
            rung = tokio::time::timeout_at(deadline, rung.changed()) => rung.is_ok(),
            _ = closing.wait_for(|closing| *closing) => false,
        }
    }

    fn fee(&self, code: &str) -> Result<&FeeType, Refusal> {
        self.catalogue.fee(code).filter(|fee| fee.enabled).ok_or(Refusal::UnknownFee)
    }

    /// True where the district of a site has abolished the charge. A site that the hall does not
    /// know has abolished nothing.
    fn is_abolished(&self, site: &str, fee: &str) -> bool {
        let site = self.sites.iter().find(|known| known.code == site);
        let today = business_date(self.clock.now());
        self.catalogue.fee(fee).zip(site).is_some_and(|(fee, site)| site.is_free(fee, today))
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now().as_millisecond()
    }
}

/// Runs a call to the outside world, which may take long, on a thread that may wait.
async fn outside<T: Send + 'static>(call: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(call).await.map_err(|_| Refusal::Interrupted)
}
