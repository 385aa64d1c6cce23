//! A line with a memory of its losses: it says when a try to reopen is due.

use std::time::{Duration, Instant};

use super::{Line, PortCounters};
use crate::status::DeviceError;

/// First pause after a loss: a USB device needs about this long to come back.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// Longest pause: a device must be well again three seconds after it is back, and its owner looks each
/// second. A try that finds no port costs next to nothing.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// When the next try is due; each failure doubles the pause up to a bound.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    pause: Duration,
    next: Option<Instant>,
}

impl Default for Backoff {
    fn default() -> Self {
        Self::scaled(1)
    }
}

impl Backoff {
    /// Pauses of 200 ms to 1 s, divided.
    #[must_use]
    pub fn scaled(divisor: u32) -> Self {
        let first = FIRST_PAUSE / divisor.max(1);
        Self { first, longest: LONGEST_PAUSE / divisor.max(1), pause: first, next: None }
    }

    /// Whether a try is due at `now`.
    #[must_use]
    pub fn due(&self, now: Instant) -> bool {
        self.next.is_none_or(|next| now >= next)
    }

    /// A try failed at `now`.
    pub fn failed(&mut self, now: Instant) {
        self.next = Some(now + self.pause);
        self.pause = (self.pause * 2).min(self.longest);
    }

    /// A try succeeded.
    pub fn reset(&mut self) {
        self.pause = self.first;
        self.next = None;
    }
}

/// What [`Link::ensure_open`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// The port was open all the time.
    Already,
    /// The port was opened just now: whatever the driver knew about the device is void.
    Fresh,
}

/// A line that reopens itself when the driver asks and a try is due. It never waits.
#[derive(Debug)]
pub struct Link<L> {
    line: L,
    backoff: Backoff,
    /// What was last said about the port, so that a port that stays away is not news again.
    said: &'static str,
}

impl<L: Line> Link<L> {
    /// Wraps a line; it is opened by the first [`Link::ensure_open`].
    pub fn new(line: L, backoff: Backoff) -> Self {
        Self { line, backoff, said: "" }
    }

    /// Opens the port if it is lost and a try is due.
    ///
    /// # Errors
    /// `PortGone` when no try is due yet; else what opening said.
    pub fn ensure_open(&mut self) -> Result<Opened, DeviceError> {
        if self.line.is_open() {
            return Ok(Opened::Already);
        }
        let now = Instant::now();
        if !self.backoff.due(now) {
            return Err(DeviceError::PortGone { path: self.line.name().to_owned() });
        }
        match self.line.open() {
            Ok(()) => {
                self.backoff.reset();
                self.say("open");
                Ok(Opened::Fresh)
            }
            Err(error) => {
                self.backoff.failed(now);
                self.say(error.code());
                Err(error)
            }
        }
    }

    fn say(&mut self, news: &'static str) {
        if self.said != news {
            tracing::info!(port = self.line.name(), news, "port");
            self.said = news;
        }
    }

    /// The line itself.
    pub fn line(&mut self) -> &mut L {
        &mut self.line
    }

    /// A whole frame arrived.
    pub fn count_frame(&self) {
        self.line.counters().map(PortCounters::frame).unwrap_or_default();
    }

    /// A frame arrived damaged.
    pub fn count_checksum_error(&self) {
        self.line.counters().map(PortCounters::checksum_error).unwrap_or_default();
    }

    /// A frame is sent again.
    pub fn count_retry(&self) {
        self.line.counters().map(PortCounters::retry).unwrap_or_default();
    }

    /// Drops the handle, so that the next [`Link::ensure_open`] starts afresh.
    pub fn close(&mut self) {
        self.line.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_off_doubles_up_to_its_bound_and_resets() {
        let start = Instant::now();
        let mut backoff = Backoff::default();
        assert!(backoff.due(start));
        backoff.failed(start);
        assert!(!backoff.due(start + Duration::from_millis(199)));
        assert!(backoff.due(start + Duration::from_millis(200)));
        for _ in 0..20 {
            backoff.failed(start);
        }
        assert!(!backoff.due(start + Duration::from_millis(999)));
        assert!(backoff.due(start + Duration::from_secs(1)));
        backoff.reset();
        assert!(backoff.due(start));
    }
}
