//! What differs between card writers and the purses they write; a hardware profile fills it.

use serde::{Deserialize, Serialize};

use crate::timing::{scaled_answer_ms, scaled_ms};

/// Settings of a card writer. Times in ms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct CardWriterSettings {
    /// The files that lead to the purse, in order.
    pub application: Vec<u16>,
    /// The PIN that the issuer put on every card, as bytes; empty if a load needs none.
    pub pin: Vec<u8>,
    /// Which load key of the card.
    pub key_index: u8,
    /// Where the card number begins in file 15.
    pub number_offset: usize,
    /// How many bytes of packed digits it has.
    pub number_bytes: usize,
    /// How long one command may take.
    pub command_timeout_ms: u64,
    /// How often to call `probe` while nobody loads.
    pub probe_interval_ms: u64,
    /// How often to look for a card.
    pub find_interval_ms: u64,
}

impl Default for CardWriterSettings {
    fn default() -> Self {
        Self {
            application: vec![0x3F00, 0x1001],
            pin: Vec::new(),
            key_index: 1,
            number_offset: 10,
            number_bytes: 10,
            command_timeout_ms: 5000,
            probe_interval_ms: 3000,
            find_interval_ms: 500,
        }
    }
}

impl CardWriterSettings {
    /// The same with all waits divided, for tests and demonstrations.
    #[must_use]
    pub fn scaled(&self, divisor: u32) -> Self {
        Self {
            command_timeout_ms: scaled_answer_ms(self.command_timeout_ms, divisor),
            probe_interval_ms: scaled_ms(self.probe_interval_ms, divisor),
            find_interval_ms: scaled_ms(self.find_interval_ms, divisor),
            ..self.clone()
        }
    }
}
