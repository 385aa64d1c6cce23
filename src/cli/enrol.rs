//! `lucheng enrol`: makes this kiosk known to its hall.

use std::process::ExitCode;

use crate::hall_link;
use crate::kiosk::identity_dir;

use super::Outcome;
use super::arguments::EnrolArguments;

pub fn run(arguments: &EnrolArguments) -> Outcome {
    let config = match super::config::load(&arguments.file.config, &arguments.file.sets) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    let authority_pem = std::fs::read(&arguments.authority)
        .map_err(|error| format!("{}: {error}", arguments.authority.display()))?;
    let folder = identity_dir(&config.state_dir);
    let asker = (config.kiosk.code.as_str(), arguments.token.as_str());
    let runs_out = hall_link::enrol(&arguments.at, asker, &authority_pem, &folder)?;
    println!("{} is enrolled until {runs_out}; it renews by itself", config.kiosk.code);
    Ok(ExitCode::SUCCESS)
}
