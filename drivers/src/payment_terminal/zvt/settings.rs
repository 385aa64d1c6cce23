//! What differs between ZVT terminals; a hardware profile fills it.

use serde::{Deserialize, Serialize};

use crate::payment_terminal::ack_link::AckTimes;
use crate::port::{PortSettings, StopBits};
use crate::timing::{scaled_answer_ms, scaled_ms};

/// Settings of a ZVT terminal. Times in ms, codes in hexadecimal as on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct ZvtSettings {
    /// Bits per second.
    pub baud: u32,
    /// Stop bits.
    pub stop_bits: StopBits,
    /// The terminal's password for its register, six digits.
    pub password: u32,
    /// Configuration byte of the registration: what the terminal leaves to us.
    pub config_byte: u8,
    /// ISO 4217 number of the currency: 156 for CNY.
    pub currency: u16,
    /// Pause within a frame after which the rest is not coming (T1).
    pub character_timeout_ms: u64,
    /// How long the acknowledgement of a frame may take (T3).
    pub ack_timeout_ms: u64,
    /// How often a frame is sent at most.
    pub send_max: u32,
    /// How long the first answer to a command may take.
    pub answer_timeout_ms: u64,
    /// How long a terminal may take to end a command that needs nobody: registration, last receipt.
    pub command_timeout_ms: u64,
    /// How long a sale may take: the terminal's own time-out.
    pub sale_timeout_ms: u64,
    /// How long the result is waited for after the sale's time-out or a cancel.
    pub close_timeout_ms: u64,
    /// How long a reversal, a sign-on or the closing of a batch may take: the terminal talks to its bank.
    pub settlement_timeout_ms: u64,
    /// Pause between two enquiries of an idle terminal.
    pub status_interval_ms: u64,
    /// Results of 06 20 that say that the books are empty.
    pub empty_results: Vec<String>,
    /// Results that say that the terminal works at something else.
    pub busy_results: Vec<String>,
    /// Results that say that the terminal itself does not know: its bank was silent.
    pub unclear_results: Vec<String>,
    /// Results that say that somebody gave the sale up.
    pub cancel_results: Vec<String>,
    /// Results of a reversal that say that it is done already.
    pub already_reversed_results: Vec<String>,
    /// Results of a reversal or refund that are refusals for good.
    pub final_reversal_refusals: Vec<String>,
    /// Divides the pauses before a lost port is opened again; 1 in the street.
    pub reopen_divisor: u32,
}

impl Default for ZvtSettings {
    fn default() -> Self {
        let words = |list: &[&str]| list.iter().map(|&word| word.to_owned()).collect();
        Self {
            baud: 9600,
            stop_bits: StopBits::Two,
            password: 0,
            config_byte: 0xBA,
            currency: 156,
            character_timeout_ms: 1000,
            ack_timeout_ms: 5000,
            send_max: 3,
            answer_timeout_ms: 5000,
            command_timeout_ms: 15_000,
            sale_timeout_ms: 120_000,
            close_timeout_ms: 15_000,
            settlement_timeout_ms: 180_000,
            status_interval_ms: 10_000,
            empty_results: words(&["83"]),
            busy_results: words(&["9C"]),
            unclear_results: words(&["7D", "9A", "9B", "A0", "A1", "A3", "FF"]),
            cancel_results: words(&["6C"]),
            already_reversed_results: words(&["B4"]),
            final_reversal_refusals: words(&["B5"]),
            reopen_divisor: 1,
        }
    }
}

impl ZvtSettings {
    /// The same with all waits divided, for tests and demonstrations.
    #[must_use]
    pub fn scaled(&self, divisor: u32) -> Self {
        let answer = |ms| scaled_answer_ms(ms, divisor);
        Self {
            character_timeout_ms: answer(self.character_timeout_ms),
            ack_timeout_ms: answer(self.ack_timeout_ms),
            answer_timeout_ms: answer(self.answer_timeout_ms),
            command_timeout_ms: answer(self.command_timeout_ms),
            sale_timeout_ms: answer(self.sale_timeout_ms),
            close_timeout_ms: answer(self.close_timeout_ms),
            settlement_timeout_ms: answer(self.settlement_timeout_ms),
            status_interval_ms: scaled_ms(self.status_interval_ms, divisor),
            reopen_divisor: self.reopen_divisor.max(1).saturating_mul(divisor.max(1)),
            ..self.clone()
        }
    }

    /// Silence after which an idle terminal counts as away: two enquiries and an answer.
    pub(super) fn silence_ms(&self) -> u64 {
        self.status_interval_ms.saturating_mul(2).saturating_add(self.answer_timeout_ms)
    }

    pub(super) fn ack_times(&self) -> AckTimes {
        AckTimes {
            character_timeout_ms: self.character_timeout_ms,
            ack_timeout_ms: self.ack_timeout_ms,
            send_max: self.send_max,
            reopen_divisor: self.reopen_divisor,
        }
    }

    /// The port at `path` with the rate and stop bits of these settings.
    #[must_use]
    pub fn port(&self, path: &str) -> PortSettings {
        PortSettings { stop_bits: self.stop_bits, ..PortSettings::new(path, self.baud) }
    }
}
