//! The embedded fees and what a folder on disk does to them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::fs;
use std::path::Path;

use kiosk_config::{
    AccountCheck, BillKind, Catalogue, FeeFault, Finding, FindingKind, Need, Offline, TileNote,
};

/// Tiles of one page of a group.
const PAGE_TILES: usize = 9;

fn codes(fees: &[&kiosk_config::FeeType]) -> Vec<String> {
    fees.iter().map(|fee| fee.code.clone()).collect()
}

fn write(root: &Path, name: &str, text: &str) {
    let file = root.join("catalogue").join(name);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn embedded_text(code: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue");
    fs::read_to_string(folder.join(format!("{code}.toml"))).unwrap()
}

#[test]
fn every_embedded_file_keeps_the_rules_of_the_catalogue() {
    let loaded = Catalogue::load(None).map_err(|findings| {
        let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
        lines.join("\n")
    });
    assert_eq!(loaded.map(|catalogue| catalogue.fees.len()), Ok(60));
}

#[test]
fn a_kiosk_with_a_printer_alone_takes_at_least_forty_fees() {
    let catalogue = Catalogue::embedded();
    let payable = catalogue.fees.iter().filter(|fee| fee.is_payable(&[Need::Printer])).count();
    assert!(payable >= 40, "{payable}");
}

#[test]
fn a_fee_whose_device_is_absent_is_listed_and_says_which() {
    let catalogue = Catalogue::embedded();
    let missing = |code: &str| {
        let fee = catalogue.fee(code).unwrap();
        assert!(fee.enabled, "{code}");
        fee.missing_need(&[Need::Printer])
    };
    assert_eq!(missing("BT-G02"), Some(Need::CardWriter));
    assert_eq!(missing("BT-V02"), Some(Need::Camera));
    assert_eq!(missing("BT-Z01"), Some(Need::PermitWriter));
    assert_eq!(missing("BT-E01"), None);
}

#[test]
fn every_fee_is_four_touches_from_home() {
    // Home → 全部 → group → at most one page further → tile.
    let catalogue = Catalogue::embedded();
    for group in &catalogue.groups {
        let tiles = catalogue.in_group(&group.id).count();
        assert!(tiles > 0 && tiles <= 2 * PAGE_TILES, "{}: {tiles}", group.id);
    }
}

#[test]
fn every_home_tile_opens_a_group_that_lists_its_family() {
    let catalogue = Catalogue::embedded();
    let tiles: Vec<&str> = catalogue.home.iter().map(|tile| tile.tile.as_str()).collect();
    assert_eq!(tiles, ["water", "power", "gas", "heat", "phone", "bus"]);
    for tile in &catalogue.home {
        assert!(catalogue.in_tile(&tile.tile).count() > 0, "{}", tile.tile);
        assert!(catalogue.in_tile(&tile.tile).all(|fee| fee.group == tile.group), "{}", tile.tile);
    }
}

#[test]
fn initials_find_a_fee_and_the_exact_one_comes_first() {
    let catalogue = Catalogue::embedded();
    assert_eq!(codes(&catalogue.search("DF")).first().unwrap(), "BT-E01");
    assert_eq!(codes(&catalogue.search("grf")).first().unwrap(), "BT-H01");
    assert_eq!(codes(&catalogue.search("违章")), ["BT-V01"]);
    assert_eq!(codes(&catalogue.search("bt-n01")), ["BT-N01"]);
    assert!(catalogue.search("  ").is_empty());
    assert!(catalogue.search("zzzz").is_empty());
}

#[test]
fn initials_follow_the_reading_that_residents_use() {
    let catalogue = Catalogue::embedded();
    for (letters, code) in [
        ("ccs", "BT-X01"),   // 车船税: chē, not jū
        ("gjjdk", "BT-F02"), // 公积金贷款: dài
        ("lhjy", "BT-I03"),  // 灵活就业
        ("etccz", "BT-B04"), // Latin letters stand for themselves
    ] {
        assert!(codes(&catalogue.search(letters)).contains(&code.into()), "{letters}");
    }
}

#[test]
fn a_file_states_the_initials_that_the_dictionary_gets_wrong() {
    let root = tempfile::tempdir().unwrap();
    let text = embedded_text("BT-N03").replace("order = 1", "order = 1\ninitials = [\"qhf\"]");
    write(root.path(), "BT-N03.toml", &text);
    let catalogue = Catalogue::load(Some(root.path())).unwrap();
    assert_eq!(codes(&catalogue.search("QHF")), ["BT-N03"]);
    assert_eq!(codes(&catalogue.search("ljclf")), ["BT-N03"]);
}

#[test]
fn only_what_the_resident_can_name_without_a_bill_waits_for_the_hall() {
    let catalogue = Catalogue::embedded();
    let queued: Vec<&str> = catalogue
        .fees
        .iter()
        .filter(|fee| fee.offline == Offline::Queue)
        .map(|fee| fee.code.as_str())
        .collect();
    let mut expected = vec![
        "BT-E01", "BT-G01", "BT-P01", "BT-P02", "BT-P03", "BT-P04", "BT-T01", "BT-W01", "BT-W02", "BT-W03",
        "BT-W04",
    ];
    let mut queued = queued;
    queued.sort_unstable();
    expected.sort_unstable();
    assert_eq!(queued, expected);
}

#[test]
fn a_price_changes_on_its_day_and_not_before() {
    let catalogue = Catalogue::embedded();
    let permit = catalogue.fee("BT-Z02").unwrap();
    let price = |date: &str| {
        let tariff = permit.tariff_on(date.parse().unwrap())?;
        Some(tariff.item("permit")?.amount_fen)
    };
    assert_eq!(price("2017-06-30"), None);
    assert_eq!(price("2019-06-30"), Some(8000));
    assert_eq!(price("2019-07-01"), Some(6000));
}

#[test]
fn a_tile_says_how_its_fee_is_paid() {
    let catalogue = Catalogue::embedded();
    let note = |code: &str| catalogue.fee(code).unwrap().note();
    assert_eq!(note("BT-E01"), TileNote::QueryBill);
    assert_eq!(note("BT-P01"), TileNote::TopUp);
    assert_eq!(note("BT-B01"), TileNote::WriteCard);
    assert_eq!(note("BT-Z03"), TileNote::Tariff);
    assert_eq!(note("BT-N05"), TileNote::PrintOnly);
}

#[test]
fn every_identity_number_is_checked_by_its_digit() {
    let catalogue = Catalogue::embedded();
    let by_id = catalogue.fees.iter().filter(|fee| fee.account.label.contains("身份证"));
    assert!(by_id.map(|fee| fee.account.check).all(|check| check == AccountCheck::ResidentId));
}

#[test]
fn a_file_on_disk_replaces_one_fee_and_adds_another() {
    let root = tempfile::tempdir().unwrap();
    let cheaper = embedded_text("BT-P06").replace("min_fen = 3000", "min_fen = 2000");
    write(root.path(), "BT-P06.toml", &cheaper);
    let added = embedded_text("BT-P06")
        .replace("BT-P06", "BT-P07")
        .replace("宽带费", "校园网费")
        .replace("order = 6", "order = 7");
    write(root.path(), "BT-P07.toml", &added);
    let catalogue = Catalogue::load(Some(root.path())).unwrap();
    assert_eq!(catalogue.fees.len(), 61);
    assert_eq!(catalogue.fee("BT-P06").unwrap().amount.min_fen, 2000);
    assert_eq!(codes(&catalogue.search("xywf")), ["BT-P07"]);
}

#[test]
fn every_problem_of_every_file_is_reported_at_once_with_its_line() {
    let root = tempfile::tempdir().unwrap();
    let water = embedded_text("BT-W01")
        .replace("group = \"utilities\"", "group = \"utilitys\"")
        .replace("sample = \"60012345\"", "sample = \"60\"");
    write(root.path(), "BT-W01.toml", &water);
    write(root.path(), "BT-E01.toml", &embedded_text("BT-E01").replace("refund =", "refnd ="));
    write(root.path(), "BT-G01.toml", "code = \n");
    let findings = Catalogue::load(Some(root.path())).unwrap_err();
    let find = |name: &str, field: &str| {
        let matching = findings.iter().filter(|f| f.file.ends_with(name) && f.field == field);
        matching.cloned().collect::<Vec<Finding>>()
    };
    let line = |text: &str, start: &str| text.lines().position(|l| l.starts_with(start)).unwrap() + 1;
    let group = find("BT-W01.toml", "group").remove(0);
    assert_eq!(group.line, Some(line(&water, "group")));
    assert_eq!(group.suggestion.as_deref(), Some("utilities"));
    let sample = find("BT-W01.toml", "account.sample").remove(0);
    assert_eq!(sample.line, Some(line(&water, "sample")));
    assert!(matches!(sample.problem, FindingKind::Fee(FeeFault::BadSample(_))));
    let typo = find("BT-E01.toml", "").remove(0);
    assert!(typo.to_string().contains("refnd"), "{typo}");
    assert_eq!(typo.line, Some(line(&embedded_text("BT-E01"), "refund")));
    assert!(matches!(find("BT-G01.toml", "").remove(0).problem, FindingKind::Syntax { .. }));
    assert_eq!(findings.len(), 4, "{findings:#?}");
}

#[test]
fn a_mistake_in_a_list_is_found_in_its_own_entry() {
    let root = tempfile::tempdir().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue");
    let groups = fs::read_to_string(folder.join("groups.toml")).unwrap();
    let groups = groups.replace(
        "tile = \"bus\"\nname = \"公交卡\"\ngroup = \"transport\"",
        "tile = \"bus\"\nname = \"公交卡\"\ngroup = \"transports\"",
    );
    write(root.path(), "groups.toml", &groups);
    let findings = Catalogue::load(Some(root.path())).unwrap_err();
    let line = groups.lines().position(|line| line.ends_with("\"transports\"")).unwrap() + 1;
    assert_eq!((findings.len(), findings[0].line), (1, Some(line)));
    assert_eq!(findings[0].suggestion.as_deref(), Some("transport"));
}

#[test]
fn a_broken_groups_file_is_one_finding_and_not_one_for_each_fee() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "groups.toml", "[[group]\n");
    let findings = Catalogue::load(Some(root.path())).unwrap_err();
    assert_eq!((findings.len(), findings[0].line), (1, Some(1)));
}

#[test]
fn a_fee_that_must_be_exact_cannot_be_queued() {
    let root = tempfile::tempdir().unwrap();
    let text = embedded_text("BT-N03").replace("refund = \"no\"", "refund = \"no\"\noffline = \"queue\"");
    write(root.path(), "BT-N03.toml", &text);
    let findings = Catalogue::load(Some(root.path())).unwrap_err();
    let problems: Vec<FindingKind> = findings.into_iter().map(|finding| finding.problem).collect();
    assert_eq!(problems, [FindingKind::Fee(FeeFault::QueueForbidden)]);
    assert_eq!(Catalogue::embedded().fee("BT-N03").unwrap().bill, BillKind::Queried { partial: false });
}
