//! Everything that can be wrong with a kiosk's file, at once; and the schema that editors check it by.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::path::PathBuf;

use kiosk_config::{Finding, load, schema};

/// Twenty mistakes, each on a line that says so.
const WRONG: &str = r#"state_dir = 7                                   # 1 a number for a path
seal_key_file = ""                              # 2 empty
override_dir = "/nowhere/at/all"                # 3 no such folder
deadline_divisor = 0                            # 4 below its range

[kiosk]
code = "bt-07"                                  # 5 not a kiosk code
nummber = "07 号"                               # 6 misspelt, and required
site = "city-hal"                               # 7 no such site

[hall]
url = "hall.example"                            # 8 no address
connect_timeout_ms = "2 s"                      # 9 text for a number
timeout_ms = 99999999999999999999               # 10 beyond every range
heartbeat = 30                                  # 11 misspelt
token = ["a"]                                   # 12 a list for text
idle_s = 60                                     # 13 of another table

[devices.id_reader]
profile = "epson/tm-t88"                        # 14 of another class
port = "/dev/ttyS1"

[devices.receipt_printer]
profile = "epson/tm-t8"                         # 15 no such profile
port = "/dev/ttyS1"                             # 16 a port twice

[devices.payment_terminal]                      # 17 without a port
profile = "ecr-hub/generic"

[devices.camera]                                # 18 no such device
port = "/dev/video0"

[screen]
idle_s = 9000                                   # 19 above its range
warn_s = true                                   # 20 no number
"#;

fn findings(text: &str) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kiosk.toml");
    std::fs::write(&file, text).unwrap();
    load(&file, &[]).unwrap_err()
}

#[test]
fn twenty_mistakes_are_twenty_findings_on_their_lines() {
    let planted = WRONG.lines().enumerate().filter(|(_, line)| line.contains("# "));
    let planted: Vec<usize> = planted.map(|(place, _)| place + 1).collect();
    let findings = findings(WRONG);
    let found: Vec<usize> = findings.iter().filter_map(|finding| finding.line).collect();
    assert_eq!((planted.len(), found), (20, planted), "{findings:#?}");
}

#[test]
fn a_misspelt_key_a_foreign_one_and_an_unknown_name_are_answered_with_what_was_meant() {
    let findings = findings(WRONG);
    let meant = |field: &str| {
        let finding = findings.iter().find(|finding| finding.field == field).unwrap();
        finding.suggestion.clone().unwrap_or_default()
    };
    assert_eq!(meant("kiosk.nummber"), "kiosk.number");
    assert_eq!(meant("kiosk.site"), "city-hall");
    assert_eq!(meant("hall.heartbeat"), "hall.heartbeat_s");
    assert_eq!(meant("hall.idle_s"), "screen.idle_s");
    assert_eq!(meant("devices.receipt_printer.profile"), "epson/tm-t88");
}

#[test]
fn the_schema_accepts_the_example_and_refuses_the_mistakes_that_a_schema_can_see() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("kiosk.example.toml");
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let json = |text: &str| serde_json::to_value(toml::from_str::<toml::Value>(text).unwrap()).unwrap();
    let example = json(&std::fs::read_to_string(file).unwrap());
    assert!(validator.is_valid(&example), "{:?}", validator.iter_errors(&example).next());
    // Beyond i64 is not TOML for every reader, so the schema sees a plain number too large.
    let wrong = json(&WRONG.replace("99999999999999999999", "99999999"));
    let places: Vec<String> =
        validator.iter_errors(&wrong).map(|error| error.instance_path().to_string()).collect();
    for seen in [
        "/state_dir",
        "/seal_key_file",
        "/deadline_divisor",
        "/kiosk",
        "/kiosk/code",
        "/hall",
        "/hall/url",
        "/hall/connect_timeout_ms",
        "/hall/timeout_ms",
        "/hall/token",
        "/devices",
        "/devices/payment_terminal",
        "/screen/idle_s",
        "/screen/warn_s",
    ] {
        assert!(places.iter().any(|place| place == seen), "{seen} is not among {places:?}");
    }
}
