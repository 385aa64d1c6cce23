//! What can be said after `lucheng device`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use kiosk_config::DeviceClass;

use crate::money::{Fen, Method};

/// Arguments of `device`.
#[derive(Debug, Args)]
pub struct DeviceArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: DeviceCommand,
    /// One JSON object on standard output instead of words.
    #[arg(long, global = true)]
    pub json: bool,
    /// Folder whose `hardware/<maker>/<model>.toml` replace or add to the built-in profiles.
    #[arg(long, value_name = "DIR", global = true)]
    pub override_dir: Option<PathBuf>,
}

/// What can be done with a device.
///
/// Exit codes: 0 done, 1 it failed and says why, 2 the call was wrong, 3 the outcome is not known yet.
#[derive(Debug, Subcommand)]
pub enum DeviceCommand {
    /// List the serial ports and, with --probe, ask each what hangs on it. Moves no money and no paper.
    List {
        /// Only this port; may be given several times.
        #[arg(long = "port", value_name = "PATH")]
        ports: Vec<PathBuf>,
        /// Ask each port for a printer, a terminal, a scanner and a reader.
        #[arg(long)]
        probe: bool,
    },
    /// Print one JSON line for each change of a device's state, until --timeout or for ever.
    Watch {
        /// Which kind of device.
        #[arg(value_parser = class)]
        class: DeviceClass,
        /// Where it hangs.
        #[command(flatten)]
        at: At,
    },
    /// Ask a device once how it is.
    Test {
        /// Which kind of device.
        #[arg(value_parser = class)]
        class: DeviceClass,
        /// Where it hangs.
        #[command(flatten)]
        at: At,
    },
    /// Wait for an ID card and read it.
    ReadId {
        /// Where the reader hangs.
        #[command(flatten)]
        at: At,
        /// Print name, number and address as they are on the card; otherwise they are masked.
        #[arg(long)]
        clear: bool,
    },
    /// Print a text file and cut.
    Print {
        /// The file; `-` for standard input.
        file: PathBuf,
        /// Where the printer hangs.
        #[command(flatten)]
        at: At,
    },
    /// Charge an order once. The same order again is asked about and never charged twice.
    Pay {
        /// Yuan, such as 1.00.
        #[arg(long, value_parser = Fen::parse)]
        amount: Fen,
        /// How it is paid.
        #[arg(long, value_enum, default_value_t = By::Card)]
        method: By,
        /// Which order.
        #[command(flatten)]
        order: OrderArguments,
        /// Where the terminal hangs.
        #[command(flatten)]
        at: At,
    },
    /// Ask the terminal what became of an order.
    Query {
        /// Which order.
        #[command(flatten)]
        order: OrderArguments,
        /// Where the terminal hangs.
        #[command(flatten)]
        at: At,
    },
    /// Take a charge back.
    Reverse {
        /// Which order.
        #[command(flatten)]
        order: OrderArguments,
        /// Where the terminal hangs.
        #[command(flatten)]
        at: At,
    },
    /// Wait for a bar code or QR code. The digits of a payment code are never shown.
    Scan {
        /// Where the scanner hangs.
        #[command(flatten)]
        at: At,
    },
}

/// Where a device hangs and what it is.
#[derive(Debug, Args)]
pub struct At {
    /// Its serial port.
    #[arg(long, value_name = "PATH")]
    pub port: PathBuf,
    /// Its hardware profile, maker/model; without it the usual one of its class.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// How long to wait for a person or for the end, in seconds.
    #[arg(long, value_name = "S")]
    pub timeout: Option<u64>,
}

/// An order and the record in which it stands.
#[derive(Debug, Args)]
pub struct OrderArguments {
    /// Order number: 1 to 32 of 0-9 and A-Z, each for one charge.
    #[arg(long = "order", value_name = "ID")]
    pub id: String,
    /// Folder of the record of charges; without it `lucheng` in the user's state folder.
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
}

/// How an order is paid.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum By {
    /// Bank card.
    Card,
    /// A code on a phone.
    PhoneCode,
}

impl From<By> for Method {
    fn from(by: By) -> Self {
        match by {
            By::Card => Self::Card,
            By::PhoneCode => Self::PhoneCode,
        }
    }
}

fn class(word: &str) -> Result<DeviceClass, String> {
    let known = DeviceClass::ALL.into_iter().find(|class| class.name() == word);
    let names = DeviceClass::ALL.map(DeviceClass::name).join(", ");
    known.ok_or_else(|| format!("there are {names}"))
}
