//! Building a kiosk from its configuration, and stopping it in the right order.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use kiosk_config::{Catalogue, Finding, HardwareProfile, KioskConfig, SiteProfile};
use thiserror::Error;

use crate::clock::Clock;
use crate::devices::{self, DeviceConfigError, DeviceNews, Devices, Sink};
use crate::hall_link::{HallLink, HallLinkError, HallLinkSettings, NewsSink};
use crate::journal::{Journal, JournalError, JournalSettings, Observer};
use crate::money::TellerSettings;
use crate::visit::{Screen, Setting, Touch};

use super::{Answer, Kiosk, Message, Parts, QUEUE_MAX};

/// How long an answer of the actor is waited for; it never works that long on one message.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a kiosk does not start.
#[derive(Debug, Error)]
pub enum LaunchError {
    /// Catalogue, site or hardware files have problems; all of them are listed.
    #[error("{} problems in the configuration", .0.len())]
    Configuration(Vec<Finding>),
    /// The configured site is not among the site profiles.
    #[error("no site profile {0}")]
    UnknownSite(String),
    /// A device cannot be driven as configured.
    #[error("devices")]
    Devices(#[from] DeviceConfigError),
    /// The journal cannot be opened.
    #[error("journal")]
    Journal(#[from] JournalError),
    /// The way to the hall cannot be set up.
    #[error("hall link")]
    HallLink(#[from] HallLinkError),
    /// The system gives no thread.
    #[error("no thread for the kiosk")]
    Thread(#[source] std::io::Error),
}

/// A kiosk that runs on its own thread.
pub struct Running {
    queue: SyncSender<Message>,
    thread: Option<JoinHandle<()>>,
    journal: Journal,
}

/// What differs between a kiosk in the street and one in a test.
pub struct Surroundings {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Takes what is to be seen.
    pub show: Box<dyn FnMut(Screen) + Send>,
    /// Sees each durable commit of the journal.
    pub observer: Option<Observer>,
    /// Free bytes wanted on the disk before money is taken; none: the usual.
    pub reserve_bytes: Option<u64>,
}

impl Running {
    /// Starts the parts of a kiosk and its actor.
    pub fn launch(config: &KioskConfig, surroundings: Surroundings) -> Result<Self, LaunchError> {
        let (queue, messages) = sync_channel(QUEUE_MAX);
        let (parts, journal) = parts(config, surroundings, &queue)?;
        let actor = move || Kiosk::new(parts).run(&messages);
        let thread =
            thread::Builder::new().name("kiosk".to_owned()).spawn(actor).map_err(LaunchError::Thread)?;
        Ok(Self { queue, thread: Some(thread), journal })
    }

    /// Takes touches from the screen.
    pub fn touches(&self) -> impl Fn(Touch) + Clone + use<> {
        let queue = self.queue.clone();
        // A touch that finds the queue full is lost, as if it had missed the button.
        move |touch| drop(queue.try_send(Message::Touch(touch)))
    }

    /// Where the kiosk stands, once everything before this question is done; none when it has stopped.
    #[must_use]
    pub fn ask(&self) -> Option<Answer> {
        let (answer, answers) = sync_channel(1);
        self.queue.send(Message::Ask(answer)).ok()?;
        answers.recv_timeout(ANSWER_TIMEOUT).ok()
    }

    /// Its journal, to be looked at.
    #[must_use]
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The actor may have stopped already.
        let _ = self.queue.send(Message::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn parts(
    config: &KioskConfig,
    surroundings: Surroundings,
    queue: &SyncSender<Message>,
) -> Result<(Parts, Journal), LaunchError> {
    let overrides = config.override_dir.as_deref();
    let catalogue = Catalogue::load(overrides).map_err(LaunchError::Configuration)?;
    let sites = SiteProfile::load(overrides).map_err(LaunchError::Configuration)?;
    let profiles = HardwareProfile::load(overrides).map_err(LaunchError::Configuration)?;
    let site = sites.into_iter().find(|site| site.code == config.kiosk.site);
    let site = site.ok_or_else(|| LaunchError::UnknownSite(config.kiosk.site.clone()))?;
    let Surroundings { clock, show, observer, reserve_bytes } = surroundings;

    let device_settings = devices::Settings::new(config, &profiles, &clock)?;
    let mut setting = Setting::new(config, catalogue, site, device_settings.sale_timeout_ms);
    setting.simulated = device_settings.simulated;
    let (columns, card_writer) = (device_settings.columns, device_settings.card_writer);

    let usual = JournalSettings::new(&config.state_dir);
    let reserve_bytes = reserve_bytes.unwrap_or(usual.reserve_bytes);
    let journal = Journal::open(JournalSettings { observer, reserve_bytes, ..usual })?;
    let link = HallLink::start(link_settings(config), journal.clone(), hall_sink(queue.clone()))?;
    let devices = Devices::start(device_settings, device_sink(queue.clone()));
    let parts = Parts {
        setting: Arc::new(setting),
        clock,
        journal: journal.clone(),
        devices,
        link,
        show,
        teller: TellerSettings::default(),
        columns,
        card_writer,
        device_sink: device_sink(queue.clone()),
    };
    Ok((parts, journal))
}

fn link_settings(config: &KioskConfig) -> HallLinkSettings {
    let usual = HallLinkSettings::new(config.hall.url.as_str(), config.kiosk.code.as_str());
    let divisor = u64::from(config.deadline_divisor.max(1));
    HallLinkSettings {
        identity: config.hall.url.starts_with("https:").then(|| identity_dir(&config.state_dir)),
        timeout_ms: config.hall.timeout_ms,
        heartbeat_ms: config.hall.heartbeat_s.saturating_mul(1_000) / divisor,
        backoff_min_ms: usual.backoff_min_ms / divisor,
        backoff_max_ms: usual.backoff_max_ms / divisor,
        ..usual
    }
}

/// Where a kiosk keeps its key and its certificate.
#[must_use]
pub fn identity_dir(state_dir: &Path) -> PathBuf {
    state_dir.join("identity")
}

fn device_sink(queue: SyncSender<Message>) -> Sink {
    // Only a stopped kiosk takes no news any more.
    Box::new(move |news: DeviceNews| drop(queue.send(Message::Device(news))))
}

fn hall_sink(queue: SyncSender<Message>) -> NewsSink {
    Arc::new(move |news| drop(queue.send(Message::Hall(news))))
}
