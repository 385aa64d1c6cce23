//! Drivers against software that nobody here wrote. Each test says what it needs, and is ignored without;
//! `LUCHENG_REQUIRE=all` makes what is missing a failure.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test may stop at the first surprise"
)]

mod documents;
mod node;
mod pcsc;
mod receipts;
#[path = "../../../tests/kiosk/require.rs"]
mod require;
#[path = "../it/support.rs"]
#[allow(dead_code, reason = "shared with the other tests of this crate")]
mod support;

use std::process::ExitCode;

use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = vec![receipts::trial(), documents::trial(), pcsc::trial()];
    let conclusion = libtest_mimic::run(&arguments, trials);
    require::summary(&arguments);
    conclusion.exit_code()
}
