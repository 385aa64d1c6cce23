//! The command line: one file per command. Exit codes: 0 done, 1 it failed and says why, 2 the call was
//! wrong, 3 the outcome is not known yet.

mod arguments;
mod bench;
mod config;
#[cfg(feature = "demo")]
mod demo;
mod device;
mod device_arguments;
mod enrol;
mod queue;
#[cfg(feature = "screen")]
mod run;
#[cfg(feature = "simulate")]
mod simulate;
#[cfg(feature = "demo")]
mod visit;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};

/// What a command ends with.
type Outcome = Result<ExitCode, Box<dyn Error>>;

/// The call was wrong.
const USAGE: u8 = 2;

/// Reads the arguments and carries the command out.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    log(arguments.verbose);
    match dispatch(arguments.command) {
        Ok(code) => code,
        Err(error) => {
            complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Option<Command>) -> Outcome {
    match command {
        None => bare(),
        #[cfg(feature = "screen")]
        Some(Command::Run(arguments)) => run::run(&arguments),
        #[cfg(feature = "demo")]
        Some(Command::Visit(arguments)) => visit::run(&arguments),
        Some(Command::Config(arguments)) => config::run(&arguments),
        Some(Command::Enrol(arguments)) => enrol::run(&arguments),
        Some(Command::Queue(arguments)) => queue::run(&arguments),
        Some(Command::Device(arguments)) => device::run(&arguments),
        Some(Command::Bench(arguments)) => bench::run(&arguments),
        #[cfg(feature = "simulate")]
        Some(Command::Simulate(arguments)) => simulate::run(&arguments),
    }
}

/// Without a command: the demo, where it is built in; the help, where it is not.
fn bare() -> Outcome {
    #[cfg(feature = "demo")]
    return demo::run();
    #[cfg(not(feature = "demo"))]
    {
        <Arguments as clap::CommandFactory>::command().print_help()?;
        Ok(ExitCode::from(USAGE))
    }
}

/// Prints an error with everything that caused it.
fn complain(error: &dyn Error) {
    eprintln!("lucheng: {error}");
    let mut cause = error.source();
    while let Some(next) = cause {
        eprintln!("  because: {next}");
        cause = next.source();
    }
}

fn log(verbose: bool) {
    let level = if verbose {
        "lucheng=debug,drivers=debug,hall=debug"
    } else {
        "lucheng=warn,drivers=warn,hall=warn"
    };
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(level));
    // A second subscriber in the same process is a test's own.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        <Arguments as clap::CommandFactory>::command().debug_assert();
    }
}
