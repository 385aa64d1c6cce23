//! One device in the hand of a technician: without a kiosk, without a hall.
//!
//! Each function works one driver to an end and gives a [`Report`]; nothing here prints. Nothing of a card or
//! a code that pays is in a report unless it was asked for.

mod charge;
mod detect;
mod identify;
mod ledger;
mod look;
mod open;
mod print;

pub use charge::{Charging, PayOrder};
pub use detect::list;
pub use identify::{read_id, scan};
pub use ledger::LedgerError;
pub use look::{check, watch};
pub use open::{Place, Single};

use serde_json::Value;
use thiserror::Error;

use drivers::DeviceError;

use super::build::DeviceConfigError;

/// How a command ended; the shell makes its exit code of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Done, 0.
    Done,
    /// It failed and says why, 1.
    Failed,
    /// The outcome is not known yet, 3.
    Unknown,
}

/// What a command found.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// How it ended.
    pub ending: Ending,
    /// For programs: one object.
    pub json: Value,
    /// For people: one line or more.
    pub text: String,
}

impl Report {
    fn new(ending: Ending, json: Value, text: impl Into<String>) -> Self {
        Self { ending, json, text: text.into() }
    }
}

/// The object with one more key.
fn with(mut object: Value, key: &str, value: Value) -> Value {
    if let Some(map) = object.as_object_mut() {
        map.insert(key.to_owned(), value);
    }
    object
}

/// Why a device could not be worked.
#[derive(Debug, Error)]
pub enum ShellError {
    /// No such profile, or one that does not fit.
    #[error(transparent)]
    Profile(#[from] DeviceConfigError),
    /// The profile is for another kind of device.
    #[error("profile {profile} is for {class}")]
    WrongClass {
        /// The profile.
        profile: String,
        /// What it is for.
        class: &'static str,
    },
    /// This kind of device is not worked from here.
    #[error("no driver for {0}")]
    NoDriver(&'static str),
    /// The device did not do it.
    #[error("{port}")]
    Device {
        /// Where it hangs.
        port: String,
        /// What it said.
        #[source]
        source: DeviceError,
    },
    /// The record of charges cannot be kept, so nothing may be charged.
    #[error("the record of charges")]
    Ledger(#[from] LedgerError),
    /// An order number that no terminal takes.
    #[error("an order number is 1 to 32 of 0-9 and A-Z")]
    BadOrder,
    /// The order was made for another amount.
    #[error("order {order} was made for {amount_fen} fen")]
    OtherAmount {
        /// The order.
        order: String,
        /// Its amount.
        amount_fen: i64,
    },
}
