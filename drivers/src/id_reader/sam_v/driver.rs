//! The driver of a SAM_V reader: find, select, read, and removal before the next card (protocols A.5).

use super::codec::{Command, MAX_LEN, Reply, Status};
use super::exchange::{Exchange, SHORT_ANSWER};
use super::sam_id::SamId;
use super::settings::{BlockRead, SamVSettings};
use super::text_block::{decode_card, decode_newest_address};
use crate::cancel::CancelToken;
use crate::id_reader::IdReader;
use crate::id_reader::card::{CardError, CardKind, IdCard};
use crate::port::{Line, SerialPortLine};
use crate::status::{DeviceError, HardwareFault, ProtocolFault, UserFault};

/// A SAM_V reader on a line.
#[derive(Debug)]
pub struct SamV<L> {
    exchange: Exchange<L>,
    settings: SamVSettings,
    /// "No card" answers in a row since the last successful read; `None` when nothing was read since.
    misses_after_read: Option<u8>,
}

/// How one find, select, read ended.
enum Attempt {
    Card(Box<IdCard>),
    /// No card any more, before anything was read.
    Lifted,
    /// The wire damaged the answer to select: the card does not count as read.
    SelectDamaged,
    /// The wire damaged the answer to read: most modules find the card only after it was lifted.
    ReadDamaged,
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
        Self { exchange: Exchange::new(line, settings.clone()), settings, misses_after_read: None }
    }

    fn ready(&mut self) -> Result<(), DeviceError> {
        if self.exchange.ready()? {
            self.misses_after_read = None;
        }
        Ok(())
    }

    /// Asks for what must be answered with 90.
    fn done(&mut self, command: Command) -> Result<Reply, DeviceError> {
        let reply = self.exchange.ask(command, SHORT_ANSWER)?;
        if reply.status == Status::Ok { Ok(reply) } else { Err(refusal(reply.status)) }
    }

    fn find(&mut self) -> Result<bool, DeviceError> {
        let reply = self.exchange.ask(Command::FindCard, SHORT_ANSWER)?;
        match reply.status {
            Status::CardFound => Ok(true),
            Status::FindFailed => Ok(false),
            other => Err(refusal(other)),
        }
    }

    /// Whether a card lies there; after a read, several finds must fail before it counts as taken.
    fn still_lies(&mut self) -> Result<bool, DeviceError> {
        let found = self.find()?;
        let Some(misses) = self.misses_after_read else {
            return Ok(found);
        };
        let misses = if found { 0 } else { misses.saturating_add(1) };
        let removed = misses >= self.settings.removed_after_finds.max(1);
        self.misses_after_read = (!removed).then_some(misses);
        Ok(!removed)
    }

    /// Selects and reads the card that was found. Any failure ends the cycle: the next one starts with find.
    fn attempt(&mut self, cancel: &CancelToken) -> Result<Attempt, DeviceError> {
        stop_if(cancel)?;
        let Some(selected) = undamaged(self.exchange.ask(Command::SelectCard, SHORT_ANSWER))? else {
            return Ok(Attempt::SelectDamaged);
        };
        match selected.status {
            Status::Ok => {}
            Status::SelectFailed => return Ok(Attempt::Lifted),
            other => return Err(refusal(other)),
        }
        stop_if(cancel)?;
        let (command, fingerprints) = match self.settings.read {
            BlockRead::TextPhoto => (Command::ReadTextPhoto, false),
            BlockRead::TextPhotoFingerprint => (Command::ReadTextPhotoFingerprint, true),
        };
        let Some(reply) = undamaged(self.exchange.ask(command, MAX_LEN))? else {
            return Ok(Attempt::ReadDamaged);
        };
        if reply.status != Status::Ok {
            return Err(refusal(reply.status));
        }
        let card = decode_card(&reply.data, fingerprints).map_err(card_error)?;
        self.with_newest_address(card)
    }

    /// Adds what was written to the card after its issue. A card that is lifted before that is no card: its
    /// printed address may be an old one.
    fn with_newest_address(&mut self, mut card: IdCard) -> Result<Attempt, DeviceError> {
        let has_address = matches!(card.kind, CardKind::Resident | CardKind::HongKongMacauTaiwan);
        if !has_address || !self.settings.newest_address {
            return Ok(Attempt::Card(Box::new(card)));
        }
        let Some(reply) = undamaged(self.exchange.ask(Command::ReadNewestAddress, SHORT_ANSWER))? else {
            return Ok(Attempt::ReadDamaged);
        };
        match reply.status {
            Status::Ok => card
                .newest_address
                .clone_from(&*decode_newest_address(&reply.data).map_err(ProtocolFault::from)?),
            Status::NoSuchItem => {}
            // An older module without this command.
            other if other.not_offered() => {}
            other => return Err(refusal(other)),
        }
        Ok(Attempt::Card(Box::new(card)))
    }
}

impl<L: Line> IdReader for SamV<L> {
    fn probe(&mut self) -> Result<(), DeviceError> {
        self.ready()?;
        self.done(Command::Status).map(drop)
    }

    fn reset(&mut self) -> Result<(), DeviceError> {
        self.ready()?;
        self.done(Command::Reset).map(drop)
    }

    fn identity(&mut self) -> Result<String, DeviceError> {
        self.ready()?;
        let reply = self.done(Command::ReadSamId)?;
        let id = SamId::parse(&reply.data).ok_or(ProtocolFault::from(CardError::Blocks))?;
        Ok(id.to_string())
    }

    fn read_card(&mut self, cancel: &CancelToken) -> Result<Option<IdCard>, DeviceError> {
        stop_if(cancel)?;
        self.ready()?;
        if self.misses_after_read.is_some() && self.still_lies()? {
            return Err(DeviceError::UserError(UserFault::RemoveCard));
        }
        let mut lost = false;
        for _ in 0..=self.settings.damage_repeats {
            if !self.find()? {
                return if lost { Err(DeviceError::UserError(UserFault::LayCardAgain)) } else { Ok(None) };
            }
            match self.attempt(cancel)? {
                Attempt::Card(card) => {
                    self.misses_after_read = Some(0);
                    return Ok(Some(*card));
                }
                Attempt::Lifted => return Ok(None),
                Attempt::ReadDamaged if !self.settings.refinds => break,
                Attempt::ReadDamaged | Attempt::SelectDamaged => lost = true,
            }
        }
        Err(DeviceError::UserError(UserFault::LayCardAgain))
    }

    fn card_present(&mut self) -> Result<bool, DeviceError> {
        self.ready()?;
        self.still_lies()
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
        Status::UnsupportedCard | Status::NoSuchItem => DeviceError::UserError(UserFault::UnsupportedCard),
        failed if failed.card_failed() => DeviceError::UserError(UserFault::LayCardAgain),
        Status::Ok | Status::CardFound => DeviceError::DeviceNotReady,
        other => DeviceError::HardwareError(HardwareFault::SamRefused(other.sw3())),
    }
}

/// `None` for an answer that was damaged or never came.
fn undamaged(answer: Result<Reply, DeviceError>) -> Result<Option<Reply>, DeviceError> {
    match answer {
        Ok(reply) => Ok(Some(reply)),
        Err(DeviceError::Protocol(ProtocolFault::SamFrame(_)) | DeviceError::TimeOut { .. }) => Ok(None),
        Err(other) => Err(other),
    }
}

fn card_error(error: CardError) -> DeviceError {
    match error {
        CardError::UnknownKind => DeviceError::UserError(UserFault::UnsupportedCard),
        other => ProtocolFault::from(other).into(),
    }
}
