//! What differs between SAM_V readers; a hardware profile fills it.

use serde::{Deserialize, Serialize};

use crate::port::PortSettings;
use crate::timing::{scaled_answer_ms, scaled_ms};

/// Which blocks a read asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockRead {
    /// Text and photo (30 01).
    #[default]
    TextPhoto,
    /// Text, photo and fingerprints (30 10); the fingerprints stay opaque.
    TextPhotoFingerprint,
}

/// Settings of a SAM_V reader. Times in ms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct SamVSettings {
    /// Bits per second; a reader found at another speed is brought to this one.
    pub baud: u32,
    /// Whether a silent reader is looked for at every speed that a SAM knows.
    pub detect_baud: bool,
    /// Which blocks to read.
    pub read: BlockRead,
    /// Whether to ask each card for the address that was written to it after its issue (30 03).
    pub newest_address: bool,
    /// How many bytes a radio frame may have (61 FF), told to the SAM after opening; `None` leaves it alone.
    pub max_rf_bytes: Option<u8>,
    /// Whether the module finds a card again whose read was damaged; most want it lifted (protocols M).
    pub refinds: bool,
    /// How often a command or an answer that the wire damaged is sent again.
    pub damage_repeats: u8,
    /// How often to call `read_card` or `card_present`; public code asks each second.
    pub find_interval_ms: u64,
    /// How often to call `probe` while nobody is there.
    pub probe_interval_ms: u64,
    /// How long a command may take, without the time its bytes need on the wire.
    pub command_timeout_ms: u64,
    /// How long the status is waited for at each speed, without the time its bytes need on the wire.
    pub detect_timeout_ms: u64,
    /// Longest pause inside a frame; a frame that stops longer is damaged.
    pub inter_byte_ms: u64,
    /// How many "no card" answers in a row count as removed after a successful read. A module that does not
    /// find a card again before it was lifted (protocols A.5) gets more, so that the resident has time.
    pub removed_after_finds: u8,
    /// Divides the pauses before a lost port is opened again; 1 in the street.
    pub reopen_divisor: u32,
}

impl Default for SamVSettings {
    fn default() -> Self {
        Self {
            baud: 115_200,
            detect_baud: true,
            read: BlockRead::TextPhoto,
            newest_address: true,
            max_rf_bytes: None,
            refinds: false,
            damage_repeats: 2,
            find_interval_ms: 1000,
            probe_interval_ms: 3000,
            command_timeout_ms: 5000,
            detect_timeout_ms: 500,
            inter_byte_ms: 500,
            removed_after_finds: 2,
            reopen_divisor: 1,
        }
    }
}

impl SamVSettings {
    /// The same with all waits divided, for tests and demonstrations.
    #[must_use]
    pub fn scaled(&self, divisor: u32) -> Self {
        Self {
            find_interval_ms: scaled_ms(self.find_interval_ms, divisor),
            probe_interval_ms: scaled_ms(self.probe_interval_ms, divisor),
            command_timeout_ms: scaled_answer_ms(self.command_timeout_ms, divisor),
            detect_timeout_ms: scaled_answer_ms(self.detect_timeout_ms, divisor),
            inter_byte_ms: scaled_answer_ms(self.inter_byte_ms, divisor),
            reopen_divisor: self.reopen_divisor.max(1).saturating_mul(divisor.max(1)),
            ..self.clone()
        }
    }

    /// The port at `path` with the baud rate of these settings.
    #[must_use]
    pub fn port(&self, path: &str) -> PortSettings {
        PortSettings::new(path, self.baud)
    }

    /// The deadline for an answer of up to `bytes` bytes: at 9600 baud a photo alone takes 1.35 s.
    #[must_use]
    pub fn answer_ms(&self, bytes: usize, baud: u32) -> u64 {
        self.command_timeout_ms.saturating_add(wire_ms(bytes, baud))
    }

    /// The same while looking for the speed of the reader.
    #[must_use]
    pub fn detect_ms(&self, bytes: usize, baud: u32) -> u64 {
        self.detect_timeout_ms.saturating_add(wire_ms(bytes, baud))
    }
}

/// Time that bytes need on the wire; each is ten bits: start, eight, stop.
fn wire_ms(bytes: usize, baud: u32) -> u64 {
    (bytes as u64).saturating_mul(10_000) / u64::from(baud.max(1))
}
