//! A top-up as values: what was asked, what the card promised, and what became of it.

use serde::{Deserialize, Serialize};

use super::apdu::StatusWord;
use super::purse::{CardNumber, LoadChallenge};

/// What lies on the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurseState {
    /// Its number.
    pub number: CardNumber,
    /// Its balance.
    pub balance_fen: u32,
}

/// A top-up that somebody wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadRequest {
    /// How much.
    pub amount_fen: u32,
    /// The number of this terminal at the issuer, packed digits.
    pub terminal: [u8; 6],
}

/// A top-up that was opened on a card. Keep it durably until it is settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PendingLoad {
    /// Which card.
    pub number: CardNumber,
    /// How much.
    pub amount_fen: u32,
    /// Which terminal.
    pub terminal: [u8; 6],
    /// Which load key of the card.
    pub key_index: u8,
    /// What the card said.
    pub challenge: LoadChallenge,
}

/// The issuer's approval of one load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadApproval {
    /// `YYYYMMDD`, packed.
    pub date: [u8; 4],
    /// `hhmmss`, packed.
    pub time: [u8; 3],
    /// Proves the issuer to the card.
    pub mac2: [u8; 4],
}

/// Why nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The card was lifted or swapped before the write was sent, or the reader was gone.
    CardLifted,
    /// The card refused, with a status that it only gives before it writes.
    Card(StatusWord),
    /// The answer was lost, and the card's balance and counter are those of before.
    ReadBack,
}

/// How a write ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadOutcome {
    /// The money is on the card.
    Written {
        /// The card's proof for the issuer; `None` if only the balance tells.
        tac: Option<[u8; 4]>,
    },
    /// The money is not on the card, for certain.
    NotWritten(Refusal),
    /// Nobody knows. Only [`settlement`] with the same card tells.
    Unknown,
}

/// What the card says about a load of earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// The money is on the card.
    Written,
    /// It is not.
    NotWritten,
    /// The card was used otherwise since; only the issuer's books tell.
    Unknown,
}

/// Compares a card as it is with what it was before the load.
///
/// Only an online transaction moves this counter: one that stands still means that nothing was loaded,
/// whatever was spent since. One step and the exact amount mean that this load was written. Anything else
/// could also be another load.
#[must_use]
pub fn settlement(pending: &PendingLoad, balance_fen: u32, counter: u16) -> Settlement {
    let before = pending.challenge;
    if counter == before.counter && balance_fen <= before.balance_fen {
        return Settlement::NotWritten;
    }
    let one_step = before.counter.checked_add(1) == Some(counter);
    let loaded = before.balance_fen.checked_add(pending.amount_fen) == Some(balance_fen);
    if one_step && loaded { Settlement::Written } else { Settlement::Unknown }
}
