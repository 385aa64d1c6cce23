//! The file of one kiosk: mistakes, defaults, the command line.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::path::{Path, PathBuf};

use kiosk_config::{DeviceClass, Finding, FindingKind, KioskConfig, explain, load, show};

const SOUND: &str = r#"state_dir = "/var/lib/lucheng"

[kiosk]
code = "BT07"
number = "07 号"
site = "city-hall"

[hall]
url = "https://hall.baotou.example"
timeout_ms = 4000
token = "not-for-eyes"

[devices.id_reader]
profile = "sam-v/generic"
port = "/dev/ttyS1"

[devices.receipt_printer]
profile = "epson/tm-t88"
port = "/dev/ttyS2"

[screen]
idle_s = 90
"#;

fn read(text: &str, sets: &[(&str, &str)]) -> Result<KioskConfig, Vec<Finding>> {
    with_file(text, sets, load)
}

fn with_file<T>(text: &str, sets: &[(&str, &str)], act: impl Fn(&Path, &[(String, String)]) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kiosk.toml");
    std::fs::write(&file, text).unwrap();
    let sets: Vec<_> = sets.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    act(&file, &sets)
}

fn shown(text: &str, sets: &[(&str, &str)]) -> String {
    with_file(text, sets, show).unwrap()
}

fn places(findings: &[Finding]) -> Vec<(Option<usize>, &str)> {
    findings.iter().map(|finding| (finding.line, finding.field.as_str())).collect()
}

#[test]
fn what_is_left_out_takes_its_default() {
    let config = read(SOUND, &[]).unwrap();
    assert_eq!((config.screen.idle_s, config.screen.warn_s, config.screen.elder_idle_s), (90, 20, 120));
    assert_eq!((config.screen.account_tries, config.deadline_divisor), (10, 1));
    assert_eq!((config.hall.timeout_ms, config.hall.heartbeat_s), (4000, 30));
    assert_eq!(config.devices.get(DeviceClass::IdReader).unwrap().port, PathBuf::from("/dev/ttyS1"));
    assert_eq!(config.devices.get(DeviceClass::PaymentTerminal), None);
}

#[test]
fn five_mistakes_are_five_findings_on_their_lines() {
    let text = SOUND
        .replace("number = ", "nummber = ") // line 5: a required key, misspelled
        .replace("\"city-hall\"", "\"city-hal\"") // line 6: no such site
        .replace("timeout_ms = 4000", "timeout_ms = \"4 s\"") // line 10: text for a number
        .replace("/dev/ttyS2", "/dev/ttyS1") // line 19: a port twice
        .replace("idle_s = 90", "idle_s = 9000"); // line 22: out of range
    let findings = read(&text, &[]).unwrap_err();
    let expected = [
        (Some(5), "kiosk.nummber"),
        (Some(6), "kiosk.site"),
        (Some(10), "hall.timeout_ms"),
        (Some(19), "devices.receipt_printer.port"),
        (Some(22), "screen.idle_s"),
    ];
    assert_eq!(places(&findings), expected, "{findings:#?}");
    assert_eq!(findings[0].problem, FindingKind::UnknownKey);
    assert_eq!(findings[0].suggestion.as_deref(), Some("kiosk.number"));
    assert_eq!(findings[1].suggestion.as_deref(), Some("city-hall"));
    let wrong = FindingKind::WrongType { expected: "integer", found: "string" };
    assert_eq!(findings[2].problem, wrong);
    let other = "devices.id_reader.port".to_owned();
    assert_eq!(findings[3].problem, FindingKind::DuplicatePort { other });
    assert_eq!(findings[4].problem, FindingKind::OutOfRange { min: 15, max: 600 });
}

#[test]
fn a_missing_key_is_reported_where_it_belongs() {
    let text = SOUND.replace("code = \"BT07\"\n", "").replace("port = \"/dev/ttyS2\"\n", "");
    let findings = read(&text, &[]).unwrap_err();
    assert_eq!(places(&findings), [(Some(3), "kiosk.code"), (Some(16), "devices.receipt_printer.port")]);
    assert!(findings.iter().all(|finding| finding.problem == FindingKind::Missing));
}

#[test]
fn a_profile_of_another_class_is_refused_with_one_that_fits() {
    let text = SOUND.replace("sam-v/generic", "ecr-hub/generic").replace("tm-t88", "tm-t8");
    let findings = read(&text, &[]).unwrap_err();
    let class = DeviceClass::PaymentTerminal;
    assert_eq!(findings[0].problem, FindingKind::WrongClass { name: "ecr-hub/generic".into(), class });
    assert_eq!(findings[1].problem, FindingKind::UnknownProfile { name: "epson/tm-t8".into() });
    assert_eq!(findings[1].suggestion.as_deref(), Some("epson/tm-t88"));
    assert_eq!(
        places(&findings),
        [(Some(14), "devices.id_reader.profile"), (Some(18), "devices.receipt_printer.profile")]
    );
}

#[test]
fn a_file_that_is_not_toml_is_one_finding() {
    let findings = read(&SOUND.replace("[hall]", "[hall"), &[]).unwrap_err();
    assert_eq!((findings.len(), findings[0].line), (1, Some(8)));
    assert!(matches!(findings[0].problem, FindingKind::Syntax { .. }));
}

#[test]
fn a_file_that_is_not_there_is_one_finding() {
    let findings = load("/nowhere/kiosk.toml".as_ref(), &[]).unwrap_err();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].problem, FindingKind::Unreadable(std::io::ErrorKind::NotFound));
}

#[test]
fn the_command_line_goes_over_the_file_without_quotes() {
    let sets = [
        ("screen.idle_s", "30"),
        ("devices.payment_terminal.profile", "simulated/payment-terminal"),
        ("devices.payment_terminal.port", "/run/lucheng/terminal"),
    ];
    let config = read(SOUND, &sets).unwrap();
    assert_eq!(config.screen.idle_s, 30);
    assert_eq!(config.devices.payment_terminal.unwrap().port, PathBuf::from("/run/lucheng/terminal"));
}

#[test]
fn a_mistake_on_the_command_line_names_the_command_line() {
    let sets = [("screen.idles_s", "30"), ("screen.warn_s", "soon"), ("devices.scanner.port", "/dev/ttyS3")];
    let mut findings = read(SOUND, &sets).unwrap_err();
    findings.sort_by(|left, right| left.field.cmp(&right.field));
    let fields: Vec<&str> = findings.iter().map(|finding| finding.field.as_str()).collect();
    assert_eq!(fields, ["devices.scanner.profile", "screen.idles_s", "screen.warn_s"]);
    assert_eq!(findings[1].to_string(), "--set: screen.idles_s: no such key; did you mean screen.idle_s?");
    assert_eq!((findings[2].file.clone(), findings[2].line), ("--set".into(), None));
}

#[test]
fn a_warning_longer_than_the_idle_time_is_refused() {
    let findings = read(SOUND, &[("screen.idle_s", "20"), ("screen.warn_s", "20")]).unwrap_err();
    assert_eq!(places(&findings), [(None, "screen.warn_s")]);
}

#[test]
fn values_in_force_show_no_secret() {
    let debug = format!("{:?}", read(SOUND, &[]).unwrap());
    let shown = shown(SOUND, &[]);
    assert!(shown.contains("hall.timeout_ms = 4000 ms ") && shown.contains("hall.token = (hidden)"));
    assert!(!shown.contains("not-for-eyes") && !debug.contains("not-for-eyes"));
}

#[test]
fn every_value_in_force_names_the_place_it_came_from() {
    let shown = shown(SOUND, &[("screen.warn_s", "15")]);
    let origin = |key: &str| {
        let line = shown.lines().find(|line| line.starts_with(&format!("{key} ="))).unwrap();
        line.rsplit("# ").next().unwrap().to_owned()
    };
    assert!(origin("screen.idle_s").ends_with("kiosk.toml:22"), "{shown}");
    assert_eq!((origin("screen.warn_s"), origin("screen.elder_idle_s")), ("--set".into(), "default".into()));
}

#[test]
fn every_value_in_force_has_an_explanation() {
    let explained = explain();
    for line in shown(SOUND, &[]).lines() {
        let key = line.split(" = ").next().unwrap();
        assert!(explained.lines().any(|line| line.starts_with(&format!("{key} "))), "{key}");
    }
    assert!(explained.contains("15 to 600 s; default 60 s"));
}

#[test]
fn a_key_in_the_wrong_table_is_shown_its_place() {
    let findings = read(&SOUND.replace("[screen]", "[screen]\nheartbeat_s = 10"), &[]).unwrap_err();
    assert_eq!(places(&findings), [(Some(22), "screen.heartbeat_s")]);
    assert_eq!(findings[0].suggestion.as_deref(), Some("hall.heartbeat_s"));
}

#[test]
fn an_override_folder_that_is_not_there_is_a_finding() {
    let findings = read(&format!("override_dir = \"/nowhere\"\n{SOUND}"), &[]).unwrap_err();
    assert_eq!(places(&findings), [(Some(1), "override_dir")]);
}

#[test]
fn the_example_is_sound_and_shows_every_key_with_its_default() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("kiosk.example.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let example = load(&file, &[]).unwrap();
    let defaults = read(&SOUND.replace("timeout_ms = 4000\n", ""), &[("screen.idle_s", "60")]).unwrap();
    assert_eq!((example.screen, example.deadline_divisor), (defaults.screen, 1));
    assert_eq!(example.hall.connect_timeout_ms, defaults.hall.connect_timeout_ms);
    assert_eq!(example.hall.timeout_ms, defaults.hall.timeout_ms);
    for line in explain().lines() {
        let key = line.split_whitespace().next().unwrap();
        let name = key.rsplit('.').next().unwrap();
        assert!(text.contains(&format!("{name} = ")), "{key}");
    }
}

#[test]
fn a_file_cut_off_anywhere_is_read_or_refused_with_a_place() {
    for end in (0..SOUND.len()).step_by(5).filter(|end| SOUND.is_char_boundary(*end)) {
        if let Err(findings) = read(&SOUND[..end], &[]) {
            assert!(!findings.is_empty() && findings.iter().all(|finding| finding.line.is_some()), "{end}");
        }
    }
}
