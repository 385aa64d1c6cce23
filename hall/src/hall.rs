//! A hall from start to stop.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use hall_api::OrderStatus;
use kiosk_config::{Catalogue, Finding, SiteProfile};
use thiserror::Error;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::clock::business_date;
use crate::connections::Connections;
use crate::desk::Desk;
use crate::door::Door;
use crate::http::{Fault, Limiter, Misbehaviour, Shared, enrolment_router, router};
use crate::identity::{Authority, IdentityError, Revoked, enrolling, mutual};
use crate::metrics::Metrics;
use crate::money::Fen;
use crate::night::{self, Files, Night, NightError};
use crate::operator::{self, OperatorError};
use crate::reconcile::Report;
use crate::seal::{Seal, SealError};
use crate::seed;
use crate::settings::{HallSettings, TlsSettings};
use crate::sim::{Acquirer, Billers, SimError};
use crate::store::{self, DifferenceCase, Store, StoreError};
use crate::watch as lookout;
use crate::worker::Worker;

/// Longest wait for bookings under way when the hall stops; longer ones are looked up after the
/// next start.
const STOP_WAIT: Duration = Duration::from_secs(15);

/// Why a hall does not start.
#[derive(Debug, Error)]
pub enum HallError {
    /// Files of the catalogue or of the sites have problems.
    #[error("catalogue or sites have {count} problems; the first: {first}")]
    Data {
        /// How many.
        count: usize,
        /// The first of them.
        first: String,
    },
    /// The database cannot be used.
    #[error("cannot open the hall's database")]
    Store(#[from] StoreError),
    /// The key that seals account numbers cannot be used.
    #[error("cannot use the key that seals account numbers")]
    Seal(#[from] SealError),
    /// Certificates or keys cannot be used.
    #[error("cannot use the certificates")]
    Identity(#[from] IdentityError),
    /// A simulated book cannot be used.
    #[error("cannot open the simulated books")]
    Sim(#[from] SimError),
    /// The port cannot be opened.
    #[error("cannot listen on {listen}")]
    Listen {
        /// Where.
        listen: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The counters cannot be set up.
    #[error("cannot set up the metrics")]
    Metrics(#[from] prometheus::Error),
    /// No runtime for the worker.
    #[error("cannot start the worker")]
    Worker(#[source] io::Error),
}

/// The reference central hall.
#[derive(Clone, Copy, Debug)]
pub struct Hall;

/// A hall that runs until it is stopped or dropped. Its methods may be called from any thread.
pub struct RunningHall {
    desk: Arc<Desk>,
    acquirer: Arc<Acquirer>,
    billers: Arc<Billers>,
    fault: Arc<Fault>,
    door: Door,
    enrol_door: Option<Door>,
    stop: watch::Sender<bool>,
    working: Option<(Runtime, JoinHandle<()>)>,
}

impl Hall {
    /// Starts a hall; open work of an earlier run is resumed at once.
    pub fn start(settings: HallSettings) -> Result<RunningHall, HallError> {
        let (catalogue, sites) = load_data(&settings)?;
        let (store, seal) = open_store(&settings)?;
        let acquirer = Arc::new(Acquirer::open(&settings.acquirer_book)?);
        let clock = Arc::clone(&settings.clock);
        let billers = Arc::new(Billers::open(&settings.biller_book, catalogue.clone(), Arc::clone(&clock))?);
        let desk = Arc::new(Desk::new(store, (catalogue, sites), billers.clone(), clock, seal));
        let revoked = Arc::new(Revoked::default());
        let authority =
            settings.tls.as_ref().map(|tls| Authority::load(&tls.folder)).transpose()?.map(Arc::new);
        let fault = Arc::new(Fault::default());
        let metrics = Arc::new(Metrics::new()?);
        let shared = Shared {
            desk: Arc::clone(&desk),
            acquirer: Arc::clone(&acquirer),
            billers: Arc::clone(&billers),
            fault: Arc::clone(&fault),
            metrics: Arc::clone(&metrics),
            limiter: Arc::new(Limiter::new(settings.limits.rate)),
            body_wait: settings.limits.body_wait,
            authority,
        };
        let connections = Connections {
            places: Arc::new(Semaphore::new(settings.limits.connections)),
            head_wait: settings.limits.head_wait,
            metrics: Arc::clone(&metrics),
            tls: settings.tls.as_ref().map(|tls| mutual(&tls.folder, Arc::clone(&revoked))).transpose()?,
            revoked: Arc::clone(&revoked),
        };
        let enrol_door = open_enrol_door(&settings, &shared, &connections)?;
        let listen = |source| HallError::Listen { listen: settings.listen.to_string(), source };
        let door = Door::open(settings.listen, router(shared, settings.simulation_door), connections)
            .map_err(listen)?;
        let (stop, stopped) = watch::channel(false);
        let files = Files { channel: acquirer.clone(), billers: billers.clone() };
        let night = settings.reconcile_at.map(|at| Night { desk: Arc::clone(&desk), files, at });
        let worker = Worker {
            desk: Arc::clone(&desk),
            acquirer: acquirer.clone(),
            retry: settings.retry,
            lease: settings.lease,
            metrics,
        };
        let working =
            start_worker(worker, (Arc::clone(&revoked), night), stopped).map_err(HallError::Worker)?;
        Ok(RunningHall { desk, acquirer, billers, fault, door, enrol_door, stop, working: Some(working) })
    }
}

/// Kiosks without a certificate come to a port of their own.
fn open_enrol_door(
    settings: &HallSettings,
    shared: &Shared,
    connections: &Connections,
) -> Result<Option<Door>, HallError> {
    let Some(TlsSettings { folder, enrol_listen }) = &settings.tls else { return Ok(None) };
    let connections = Connections { tls: Some(enrolling(folder)?), ..connections.clone() };
    let listen = |source| HallError::Listen { listen: enrol_listen.to_string(), source };
    let door = Door::open(*enrol_listen, enrolment_router(shared.clone()), connections).map_err(listen)?;
    Ok(Some(door))
}

fn open_store(settings: &HallSettings) -> Result<(Store, Arc<Seal>), HallError> {
    let seal = Arc::new(Seal::open(&settings.key)?);
    let store = Store::open(&settings.database)?;
    let (key, shared) = (Arc::clone(&seal), store.is_shared());
    store.run_waiting::<(), StoreError, _>(move |session| {
        store::bind_key(session, &key)?;
        // Only files are older than sealing.
        if shared { Ok(()) } else { store::seal_old_rows(session, &key) }
    })?;
    Ok((store, seal))
}

fn load_data(settings: &HallSettings) -> Result<(Catalogue, Vec<SiteProfile>), HallError> {
    let problems = |findings: Vec<Finding>| HallError::Data {
        count: findings.len(),
        first: findings.first().map(ToString::to_string).unwrap_or_default(),
    };
    let folder = settings.catalogue_overrides.as_deref();
    let catalogue = Catalogue::load(folder).map_err(problems)?;
    Ok((catalogue, SiteProfile::load(folder).map_err(problems)?))
}

fn start_worker(
    worker: Worker,
    (revoked, night): (Arc<Revoked>, Option<Night>),
    stop: watch::Receiver<bool>,
) -> io::Result<(Runtime, JoinHandle<()>)> {
    let runtime =
        Builder::new_multi_thread().worker_threads(1).thread_name("hall-worker").enable_all().build()?;
    if let Some(night) = night {
        runtime.spawn(night.run(stop.clone()));
    }
    runtime.spawn(lookout::run(Arc::clone(&worker.desk), revoked, stop.clone()));
    let task = runtime.spawn(Arc::new(worker).run(stop));
    Ok((runtime, task))
}

impl RunningHall {
    /// Where kiosks find the hall, for example `http://127.0.0.1:8720`.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.enrol_door.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.door.address())
    }

    /// Where kiosks enrol, if they have certificates at all.
    #[must_use]
    pub fn enrolment_url(&self) -> Option<String> {
        self.enrol_door.as_ref().map(|door| format!("https://{}", door.address()))
    }

    /// A token that enrols one kiosk once within some minutes, 60 at most.
    pub fn enrolment_token(&self, kiosk: &str, minutes: u32) -> Result<String, OperatorError> {
        operator::enrolment_token(&self.desk.store, kiosk, minutes)
    }

    /// Revokes every certificate of a kiosk and says how many there were; every hall on the database
    /// refuses them within seconds.
    pub fn revoke(&self, kiosk: &str) -> Result<u64, OperatorError> {
        operator::revoke(&self.desk.store, kiosk)
    }

    /// Keeps SIMULATED applications and certificates of the invented people; what is there already stays.
    pub fn seed_records(&self) -> Result<(), StoreError> {
        let (seal, today) = (Arc::clone(&self.desk.seal), business_date(self.desk.clock.now()));
        self.desk.store.run_waiting(move |session| seed::seed(session, &seal, today))
    }

    /// Withdraws a certificate, for a reason that its holder is told.
    pub fn withdraw_licence(&self, licence_no: &str, why: &str) -> Result<(), StoreError> {
        let (licence_no, why) = (licence_no.to_owned(), why.to_owned());
        self.desk.store.run_waiting(move |session| store::withdraw_licence(session, &licence_no, &why))
    }

    /// The simulated acquirer; it works on while the hall is offline.
    #[must_use]
    pub fn acquirer(&self) -> Arc<Acquirer> {
        Arc::clone(&self.acquirer)
    }

    /// The simulated billers: their script and their books.
    #[must_use]
    pub fn billers(&self) -> Arc<Billers> {
        Arc::clone(&self.billers)
    }

    /// Closes the port and drops every connection. Bookings go on.
    pub fn go_offline(&self) {
        self.doors().for_each(Door::close);
    }

    /// Opens the same port again.
    pub fn come_back(&self) -> Result<(), HallError> {
        let reopened = |door: &Door| {
            let listen = |source| HallError::Listen { listen: door.address().to_string(), source };
            door.reopen().map_err(listen)
        };
        self.doors().try_for_each(reopened)
    }

    /// Answers kiosks wrongly on purpose; `None` ends that.
    pub fn misbehave(&self, misbehaviour: Option<Misbehaviour>) {
        self.fault.set(misbehaviour);
    }

    /// Sum of every posting in fen, zero at any time.
    pub fn trial_balance(&self) -> Result<i64, StoreError> {
        self.desk.store.run_waiting(store::trial_balance).map(|Fen(sum_fen)| sum_fen)
    }

    /// One order as it stands now.
    pub fn order(&self, order_id: &str) -> Result<Option<OrderStatus>, StoreError> {
        let order_id = order_id.to_owned();
        self.desk.store.run_waiting(move |session| store::status_by_id(session, &order_id))
    }

    /// Every order as it stands now.
    pub fn orders(&self) -> Result<Vec<OrderStatus>, StoreError> {
        self.desk.store.run_waiting(store::all_orders)
    }

    /// Compares the hall's books with the channel's and the billers' now; what differs becomes cases.
    pub fn reconcile(&self) -> Result<Report, NightError> {
        night::compare(&self.desk.store, &self.files(), self.desk.clock.now())
    }

    /// Every difference that was found and has a case.
    pub fn difference_cases(&self) -> Result<Vec<DifferenceCase>, StoreError> {
        self.desk.store.run_waiting(store::difference_cases)
    }

    fn files(&self) -> Files {
        Files { channel: self.acquirer.clone(), billers: self.billers.clone() }
    }

    /// Stops the hall: requests and bookings under way are finished, the database is closed.
    pub fn stop(mut self) {
        self.desk.begin_closing();
        self.doors().for_each(Door::drain);
        self.shut_down();
    }

    fn doors(&self) -> impl Iterator<Item = &Door> {
        std::iter::once(&self.door).chain(&self.enrol_door)
    }

    fn shut_down(&mut self) {
        self.doors().for_each(Door::close);
        self.stop.send_replace(true);
        let Some((runtime, task)) = self.working.take() else { return };
        // On a thread of its own, because a caller inside another runtime may not wait.
        let stopping = std::thread::spawn(move || {
            let finished = runtime.block_on(async { tokio::time::timeout(STOP_WAIT, task).await });
            if finished.is_err() {
                tracing::warn!("stopped while a booking was under way; it is looked up after the next start");
            }
            runtime.shutdown_background();
        });
        if stopping.join().is_err() {
            tracing::error!("the worker's runtime ended by a panic");
        }
        self.desk.store.close();
    }
}

impl Drop for RunningHall {
    fn drop(&mut self) {
        self.shut_down();
    }
}
