//! `read-id` and `scan`: what a person shows to the kiosk.

use std::time::Duration;

use drivers::id_reader::{IdCard, IdReader};
use drivers::port::PortCounters;
use drivers::status::UserFault;
use drivers::{CancelToken, DeviceError};
use serde_json::{Value, json};

use drivers::barcode_scanner::{BarcodeScanner, ScannedCode};

use crate::person::{mask_account, mask_name};

use super::open::{Place, wait_for};
use super::{Ending, Report, ShellError};

/// Waits for a card and reads it once. Name, number and address are masked unless `clear`.
pub fn read_id(place: &Place, timeout: Option<Duration>, clear: bool) -> Result<Report, ShellError> {
    let mut reader = place.reader(&PortCounters::new())?;
    let cancel = CancelToken::new();
    let card = wait_for(timeout, || match reader.read_card(&cancel) {
        // Somebody lifted it too early; it may be laid again.
        Err(DeviceError::UserError(UserFault::LayCardAgain)) => Ok(None),
        other => other,
    });
    Ok(match card.map_err(|error| place.failed(error))? {
        Some(card) => read(&card, clear),
        None => Report::new(Ending::Failed, json!({ "card": null }), "no card was laid on the reader"),
    })
}

fn read(card: &IdCard, clear: bool) -> Report {
    let shown = |text: &str, mask: fn(&str) -> String| if clear { text.to_owned() } else { mask(text) };
    let name = shown(&card.name, mask_name);
    let number = shown(&card.number, mask_account);
    let address = clear.then(|| card.current_address().to_owned());
    let json = json!({
        "card": format!("{:?}", card.kind),
        "name": name,
        "number": number,
        "address": address,
        "valid-to": format!("{:?}", card.valid_to),
    });
    Report::new(Ending::Done, json, format!("{name}  {number}"))
}

/// Waits for a code. A payment code is money: only its wallet is told, never its digits.
pub fn scan(place: &Place, timeout: Option<Duration>) -> Result<Report, ShellError> {
    let mut scanner = place.scanner(&PortCounters::new())?;
    let cancel = CancelToken::new();
    let failed = |error| place.failed(error);
    scanner.begin().map_err(failed)?;
    let code = wait_for(timeout, || scanner.read_code(&cancel)).map_err(failed)?;
    Ok(code.map_or_else(
        || Report::new(Ending::Failed, json!({ "code": null }), "no code was shown to the scanner"),
        |code| scanned(&code),
    ))
}

fn scanned(code: &ScannedCode) -> Report {
    match code.payment_code() {
        Ok(payment) => {
            let wallet = format!("{:?}", payment.wallet());
            let text = format!("a payment code of {wallet}; its digits are not shown");
            Report::new(Ending::Done, json!({ "code": Value::Null, "wallet": wallet }), text)
        }
        Err(_) => Report::new(Ending::Done, json!({ "code": code.text() }), code.text()),
    }
}
