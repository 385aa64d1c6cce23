//! `lucheng`: arguments → command.

use std::process::ExitCode;

fn main() -> ExitCode {
    lucheng::cli::run()
}
