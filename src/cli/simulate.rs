//! `lucheng simulate`: the journal on simulated disks.

use std::process::ExitCode;
use std::time::Instant;

use crate::simulate::{Tried, crash_images};

use super::Outcome;
use super::arguments::SimulateArguments;

pub fn run(arguments: &SimulateArguments) -> Outcome {
    let begin = Instant::now();
    let dir = arguments.dir.join(format!("lucheng-simulate-{}", std::process::id()));
    let tried = crash_images(arguments.crash_images, &dir);
    // Only keys and locks of runs that are over.
    let _ = std::fs::remove_dir_all(&dir);
    let Tried { images, torn, syncs, errors } = tried??;
    println!("{images} crash images ({torn} with a torn write) after {syncs} syncs, {errors} single errors");
    println!("0 acknowledged steps lost, in {:.0} s", begin.elapsed().as_secs_f64());
    Ok(ExitCode::SUCCESS)
}
