//! The port of a printer: bytes out, events in, one question at a time.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::codec::{Event, Question, StatusParser, real_time_status};
use super::settings::EscPosSettings;
use crate::port::{Backoff, Line, Link, Opened};
use crate::receipt_printer::PrinterStatus;
use crate::receipt_printer::gauge::PaperGauge;
use crate::status::DeviceError;

/// Bytes taken from the port at once: a status is four.
const READ_CHUNK: usize = 64;

/// A byte on the wire: start bit, eight data bits, stop bit.
const BITS_PER_BYTE: u64 = 10;

/// Events kept while a question is open. A part has one confirmation, and an automatic status replaces the
/// one before, so 64 is far more than can matter; the oldest goes first.
const MAX_BACKLOG: usize = 64;

#[derive(Debug)]
pub(super) struct Wire<L> {
    link: Link<L>,
    parser: StatusParser,
    backlog: VecDeque<Event>,
    last_byte: Instant,
    inter_byte: Duration,
    status_timeout_ms: u64,
    baud: u32,
    /// When the last byte written so far will have left, if nothing holds the wire up.
    drained: Instant,
    pub(super) gauge: PaperGauge,
}

impl<L: Line> Wire<L> {
    pub(super) fn new(line: L, settings: &EscPosSettings) -> Self {
        Self {
            link: Link::new(line, Backoff::scaled(settings.reopen_divisor)),
            parser: StatusParser::new(),
            backlog: VecDeque::new(),
            last_byte: Instant::now(),
            inter_byte: Duration::from_millis(settings.inter_byte_ms),
            status_timeout_ms: settings.status_timeout_ms,
            baud: settings.baud.max(1),
            drained: Instant::now(),
            gauge: PaperGauge::default(),
        }
    }

    pub(super) fn ensure_open(&mut self) -> Result<Opened, DeviceError> {
        let opened = self.link.ensure_open()?;
        if opened == Opened::Fresh {
            self.drained = Instant::now();
        }
        Ok(opened)
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), DeviceError> {
        self.link.line().write_all(bytes)?;
        let bits = u64::try_from(bytes.len()).unwrap_or(u64::MAX).saturating_mul(BITS_PER_BYTE);
        let wire_time = Duration::from_micros(bits.saturating_mul(1_000_000) / u64::from(self.baud));
        self.drained = self.drained.max(Instant::now()) + wire_time;
        Ok(())
    }

    /// The moment `ms` after the last byte has left: an answer cannot begin before.
    pub(super) fn deadline(&self, ms: u64) -> Instant {
        self.drained.max(Instant::now()) + Duration::from_millis(ms)
    }

    /// Forgets all that came in: it answers questions nobody asks any more.
    pub(super) fn drain(&mut self) -> Result<(), DeviceError> {
        self.parser.reset();
        self.backlog.clear();
        self.link.line().drain()
    }

    /// Waits until nothing comes for so long, and forgets what came.
    pub(super) fn hush(&mut self, quiet_ms: u64) -> Result<(), DeviceError> {
        for _ in 0..MAX_BACKLOG {
            if self.receive(self.deadline(quiet_ms))? == 0 {
                break;
            }
        }
        self.drain()
    }

    /// The next event, or `None` at the deadline.
    pub(super) fn next_event(&mut self, deadline: Instant) -> Result<Option<Event>, DeviceError> {
        loop {
            if let Some(event) = self.backlog.pop_front() {
                return Ok(Some(event));
            }
            if self.receive(deadline)? == 0 && Instant::now() >= deadline {
                return Ok(None);
            }
        }
    }

    /// Waits for bytes once and puts their events into the backlog.
    fn receive(&mut self, deadline: Instant) -> Result<usize, DeviceError> {
        let mut chunk = [0; READ_CHUNK];
        let got = self.link.line().read(&mut chunk, deadline)?;
        if got > 0 {
            if self.last_byte.elapsed() > self.inter_byte {
                self.parser.reset();
            }
            self.last_byte = Instant::now();
        }
        for byte in chunk.into_iter().take(got) {
            if let Some(event) = self.parser.push(byte) {
                self.keep(event);
            }
        }
        Ok(got)
    }

    fn keep(&mut self, event: Event) {
        self.link.count_frame();
        if self.backlog.len() >= MAX_BACKLOG {
            self.backlog.pop_front();
        }
        self.backlog.push_back(event);
    }

    /// Asks one real-time question. Other events that come meanwhile stay for [`Wire::next_event`].
    fn ask(&mut self, question: Question) -> Result<Option<u8>, DeviceError> {
        self.write(&question.encode())?;
        let deadline = self.deadline(self.status_timeout_ms);
        loop {
            let answer = self.backlog.iter().position(|event| matches!(event, Event::RealTime(_)));
            if let Some(Event::RealTime(byte)) = answer.and_then(|at| self.backlog.remove(at)) {
                return Ok(Some(byte));
            }
            if self.receive(deadline)? == 0 && Instant::now() >= deadline {
                return Ok(None);
            }
        }
    }

    /// Asks all four questions. A silent printer is asked once only: each silence costs a time-out, and an
    /// answer that comes after all must not be taken for the next one's.
    pub(super) fn status(&mut self) -> Result<PrinterStatus, DeviceError> {
        self.backlog.retain(|event| !matches!(event, Event::RealTime(_)));
        let mut answers = [None; 4];
        for (question, answer) in Question::ALL.into_iter().zip(&mut answers) {
            *answer = self.ask(question)?;
            if answer.is_none() {
                break;
            }
        }
        if answers.iter().all(Option::is_none) {
            return Err(DeviceError::TimeOut { what: "printer status", waited_ms: self.status_timeout_ms });
        }
        let status = real_time_status(answers);
        self.gauge.observe(status.paper);
        Ok(status)
    }
}
