//! The thread of a simulator: moves bytes between a pseudo-terminal and a device, obeys the cable, and lets
//! the faults have what the device sends.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::event::{Events, SimEvent};
use super::fault::Faults;
use super::fault_layer::Action;
use super::pty::{Pty, temporary_link};

/// How often a device looks at its own clock and at its handle: a person does not notice 5 ms.
const TICK: Duration = Duration::from_millis(5);

/// How long bytes may lie unread before the cable is pulled by a fault: a host takes them within a tick, and
/// one that does not read loses them anyway.
const TAKEN_WAIT: Duration = Duration::from_millis(200);

/// How long a handle waits until the cable is really in or out: many ticks, even on a loaded machine.
const CABLE_WAIT: Duration = Duration::from_secs(5);

/// The inside of a simulated device.
pub(super) trait Device: Send + 'static {
    /// Bytes arrived; `out` takes the answer.
    fn receive(&mut self, bytes: &[u8], out: &mut Vec<u8>);

    /// The speed that the host has set, told before each [`Device::receive`].
    fn line_speed(&mut self, _baud: u32) {}

    /// Time passed.
    fn tick(&mut self, now: Instant, out: &mut Vec<u8>);

    /// What the device said last has left it, or a fault has it.
    fn sent(&mut self) {}

    /// The cable was put in or pulled out.
    fn cable(&mut self, plugged: bool);

    /// Where the checksum of a frame ends, counted from the end of the frame: 1 for the last byte, `None` for
    /// a device without checksums.
    fn checksum_back(&self) -> Option<usize> {
        Some(1)
    }
}

/// A handle of a simulator, for what all simulators can do.
pub(super) trait Hosted {
    fn host(&self) -> &Host;
}

#[derive(Debug)]
struct Cable {
    wanted: bool,
    plugged: bool,
    stop: bool,
}

#[derive(Debug)]
struct Shared {
    cable: Mutex<Cable>,
    changed: Condvar,
}

/// A running simulator; dropping it ends the thread and removes the link.
#[derive(Debug)]
pub(super) struct Host {
    shared: Arc<Shared>,
    link: PathBuf,
    events: Events,
    faults: Faults,
    thread: Option<JoinHandle<()>>,
}

impl Host {
    /// Starts a device. Its port exists when this returns.
    pub(super) fn start(link: Option<&Path>, events: Events, device: impl Device) -> io::Result<Self> {
        let link = link.map_or_else(temporary_link, Path::to_owned);
        let pty = Pty::create(&link)?;
        events.push(SimEvent::Plugged);
        let cable = Cable { wanted: true, plugged: true, stop: false };
        let shared = Arc::new(Shared { cable: Mutex::new(cable), changed: Condvar::new() });
        let faults = Faults::default();
        let looping = Loop {
            shared: shared.clone(),
            link: link.clone(),
            events: events.clone(),
            faults: faults.clone(),
            pty: Some(pty),
            pull: None,
            replug: None,
        };
        let thread =
            thread::Builder::new().name("simulator".to_owned()).spawn(move || looping.run(device))?;
        Ok(Self { shared, link, events, faults, thread: Some(thread) })
    }

    pub(super) fn link(&self) -> &Path {
        &self.link
    }

    /// What can go wrong with what the device sends.
    pub(super) fn faults(&self) -> &Faults {
        &self.faults
    }

    pub(super) fn take_events(&self) -> Vec<SimEvent> {
        self.events.take()
    }

    /// Puts the cable in or pulls it out, and waits until that has happened.
    pub(super) fn set_cable(&self, plugged: bool) {
        let mut cable = self.shared.cable.lock().unwrap_or_else(PoisonError::into_inner);
        cable.wanted = plugged;
        self.shared.changed.notify_all();
        let reached =
            self.shared.changed.wait_timeout_while(cable, CABLE_WAIT, |c| c.plugged != plugged && !c.stop);
        drop(reached);
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.shared.cable.lock().unwrap_or_else(PoisonError::into_inner).stop = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A cable that a fault is about to pull.
struct Pull {
    /// Then the host has had its chance to read.
    latest: Instant,
    /// How long it stays out.
    out: Option<Duration>,
}

struct Loop {
    shared: Arc<Shared>,
    link: PathBuf,
    events: Events,
    faults: Faults,
    pty: Option<Pty>,
    pull: Option<Pull>,
    replug: Option<Instant>,
}

impl Loop {
    fn run(mut self, mut device: impl Device) {
        while self.follow_cable(&mut device) {
            let mut out = Vec::new();
            match self.pty.as_ref().map(|pty| pty.read(TICK)) {
                Some(Ok(bytes)) if !bytes.is_empty() => {
                    if let Some(Ok(baud)) = self.pty.as_ref().map(Pty::baud) {
                        device.line_speed(baud);
                    }
                    self.faults.layer().heard(&bytes, Instant::now());
                    device.receive(&bytes, &mut out);
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    tracing::warn!(%error, "simulator lost its pseudo-terminal");
                    self.pty = None;
                }
                None => self.wait_a_tick(),
            }
            let now = Instant::now();
            device.tick(now, &mut out);
            let said = !out.is_empty();
            self.send(out, device.checksum_back(), now);
            if said {
                device.sent();
            }
            self.pull_and_plug(now);
        }
    }

    /// Sends what the device said and what the faults held back, as far as the faults let it.
    fn send(&mut self, out: Vec<u8>, checksum_back: Option<usize>, now: Instant) {
        let mut layer = self.faults.layer();
        if !out.is_empty()
            && self.pty.is_some()
            && let Some(kind) = layer.pass(out, checksum_back, now)
        {
            self.events.push(SimEvent::Fault { kind });
        }
        while self.pull.is_none()
            && let Some(action) = layer.next(now)
        {
            match action {
                Action::Send(bytes) => {
                    if let Some(Err(error)) = self.pty.as_ref().map(|pty| pty.write(&bytes)) {
                        tracing::warn!(%error, "simulator cannot write");
                    }
                }
                Action::Unplug(out) => self.pull = Some(Pull { latest: now + TAKEN_WAIT, out }),
            }
        }
    }

    /// Pulls the cable once the host has read what was sent before, and puts it back when its time is over.
    fn pull_and_plug(&mut self, now: Instant) {
        let taken = |pty: &Pty| pty.unread() == 0;
        if let Some(pull) =
            self.pull.take_if(|pull| now >= pull.latest || self.pty.as_ref().is_none_or(taken))
        {
            self.replug = pull.out.map(|out| now + out);
            self.want_cable(false);
        }
        if self.replug.take_if(|at| now >= *at).is_some() {
            self.want_cable(true);
        }
    }

    fn want_cable(&self, plugged: bool) {
        self.shared.cable.lock().unwrap_or_else(PoisonError::into_inner).wanted = plugged;
    }

    fn wait_a_tick(&self) {
        let cable = self.shared.cable.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.shared.changed.wait_timeout(cable, TICK));
    }

    /// Does what the handle wants of the cable; `false` ends the thread.
    fn follow_cable(&mut self, device: &mut impl Device) -> bool {
        let mut cable = self.shared.cable.lock().unwrap_or_else(PoisonError::into_inner);
        if cable.stop {
            return false;
        }
        match (cable.wanted, self.pty.is_some()) {
            (true, false) => {
                self.pty = Pty::create(&self.link).inspect_err(|e| tracing::warn!(%e, "no pty")).ok()
            }
            (false, true) => {
                self.pty = None;
                self.pull = None;
                self.faults.layer().unplugged();
            }
            _ => {}
        }
        if cable.plugged != self.pty.is_some() {
            cable.plugged = self.pty.is_some();
            device.cable(cable.plugged);
            self.events.push(if cable.plugged { SimEvent::Plugged } else { SimEvent::Unplugged });
            self.shared.changed.notify_all();
        }
        true
    }
}
