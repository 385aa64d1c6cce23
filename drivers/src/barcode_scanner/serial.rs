//! The driver of a scanner on a serial port.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use zeroize::{Zeroize, Zeroizing};

use super::BarcodeScanner;
use super::code::ScannedCode;
use super::gm65::{Command, Gm65Error, MAX_MIXED, find_answer};
use super::settings::{CommandSet, ScannerSettings, Trigger};
use super::text::{ScanError, Splitter};
use crate::cancel::CancelToken;
use crate::port::{Backoff, Line, Link, Opened, SerialPortLine};
use crate::status::{DeviceError, ProtocolFault};
use crate::timing::deadline_ms;

/// Bytes taken from the port at once.
const READ_CHUNK: usize = 512;

/// Codes that wait to be fetched; nobody shows more between two reads.
const MAX_WAITING: usize = 8;

/// A scanner on a line.
#[derive(Debug)]
pub struct SerialScanner<L> {
    link: Link<L>,
    settings: ScannerSettings,
    splitter: Splitter,
    waiting: VecDeque<Result<ScannedCode, ScanError>>,
    last_byte: Instant,
    lit: Option<Instant>,
    set_up: bool,
}

impl SerialScanner<SerialPortLine> {
    /// A scanner on the serial port at `path`. The port is opened by the first operation.
    #[must_use]
    pub fn on_port(path: &str, settings: ScannerSettings) -> Self {
        Self::new(SerialPortLine::new(settings.port(path)), settings)
    }
}

impl<L: Line> SerialScanner<L> {
    /// A scanner on any line.
    pub fn new(line: L, settings: ScannerSettings) -> Self {
        Self {
            link: Link::new(line, Backoff::scaled(settings.reopen_divisor)),
            splitter: Splitter::new(settings.tail, settings.max_code_bytes),
            settings,
            waiting: VecDeque::new(),
            last_byte: Instant::now(),
            lit: None,
            set_up: false,
        }
    }

    /// Opens a lost port; a module that takes commands is asked who it is and set up.
    fn ready(&mut self) -> Result<(), DeviceError> {
        if self.link.ensure_open()? == Opened::Fresh {
            self.forget();
            self.set_up = false;
        }
        if self.set_up || self.settings.commands == CommandSet::None {
            return Ok(());
        }
        self.tell(&Command::query_baud())?;
        for write in self.settings.setup.clone() {
            self.tell(&Command::Write { address: write.address, data: write.data })?;
        }
        if self.settings.save_setup && !self.settings.setup.is_empty() {
            self.tell(&Command::Save)?;
        }
        self.set_up = true;
        Ok(())
    }

    fn forget(&mut self) {
        self.splitter.clear();
        self.waiting.clear();
        self.lit = None;
    }

    /// Sends a command and waits for its answer; codes that come meanwhile are kept.
    fn tell(&mut self, command: &Command) -> Result<(), DeviceError> {
        self.link.line().write_all(&command.encode())?;
        let waited_ms = self.settings.command_timeout_ms;
        let deadline = deadline_ms(waited_ms);
        let mut came = Zeroizing::new(Vec::with_capacity(MAX_MIXED));
        while came.len() + READ_CHUNK <= MAX_MIXED && Instant::now() < deadline {
            self.receive(deadline, &mut came)?;
            if let Some(mixed) = find_answer(&came, command.answer_bytes()) {
                self.take(&mixed.codes);
                let refused = matches!(command, Command::Write { .. } | Command::Save);
                return match mixed.data.first() {
                    Some(code) if refused && *code != 0 => {
                        Err(ProtocolFault::from(Gm65Error::Refused(*code)).into())
                    }
                    _ => Ok(()),
                };
            }
        }
        if came.is_empty() {
            return Err(DeviceError::TimeOut { what: command.name(), waited_ms });
        }
        // Nobody can say which of these bytes belong to a code.
        Err(ProtocolFault::from(Gm65Error::NoAnswer(came.len())).into())
    }

    fn receive(&mut self, deadline: Instant, into: &mut Vec<u8>) -> Result<(), DeviceError> {
        let mut chunk = [0_u8; READ_CHUNK];
        let got = self.link.line().read(&mut chunk, deadline)?;
        into.extend_from_slice(chunk.get(..got).unwrap_or_default());
        chunk.zeroize();
        if got > 0 {
            self.last_byte = Instant::now();
        }
        Ok(())
    }

    /// Cuts bytes into codes.
    fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let code = self.splitter.push(*byte);
            self.keep(code);
        }
    }

    fn keep(&mut self, code: Result<Option<ScannedCode>, ScanError>) {
        match code {
            Ok(Some(_)) => self.link.count_frame(),
            Ok(None) => {}
            Err(_) => self.link.count_checksum_error(),
        }
        if let Some(code) = code.transpose()
            && self.waiting.len() < MAX_WAITING
        {
            self.waiting.push_back(code);
        }
    }

    /// Lights a module that waits for it, again after it went dark.
    fn light(&mut self) -> Result<(), DeviceError> {
        let interval = Duration::from_millis(self.settings.trigger_interval_ms);
        let dark = self.lit.is_none_or(|at| at.elapsed() >= interval);
        if self.settings.commands == CommandSet::None || self.settings.trigger == Trigger::Continuous || !dark
        {
            return Ok(());
        }
        self.tell(&Command::trigger())?;
        self.lit = Some(Instant::now());
        Ok(())
    }

    fn next_waiting(&mut self) -> Result<Option<ScannedCode>, DeviceError> {
        match self.waiting.pop_front() {
            None => Ok(None),
            Some(Ok(code)) => {
                self.lit = None;
                Ok(Some(code))
            }
            Some(Err(error)) => Err(ProtocolFault::from(error).into()),
        }
    }
}

impl<L: Line> BarcodeScanner for SerialScanner<L> {
    fn probe(&mut self) -> Result<(), DeviceError> {
        let fresh = !self.set_up;
        self.ready()?;
        if fresh || self.settings.commands == CommandSet::None {
            return Ok(());
        }
        self.tell(&Command::query_baud())
    }

    fn begin(&mut self) -> Result<(), DeviceError> {
        self.ready()?;
        self.forget();
        self.link.line().drain()?;
        self.light()
    }

    fn read_code(&mut self, cancel: &CancelToken) -> Result<Option<ScannedCode>, DeviceError> {
        self.ready()?;
        let deadline = deadline_ms(self.settings.read_slice_ms);
        let gap = Duration::from_millis(self.settings.idle_gap_ms);
        let mut came = Zeroizing::new(Vec::with_capacity(READ_CHUNK));
        loop {
            if cancel.is_canceled() {
                return Err(DeviceError::Canceled);
            }
            if let Some(code) = self.next_waiting()? {
                return Ok(Some(code));
            }
            if Instant::now() >= deadline {
                return Ok(None);
            }
            self.light()?;
            let pause = self.last_byte + gap;
            let until = if self.splitter.pending() { deadline.min(pause) } else { deadline };
            came.clear();
            self.receive(until, &mut came)?;
            self.take(&came);
            if came.is_empty() && self.splitter.pending() && Instant::now() >= pause {
                let code = self.splitter.pause();
                self.keep(code);
            }
        }
    }
}
