//! A slot for simulated cards, in place of a PC/SC reader.

use std::sync::{Arc, Mutex, PoisonError};

use super::purse_card::PurseCard;
use crate::card_writer::CardChannel;
use crate::card_writer::ChannelError;

/// What happens at the next write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotFault {
    /// The card is lifted before the command gets to it.
    LiftedBeforeWrite,
    /// The card is lifted after it wrote, before it answered.
    LiftedAfterWrite,
    /// The answer is lost, the card stays; it wrote or not.
    AnswerLost {
        /// Whether it wrote.
        written: bool,
    },
    /// The card says that its memory failed; it wrote or not.
    MemoryFailure {
        /// Whether it wrote.
        written: bool,
    },
    /// The card is lifted after it wrote and said that an answer waits, before that was fetched (T=0).
    LiftedBeforeFetch,
    /// The reader does not come back.
    TimeOut,
}

impl SlotFault {
    /// The command that it happens to.
    fn hits(self, command: &[u8]) -> bool {
        let head: &[u8] = if self == Self::LiftedBeforeFetch { &[0x00, 0xC0] } else { &[0x80, 0x52] };
        command.starts_with(head)
    }
}

#[derive(Debug, Default)]
struct State {
    unplugged: bool,
    card: Option<PurseCard>,
    /// A card that a fault lifted.
    hand: Option<PurseCard>,
    /// Which stay of a card under power this is; a connection belongs to one.
    stay: u64,
    fault: Option<SlotFault>,
    commands: Vec<Vec<u8>>,
}

/// Handle of a slot; its clone given to a driver is the reader.
#[derive(Clone, Debug, Default)]
pub struct CardSlotSim {
    state: Arc<Mutex<State>>,
    connection: Option<u64>,
}

impl CardSlotSim {
    /// An empty slot.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lays a card into the slot.
    pub fn lay_card(&self, card: PurseCard) {
        self.with(|state| {
            state.card = Some(card);
            state.stay += 1;
        });
    }

    /// Takes the card, which keeps what was written to it.
    #[must_use]
    pub fn lift_card(&self) -> Option<PurseCard> {
        self.with(State::lift)
    }

    /// Sets what happens at the next write.
    pub fn set_fault(&self, fault: SlotFault) {
        self.with(|state| state.fault = Some(fault));
    }

    /// Pulls the reader's cable or puts it back.
    pub fn set_plugged(&self, plugged: bool) {
        self.with(|state| {
            state.unplugged = !plugged;
            state.stay += 1;
        });
    }

    /// Every command that came since the last call.
    #[must_use]
    pub fn take_commands(&self) -> Vec<Vec<u8>> {
        self.with(|state| std::mem::take(&mut state.commands))
    }

    fn with<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn lift(&mut self) -> Option<PurseCard> {
        self.stay += 1;
        self.card.take().or_else(|| self.hand.take())
    }

    fn reader(&self) -> Result<(), ChannelError> {
        if self.unplugged { Err(ChannelError::NoReader) } else { Ok(()) }
    }

    /// A command with its fault.
    fn fail(&mut self, command: &[u8], fault: SlotFault) -> Result<Vec<u8>, ChannelError> {
        let reaches_card = match fault {
            SlotFault::LiftedBeforeWrite | SlotFault::LiftedBeforeFetch | SlotFault::TimeOut => false,
            SlotFault::LiftedAfterWrite => true,
            SlotFault::AnswerLost { written } | SlotFault::MemoryFailure { written } => written,
        };
        if let Some(card) = self.card.as_mut().filter(|_| reaches_card) {
            card.obey(command);
        }
        match fault {
            SlotFault::LiftedBeforeWrite | SlotFault::LiftedAfterWrite | SlotFault::LiftedBeforeFetch => {
                self.hand = self.lift();
                Err(ChannelError::CardGone)
            }
            SlotFault::AnswerLost { .. } => Err(ChannelError::Failed),
            SlotFault::MemoryFailure { .. } => Ok(vec![0x65, 0x81]),
            SlotFault::TimeOut => Err(ChannelError::TimeOut),
        }
    }
}

impl CardChannel for CardSlotSim {
    fn name(&self) -> &str {
        "simulated card slot"
    }

    fn card_present(&mut self) -> Result<bool, ChannelError> {
        self.with(|state| state.reader().map(|()| state.card.is_some()))
    }

    fn connect(&mut self) -> Result<(), ChannelError> {
        self.connection = None;
        let stay = self.with(|state| {
            state.reader()?;
            state.card.as_mut().ok_or(ChannelError::NoCard)?.power_on();
            state.stay += 1;
            Ok(state.stay)
        })?;
        self.connection = Some(stay);
        Ok(())
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        let connection = self.connection.ok_or(ChannelError::NoCard)?;
        self.with(|state| {
            state.reader()?;
            if state.stay != connection {
                return Err(ChannelError::CardGone);
            }
            state.commands.push(command.to_vec());
            if let Some(fault) = state.fault.take_if(|fault| fault.hits(command)) {
                return state.fail(command, fault);
            }
            Ok(state.card.as_mut().ok_or(ChannelError::CardGone)?.obey(command))
        })
    }

    fn disconnect(&mut self) {
        self.connection = None;
    }
}
