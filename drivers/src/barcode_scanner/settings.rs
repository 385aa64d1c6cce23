//! What differs between scanners; a hardware profile fills it.

use serde::{Deserialize, Serialize};

use super::text::Tail;
use crate::port::PortSettings;
use crate::timing::{scaled_answer_ms, scaled_ms};

/// Which commands a scanner takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommandSet {
    /// None: it is set up by bar codes of its maker.
    #[default]
    None,
    /// Those of the GM65 and its relatives.
    Gm65,
}

/// When a scanner looks for codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// Always.
    #[default]
    Continuous,
    /// When it is told to; only with a command set.
    Host,
}

/// A write to the memory of a module after each opening of the port, as its manual says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ZoneWrite {
    /// Where.
    pub address: u16,
    /// What.
    pub data: Vec<u8>,
}

/// Settings of a scanner on a serial port. Times in ms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct ScannerSettings {
    /// Bits per second.
    pub baud: u32,
    /// What ends a code.
    pub tail: Tail,
    /// Longest code in bytes; a QR code holds at most 2953.
    pub max_code_bytes: usize,
    /// Which commands it takes.
    pub commands: CommandSet,
    /// When it looks.
    pub trigger: Trigger,
    /// What is written to its memory after opening.
    pub setup: Vec<ZoneWrite>,
    /// Whether that is kept in its flash; only for a first set-up, flash wears out.
    pub save_setup: bool,
    /// Longest pause inside a code; a longer one ends it. A byte takes 1 ms at 9600 baud, and modules pause
    /// for some tens of them.
    pub idle_gap_ms: u64,
    /// How long `read_code` waits.
    pub read_slice_ms: u64,
    /// How long an answer to a command may take.
    pub command_timeout_ms: u64,
    /// How often a module that waits for the host is lit again; it goes dark by itself.
    pub trigger_interval_ms: u64,
    /// How often to call `probe` while nobody scans.
    pub probe_interval_ms: u64,
    /// Divides the pauses before a lost port is opened again; 1 in the street.
    pub reopen_divisor: u32,
}

impl Default for ScannerSettings {
    fn default() -> Self {
        Self {
            baud: 9600,
            tail: Tail::Any,
            max_code_bytes: 2953,
            commands: CommandSet::None,
            trigger: Trigger::Continuous,
            setup: Vec::new(),
            save_setup: false,
            idle_gap_ms: 50,
            read_slice_ms: 200,
            command_timeout_ms: 1000,
            trigger_interval_ms: 5000,
            probe_interval_ms: 3000,
            reopen_divisor: 1,
        }
    }
}

impl ScannerSettings {
    /// The same with all waits divided, for tests and demonstrations.
    #[must_use]
    pub fn scaled(&self, divisor: u32) -> Self {
        Self {
            idle_gap_ms: scaled_answer_ms(self.idle_gap_ms, divisor),
            read_slice_ms: scaled_answer_ms(self.read_slice_ms, divisor),
            command_timeout_ms: scaled_answer_ms(self.command_timeout_ms, divisor),
            trigger_interval_ms: scaled_ms(self.trigger_interval_ms, divisor),
            probe_interval_ms: scaled_ms(self.probe_interval_ms, divisor),
            reopen_divisor: self.reopen_divisor.max(1).saturating_mul(divisor.max(1)),
            ..self.clone()
        }
    }

    /// The port at `path` with the baud rate of these settings.
    #[must_use]
    pub fn port(&self, path: &str) -> PortSettings {
        PortSettings::new(path, self.baud)
    }
}
