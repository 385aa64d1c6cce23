//! `lucheng device`: the real binary against simulated devices on pseudo-terminals.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod charge;
mod look;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// Runs `lucheng device` to its end.
pub fn device(words: &[&str], port: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lucheng"))
        .arg("device")
        .args(words)
        .arg("--json")
        .arg("--port")
        .arg(port)
        .output()
        .unwrap()
}

/// The one object on standard output, and the exit code.
pub fn told(output: &Output) -> (Value, i32) {
    let text = String::from_utf8_lossy(&output.stdout);
    let json = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr)));
    (json, output.status.code().unwrap())
}
