//! The link below the messages (protocols E4): handshake, acknowledgements, resends, heartbeats, copies.
//!
//! A frame is sent again until it is acknowledged; the other side acknowledges every copy and takes the first
//! one only. Nothing here waits longer than its caller says.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::frame::{Decoder, Frame, Kind, MAX_DATA};
use super::message::{self, Request, Response};
use super::settings::EcrHubSettings;
use crate::cancel::CancelToken;
use crate::port::{Backoff, Line, Link, Opened};
use crate::status::{DeviceError, ProtocolFault};
use crate::timing::deadline_ms;

/// Bytes taken from the port at once: half of the longest frame.
const READ_CHUNK: usize = 512;

/// How often the screen's cancel is looked at while waiting: a finger does not feel 50 ms.
pub(super) const CANCEL_POLL_MS: u64 = 50;

/// Frames that wait for their acknowledgement: a sale, its close and one more.
const MAX_OUTBOX: usize = 4;

/// Frames remembered to know a copy. The terminal sends one again within a second or two, in which it sends
/// a handful of others.
const MAX_SEEN: usize = 16;

/// Messages that nobody took yet. The terminal speaks when asked; more than this is noise.
const MAX_INBOX: usize = 32;

#[derive(Debug)]
struct Unacked {
    id: u8,
    bytes: Vec<u8>,
    sent_at: Instant,
    sent: u32,
}

/// How far a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// Sent, and sent again until it is acknowledged.
    UnderWay,
    /// The terminal has it.
    Acknowledged,
    /// Sent as often as it may be. The terminal may have it or not.
    GivenUp,
}

/// Heartbeats that may be missing before a new request shakes hands again: the terminal may have dropped the
/// link while nobody here was looking, and ignores data then.
const STALE_HEARTBEATS: u64 = 3;

#[derive(Debug)]
pub(super) struct HubLink<L> {
    link: Link<L>,
    settings: EcrHubSettings,
    decoder: Decoder,
    connected: bool,
    next_id: u8,
    last_heard: Instant,
    last_heartbeat: Instant,
    last_handshake: Option<Instant>,
    outbox: Vec<Unacked>,
    seen: VecDeque<(u8, Vec<u8>)>,
    inbox: VecDeque<Response>,
}

impl<L: Line> HubLink<L> {
    pub(super) fn new(line: L, settings: EcrHubSettings) -> Self {
        let now = Instant::now();
        Self {
            link: Link::new(line, Backoff::scaled(settings.reopen_divisor)),
            settings,
            decoder: Decoder::new(),
            connected: false,
            next_id: 1,
            last_heard: now,
            last_heartbeat: now,
            last_handshake: None,
            outbox: Vec::new(),
            seen: VecDeque::new(),
            inbox: VecDeque::new(),
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.connected
    }

    /// How far the frame with this id is.
    pub(super) fn delivery(&self, id: u8) -> Delivery {
        match self.outbox.iter().find(|frame| frame.id == id) {
            None => Delivery::Acknowledged,
            Some(frame) if self.is_given_up(frame) => Delivery::GivenUp,
            Some(_) => Delivery::UnderWay,
        }
    }

    /// Sent as often as it may be, and the last copy had its time.
    fn is_given_up(&self, frame: &Unacked) -> bool {
        frame.sent >= self.settings.resend_max && frame.sent_at.elapsed() > self.resend_pause()
    }

    fn resend_pause(&self) -> Duration {
        Duration::from_millis(self.settings.resend_ms)
    }

    /// Stops sending what was not acknowledged: its caller has given up and will ask by order number.
    pub(super) fn forget_unacked(&mut self) {
        self.outbox.clear();
    }

    pub(super) fn take(&mut self) -> Option<Response> {
        self.inbox.pop_front()
    }

    /// Opens a lost port. After that, nothing is known of the terminal.
    pub(super) fn ensure_open(&mut self) -> Result<(), DeviceError> {
        if self.link.ensure_open()? == Opened::Fresh {
            self.disconnected();
        }
        Ok(())
    }

    /// Drops the port and everything that was under way; the next request opens it and shakes hands.
    pub(super) fn drop_link(&mut self) {
        self.link.close();
        self.disconnected();
    }

    fn disconnected(&mut self) {
        self.connected = false;
        self.last_handshake = None;
        self.decoder.clear();
        self.outbox.clear();
    }

    /// Shakes hands until the terminal confirms, unless the terminal was heard just now.
    pub(super) fn connect(&mut self, cancel: &CancelToken) -> Result<(), DeviceError> {
        self.ensure_open()?;
        let stale = Duration::from_millis(self.settings.heartbeat_ms.saturating_mul(STALE_HEARTBEATS));
        if self.last_heard.elapsed() > stale {
            self.disconnected();
        }
        let waited_ms = self.settings.handshake_timeout_ms;
        let deadline = deadline_ms(waited_ms);
        self.pump(Instant::now())?;
        while !self.connected {
            if Instant::now() >= deadline {
                return Err(DeviceError::TimeOut { what: "handshake", waited_ms });
            }
            if cancel.is_canceled() {
                return Err(DeviceError::Canceled);
            }
            self.pump(deadline.min(deadline_ms(CANCEL_POLL_MS)))?;
        }
        Ok(())
    }

    /// Sends a message under the next id and returns the id.
    pub(super) fn send(&mut self, request: &Request) -> Result<u8, DeviceError> {
        let data = message::encode(request);
        let bytes = data.len();
        let id = self.next_id;
        let frame = Frame::data(id, data).map_err(|_| ProtocolFault::TooLong { bytes, max: MAX_DATA })?;
        self.next_id = id.checked_add(1).unwrap_or(1);
        let bytes = frame.encode();
        if self.outbox.len() >= MAX_OUTBOX {
            self.outbox.remove(0);
        }
        self.write(&bytes)?;
        self.outbox.push(Unacked { id, bytes, sent_at: Instant::now(), sent: 1 });
        Ok(id)
    }

    /// Does what is due, then waits for bytes until `deadline` or until the next thing is due, once.
    pub(super) fn pump(&mut self, deadline: Instant) -> Result<(), DeviceError> {
        self.do_what_is_due()?;
        let wait = deadline.min(self.next_due());
        let mut chunk = [0; READ_CHUNK];
        let got = match self.link.line().read(&mut chunk, wait) {
            Ok(got) => got,
            Err(error) => {
                self.disconnected();
                return Err(error);
            }
        };
        self.decoder.push(chunk.get(..got).unwrap_or_default());
        self.take_frames()
    }

    fn next_due(&self) -> Instant {
        let pause = self.resend_pause();
        let link = match (self.connected, self.last_handshake) {
            (true, _) => self.last_heartbeat + Duration::from_millis(self.settings.heartbeat_ms),
            (false, Some(at)) => at + Duration::from_millis(self.settings.handshake_interval_ms),
            (false, None) => Instant::now(),
        };
        let most = self.settings.resend_max;
        let resend =
            self.outbox.iter().filter(|frame| frame.sent < most).map(|frame| frame.sent_at + pause).min();
        resend.map_or(link, |due| due.min(link))
    }

    fn do_what_is_due(&mut self) -> Result<(), DeviceError> {
        let now = Instant::now();
        if self.connected
            && now.duration_since(self.last_heard) > Duration::from_millis(self.settings.silence_ms)
        {
            tracing::warn!("payment terminal silent, link lost");
            self.disconnected();
        }
        if !self.connected {
            return self.shake_hands(now);
        }
        if now >= self.last_heartbeat + Duration::from_millis(self.settings.heartbeat_ms) {
            self.last_heartbeat = now;
            self.write(&Frame::heartbeat().encode())?;
        }
        self.resend(now)
    }

    fn shake_hands(&mut self, now: Instant) -> Result<(), DeviceError> {
        let interval = Duration::from_millis(self.settings.handshake_interval_ms);
        if self.last_handshake.is_some_and(|at| now < at + interval) {
            return Ok(());
        }
        self.last_handshake = Some(now);
        self.write(&Frame::bare(Kind::Handshake).encode())
    }

    /// Sends again what is due and was not sent too often.
    fn resend(&mut self, now: Instant) -> Result<(), DeviceError> {
        let pause = self.resend_pause();
        let most = self.settings.resend_max;
        let is_due = |frame: &&mut Unacked| frame.sent < most && now >= frame.sent_at + pause;
        let mut due = Vec::new();
        for frame in self.outbox.iter_mut().filter(is_due) {
            frame.sent += 1;
            frame.sent_at = now;
            self.link.count_retry();
            due.extend_from_slice(&frame.bytes);
        }
        if due.is_empty() { Ok(()) } else { self.write(&due) }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), DeviceError> {
        let written = self.link.line().write_all(bytes);
        written.inspect_err(|_| {
            self.disconnected();
            self.link.close();
        })
    }

    fn take_frames(&mut self) -> Result<(), DeviceError> {
        loop {
            match self.decoder.next_frame() {
                Ok(Some(frame)) => {
                    self.link.count_frame();
                    self.take_frame(frame)?;
                }
                Ok(None) => return Ok(()),
                // The sender sends a damaged frame again, because it gets no acknowledgement.
                Err(error) => {
                    self.link.count_checksum_error();
                    tracing::debug!(%error, "damaged frame");
                }
            }
        }
    }

    fn take_frame(&mut self, frame: Frame) -> Result<(), DeviceError> {
        self.last_heard = Instant::now();
        if frame.ack != 0 {
            self.outbox.retain(|unacked| unacked.id != frame.ack);
        }
        match frame.kind {
            Kind::HandshakeConfirm => self.confirmed(),
            Kind::Handshake => self.write(&Frame::bare(Kind::HandshakeConfirm).encode())?,
            Kind::Normal if frame.id != 0 => self.take_data(frame)?,
            Kind::Normal => {}
        }
        Ok(())
    }

    fn confirmed(&mut self) {
        self.connected = true;
        self.last_heartbeat = Instant::now();
    }

    fn take_data(&mut self, frame: Frame) -> Result<(), DeviceError> {
        self.write(&Frame::ack(frame.id).encode())?;
        let copy = self.seen.iter().any(|(id, data)| *id == frame.id && *data == frame.data);
        if copy {
            return Ok(());
        }
        match message::decode(&frame.data) {
            Ok(response) if self.inbox.len() < MAX_INBOX => self.inbox.push_back(response.masked()),
            Ok(_) => tracing::warn!("inbox full, message dropped"),
            Err(error) => tracing::warn!(%error, "payload dropped"),
        }
        if self.seen.len() >= MAX_SEEN {
            self.seen.pop_front();
        }
        self.seen.push_back((frame.id, frame.data));
        Ok(())
    }
}
