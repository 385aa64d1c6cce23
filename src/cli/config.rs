//! `lucheng config`: check, show, explain.

use std::path::Path;
use std::process::ExitCode;

use kiosk_config::KioskConfig;

use super::arguments::{ConfigArguments, ConfigCommand};
use super::{Outcome, USAGE};

pub fn run(arguments: &ConfigArguments) -> Outcome {
    match &arguments.command {
        ConfigCommand::Check { file, sets } => Ok(match load(file, sets) {
            Ok(_) => {
                println!("{}: no problems", file.display());
                ExitCode::SUCCESS
            }
            Err(code) => code,
        }),
        ConfigCommand::Show { file, sets } => Ok(match load(file, sets) {
            Ok(config) => {
                print!("{}", kiosk_config::show(&config));
                ExitCode::SUCCESS
            }
            Err(code) => code,
        }),
        ConfigCommand::Explain => {
            print!("{}", kiosk_config::explain());
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The configuration, or every problem of it on standard error.
pub fn load(file: &Path, sets: &[(String, String)]) -> Result<KioskConfig, ExitCode> {
    if !file.exists() {
        eprintln!("lucheng: {} does not exist", file.display());
        return Err(ExitCode::from(USAGE));
    }
    kiosk_config::load(file, sets).map_err(|findings| {
        for finding in &findings {
            eprintln!("{finding}");
        }
        eprintln!("{} problems", findings.len());
        ExitCode::FAILURE
    })
}
