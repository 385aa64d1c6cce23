//! `lucheng-hall`: the reference central hall as a program.

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand};
use hall::{Database, Hall, HallSettings};
use tracing_subscriber::EnvFilter;

/// Reference central hall: bills, holds, orders and ledger of a city's kiosks.
///
/// Billers and acquirer behind it are SIMULATED: no real company is asked and no money moves.
#[derive(Parser)]
#[command(name = "lucheng-hall", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves kiosks until SIGTERM or Ctrl-C.
    ///
    /// The hall does not yet know who calls: kiosks will identify themselves by TLS client
    /// certificates in a later version. Until then keep it on a loopback address.
    Serve(ServeArguments),
}

#[derive(Args)]
struct ServeArguments {
    /// Database, as sqlite:FILE or postgres://USER@HOST/DATABASE (version 15 or newer). Several
    /// halls may serve one PostgreSQL database; a SQLite file belongs to one hall.
    #[arg(long, value_name = "URL")]
    database: Database,

    /// Where the simulated books lie, as FILE-acquirer and FILE-billers before the extension.
    /// Beside a SQLite database unless it is said; needed with PostgreSQL.
    #[arg(long, value_name = "FILE")]
    books: Option<PathBuf>,

    /// Seconds after which another hall takes over what a dead one was booking.
    #[arg(long, value_name = "SECONDS", default_value_t = 40)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=600))]
    lease_s: u64,

    /// Address and port. Port 0 takes a free one, which is printed.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8720")]
    listen: SocketAddr,

    /// Folder whose catalogue/*.toml replace, or stand beside, the fees inside the program.
    #[arg(long, value_name = "FOLDER")]
    catalogue: Option<PathBuf>,

    /// Opens /sim/v1: anyone who reaches the port can then charge at the simulated acquirer,
    /// script behaviour and read all books.
    #[arg(long)]
    simulate: bool,
}

/// The books' place, or a wrong call.
fn books_of(arguments: &ServeArguments) -> PathBuf {
    match (&arguments.books, &arguments.database) {
        (Some(books), _) => books.clone(),
        (None, Database::Sqlite(file)) => file.clone(),
        (None, Database::Postgres(_)) => Arguments::command()
            .error(ErrorKind::MissingRequiredArgument, "--books FILE is needed with PostgreSQL")
            .exit(),
    }
}

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let Command::Serve(arguments) = Arguments::parse().command;
    match serve(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lucheng-hall: {}", chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

fn serve(arguments: ServeArguments) -> Result<(), Box<dyn Error>> {
    let books = books_of(&arguments);
    let settings = HallSettings {
        listen: arguments.listen,
        catalogue_overrides: arguments.catalogue,
        simulation_door: arguments.simulate,
        lease: Duration::from_secs(arguments.lease_s),
        ..HallSettings::new(arguments.database, &books)
    };
    if !arguments.listen.ip().is_loopback() {
        tracing::warn!(
            listen = %arguments.listen,
            "kiosks are not identified yet: anyone who reaches this port can report orders"
        );
    }
    let signals = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let hall = Hall::start(settings)?;
    println!("listening on {}", hall.url());
    println!("billers and acquirer are SIMULATED; no money moves");
    signals.block_on(stop_signal())?;
    println!("stopping");
    hall.stop();
    Ok(())
}

/// Waits for SIGTERM or Ctrl-C.
async fn stop_signal() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

/// An error and everything that caused it.
fn chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
