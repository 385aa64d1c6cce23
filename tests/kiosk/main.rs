//! Everything that needs the whole program, in one binary: linking Slint once is enough.
//!
//! What a machine lacks (a display, Chromium, PostgreSQL) makes a test ignored, with its reason in the list
//! and counted at the end; `LUCHENG_REQUIRE=all` makes each of those a failure.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail loudly; clippy.toml reaches only functions marked #[test]"
)]

mod actor;
mod bad_input;
mod crash;
mod enrolment;
mod fees;
mod offer;
mod paying;
mod require;
mod tidy;
mod visits;
mod window;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = Vec::new();
    trials.extend(bad_input::trials());
    trials.extend(fees::trials());
    trials.extend(tidy::trials());
    trials.extend(crash::trials());
    trials.extend(enrolment::trials());
    trials.extend(visits::trials());
    trials.extend(window::trials());
    let conclusion = libtest_mimic::run(&arguments, trials);
    require::summary(&arguments);
    conclusion.exit_code()
}
