//! The driver of a purse on any channel.

use super::CardWriter;
use super::apdu::{Answer, ApduError, Command, StatusWord};
use super::channel::{CardChannel, ChannelError};
use super::load::{
    LoadApproval, LoadOutcome, LoadRequest, PendingLoad, PurseState, Refusal, Settlement, settlement,
};
use super::pcsc::PcscChannel;
use super::purse::{self, CardNumber, LoadChallenge};
use super::settings::CardWriterSettings;
use crate::status::{DeviceError, HardwareFault, ProtocolFault, UserFault};

/// Exchanges that one command may take: itself, again with the right length, and what waits after it.
const MAX_STEPS: usize = 4;

/// The card says so before it writes: wrong length, conditions, security, cryptogram, parameters, command.
const REFUSED_UNWRITTEN: [u16; 9] = [0x6700, 0x6901, 0x6982, 0x6985, 0x6A86, 0x6D00, 0x6E00, 0x9302, 0x9402];

/// A writer of purses.
#[derive(Debug)]
pub struct PurseWriter<C> {
    channel: C,
    settings: CardWriterSettings,
    /// The load that is open on the card under this connection.
    open: Option<PendingLoad>,
}

impl PurseWriter<PcscChannel> {
    /// A writer on the PC/SC reader whose name begins with `reader`.
    #[must_use]
    pub fn on_reader(reader: &str, settings: CardWriterSettings) -> Self {
        Self::new(PcscChannel::new(reader, settings.command_timeout_ms), settings)
    }
}

/// Where an exchange failed.
enum Trouble {
    Channel(ChannelError),
    Card(ApduError),
}

impl From<ChannelError> for Trouble {
    fn from(error: ChannelError) -> Self {
        Self::Channel(error)
    }
}

impl From<ApduError> for Trouble {
    fn from(error: ApduError) -> Self {
        Self::Card(error)
    }
}

impl<C: CardChannel> PurseWriter<C> {
    /// A writer on any channel.
    pub fn new(channel: C, settings: CardWriterSettings) -> Self {
        Self { channel, settings, open: None }
    }

    /// One command, with what T=0 needs around it.
    fn exchange(&mut self, command: Command) -> Result<Answer, Trouble> {
        let mut command = command;
        let mut data = Vec::new();
        for _ in 0..MAX_STEPS {
            let answer = Answer::parse(&self.channel.transmit(&command.encode())?)?;
            if let Some(length) = answer.status.right_length() {
                command.expected = Some(length);
                continue;
            }
            data.extend(answer.data);
            match answer.status.more() {
                Some(more) => command = Command::get_response(command.name, more),
                None => return Ok(Answer { data, status: answer.status }),
            }
        }
        Err(ApduError::Length(data.len()).into())
    }

    fn ask(&mut self, command: Command) -> Result<Vec<u8>, Trouble> {
        let name = command.name;
        Ok(self.exchange(command)?.ok(name)?)
    }

    /// Connects the card, goes to its purse and reads it.
    fn open_purse(&mut self) -> Result<PurseState, Trouble> {
        self.open = None;
        self.channel.connect()?;
        for file in self.settings.application.clone() {
            self.ask(purse::select(file))?;
        }
        if !self.settings.pin.is_empty() {
            self.ask(purse::verify_pin(&self.settings.pin))?;
        }
        let file = self.ask(purse::read_public_file())?;
        let number = CardNumber::parse(&file, self.settings.number_offset, self.settings.number_bytes)?;
        let balance_fen = purse::parse_balance(&self.ask(purse::get_balance())?)?;
        Ok(PurseState { number, balance_fen })
    }

    fn challenge(&mut self, amount_fen: u32, terminal: [u8; 6]) -> Result<LoadChallenge, Trouble> {
        let command = purse::initialize_load(self.settings.key_index, amount_fen, terminal);
        Ok(LoadChallenge::parse(&self.ask(command)?)?)
    }

    fn begin(&mut self, request: &LoadRequest) -> Result<PendingLoad, Trouble> {
        let number = self.open_purse()?.number;
        let LoadRequest { amount_fen, terminal } = *request;
        let challenge = self.challenge(amount_fen, terminal)?;
        let key_index = self.settings.key_index;
        Ok(PendingLoad { number, amount_fen, terminal, key_index, challenge })
    }

    /// Opening a load writes nothing and tells balance and counter in one answer.
    fn read_settlement(&mut self, pending: &PendingLoad) -> Result<Settlement, DeviceError> {
        let purse = self.open_purse().map_err(|trouble| self.device_error(trouble))?;
        if purse.number != pending.number {
            return Err(DeviceError::UserError(UserFault::OtherCard));
        }
        let now = self.challenge(pending.amount_fen, pending.terminal);
        let now = now.map_err(|trouble| self.device_error(trouble))?;
        Ok(settlement(pending, now.balance_fen, now.counter))
    }

    /// The answer to a write was lost or says nothing; a card that still lies there tells.
    fn settle_at_once(&mut self, pending: &PendingLoad) -> LoadOutcome {
        match self.read_settlement(pending) {
            Ok(Settlement::Written) => LoadOutcome::Written { tac: None },
            Ok(Settlement::NotWritten) => LoadOutcome::NotWritten(Refusal::ReadBack),
            Ok(Settlement::Unknown) | Err(_) => LoadOutcome::Unknown,
        }
    }

    fn device_error(&self, trouble: Trouble) -> DeviceError {
        let path = || self.channel.name().to_owned();
        match trouble {
            Trouble::Channel(ChannelError::NoReader) => DeviceError::PortMissing { path: path() },
            Trouble::Channel(ChannelError::Busy) => DeviceError::PortBusy { path: path() },
            Trouble::Channel(ChannelError::TimeOut) => {
                DeviceError::TimeOut { what: "card command", waited_ms: self.settings.command_timeout_ms }
            }
            Trouble::Channel(ChannelError::NoCard | ChannelError::CardGone) => {
                DeviceError::UserError(UserFault::LayCardAgain)
            }
            Trouble::Channel(ChannelError::Failed) => {
                DeviceError::HardwareError(HardwareFault::CardReaderFailed)
            }
            Trouble::Card(ApduError::Refused { what: "select", .. }) => {
                DeviceError::UserError(UserFault::UnsupportedCard)
            }
            Trouble::Card(error) => ProtocolFault::from(error).into(),
        }
    }
}

impl<C: CardChannel> CardWriter for PurseWriter<C> {
    fn probe(&mut self) -> Result<(), DeviceError> {
        self.card_present().map(drop)
    }

    fn card_present(&mut self) -> Result<bool, DeviceError> {
        self.channel.card_present().map_err(|error| self.device_error(error.into()))
    }

    fn read_purse(&mut self) -> Result<Option<PurseState>, DeviceError> {
        if !self.card_present()? {
            return Ok(None);
        }
        let purse = self.open_purse();
        self.channel.disconnect();
        purse.map(Some).map_err(|trouble| self.device_error(trouble))
    }

    fn begin_load(&mut self, request: &LoadRequest) -> Result<PendingLoad, DeviceError> {
        let pending = self.begin(request).map_err(|trouble| self.device_error(trouble))?;
        self.open = Some(pending.clone());
        Ok(pending)
    }

    fn commit_load(&mut self, pending: &PendingLoad, approval: &LoadApproval) -> LoadOutcome {
        if self.open.take().as_ref() != Some(pending) {
            return LoadOutcome::NotWritten(Refusal::CardLifted);
        }
        let LoadApproval { date, time, mac2 } = *approval;
        let outcome = match self.exchange(purse::credit_load(date, time, mac2)) {
            Ok(Answer { data, status: StatusWord::OK }) => LoadOutcome::Written { tac: data.try_into().ok() },
            Ok(Answer { status, .. }) if REFUSED_UNWRITTEN.contains(&status.0) => {
                LoadOutcome::NotWritten(Refusal::Card(status))
            }
            Err(Trouble::Channel(ChannelError::NoCard)) => LoadOutcome::NotWritten(Refusal::CardLifted),
            // The command may still be on its way: whatever the card says now is not the last word.
            Err(Trouble::Channel(ChannelError::TimeOut)) => LoadOutcome::Unknown,
            Ok(_) | Err(_) => self.settle_at_once(pending),
        };
        self.channel.disconnect();
        outcome
    }

    fn settle(&mut self, pending: &PendingLoad) -> Result<Settlement, DeviceError> {
        let settled = self.read_settlement(pending);
        self.channel.disconnect();
        settled
    }
}
