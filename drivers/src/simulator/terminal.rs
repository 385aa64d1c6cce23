//! A simulated payment terminal: the link of ECR-Hub (protocols E4), and its handle.

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use prost::Message;

use super::bank::{Bank, Instrument};
use super::event::{Events, SimEvent};
use super::fault::Faults;
use super::host::{Device, Host, Hosted};
use super::terminal_desk::{Desk, refusal};
use super::terminal_wire::{HubRequest, HubResponse, Packet};
use crate::clock::unix_ms;

/// Frames remembered to know a copy.
const MAX_SEEN: usize = 16;

/// Frames that wait for their acknowledgement; a host that takes none for so long has lost the oldest.
const MAX_OUTBOX: usize = 16;

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
    inner: Arc<Mutex<Inner>>,
    host: Arc<Host>,
}

#[derive(Debug)]
struct Inner {
    desk: Desk,
    /// Results that a handle caused, for the thread to send.
    results: Vec<HubResponse>,
    copies: bool,
}

impl TerminalSim {
    /// Starts a terminal whose port is `link`, or a name in the temporary folder. Charges go to `bank`.
    ///
    /// # Errors
    /// If no pseudo-terminal can be made, or `link` is a file.
    pub fn start(link: Option<&Path>, bank: Arc<dyn Bank>, times: TerminalTimes) -> io::Result<Self> {
        let events = Events::default();
        let desk = Desk::new(Duration::from_millis(times.sale_timeout_ms), events.clone());
        let inner = Arc::new(Mutex::new(Inner { desk, results: Vec::new(), copies: false }));
        let device = Terminal::new(inner.clone(), bank, times, events.clone());
        let host = Arc::new(Host::start(link, events, device)?);
        Ok(Self { inner, host })
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

    /// The order that waits for a card or code.
    #[must_use]
    pub fn waiting_for(&self) -> Option<String> {
        self.lock().desk.waiting_for()
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
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hosted for TerminalSim {
    fn host(&self) -> &Host {
        &self.host
    }
}

struct Waiting {
    id: u8,
    bytes: Vec<u8>,
    sent_at: Option<Instant>,
}

struct Terminal {
    inner: Arc<Mutex<Inner>>,
    bank: Arc<dyn Bank>,
    times: TerminalTimes,
    events: Events,
    pending: Vec<u8>,
    linked: bool,
    next_id: u8,
    outbox: VecDeque<Waiting>,
    seen: VecDeque<(u8, Vec<u8>)>,
    last_heartbeat: Instant,
    last_heard: Instant,
}

impl Terminal {
    fn new(inner: Arc<Mutex<Inner>>, bank: Arc<dyn Bank>, times: TerminalTimes, events: Events) -> Self {
        Self {
            inner,
            bank,
            times,
            events,
            pending: Vec::new(),
            linked: false,
            next_id: 1,
            outbox: VecDeque::new(),
            seen: VecDeque::new(),
            last_heartbeat: Instant::now(),
            last_heard: Instant::now(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_dead(&self) -> bool {
        self.lock().desk.silence == Some(Silence::Dead)
    }

    fn take(&mut self, packet: Packet, out: &mut Vec<u8>) {
        if packet.kind == 1 {
            self.link_up(out);
        }
        if !self.linked || packet.kind != 0 {
            return;
        }
        if packet.ack != 0 {
            self.outbox.retain(|waiting| waiting.id != packet.ack);
        }
        if packet.id == 0 {
            return;
        }
        out.extend(Packet::bytes(0, packet.id, 0, &[]));
        if self.is_copy(&packet) {
            return;
        }
        if let Ok(request) = HubRequest::decode(packet.data.as_slice()) {
            let answers = self.answer(request);
            self.queue(answers);
        }
    }

    fn link_up(&mut self, out: &mut Vec<u8>) {
        out.extend(Packet::bytes(2, 0, 0, &[]));
        if !self.linked {
            self.events.push(SimEvent::LinkUp);
        }
        self.linked = true;
        self.seen.clear();
        // What the host did not acknowledge before the link was lost is sent again.
        self.outbox.iter_mut().for_each(|waiting| waiting.sent_at = None);
    }

    fn is_copy(&mut self, packet: &Packet) -> bool {
        let known = self.seen.iter().any(|(id, data)| *id == packet.id && *data == packet.data);
        if !known {
            if self.seen.len() >= MAX_SEEN {
                self.seen.pop_front();
            }
            self.seen.push_back((packet.id, packet.data.clone()));
        }
        known
    }

    /// The bank may take its time, so it is never asked under the lock.
    fn answer(&self, request: HubRequest) -> Vec<HubResponse> {
        let biz = request.biz_data.clone().unwrap_or_default();
        match (request.topic.as_str(), biz.trans_type.as_str()) {
            ("ecrhub.pay.order", "1") => self.lock().desk.sale(request, Instant::now()).into_iter().collect(),
            ("ecrhub.pay.order", "2") => {
                let given_up = self.lock().desk.give_up(&biz.orig_merchant_order_no);
                let answer = self.bank.reverse(&biz.orig_merchant_order_no);
                let reversed = self.lock().desk.reversed(&request, answer);
                given_up.into_iter().chain([reversed]).collect()
            }
            ("ecrhub.pay.query", _) => {
                let record = self.bank.query(&biz.merchant_order_no);
                vec![self.lock().desk.query(&request, record)]
            }
            ("ecrhub.pay.close", _) => self.lock().desk.close(&request),
            ("ecrhub.pay.order", _) => vec![refusal(&request, "INVALID_PARAMETER")],
            _ => vec![refusal(&request, "UNKNOWN_TOPIC")],
        }
    }

    fn queue(&mut self, answers: Vec<HubResponse>) {
        for answer in answers {
            let id = self.next_id;
            self.next_id = id.checked_add(1).unwrap_or(1);
            let bytes = Packet::bytes(0, 0, id, &answer.encode_to_vec());
            if self.outbox.len() >= MAX_OUTBOX {
                self.outbox.pop_front();
            }
            self.outbox.push_back(Waiting { id, bytes, sent_at: None });
        }
    }

    fn work_on_sale(&mut self, now: Instant) {
        let mut results = std::mem::take(&mut self.lock().results);
        let (charge, answer) = self.lock().desk.next_step(now);
        results.extend(answer);
        if let Some(charge) = charge {
            let said = self.bank.authorise(&charge.order, charge.amount_fen, &charge.instrument);
            results.extend(self.lock().desk.charged(&charge, said, unix_ms().to_string()));
        }
        self.queue(results);
    }

    fn send_due(&mut self, now: Instant, out: &mut Vec<u8>) {
        let copies = self.lock().copies;
        let pause = Duration::from_millis(self.times.resend_ms);
        for waiting in &mut self.outbox {
            if waiting.sent_at.is_none_or(|at| now >= at + pause) {
                let first = waiting.sent_at.is_none();
                waiting.sent_at = Some(now);
                out.extend(&waiting.bytes);
                if copies && first {
                    out.extend(&waiting.bytes);
                }
            }
        }
        if now >= self.last_heartbeat + Duration::from_millis(self.times.heartbeat_ms) {
            self.last_heartbeat = now;
            out.extend(Packet::bytes(0, 0, 0, &[]));
        }
    }
}

impl Device for Terminal {
    fn receive(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if self.is_dead() {
            return;
        }
        self.last_heard = Instant::now();
        Packet::collect(&mut self.pending, bytes);
        while let Some(packet) = Packet::take(&mut self.pending) {
            self.take(packet, out);
        }
    }

    fn tick(&mut self, now: Instant, out: &mut Vec<u8>) {
        self.work_on_sale(now);
        if self.linked
            && now.saturating_duration_since(self.last_heard) > Duration::from_millis(self.times.silence_ms)
        {
            self.linked = false;
            self.events.push(SimEvent::LinkDown);
        }
        if self.linked && !self.is_dead() {
            self.send_due(now, out);
        }
    }

    /// Before the two bytes that end a frame.
    fn checksum_back(&self) -> Option<usize> {
        Some(3)
    }

    fn cable(&mut self, _plugged: bool) {
        self.linked = false;
        self.pending.clear();
    }
}
