//! `lucheng-sim CLASS --link PATH`: one simulated device on a pseudo-terminal.
//!
//! Commands come from standard input, events go to standard output as JSON lines. Exit codes: 0 done, 1 it
//! failed, 2 the call was wrong.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use drivers::simulator::{Class, run};

const USAGE: &str = "usage: lucheng-sim id-reader|printer|terminal|scanner --link PATH
commands on standard input, one a line:
  any        cut | plug | quit
  id-reader  lay-card N | lift | silent | damage | lift-mid-read | heal
  printer    paper out | paper low | paper out-after N | refill | cover open | cover close
             printed | silent | heal
  terminal   tap-card | phone-code [SCHEME] | decline [CODE] | auto on | auto off
             silent approve | silent ignore | silent dead | heal
  scanner    show CODE | tail cr|lf|cr-lf|tab|none | commands on|off | trigger host|continuous
             silent | heal";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if matches!(arguments.as_slice(), [word] if word == "--help" || word == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let Some((class, link)) = parse(&arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(class, &link, io::BufReader::new(io::stdin()), io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lucheng-sim: {}", chain(&error));
            ExitCode::FAILURE
        }
    }
}

fn parse(arguments: &[String]) -> Option<(Class, PathBuf)> {
    match arguments {
        [class, option, link] | [option, link, class] if option == "--link" => {
            Some((class.parse().ok()?, PathBuf::from(link)))
        }
        _ => None,
    }
}

/// An error with its causes, each once.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
