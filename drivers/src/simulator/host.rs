//! The thread of a simulator: moves bytes between a pseudo-terminal and a device, and obeys the cable.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::event::{Events, SimEvent};
use super::pty::{Pty, temporary_link};

/// How often a device looks at its own clock and at its handle: a person does not notice 5 ms.
const TICK: Duration = Duration::from_millis(5);

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

    /// The cable was put in or pulled out.
    fn cable(&mut self, plugged: bool);
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
        let looping =
            Loop { shared: shared.clone(), link: link.clone(), events: events.clone(), pty: Some(pty) };
        let thread =
            thread::Builder::new().name("simulator".to_owned()).spawn(move || looping.run(device))?;
        Ok(Self { shared, link, events, thread: Some(thread) })
    }

    pub(super) fn link(&self) -> &Path {
        &self.link
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

struct Loop {
    shared: Arc<Shared>,
    link: PathBuf,
    events: Events,
    pty: Option<Pty>,
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
                    device.receive(&bytes, &mut out);
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    tracing::warn!(%error, "simulator lost its pseudo-terminal");
                    self.pty = None;
                }
                None => self.wait_a_tick(),
            }
            device.tick(Instant::now(), &mut out);
            if let Some(pty) = &self.pty
                && let Err(error) = pty.write(&out)
            {
                tracing::warn!(%error, "simulator cannot write");
            }
        }
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
            (false, true) => self.pty = None,
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
