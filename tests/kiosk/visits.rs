//! Every scripted visit, each in a process of its own: a process has one screen.

use std::process::Command;

use libtest_mimic::{Failed, Trial};
use lucheng::demo::visits::VISITS;

/// One test per visit.
pub fn trials() -> Vec<Trial> {
    VISITS.iter().map(|visit| Trial::test(format!("visit::{}", visit.name), || play(visit.name))).collect()
}

fn play(name: &str) -> Result<(), Failed> {
    let out = tempfile::tempdir()?;
    let output = Command::new(env!("CARGO_BIN_EXE_lucheng"))
        .args(["visit", name, "--out"])
        .arg(out.path())
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
}
