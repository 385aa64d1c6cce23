//! Programs by others in Node.js.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where the packages of others are: `npm install --prefix` of it, with `package.json` from here.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("peers")
}

/// What this machine lacks for a package.
pub fn missing(package: &str) -> Option<String> {
    let node = Command::new("node").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !node.is_ok_and(|status| status.success()) {
        return Some("no node".to_owned());
    }
    let place = folder().join("node_modules").join(package);
    (!place.is_dir()).then(|| format!("no {package} in {}", folder().display()))
}

/// Node.js with one of the scripts beside this file.
pub fn node(script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(script)).arg(folder());
    command
}

pub fn hex(text: &str) -> Vec<u8> {
    let digits = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (0..text.len()).step_by(2).map(|at| digits(at).expect("hexadecimal digits")).collect()
}
