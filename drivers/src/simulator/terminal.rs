//! The handle of a simulated payment terminal, and what its thread does on every wire.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::bank::{Bank, Instrument};
use super::event::{Events, SimEvent};
use super::fault::Faults;
use super::host::{Device, Host, Hosted};
use super::terminal_desk::{Desk, Finished};
use super::terminal_hub::HubTerminal;
use super::terminal_mis::MisTerminal;
use super::terminal_zvt::ZvtTerminal;
use crate::clock::unix_ms;

/// What the terminal keeps to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Charges at the bank at once and never says so; queries are answered.
    ApproveNoAnswer,
    /// Takes the sale, charges nothing and never says so; queries are answered.
    NoApproveNoAnswer,
    /// Answers nothing at all, not even on the link.
    Dead,
}

/// Times of the simulated terminal, in ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TerminalTimes {
    /// Pause between two heartbeats.
    pub heartbeat_ms: u64,
    /// Pause before an unacknowledged frame is sent again.
    pub resend_ms: u64,
    /// How long a sale waits for a card or code.
    pub sale_timeout_ms: u64,
    /// Silence of the host after which the link is dropped.
    pub silence_ms: u64,
}

impl Default for TerminalTimes {
    fn default() -> Self {
        Self { heartbeat_ms: 2000, resend_ms: 100, sale_timeout_ms: 120_000, silence_ms: 30_000 }
    }
}

impl TerminalTimes {
    /// The same, divided; never 0.
    #[must_use]
    pub fn scaled(&self, divisor: u32) -> Self {
        let scaled = |ms: u64| (ms / u64::from(divisor.max(1))).max(1);
        Self {
            heartbeat_ms: scaled(self.heartbeat_ms),
            resend_ms: scaled(self.resend_ms),
            sale_timeout_ms: scaled(self.sale_timeout_ms),
            silence_ms: scaled(self.silence_ms),
        }
    }
}

/// Handle of a simulated payment terminal.
#[derive(Clone, Debug)]
pub struct TerminalSim {
    counter: Counter,
    host: Arc<Host>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) desk: Desk,
    /// Sales that a handle ended, for the thread to tell.
    results: Vec<Finished>,
    /// Whether each message is sent twice.
    pub(super) copies: bool,
}

/// What the thread shares with the handles.
#[derive(Clone, Debug)]
pub(super) struct Counter(Arc<Mutex<Inner>>);

impl Counter {
    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_dead(&self) -> bool {
        self.lock().desk.silence == Some(Silence::Dead)
    }

    /// Takes the sale at hand a step further and gives what has ended. The bank may take its time, so it is
    /// never asked under the lock.
    pub(super) fn work(&self, bank: &dyn Bank, now: Instant) -> Vec<Finished> {
        let mut ended = std::mem::take(&mut self.lock().results);
        let (charge, finished) = self.lock().desk.next_step(now);
        ended.extend(finished);
        if let Some(charge) = charge {
            let said = bank.authorise(&charge.order, charge.amount_fen, &charge.instrument);
            ended.extend(self.lock().desk.charged(&charge, said, unix_ms().to_string()));
        }
        ended
    }
}

impl TerminalSim {
    /// Starts a terminal that speaks ECR-Hub on the port `link`, or on a name in the temporary folder.
    /// Charges go to `bank`.
    ///
    /// # Errors
    /// If no pseudo-terminal can be made, or `link` is a file.
    pub fn start(link: Option<&Path>, bank: Arc<dyn Bank>, times: TerminalTimes) -> io::Result<Self> {
        Self::start_device(link, times, |counter, events| HubTerminal::new(counter, bank, times, events))
    }

    /// The same for a terminal that speaks ZVT. Its bank knows a sale by the terminal's receipt, `ZVT0001`,
    /// because the wire has no field for our order number.
    ///
    /// # Errors
    /// As for [`TerminalSim::start`].
    pub fn start_zvt(link: Option<&Path>, bank: Arc<dyn Bank>, times: TerminalTimes) -> io::Result<Self> {
        Self::start_device(link, times, |counter, events| ZvtTerminal::new(counter, bank, times, events))
    }

    /// The same for a terminal that speaks MIS.
    ///
    /// # Errors
    /// As for [`TerminalSim::start`].
    pub fn start_mis(link: Option<&Path>, bank: Arc<dyn Bank>, times: TerminalTimes) -> io::Result<Self> {
        Self::start_device(link, times, |counter, events| MisTerminal::new(counter, bank, times, events))
    }

    fn start_device<D: Device>(
        link: Option<&Path>,
        times: TerminalTimes,
        device: impl FnOnce(Counter, Events) -> D,
    ) -> io::Result<Self> {
        let events = Events::default();
        let desk = Desk::new(Duration::from_millis(times.sale_timeout_ms), events.clone());
        let inner = Inner { desk, results: Vec::new(), copies: false };
        let counter = Counter(Arc::new(Mutex::new(inner)));
        let host = Arc::new(Host::start(link, events.clone(), device(counter.clone(), events))?);
        Ok(Self { counter, host })
    }

    /// The path of the port.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.host.link()
    }

    /// The resident presents a card or code: for the sale at hand, or for the next one.
    pub fn present(&self, instrument: Instrument) {
        self.lock().desk.presented = Some(instrument);
    }

    /// Declines the sale at hand, or the next one, with this code.
    pub fn decline(&self, code: &str) {
        let mut inner = self.lock();
        let result = inner.desk.decline(code);
        inner.results.extend(result);
    }

    /// What the terminal keeps to itself from now on.
    pub fn set_silence(&self, silence: Option<Silence>) {
        self.lock().desk.silence = silence;
    }

    /// Whether every sale is paid as soon as it is asked for.
    pub fn set_auto(&self, auto: bool) {
        self.lock().desk.auto = auto;
    }

    /// Whether each message is sent twice, as after a lost acknowledgement.
    pub fn set_copies(&self, copies: bool) {
        self.lock().copies = copies;
    }

    /// Tells the next result under another number and another amount, as when two answers cross.
    pub fn cross_next_result(&self) {
        self.lock().desk.crossed = true;
    }

    /// The order that waits for a card or code.
    #[must_use]
    pub fn waiting_for(&self) -> Option<String> {
        self.lock().desk.waiting_for().map(str::to_owned)
    }

    /// Pulls the cable; the port is gone when this returns. The terminal goes on with the sale at hand.
    pub fn cut_cable(&self) {
        self.host.set_cable(false);
    }

    /// Puts the cable back; the port is there when this returns.
    pub fn plug_cable(&self) {
        self.host.set_cable(true);
    }

    /// What can go wrong with what this device sends.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.host.faults()
    }

    /// What happened since the last call.
    #[must_use]
    pub fn take_events(&self) -> Vec<SimEvent> {
        self.host.take_events()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.counter.lock()
    }
}

impl Hosted for TerminalSim {
    fn host(&self) -> &Host {
        &self.host
    }
}
