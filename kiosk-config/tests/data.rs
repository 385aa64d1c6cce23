//! Sites, hardware profiles and the invented residents.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::collections::BTreeSet;
use std::fs;

use jiff::civil::date;
use kiosk_config::{
    AccountCheck, AccountRule, Catalogue, DemoPerson, DeviceClass, FindingKind, HardwareProfile, Keypad, Sex,
    SiteProfile, demo_people, load_people,
};

fn site(code: &str) -> SiteProfile {
    SiteProfile::load(None).unwrap().into_iter().find(|site| site.code == code).unwrap()
}

#[test]
fn a_kiosk_in_baiyun_charges_nothing_for_services_to_residents() {
    let catalogue = Catalogue::embedded();
    let (id_card, power) = (catalogue.fee("BT-Z04").unwrap(), catalogue.fee("BT-E01").unwrap());
    let today = date(2026, 11, 24);
    assert!(site("baiyun").is_free(id_card, today));
    assert!(!site("baiyun").is_free(id_card, date(2017, 12, 31)));
    assert!(!site("baiyun").is_free(power, today));
    assert!(!site("city-hall").is_free(id_card, today));
}

#[test]
fn every_site_has_a_division_and_names_where_cash_is_taken() {
    let sites = SiteProfile::load(None).unwrap();
    assert!(sites.len() >= 3);
    for site in sites {
        assert!(site.division.len() == 6 && site.division.starts_with("1502"), "{}", site.code);
        assert!(site.cash_window.contains("现金"), "{}", site.code);
        assert!(site.offline.per_line_fen <= site.offline.per_kiosk_fen, "{}", site.code);
    }
}

#[test]
fn every_class_that_a_kiosk_needs_has_a_real_and_a_simulated_profile() {
    let profiles = HardwareProfile::load(None).unwrap();
    for class in [DeviceClass::IdReader, DeviceClass::ReceiptPrinter, DeviceClass::PaymentTerminal] {
        let fitting = profiles.iter().filter(|profile| profile.class == class);
        let simulated: BTreeSet<bool> = fitting.map(|profile| profile.simulated).collect();
        assert_eq!(simulated, BTreeSet::from([false, true]), "{class}");
    }
}

#[test]
fn a_profile_takes_the_settings_of_another_and_says_when_that_is_not_there() {
    let profiles = HardwareProfile::load(None).unwrap();
    let settings = |id: &str| &profiles.iter().find(|profile| profile.id() == id).unwrap().settings;
    assert_eq!(settings("simulated/scanner-fast"), settings("simulated/scanner"));
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("hardware/citizen");
    fs::create_dir_all(&folder).unwrap();
    let text = "maker = \"citizen\"\nmodel = \"ct-s310\"\nname = \"CT-S310\"\nlike = \"epson/tm-t99\"\n\
                class = \"receipt-printer\"\nwire = \"esc-pos\"\n";
    fs::write(folder.join("ct-s310.toml"), text).unwrap();
    let findings = HardwareProfile::load(Some(root.path())).unwrap_err();
    let expected = FindingKind::UnknownProfile { name: "epson/tm-t99".into() };
    assert_eq!((findings.len(), findings[0].line, &findings[0].problem), (1, Some(4), &expected));
}

#[test]
fn a_profile_on_disk_must_bear_the_name_of_its_file() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("hardware/citizen");
    fs::create_dir_all(&folder).unwrap();
    let text = "maker = \"citizen\"\nmodel = \"ct-s310\"\nname = \"CT-S310\"\n\
                class = \"receipt-printer\"\nwire = \"esc-pos\"\n[settings]\nbaud = 9600\n";
    fs::write(folder.join("ct-s310.toml"), text).unwrap();
    let profiles = HardwareProfile::load(Some(root.path())).unwrap();
    let added = profiles.iter().find(|profile| profile.id() == "citizen/ct-s310").unwrap();
    assert_eq!(added.settings.get("baud").unwrap().as_integer(), Some(9600));
    fs::rename(folder.join("ct-s310.toml"), folder.join("ct-s801.toml")).unwrap();
    let findings = HardwareProfile::load(Some(root.path())).unwrap_err();
    let expected = FindingKind::NotTheFileName { expected: "citizen/ct-s801".into() };
    assert_eq!((findings.len(), findings[0].line, &findings[0].problem), (1, Some(2), &expected));
}

fn resident_rule() -> AccountRule {
    let catalogue = Catalogue::embedded();
    let fees = catalogue.fees.iter();
    let mut rules = fees.filter(|fee| fee.account.check == AccountCheck::ResidentId);
    rules.next().unwrap().account.clone()
}

fn says_the_same(person: &DemoPerson) -> bool {
    let birth = person.birth.strftime("%Y%m%d").to_string();
    let sequence: u32 = person.id_number[14..17].parse().unwrap();
    let sex = if sequence % 2 == 1 { Sex::Male } else { Sex::Female };
    person.id_number[6..14] == birth && sex == person.sex
}

#[test]
fn ten_invented_residents_have_identity_numbers_that_agree_with_their_cards() {
    let people = load_people(None).unwrap();
    assert_eq!(people.len(), 10);
    for person in &people {
        assert!(resident_rule().check(&person.id_number).is_ok(), "{}", person.name);
        assert!(says_the_same(person), "{}", person.name);
    }
    let numbers: BTreeSet<&String> = people.iter().map(|person| &person.id_number).collect();
    assert_eq!(numbers.len(), 10);
    let elderly = people.iter().filter(|person| person.birth <= date(1966, 11, 24)).count();
    assert!(elderly >= 2);
}

#[test]
fn every_account_of_an_invented_resident_satisfies_its_fee() {
    let catalogue = Catalogue::embedded();
    for person in demo_people() {
        assert!((3..=8).contains(&person.accounts.len()), "{}", person.name);
        for (code, account) in &person.accounts {
            let fee = catalogue.fee(code).unwrap();
            let checked = fee.account.check(account).unwrap();
            assert_eq!(checked.as_str(), account, "{} {code}", person.name);
        }
    }
}

#[test]
fn an_invented_resident_in_a_log_shows_no_name_or_number() {
    let person = demo_people().remove(0);
    let shown = format!("{person:?}");
    assert!(!shown.contains(&person.name) && !shown.contains(&person.id_number), "{shown}");
}

#[test]
fn a_keypad_has_the_keys_of_its_numbers() {
    let catalogue = Catalogue::embedded();
    for fee in &catalogue.fees {
        let keypad: Keypad = fee.account.keypad;
        assert!(fee.account.sample.chars().all(|key| keypad.has(key)), "{}", fee.code);
    }
}
