//! What can go wrong on the way from a simulated device to its host, and when.

use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::fault_layer::Layer;
use super::fault_script::FaultScript;

/// One fault. It strikes *transmissions*: what a device sends in one go, mostly one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// Transmissions that pass unharmed first.
    pub after: u32,
    /// How often it strikes; 0 for ever.
    pub times: u32,
    /// Chance in percent that it strikes when it could; 100 always.
    pub chance: u8,
    /// Strikes only the answer to a request that contains these bytes; empty for any.
    pub request: Vec<u8>,
}

/// What happens to a transmission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It is swallowed.
    Silence,
    /// It comes later, and so does everything behind it.
    Delay {
        /// How much later.
        ms: u64,
    },
    /// Bytes that belong to nothing stand before it.
    Garbage {
        /// Which; if empty, one to eight at random.
        bytes: Vec<u8>,
    },
    /// Only its first half comes.
    HalfFrame,
    /// One bit is wrong.
    FlippedBit {
        /// Which, counted from the first bit and over again; at random if `None`.
        bit: Option<usize>,
    },
    /// Its last frame has a wrong checksum. Never strikes a device without checksums.
    WrongChecksum,
    /// It comes twice.
    Duplicate,
    /// It is held back until the host sends something again, and then comes first.
    LateAnswer,
    /// The cable is pulled.
    Unplug {
        /// At which moment.
        when: Moment,
        /// How long the cable is out; 0 until it is plugged by hand.
        ms: u64,
    },
    /// Something happens at the device, in the words of its commands. The transmission passes.
    Do {
        /// For example `paper out`.
        command: String,
    },
}

/// When the cable is pulled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Moment {
    /// The host has asked and gets nothing.
    #[default]
    Before,
    /// After half of the answer.
    During,
    /// After the whole answer.
    After,
}

impl Fault {
    /// A fault that strikes the next transmission, once.
    #[must_use]
    pub fn once(kind: FaultKind) -> Self {
        Self { kind, after: 0, times: 1, chance: 100, request: Vec::new() }
    }
}

impl FaultKind {
    /// Its name in scripts and events.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::Delay { .. } => "delay",
            Self::Garbage { .. } => "garbage",
            Self::HalfFrame => "half-frame",
            Self::FlippedBit { .. } => "flipped-bit",
            Self::WrongChecksum => "wrong-checksum",
            Self::Duplicate => "duplicate",
            Self::LateAnswer => "late-answer",
            Self::Unplug { .. } => "unplug",
            Self::Do { .. } => "do",
        }
    }
}

/// The faults of one simulated device; a clone is the same list. Each transmission is struck by the first
/// fault that is due, if any.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Layer>>);

impl Faults {
    /// Adds a fault behind those that are there.
    pub fn add(&self, fault: Fault) {
        self.layer().add(fault);
    }

    /// Adds all faults of a script and takes over its seed.
    pub fn load(&self, script: FaultScript) {
        let mut layer = self.layer();
        layer.seed(script.seed);
        script.faults.into_iter().for_each(|fault| layer.add(fault));
    }

    /// Takes all faults away. What is held back comes now.
    pub fn clear(&self) {
        self.layer().clear();
    }

    /// Sets what random faults are drawn from.
    pub fn seed(&self, seed: u64) {
        self.layer().seed(seed);
    }

    /// How many transmissions were struck so far.
    #[must_use]
    pub fn struck(&self) -> u64 {
        self.layer().struck()
    }

    /// Where the commands of [`FaultKind::Do`] go.
    pub(super) fn obeyed_by(&self, commands: SyncSender<String>) {
        self.layer().commands = Some(commands);
    }

    pub(super) fn layer(&self) -> MutexGuard<'_, Layer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
