//! `lucheng device`: one device from the shell, without a kiosk and without a hall.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use kiosk_config::{DeviceClass, HardwareProfile};

use crate::clock::SystemClock;
use crate::devices::shell::{self, Charging, Ending, PayOrder, Place, Report, ShellError, Single};

use super::device_arguments::{At, DeviceArguments, DeviceCommand, OrderArguments};
use super::{Outcome, USAGE};

/// The outcome is not known yet.
const UNKNOWN: u8 = 3;

/// The longest text that is printed: a slip has 600 lines at most.
const MAX_TEXT_BYTES: u64 = 1 << 20;

pub fn run(arguments: &DeviceArguments) -> Outcome {
    let profiles = match HardwareProfile::load(arguments.override_dir.as_deref()) {
        Ok(profiles) => profiles,
        Err(findings) => {
            findings.iter().for_each(|finding| eprintln!("{finding}"));
            return Ok(ExitCode::from(USAGE));
        }
    };
    match work(&arguments.command, &profiles) {
        Ok(Some(report)) => Ok(tell(&report, arguments.json)),
        Ok(None) => Ok(ExitCode::SUCCESS),
        Err(Trouble::Shell(error)) if is_usage(&error) => {
            super::complain(&error);
            Ok(ExitCode::from(USAGE))
        }
        Err(Trouble::Shell(error)) => Err(error.into()),
        Err(Trouble::Text(path, error)) => Err(format!("{}: {error}", path.display()).into()),
    }
}

/// Why nothing can be told.
enum Trouble {
    Shell(ShellError),
    Text(PathBuf, std::io::Error),
}

impl From<ShellError> for Trouble {
    fn from(error: ShellError) -> Self {
        Self::Shell(error)
    }
}

/// Nothing to tell at the end means that it was told meanwhile.
fn work(command: &DeviceCommand, profiles: &[HardwareProfile]) -> Result<Option<Report>, Trouble> {
    let place = |class, at: &At| place(class, at, profiles);
    Ok(Some(match command {
        DeviceCommand::List { ports, probe } => shell::list(ports, *probe, profiles),
        DeviceCommand::Test { class, at } => shell::check(&mut Single::new(place(*class, at)?)?),
        DeviceCommand::Watch { class, at } => {
            let mut device = Single::new(place(*class, at)?)?;
            let clock = SystemClock::start();
            shell::watch(&mut device, timeout(at), &clock, &mut |line| println!("{line}"));
            return Ok(None);
        }
        DeviceCommand::ReadId { at, clear } => {
            shell::read_id(&place(DeviceClass::IdReader, at)?, timeout(at), *clear)?
        }
        DeviceCommand::Scan { at } => shell::scan(&place(DeviceClass::Scanner, at)?, timeout(at))?,
        DeviceCommand::Print { file, at } => {
            let text = read_text(file).map_err(|error| Trouble::Text(file.clone(), error))?;
            place(DeviceClass::ReceiptPrinter, at)?.print(&text, std::process::id())?
        }
        DeviceCommand::Pay { amount, method, order, at } => {
            let pay = PayOrder { order: order.id.clone(), amount: *amount, method: (*method).into() };
            charging(order, "sale-timeout-ms", at, profiles)?.pay(&pay)?
        }
        DeviceCommand::Query { order, at } => {
            charging(order, "query-timeout-ms", at, profiles)?.query(&order.id)?
        }
        DeviceCommand::Reverse { order, at } => {
            charging(order, "query-timeout-ms", at, profiles)?.reverse(&order.id)?
        }
    }))
}

fn tell(report: &Report, json: bool) -> ExitCode {
    match (json, report.ending) {
        (true, _) => println!("{}", report.json),
        (false, Ending::Done) => println!("{}", report.text),
        (false, _) => eprintln!("lucheng: {}", report.text),
    }
    match report.ending {
        Ending::Done => ExitCode::SUCCESS,
        Ending::Failed => ExitCode::FAILURE,
        Ending::Unknown => ExitCode::from(UNKNOWN),
    }
}

fn is_usage(error: &ShellError) -> bool {
    !matches!(error, ShellError::Device { .. } | ShellError::Ledger(_))
}

fn timeout(at: &At) -> Option<Duration> {
    at.timeout.map(Duration::from_secs)
}

fn place(class: DeviceClass, at: &At, profiles: &[HardwareProfile]) -> Result<Place, ShellError> {
    let name = at.profile.as_deref().unwrap_or(match class {
        DeviceClass::IdReader => "sam-v/generic",
        DeviceClass::ReceiptPrinter => "epson/tm-t88",
        DeviceClass::PaymentTerminal => "ecr-hub/generic",
        DeviceClass::Scanner => "gm65/generic",
        DeviceClass::CardWriter => return Err(ShellError::NoDriver(class.name())),
    });
    Place::new(at.port.clone(), class, name, profiles)
}

/// The terminal with its record. `key` is the wait that `--timeout` sets.
fn charging(
    order: &OrderArguments,
    key: &str,
    at: &At,
    profiles: &[HardwareProfile],
) -> Result<Charging, ShellError> {
    let mut place = place(DeviceClass::PaymentTerminal, at, profiles)?;
    if let Some(timeout) = at.timeout {
        place.set(key, timeout.saturating_mul(1000));
    }
    let charging = Charging::open(place, &state_folder(order))?;
    let others: Vec<String> = charging.unresolved().into_iter().filter(|other| *other != order.id).collect();
    if !others.is_empty() {
        eprintln!("lucheng: the outcome of these orders was never seen: {}", others.join(", "));
    }
    Ok(charging)
}

fn state_folder(order: &OrderArguments) -> PathBuf {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    order.state.clone().unwrap_or_else(|| {
        let home = || set("HOME").unwrap_or_default().join(".local/state");
        set("XDG_STATE_HOME").unwrap_or_else(home).join("lucheng")
    })
}

fn read_text(file: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    if file.as_os_str() == "-" {
        std::io::stdin().take(MAX_TEXT_BYTES).read_to_string(&mut text)?;
    } else {
        std::fs::File::open(file)?.take(MAX_TEXT_BYTES).read_to_string(&mut text)?;
    }
    Ok(text)
}
