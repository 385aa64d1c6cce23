//! `lucheng-sim CLASS --link PATH`: one simulated device on a pseudo-terminal.
//!
//! Commands come from standard input, events go to standard output as JSON lines. Exit codes: 0 done, 1 it
//! failed, 2 the call was wrong, a script of faults with mistakes included.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use drivers::simulator::{Class, FaultScript, run};

const USAGE: &str = "usage: lucheng-sim CLASS --link PATH [--faults FILE]
CLASS is id-reader, printer, scanner, or a payment terminal: terminal (ECR-Hub), terminal-zvt, terminal-mis
commands on standard input, one a line; the end of the input is `quit`:
  any        cut | plug | quit
             fault KIND [KEY=VALUE]... | faults off
  id-reader  lay-card N | lift | silent | damage | lift-mid-read | heal
  printer    paper out | paper low | paper out-after N | refill | cover open | cover close
             cutter jam | cutter free | printed | silent | heal
  terminal*  tap-card | phone-code [SCHEME] | decline [CODE] | auto on | auto off
             silent approve | silent ignore | silent dead | heal
  scanner    show CODE | tail cr|lf|cr-lf|tab|none | commands on|off | trigger host|continuous
             silent | heal
faults strike what the device sends in one go, the first one that is due; a KIND is
  silence         it is swallowed
  delay           it comes ms=N later
  garbage         before it stand bytes=HEX, or any
  half-frame      only half of it comes
  flipped-bit     bit=N of it is wrong, or any
  wrong-checksum  the checksum of its last frame is wrong
  duplicate       it comes twice
  late-answer     it comes when the host has asked again
  unplug          the cable is pulled when=before|during|after it, for ms=N or until `plug`
  do              the device obeys command=WORDS, with _ for a space
every fault takes after=N (how many pass first), times=N (how often, 0 for ever, 1 without it),
chance=PERCENT and request=HEX (only answers to requests with these bytes)
FILE lists the same as TOML: `seed = N`, then `[[fault]]` with `kind = \"KIND\"` and the keys above.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if matches!(arguments.as_slice(), [word] if word == "--help" || word == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let Some(call) = parse(&arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let Some(faults) = read_faults(call.faults) else { return ExitCode::from(2) };
    match run(call.class, &call.link, faults, io::BufReader::new(io::stdin()), io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lucheng-sim: {}", chain(&error));
            ExitCode::FAILURE
        }
    }
}

struct Call {
    class: Class,
    link: PathBuf,
    faults: Option<PathBuf>,
}

fn parse(arguments: &[String]) -> Option<Call> {
    let (mut class, mut link, mut faults) = (None, None, None);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--link" if link.is_none() => link = Some(PathBuf::from(words.next()?)),
            "--faults" if faults.is_none() => faults = Some(PathBuf::from(words.next()?)),
            name if class.is_none() => class = Some(name.parse().ok()?),
            _ => return None,
        }
    }
    Some(Call { class: class?, link: link?, faults })
}

/// The faults of a file; its mistakes go to standard error.
fn read_faults(file: Option<PathBuf>) -> Option<FaultScript> {
    let Some(file) = file else { return Some(FaultScript::default()) };
    let text =
        std::fs::read_to_string(&file).inspect_err(|error| eprintln!("{}: {error}", file.display())).ok()?;
    let mistakes = |findings: Vec<drivers::simulator::ScriptFinding>| {
        findings.iter().for_each(|finding| eprintln!("{}: {finding}", file.display()));
    };
    FaultScript::parse(&text).map_err(mistakes).ok()
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
