//! `lucheng config`: check, show, explain, schema.

use std::path::Path;
use std::process::ExitCode;

use kiosk_config::{Finding, KioskConfig};

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
        ConfigCommand::Show { file, sets } => Ok(match read(file, |file| kiosk_config::show(file, sets)) {
            Ok(shown) => {
                print!("{shown}");
                ExitCode::SUCCESS
            }
            Err(code) => code,
        }),
        ConfigCommand::Explain => {
            print!("{}", kiosk_config::explain());
            Ok(ExitCode::SUCCESS)
        }
        ConfigCommand::Schema => {
            println!("{:#}", kiosk_config::schema());
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The configuration, or every problem of it on standard error.
pub fn load(file: &Path, sets: &[(String, String)]) -> Result<KioskConfig, ExitCode> {
    read(file, |file| kiosk_config::load(file, sets))
}

fn read<T>(file: &Path, read: impl Fn(&Path) -> Result<T, Vec<Finding>>) -> Result<T, ExitCode> {
    if !file.exists() {
        eprintln!("lucheng: {} does not exist", file.display());
        return Err(ExitCode::from(USAGE));
    }
    read(file).map_err(|findings| {
        for finding in &findings {
            eprintln!("{finding}");
        }
        eprintln!("{} problems", findings.len());
        ExitCode::FAILURE
    })
}
