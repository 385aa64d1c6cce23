//! `lucheng visit`: a scripted visit through the real screens, without a display.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::demo::alone::{self, Errand};
use crate::demo::visits::{self, PlaySettings, Report};

use super::arguments::VisitArguments;
use super::{Outcome, USAGE};

pub fn run(arguments: &VisitArguments) -> Outcome {
    if arguments.list {
        for visit in visits::VISITS {
            println!("{:<22} {:<4} {}", visit.name, visit.journey, visit.about);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let name = arguments.name.as_deref().unwrap_or_default();
    if let (Some(config), Some(errand)) = (&arguments.against, Errand::named(name)) {
        alone::run(errand, config)?;
        return Ok(ExitCode::SUCCESS);
    }
    let Some(visit) = visits::find(name) else {
        eprintln!("lucheng: no visit {name}; --list names them");
        return Ok(ExitCode::from(USAGE));
    };
    clear(&arguments.out)?;
    let report = visits::play(visit, PlaySettings::new(&arguments.out))?;
    if arguments.json {
        println!("{}", report.to_json());
    } else {
        summary(&report, &arguments.out);
    }
    Ok(ExitCode::SUCCESS)
}

/// Removes what an earlier visit left; anything else in the folder stays.
fn clear(out: &Path) -> std::io::Result<()> {
    let state = out.join("state");
    if state.is_dir() {
        fs::remove_dir_all(state)?;
    }
    let entries = fs::read_dir(out).into_iter().flatten().flatten();
    let ours = |name: &str| name.ends_with(".png") || name.starts_with("slip-") || name == "report.json";
    for entry in entries.filter(|entry| entry.file_name().to_str().is_some_and(ours)) {
        fs::remove_file(entry.path())?;
    }
    Ok(())
}

/// What was played and where everything is.
pub fn summary(report: &Report, out: &Path) {
    println!("visit {}: {}", report.visit, if report.passed { "as it must be" } else { "FAILED" });
    println!("  devices, billers and acquirer are simulated; no money moved");
    for step in &report.steps {
        println!("  {:>6} ms  {:<14} {}", step.real_ms, step.page, out.join(&step.picture).display());
    }
    for slip in &report.slips {
        println!(
            "  slip: {}  {}",
            out.join(format!("{slip}.txt")).display(),
            out.join(format!("{slip}.png")).display()
        );
    }
    println!("  report: {}", out.join("report.json").display());
}
