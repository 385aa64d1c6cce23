//! `list`: the serial ports of this machine, and what hangs on them.
//!
//! Each wire is asked with a question that changes nothing: a printer's status, a terminal's handshake, a
//! reader's status. No sale, query or print is ever sent. Printers come first, because whatever else is sent
//! to a printer ends on its paper.

use std::path::{Path, PathBuf};

use drivers::DeviceState;
use drivers::port::available_ports;
use kiosk_config::{DeviceClass, HardwareProfile};
use serde_json::{Value, json};

use super::open::{Place, Single};
use super::{Ending, Report};

/// Classes in the order in which they are asked for.
const ORDER: [DeviceClass; 4] =
    [DeviceClass::ReceiptPrinter, DeviceClass::PaymentTerminal, DeviceClass::Scanner, DeviceClass::IdReader];

/// Divides the waits while probing: who answers at all answers a status within a second.
const PROBE_DIVISOR: u32 = 5;

/// Lists the ports given, or all; with `probe` each is asked what hangs on it.
pub fn list(ports: &[PathBuf], probe: bool, profiles: &[HardwareProfile]) -> Report {
    let ports = if ports.is_empty() { available_ports() } else { ports.to_vec() };
    let found: Vec<Value> = ports.iter().map(|port| seen(port, probe, profiles)).collect();
    let lines: Vec<String> = found.iter().map(line).collect();
    let text = if lines.is_empty() { "no serial port".to_owned() } else { lines.join("\n") };
    Report::new(Ending::Done, json!({ "ports": found }), text)
}

fn line(seen: &Value) -> String {
    let word = |key: &str| seen.get(key).and_then(Value::as_str).unwrap_or("-").to_owned();
    match seen.get("class") {
        None => word("port"),
        Some(_) => format!("{}  {}  {}", word("port"), word("class"), word("profile")),
    }
}

fn seen(port: &Path, probe: bool, profiles: &[HardwareProfile]) -> Value {
    if !probe {
        return json!({ "port": port });
    }
    match hangs_on(port, profiles) {
        Some(profile) => json!({
            "port": port,
            "class": profile.class.name(),
            "wire": profile.wire,
            "profile": profile.id(),
        }),
        None => json!({ "port": port, "class": Value::Null }),
    }
}

/// The first profile whose device answers.
fn hangs_on<'a>(port: &Path, profiles: &'a [HardwareProfile]) -> Option<&'a HardwareProfile> {
    let mut asked: Vec<(&str, Option<&toml::Value>)> = Vec::new();
    for class in ORDER {
        for profile in profiles.iter().filter(|profile| profile.class == class && is_askable(profile)) {
            // Models that speak the same wire at the same speed answer alike.
            let manner = (profile.wire.as_str(), profile.settings.get("baud"));
            if asked.contains(&manner) {
                continue;
            }
            asked.push(manner);
            if answers(port, profile) {
                return Some(profile);
            }
        }
    }
    None
}

/// A scanner that only sends cannot be told from a port on which nothing hangs.
fn is_askable(profile: &HardwareProfile) -> bool {
    let silent = profile.class == DeviceClass::Scanner
        && profile.settings.get("commands").and_then(toml::Value::as_str) != Some("gm65");
    !profile.simulated && !silent
}

fn answers(port: &Path, profile: &HardwareProfile) -> bool {
    let profile = HardwareProfile { divide_waits: PROBE_DIVISOR, ..profile.clone() };
    let place = Place { port: port.to_owned(), profile };
    // A printer that is half understood is no printer: noise can look like one byte of a status.
    let whole = |state| state != DeviceState::Unknown;
    Single::new(place).is_ok_and(|mut device| device.ask().is_ok_and(|answer| whole(answer.state)))
}
