//! The hall from outside: over HTTP, and measured on the books of the simulated outside world.
//!
//! Every test runs on both stores: this is what a store has to do. Those on PostgreSQL need a
//! server, `LUCHENG_POSTGRES=postgres://USER@HOST/DATABASE`, and make a schema of their own there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

/// Gives the tests of a module, each with its name.
macro_rules! tests {
    ($($name:ident),* $(,)?) => {
        pub fn all() -> Vec<crate::Test> {
            vec![$((
                concat!(module_path!(), "::", stringify!($name)),
                |on| -> std::pin::Pin<Box<dyn Future<Output = ()>>> { Box::pin($name(on)) },
            )),*]
        }
    };
}

mod api;
mod bench;
mod bodies;
mod bookings;
mod catalogue;
mod halls;
mod holds;
mod hostile;
mod identity;
mod keys;
mod orders;
mod outages;
mod place;
mod program;
mod random;
mod reconciliation;
mod records;
mod refunds;
#[path = "../../../tests/kiosk/require.rs"]
mod require;

use std::pin::Pin;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use self::place::Kind;

/// A test's name, and the test on a store of its own.
type Test = (&'static str, fn(Kind) -> Pin<Box<dyn Future<Output = ()>>>);

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let modules = [
        api::all(),
        bodies::all(),
        bookings::all(),
        catalogue::all(),
        holds::all(),
        hostile::all(),
        identity::all(),
        keys::all(),
        orders::all(),
        outages::all(),
        program::all(),
        random::all(),
        reconciliation::all(),
        records::all(),
        refunds::all(),
    ];
    let mut trials: Vec<Trial> = modules.concat().into_iter().flat_map(on_both).collect();
    trials.extend(halls::all().into_iter().map(|test| trial(Kind::Postgres, test)));
    trials.push(program::help());
    let conclusion = libtest_mimic::run(&arguments, trials);
    require::summary(&arguments);
    conclusion.exit_code()
}

fn on_both(test: Test) -> [Trial; 2] {
    [trial(Kind::Sqlite, test), trial(Kind::Postgres, test)]
}

fn trial(on: Kind, (name, test): Test) -> Trial {
    let name = name.trim_start_matches("behaviour::");
    require::needs(&format!("{on:?}::{name}"), on.missing(), move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(test(on));
        Ok(())
    })
}
