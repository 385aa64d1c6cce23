//! Devices that are not there: they speak the same bytes on a real pseudo-terminal.
//!
//! Each simulator is written from the protocol sheet and shares no codec with the drivers, so that an error
//! of understanding cannot cancel itself out. A simulator is a thread, and a handle that can be cloned; the
//! thread ends with the last handle. Unplugging closes the pseudo-terminal, plugging makes a new one under
//! the same symbolic link, as udev does.
//!
//! | handle | device |
//! |---|---|
//! | [`SamVSim`] | ID card reader, SAM_V |
//! | [`ScannerSim`] | scanner, bare text and GM65 commands |
//! | [`CardSlotSim`] | card writer without a reader: a slot, and a [`PurseCard`] with its [`Issuer`] |
//! | [`PrinterSim`] | receipt printer, ESC/POS |
//! | [`DocumentSim`] | A4 printer, IPP on a loopback port |
//! | [`TerminalSim`] | payment terminal, ECR-Hub, ZVT or MIS; authorises at a [`Bank`] |
//!
//! What a device sends passes through [`Faults`], which can lose, delay, damage or double it and pull the
//! cable; a [`FaultScript`] is a list of them as TOML.
//!
//! [`run`] is a whole simulator for a shell: commands on stdin, one JSON line per event on stdout.

mod bank;
mod bank_memory;
mod card_slot;
mod event;
mod fault;
mod fault_layer;
mod fault_script;
mod host;
mod ipp_printer;
mod ipp_wire;
mod printer;
mod printer_paper;
mod printer_picture;
mod pty;
mod purse_card;
mod purse_keys;
mod run;
mod sam_v;
mod sam_v_card;
mod scanner;
mod terminal;
mod terminal_answers;
mod terminal_desk;
mod terminal_hub;
mod terminal_mis;
mod terminal_mis_wire;
mod terminal_wire;
mod terminal_zvt;
mod terminal_zvt_status;
mod terminal_zvt_wire;

pub use bank::Instrument as Present;
pub use bank::{Bank, BankAnswer, BankRecord, BankRefund, BankReversal, BankTotals, Instrument};
pub use bank_memory::{BankEntry, MemoryBank};
pub use card_slot::{CardSlotSim, SlotFault};
pub use event::SimEvent;
pub use fault::{Fault, FaultKind, Faults, Moment};
pub use fault_script::{FaultScript, ScriptFinding, ScriptProblem};
pub use ipp_printer::{DocumentSim, LostAnswer, SimDocument};
pub use printer::{PaperLevel, PrinterSim};
pub use printer_paper::{PrintedLine, PrintedSlip};
pub use purse_card::PurseCard;
pub use purse_keys::Issuer;
pub use run::{Class, RunError, run};
pub use sam_v::{SamFault, SamVSim};
pub use sam_v_card::SimCard;
pub use scanner::ScannerSim;
pub use terminal::{Silence, TerminalSim, TerminalTimes};
