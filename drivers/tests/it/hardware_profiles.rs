//! Hardware profiles are what the drivers read, key by key.

use drivers::CancelToken;
use drivers::barcode_scanner::{BarcodeScanner, CommandSet, ScannerSettings, SerialScanner};
use drivers::card_writer::CardWriterSettings;
use drivers::id_reader::{IdReader, SamV, SamVSettings};
use drivers::payment_terminal::{EcrHubSettings, MisSettings, ZvtSettings};
use drivers::simulator::{SamVSim, ScannerSim, SimCard};
use kiosk_config::{DeviceClass, HardwareProfile};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::support::{path, wait_for};

fn settings<S: DeserializeOwned>(id: &str, wire: &str) -> S {
    let profile = HardwareProfile::embedded().into_iter().find(|profile| profile.id() == id).unwrap();
    assert_eq!(profile.wire, wire, "{id}");
    S::deserialize(profile.settings).unwrap_or_else(|error| panic!("{id}: {error}"))
}

#[test]
fn every_profile_but_those_of_printers_is_read_by_its_driver() {
    let mut seen = 0;
    for profile in HardwareProfile::embedded() {
        let (id, settings) = (profile.id(), profile.settings);
        let unread = match (profile.class, profile.wire.as_str()) {
            (DeviceClass::IdReader, "sam-v") => SamVSettings::deserialize(settings).err(),
            (DeviceClass::Scanner, "serial-scanner") => ScannerSettings::deserialize(settings).err(),
            (DeviceClass::CardWriter, "pcsc-purse") => CardWriterSettings::deserialize(settings).err(),
            (DeviceClass::PaymentTerminal, "ecr-hub") => EcrHubSettings::deserialize(settings).err(),
            (DeviceClass::PaymentTerminal, "mis") => MisSettings::deserialize(settings).err(),
            (DeviceClass::PaymentTerminal, "zvt") => ZvtSettings::deserialize(settings).err(),
            (
                DeviceClass::IdReader
                | DeviceClass::Scanner
                | DeviceClass::CardWriter
                | DeviceClass::PaymentTerminal,
                wire,
            ) => {
                panic!("{id}: no driver speaks {wire}")
            }
            _ => continue,
        };
        assert_eq!(unread, None, "{id}");
        seen += 1;
    }
    assert!(seen >= 10, "{seen}");
}

#[test]
fn the_generic_profiles_drive_their_devices() {
    let sim = ScannerSim::start(None).unwrap();
    let gm65: ScannerSettings = settings("gm65/generic", "serial-scanner");
    assert_eq!(gm65.commands, CommandSet::Gm65);
    let mut scanner = SerialScanner::on_port(path(sim.path()), gm65);
    scanner.probe().unwrap();
    sim.show(b"6901234567892");
    let code = wait_for("the code", || scanner.read_code(&CancelToken::new()).unwrap());
    assert_eq!(code.text(), "6901234567892");

    let sim = SamVSim::start(None).unwrap();
    let mut reader = SamV::on_port(path(sim.path()), settings::<SamVSettings>("sam-v/generic", "sam-v"));
    sim.lay_card(SimCard::demo().remove(0));
    assert!(reader.read_card(&CancelToken::new()).unwrap().is_some());
}

#[test]
fn a_profile_of_a_payment_terminal_says_every_wait_of_its_driver() {
    for (id, wire, defaults) in [
        ("ecr-hub/generic", "ecr-hub", serde_json::to_value(EcrHubSettings::default())),
        ("mis/generic", "mis", serde_json::to_value(MisSettings::default())),
        ("zvt/generic", "zvt", serde_json::to_value(ZvtSettings::default())),
    ] {
        let settings: toml::Table = settings(id, wire);
        let defaults = defaults.unwrap();
        let waits = defaults.as_object().unwrap().keys();
        for wait in waits.filter(|key| key.ends_with("-ms")) {
            assert!(settings.contains_key(wait), "{id} leaves {wait} out");
        }
    }
}
