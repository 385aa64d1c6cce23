//! The link of wires that answer each frame with one byte: received, or damaged. ZVT and MIS have it.
//!
//! Neither has a sequence number, so a second copy of a frame looks like a second request.

use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

use crate::port::{Backoff, Line, Link, Opened};
use crate::status::DeviceError;
use crate::timing::deadline_ms;

/// Bytes taken from the port at once.
const READ_CHUNK: usize = 512;

/// Units that nobody took yet. The terminal waits for our answer to each, so more than this is noise.
const MAX_INBOX: usize = 16;

/// "Received", on every such wire.
const ACK: u8 = 0x06;
/// "Damaged, send it again".
const NAK: u8 = 0x15;

/// What a byte has completed.
#[derive(Debug)]
pub(super) enum Heard {
    /// The terminal has our frame.
    Received,
    /// The terminal could not read our frame.
    Unread,
    /// A whole unit.
    Unit(Vec<u8>),
    /// A frame that is damaged.
    Damaged,
    /// Something that asks for nothing.
    Nothing,
}

/// Frames around units.
pub(super) trait Framing: Default + fmt::Debug + Send {
    /// The frame of a unit.
    fn frame(unit: &[u8]) -> Vec<u8>;

    /// Takes one byte; `None` while nothing is whole.
    fn push(&mut self, byte: u8) -> Option<Heard>;

    /// Whether a frame has begun and is not whole.
    fn is_inside(&self) -> bool;

    /// Forgets what has begun.
    fn clear(&mut self);
}

/// Times and counts of a link.
#[derive(Clone, Copy, Debug)]
pub(super) struct AckTimes {
    /// Pause within a frame after which the rest is not coming.
    pub(super) character_timeout_ms: u64,
    /// How long the acknowledgement of a frame may take.
    pub(super) ack_timeout_ms: u64,
    /// How often a frame is sent at most.
    pub(super) send_max: u32,
    /// Divides the pauses before a lost port is opened again.
    pub(super) reopen_divisor: u32,
}

/// Whether a frame may be sent again when its acknowledgement does not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// A second copy does no harm.
    Harmless,
    /// A second copy could be a second charge. Only a frame that the terminal says it could not read is sent
    /// again.
    OnlyIfUnread,
}

/// How a frame went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// The terminal has it.
    Received,
    /// Nobody said so in time. The terminal may have it or not.
    Unconfirmed,
}

#[derive(Debug)]
pub(super) struct AckLink<L, F> {
    link: Link<L>,
    times: AckTimes,
    framing: F,
    acknowledged: Option<bool>,
    inbox: VecDeque<Vec<u8>>,
    last_heard: Instant,
}

impl<L: Line, F: Framing> AckLink<L, F> {
    pub(super) fn new(line: L, times: AckTimes) -> Self {
        Self {
            link: Link::new(line, Backoff::scaled(times.reopen_divisor)),
            times,
            framing: F::default(),
            acknowledged: None,
            inbox: VecDeque::new(),
            last_heard: Instant::now(),
        }
    }

    /// Opens a lost port; `true` when it was opened just now, and nothing is known of the terminal.
    pub(super) fn ensure_open(&mut self) -> Result<bool, DeviceError> {
        let fresh = self.link.ensure_open()? == Opened::Fresh;
        if fresh {
            self.forget();
        }
        Ok(fresh)
    }

    /// Drops the port.
    pub(super) fn close(&mut self) {
        self.link.close();
        self.forget();
    }

    fn forget(&mut self) {
        self.framing.clear();
        self.inbox.clear();
        self.acknowledged = None;
    }

    /// How long nothing was heard.
    pub(super) fn silence(&self) -> Duration {
        self.last_heard.elapsed()
    }

    /// Sends a unit and waits for its acknowledgement. Units that arrive meanwhile are kept.
    pub(super) fn send(&mut self, unit: &[u8], repeat: Repeat) -> Result<Sent, DeviceError> {
        for try_number in 0..self.times.send_max.max(1) {
            if try_number > 0 {
                self.link.count_retry();
            }
            self.acknowledged = None;
            self.post(unit)?;
            match self.await_acknowledgement()? {
                Some(true) => return Ok(Sent::Received),
                None if repeat == Repeat::OnlyIfUnread => return Ok(Sent::Unconfirmed),
                Some(false) | None => {}
            }
        }
        Ok(Sent::Unconfirmed)
    }

    /// Sends a unit without waiting.
    pub(super) fn post(&mut self, unit: &[u8]) -> Result<(), DeviceError> {
        self.write(&F::frame(unit))
    }

    /// Sends bytes that are no frame.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), DeviceError> {
        self.link.line().write_all(bytes)
    }

    fn await_acknowledgement(&mut self) -> Result<Option<bool>, DeviceError> {
        let deadline = deadline_ms(self.times.ack_timeout_ms);
        while self.acknowledged.is_none() && Instant::now() < deadline {
            self.pump(deadline)?;
        }
        Ok(self.acknowledged.take())
    }

    /// The next unit, waited for until `deadline`.
    pub(super) fn receive(&mut self, deadline: Instant) -> Result<Option<Vec<u8>>, DeviceError> {
        loop {
            if let Some(unit) = self.inbox.pop_front() {
                return Ok(Some(unit));
            }
            self.pump(deadline)?;
            if self.inbox.is_empty() && Instant::now() >= deadline {
                return Ok(None);
            }
        }
    }

    /// Reads once, until `deadline` at most.
    fn pump(&mut self, deadline: Instant) -> Result<(), DeviceError> {
        let gap_ms = self.times.character_timeout_ms;
        let inside = self.framing.is_inside();
        let wait = if inside { deadline.min(deadline_ms(gap_ms)) } else { deadline };
        let mut chunk = [0; READ_CHUNK];
        let got = self.link.line().read(&mut chunk, wait)?;
        if got == 0 && inside && self.silence() >= Duration::from_millis(gap_ms) {
            // The rest of the frame is not coming.
            self.framing.clear();
            return self.write(&[NAK]);
        }
        chunk.get(..got).unwrap_or_default().iter().try_for_each(|&byte| self.take(byte))
    }

    fn take(&mut self, byte: u8) -> Result<(), DeviceError> {
        self.last_heard = Instant::now();
        match self.framing.push(byte) {
            Some(Heard::Received) => self.acknowledged = Some(true),
            Some(Heard::Unread) => self.acknowledged = Some(false),
            Some(Heard::Unit(unit)) => {
                self.link.count_frame();
                self.write(&[ACK])?;
                if self.inbox.len() < MAX_INBOX {
                    self.inbox.push_back(unit);
                } else {
                    tracing::warn!("inbox full, unit dropped");
                }
            }
            Some(Heard::Damaged) => {
                self.link.count_checksum_error();
                self.write(&[NAK])?;
            }
            Some(Heard::Nothing) | None => {}
        }
        Ok(())
    }
}
