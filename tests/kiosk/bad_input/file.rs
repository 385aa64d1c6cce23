//! A configuration file with mistakes.

use std::fs;
use std::process::{Command, Output};

use libtest_mimic::{Failed, Trial};

use crate::actor::{Done, check, same, trial};

/// Five mistakes, on lines 2, 5, 8, 10 and 14.
const MISTAKES: &str = r#"state_dir = "/tmp/nowhere"
deadline_divisor = 0

[kiosk]
code = "not a code"
number = "07"
site = "city-hall"
sight = "city-hall"
[hall]
url = "ftp://hall"

[screen]
warn_s = 20
idle_s = 3
"#;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("bad_input::five_mistakes_in_a_file_are_all_named", five_mistakes_in_a_file_are_all_named),
        trial(
            "bad_input::a_file_that_is_not_there_is_a_wrong_call",
            a_file_that_is_not_there_is_a_wrong_call,
        ),
    ]
}

fn config_check(file: &std::path::Path) -> Result<Output, Failed> {
    Ok(Command::new(env!("CARGO_BIN_EXE_lucheng")).args(["config", "check"]).arg(file).output()?)
}

fn five_mistakes_in_a_file_are_all_named() -> Done {
    let dir = tempfile::tempdir()?;
    let file = dir.path().join("kiosk.toml");
    fs::write(&file, MISTAKES)?;
    let output = config_check(&file)?;
    same(output.status.code(), Some(1))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    for line in [2, 5, 8, 10, 14] {
        check(said.contains(&format!("kiosk.toml:{line}:")), format!("line {line} is not named:\n{said}"))?;
    }
    check(said.contains("5 problems"), format!("there are five mistakes and no more:\n{said}"))
}

fn a_file_that_is_not_there_is_a_wrong_call() -> Done {
    let output = config_check(std::path::Path::new("/nowhere/kiosk.toml"))?;
    same(output.status.code(), Some(2))?;
    check(String::from_utf8_lossy(&output.stderr).contains("/nowhere/kiosk.toml"), "the file is not named")
}
