//! From `printer-state` and `printer-state-reasons` (RFC 8011 5.4.11, 5.4.12) to the words of this crate.

use super::super::{DocumentFault, DocumentStatus, Supply};
use crate::status::DeviceState;

/// `printer-state`: no jobs.
const IDLE: i32 = 3;
/// `printer-state`: working.
const PROCESSING: i32 = 4;

/// Reasons that stop the printer, without their severity, the most telling first.
const FAULTS: [(&str, DocumentFault); 32] = [
    ("media-jam", DocumentFault::Jammed),
    ("media-empty", DocumentFault::PaperOut),
    ("media-needed", DocumentFault::PaperOut),
    ("input-tray-missing", DocumentFault::PaperOut),
    ("input-media-supply-empty", DocumentFault::PaperOut),
    ("cover-open", DocumentFault::CoverOpen),
    ("door-open", DocumentFault::CoverOpen),
    ("interlock-open", DocumentFault::CoverOpen),
    ("input-tray-open", DocumentFault::CoverOpen),
    ("toner-empty", DocumentFault::TonerOut),
    ("marker-supply-empty", DocumentFault::TonerOut),
    ("marker-supply-missing", DocumentFault::TonerOut),
    ("developer-empty", DocumentFault::TonerOut),
    ("output-area-full", DocumentFault::OutputFull),
    ("output-tray-missing", DocumentFault::OutputFull),
    ("marker-waste-full", DocumentFault::Hardware),
    ("fuser-over-temp", DocumentFault::Overheated),
    ("fuser-under-temp", DocumentFault::Overheated),
    ("opc-life-over", DocumentFault::Hardware),
    ("opc-missing", DocumentFault::Hardware),
    ("fuser-failure", DocumentFault::Hardware),
    ("motor-failure", DocumentFault::Hardware),
    ("power-supply-failure", DocumentFault::Hardware),
    ("unrecoverable-failure", DocumentFault::Hardware),
    ("shutdown", DocumentFault::PoweredOff),
    ("power-down", DocumentFault::PoweredOff),
    ("spool-area-full", DocumentFault::Busy),
    ("paused", DocumentFault::Paused),
    ("moving-to-paused", DocumentFault::Paused),
    ("deactivated", DocumentFault::Offline),
    ("connecting-to-device", DocumentFault::Offline),
    ("offline", DocumentFault::Offline),
];

/// The state of a printer that said this. `-report` is news and `-warning` no hindrance; a reason without a
/// severity is an error only if the printer has stopped.
#[must_use]
pub fn status(printer_state: i32, accepts: bool, reasons: &[String]) -> DocumentStatus {
    let stopped = printer_state != IDLE && printer_state != PROCESSING;
    let reason = |wanted: &str| {
        reasons.iter().any(|word| {
            let (name, severity) = split(word);
            name == wanted && (severity == Some("error") || (severity.is_none() && stopped))
        })
    };
    let named = FAULTS.iter().find(|(word, _)| reason(word)).map(|(_, fault)| *fault);
    let other = stopped.then_some(DocumentFault::Offline);
    let fault = named.or(other).or_else(|| (!accepts).then_some(DocumentFault::Busy));
    DocumentStatus {
        state: device_state(printer_state, fault),
        paper: supply(
            reasons,
            &["media-empty", "media-needed", "input-media-supply-empty"],
            &["media-low", "input-media-supply-low"],
        ),
        toner: supply(reasons, &["toner-empty", "marker-supply-empty"], &["toner-low", "marker-supply-low"]),
        fault,
    }
}

fn device_state(printer_state: i32, fault: Option<DocumentFault>) -> DeviceState {
    match fault {
        Some(DocumentFault::Hardware) => DeviceState::HardwareError,
        Some(DocumentFault::PoweredOff) => DeviceState::PoweredOff,
        Some(DocumentFault::Jammed | DocumentFault::CoverOpen) => DeviceState::UserError,
        Some(DocumentFault::Busy) => DeviceState::Busy,
        Some(_) => DeviceState::Offline,
        None if printer_state == PROCESSING => DeviceState::Busy,
        None => DeviceState::Online,
    }
}

/// A supply is what its reasons say, in any severity.
fn supply(reasons: &[String], empty: &[&str], low: &[&str]) -> Supply {
    let said = |words: &[&str]| reasons.iter().any(|reason| words.contains(&split(reason).0));
    match (said(empty), said(low)) {
        (true, _) => Supply::Out,
        (false, true) => Supply::Low,
        (false, false) => Supply::Full,
    }
}

/// A reason and its severity.
fn split(reason: &str) -> (&str, Option<&str>) {
    for severity in ["error", "warning", "report"] {
        if let Some(name) = reason.strip_suffix(severity).and_then(|name| name.strip_suffix('-')) {
            return (name, Some(severity));
        }
    }
    (reason, None)
}
