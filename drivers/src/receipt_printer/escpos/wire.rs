//! The port of a printer: bytes out, events in, one question at a time.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::codec::{Event, Question, StatusParser, real_time_status};
use super::settings::EscPosSettings;
use crate::port::{Backoff, Line, Link, Opened};
use crate::receipt_printer::PrinterStatus;
use crate::status::DeviceError;
use crate::timing::deadline_ms;

/// Bytes taken from the port at once: a status is four.
const READ_CHUNK: usize = 64;

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
        }
    }

    pub(super) fn ensure_open(&mut self) -> Result<Opened, DeviceError> {
        self.link.ensure_open()
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), DeviceError> {
        self.link.line().write_all(bytes)
    }

    /// Forgets all that came in: it answers questions nobody asks any more.
    pub(super) fn drain(&mut self) -> Result<(), DeviceError> {
        self.parser.reset();
        self.backlog.clear();
        self.link.line().drain()
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
        let deadline = deadline_ms(self.status_timeout_ms);
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
        Ok(real_time_status(answers))
    }
}
