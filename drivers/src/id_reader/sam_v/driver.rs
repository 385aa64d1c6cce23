//! The driver of a SAM_V reader: one command at a time, each with a deadline (protocols A.5).

use std::time::{Duration, Instant};

use zeroize::Zeroize;

use super::codec::{Command, Decoder, FrameError, MAX_LEN, Reply, Status};
use super::settings::{BlockRead, SamVSettings};
use super::text_block::decode_card;
use crate::cancel::CancelToken;
use crate::id_reader::IdReader;
use crate::id_reader::card::{CardError, IdCard};
use crate::port::{Backoff, Line, Link, Opened, SerialPortLine};
use crate::status::{DeviceError, HardwareFault, ProtocolFault, UserFault};
use crate::timing::deadline_ms;

/// Bytes taken from the port at once: a tty gives at most 4095.
const READ_CHUNK: usize = 512;

/// The longest answer that is not a card: the SAM id, rounded up. Only used to reckon time on the wire.
const SHORT_ANSWER: usize = 32;

/// A SAM_V reader on a line.
#[derive(Debug)]
pub struct SamV<L> {
    link: Link<L>,
    settings: SamVSettings,
    decoder: Decoder,
    /// "No card" answers in a row since the last successful read; `None` when nothing was read since.
    misses_after_read: Option<u8>,
}

impl SamV<SerialPortLine> {
    /// A reader on the serial port at `path`. The port is opened by the first operation.
    #[must_use]
    pub fn on_port(path: &str, settings: SamVSettings) -> Self {
        Self::new(SerialPortLine::new(settings.port(path)), settings)
    }
}

impl<L: Line> SamV<L> {
    /// A reader on any line.
    pub fn new(line: L, settings: SamVSettings) -> Self {
        let backoff = Backoff::scaled(settings.reopen_divisor);
        Self { link: Link::new(line, backoff), settings, decoder: Decoder::new(), misses_after_read: None }
    }

    /// Opens a lost port and asks the SAM whether it works before anything else.
    fn ready(&mut self) -> Result<(), DeviceError> {
        if self.link.ensure_open()? == Opened::Already {
            return Ok(());
        }
        self.misses_after_read = None;
        self.check_status().inspect_err(|_| self.link.close())
    }

    fn check_status(&mut self) -> Result<(), DeviceError> {
        let reply = self.ask(Command::Status, SHORT_ANSWER)?;
        match reply.status {
            Status::Ok => Ok(()),
            other => Err(refusal(other)),
        }
    }

    /// Sends a command and waits for its reply. What arrived before is stale and discarded.
    fn ask(&mut self, command: Command, answer_bytes: usize) -> Result<Reply, DeviceError> {
        self.decoder.clear();
        self.link.line().drain()?;
        self.link.line().write_all(&command.encode())?;
        self.await_reply(command, self.settings.answer_ms(answer_bytes))
    }

    fn await_reply(&mut self, command: Command, waited_ms: u64) -> Result<Reply, DeviceError> {
        let deadline = deadline_ms(waited_ms);
        let inter_byte = Duration::from_millis(self.settings.inter_byte_ms);
        let mut chunk = [0_u8; READ_CHUNK];
        loop {
            let begun = self.decoder.pending();
            let wait = if begun > 0 { deadline.min(Instant::now() + inter_byte) } else { deadline };
            let got = self.link.line().read(&mut chunk, wait)?;
            self.decoder.push(chunk.get(..got).unwrap_or_default());
            chunk.zeroize();
            if let Some(reply) = self.decoder.next_reply().map_err(ProtocolFault::from)? {
                return Ok(reply);
            }
            if got == 0 && begun > 0 {
                return Err(ProtocolFault::from(FrameError::Truncated(begun)).into());
            }
            if Instant::now() >= deadline {
                return Err(DeviceError::TimeOut { what: command.name(), waited_ms });
            }
        }
    }

    fn find(&mut self) -> Result<bool, DeviceError> {
        let reply = self.ask(Command::FindCard, SHORT_ANSWER)?;
        match reply.status {
            Status::CardFound => Ok(true),
            Status::FindFailed => Ok(false),
            other => Err(refusal(other)),
        }
    }

    /// Selects and reads the card that was found. Any failure ends the cycle: the next one starts with find.
    fn read_found(&mut self, cancel: &CancelToken) -> Result<Option<IdCard>, DeviceError> {
        stop_if(cancel)?;
        match self.ask(Command::SelectCard, SHORT_ANSWER).map_err(damaged)?.status {
            Status::Ok => {}
            // Lifted between find and select: simply no card.
            Status::SelectFailed => return Ok(None),
            other => return Err(refusal(other)),
        }
        stop_if(cancel)?;
        let (command, fingerprint) = match self.settings.read {
            BlockRead::TextPhoto => (Command::ReadTextPhoto, false),
            BlockRead::TextPhotoFingerprint => (Command::ReadTextPhotoFingerprint, true),
        };
        let reply = self.ask(command, MAX_LEN).map_err(damaged)?;
        match reply.status {
            Status::Ok => decode_card(&reply.data, fingerprint).map(Some).map_err(card_error),
            other => Err(refusal(other)),
        }
    }
}

impl<L: Line> IdReader for SamV<L> {
    fn probe(&mut self) -> Result<(), DeviceError> {
        if self.link.ensure_open()? == Opened::Fresh {
            self.misses_after_read = None;
        }
        self.check_status()
    }

    fn read_card(&mut self, cancel: &CancelToken) -> Result<Option<IdCard>, DeviceError> {
        stop_if(cancel)?;
        self.ready()?;
        if !self.find()? {
            return Ok(None);
        }
        let card = self.read_found(cancel)?;
        self.misses_after_read = card.as_ref().map(|_| 0);
        Ok(card)
    }

    fn card_present(&mut self) -> Result<bool, DeviceError> {
        self.ready()?;
        let found = self.find()?;
        let Some(misses) = self.misses_after_read else {
            return Ok(found);
        };
        let misses = if found { 0 } else { misses.saturating_add(1) };
        let removed = misses >= self.settings.removed_after_finds.max(1);
        self.misses_after_read = (!removed).then_some(misses);
        Ok(!removed)
    }
}

fn stop_if(cancel: &CancelToken) -> Result<(), DeviceError> {
    if cancel.is_canceled() { Err(DeviceError::Canceled) } else { Ok(()) }
}

/// What a status means that does not belong to the expected ones.
fn refusal(status: Status) -> DeviceError {
    match status {
        Status::SelfTestFailed => DeviceError::HardwareError(HardwareFault::SamSelfTest),
        Status::NotAuthorised => DeviceError::HardwareError(HardwareFault::SamNotAuthorised),
        Status::CardFailed(_) | Status::SelectFailed | Status::FindFailed => {
            DeviceError::UserError(UserFault::LayCardAgain)
        }
        Status::UnsupportedCard | Status::NoSuchItem => DeviceError::UserError(UserFault::UnsupportedCard),
        Status::HostFrameDamaged(sw3) | Status::Refused(sw3) => {
            DeviceError::HardwareError(HardwareFault::SamRefused(sw3))
        }
        Status::Ok | Status::CardFound => DeviceError::DeviceNotReady,
    }
}

/// A damaged or missing answer to select or read: the SAM counts the card as read, so only lifting helps.
fn damaged(error: DeviceError) -> DeviceError {
    match error {
        DeviceError::Protocol(ProtocolFault::SamFrame(_)) | DeviceError::TimeOut { .. } => {
            DeviceError::UserError(UserFault::LayCardAgain)
        }
        other => other,
    }
}

fn card_error(error: CardError) -> DeviceError {
    match error {
        CardError::UnknownKind => DeviceError::UserError(UserFault::UnsupportedCard),
        other => ProtocolFault::from(other).into(),
    }
}
