//! What people write.

use std::path::Path;

use drivers::barcode_scanner::ScannerSettings;
use drivers::card_writer::CardWriterSettings;
use drivers::document_printer::IppSettings;
use drivers::id_reader::SamVSettings;
use drivers::payment_terminal::{EcrHubSettings, MisSettings, ZvtSettings};
use drivers::receipt_printer::EscPosSettings;
use drivers::simulator::FaultScript;
use drivers::with_waits_divided;
use kiosk_config::{FeeType, Finding, HardwareProfile, SiteProfile, parse, parse_data};

/// A script of faults: every mistake has a line of the text.
pub fn fault_script(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Err(findings) = FaultScript::parse(&text) {
        assert!(!findings.is_empty());
        let lines = text.split('\n').count();
        assert!(findings.iter().all(|finding| (1..=lines).contains(&finding.line)));
    }
}

/// The file of a kiosk: every mistake has a line of the text, and what is read can be written and read again.
pub fn kiosk_file(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match parse(Path::new("kiosk.toml"), &text, &[]) {
        Ok(config) => {
            assert!((1..=1000).contains(&config.deadline_divisor));
            assert!(config.hall.heartbeat_s >= 1);
        }
        Err(findings) => {
            assert!(!findings.is_empty());
            findings.iter().for_each(|finding| assert_place(finding, &text));
        }
    }
}

/// A data file: the profile of a device with the settings of every driver, a place, a fee with its accounts.
pub fn data_file(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let file = Path::new("data.toml");
    match parse_data::<HardwareProfile>(file, &text) {
        Ok(profile) => read_settings(&profile),
        Err(finding) => assert_place(&finding, &text),
    }
    if let Ok(fee) = parse_data::<FeeType>(file, &text) {
        let _ = fee.account.check(&fee.account.sample);
        let _ = fee.account.grouped(&fee.account.sample);
    }
    let _ = parse_data::<SiteProfile>(file, &text);
}

fn read_settings(profile: &HardwareProfile) {
    let settings = || profile.settings.clone();
    let divisor = profile.divide_waits;
    let _ = settings().try_into().map(|found: EscPosSettings| with_waits_divided(&found, divisor));
    let _ = settings().try_into().map(|found: SamVSettings| with_waits_divided(&found, divisor));
    let _ = settings().try_into().map(|found: EcrHubSettings| with_waits_divided(&found, divisor));
    let _ = settings().try_into().map(|found: ZvtSettings| with_waits_divided(&found, divisor));
    let _ = settings().try_into().map(|found: MisSettings| with_waits_divided(&found, divisor));
    let _ = settings().try_into().map(|found: ScannerSettings| with_waits_divided(&found, divisor));
    let _ = settings().try_into().map(|found: CardWriterSettings| with_waits_divided(&found, divisor));
    let _ = settings().try_into().map(|found: IppSettings| with_waits_divided(&found, divisor));
}

fn assert_place(finding: &Finding, text: &str) {
    let lines = text.split('\n').count();
    assert!(finding.line.is_none_or(|line| (1..=lines).contains(&line)), "{finding}");
}
