//! `lucheng-hall`: the reference central hall as a program.

use std::error::Error;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use hall::{
    Authority, Clock, Database, Hall, HallSettings, KeySource, Limits, Operator, RateLimit, SystemClock,
    TlsSettings,
};
use jiff::civil::Time;
use tracing_subscriber::EnvFilter;

/// Reference central hall: bills, holds, orders and ledger of a city's kiosks.
///
/// Billers and acquirer behind it are SIMULATED: no real company is asked and no money moves.
#[derive(Parser)]
#[command(name = "lucheng-hall", version)]
struct Arguments {
    /// How the log is written, to standard error: for people, or one JSON object a line.
    #[arg(long, value_enum, global = true, default_value_t = LogFormat::Text)]
    log_format: LogFormat,

    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// Serves kiosks until SIGTERM or Ctrl-C.
    ///
    /// With --tls kiosks are known by their certificates, and nobody else is let in. Without it
    /// nobody is known: keep it on a loopback address.
    Serve(Box<ServeArguments>),
    /// Writes payments.csv and a statement for each biller, for the finance department.
    ///
    /// A SQLite file belongs to the running hall: stop it first.
    Export {
        /// Database, as for serve.
        #[arg(long, value_name = "URL")]
        database: Database,
        /// Folder for the files.
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
    },
    /// Compares the hall's books with the channel's and the billers' now, and prints what differs.
    ///
    /// A hall that serves does it by itself, see serve --reconcile-at. A SQLite file belongs to the
    /// running hall: stop it first.
    Reconcile {
        /// Database, as for serve.
        #[arg(long, value_name = "URL")]
        database: Database,
        /// The simulated books, as for serve.
        #[arg(long, value_name = "FILE")]
        books: Option<PathBuf>,
    },
    /// Makes an authority, and a certificate for the hall, in a folder that has none.
    DevCa {
        /// Folder for authority.pem, authority.key, hall.pem and hall.key.
        #[arg(long, value_name = "FOLDER")]
        folder: PathBuf,
        /// Names and addresses under which kiosks reach the hall.
        #[arg(long = "host", value_name = "NAME", default_values = ["localhost", "127.0.0.1"])]
        hosts: Vec<String>,
    },
    /// Prints a token that enrols one kiosk once.
    ///
    /// A SQLite file belongs to the running hall: stop it first.
    Enrol {
        /// Database, as for serve.
        #[arg(long, value_name = "URL")]
        database: Database,
        /// The kiosk's code.
        #[arg(long, value_name = "CODE")]
        kiosk: String,
        /// Minutes until the token lapses, 60 at most.
        #[arg(long, value_name = "MINUTES", default_value_t = 60)]
        minutes: u32,
    },
    /// Revokes every certificate of a kiosk; running halls refuse them within seconds.
    ///
    /// A SQLite file belongs to the running hall: stop it first.
    Revoke {
        /// Database, as for serve.
        #[arg(long, value_name = "URL")]
        database: Database,
        /// The kiosk's code.
        #[arg(long, value_name = "CODE")]
        kiosk: String,
    },
    /// Prints the OpenAPI document of the hall's API.
    Openapi,
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

    /// File of 32 bytes whose key seals account numbers; made when it does not exist. FILE of the
    /// books with the extension `key` unless it is said. Every hall on one database needs the same.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,

    /// Time in the hall (UTC+8) after which each day's books are compared once.
    #[arg(long, value_name = "HH:MM:SS", default_value = "03:00:00")]
    reconcile_at: Time,

    /// Folder of dev-ca: kiosks need a certificate of its authority.
    #[arg(long, value_name = "FOLDER")]
    tls: Option<PathBuf>,

    /// Address and port where kiosks without a certificate enrol, with --tls.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8721")]
    enrol_listen: SocketAddr,

    /// Requests that one caller may make each second on average; ten times as many at once.
    #[arg(long, value_name = "NUMBER", default_value = "50")]
    rate: NonZeroU32,

    /// Connections at once; who comes later waits.
    #[arg(long, value_name = "NUMBER", default_value_t = 12_000)]
    connections: usize,

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

const TEN: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");

/// The books' place, or a wrong call.
fn books_of(books: Option<PathBuf>, database: &Database) -> PathBuf {
    match (books, database) {
        (Some(books), _) => books,
        (None, Database::Sqlite(file)) => file.clone(),
        (None, Database::Postgres(_)) => Arguments::command()
            .error(ErrorKind::MissingRequiredArgument, "--books FILE is needed with PostgreSQL")
            .exit(),
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    begin_log(arguments.log_format);
    let done = match arguments.command {
        Command::Serve(arguments) => serve(*arguments),
        Command::DevCa { folder, hosts } => make_authority(&folder, hosts),
        Command::Enrol { database, kiosk, minutes } => enrol(&database, &kiosk, minutes),
        Command::Revoke { database, kiosk } => revoke(&database, &kiosk),
        Command::Export { database, out } => export(&database, &out),
        Command::Reconcile { database, books } => reconcile(database, books),
        Command::Openapi => {
            print!("{}", hall::openapi());
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lucheng-hall: {}", chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

fn begin_log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}

fn serve(arguments: ServeArguments) -> Result<(), Box<dyn Error>> {
    let books = books_of(arguments.books, &arguments.database);
    let mut settings = HallSettings {
        listen: arguments.listen,
        catalogue_overrides: arguments.catalogue,
        simulation_door: arguments.simulate,
        tls: arguments.tls.map(|folder| TlsSettings { folder, enrol_listen: arguments.enrol_listen }),
        limits: Limits {
            connections: arguments.connections,
            rate: RateLimit { per_second: arguments.rate, burst: arguments.rate.saturating_mul(TEN) },
            ..Limits::default()
        },
        reconcile_at: Some(arguments.reconcile_at),
        lease: Duration::from_secs(arguments.lease_s),
        ..HallSettings::new(arguments.database, &books)
    };
    if let Some(file) = arguments.key_file {
        settings.key = KeySource::File(file);
    }
    if settings.tls.is_none() && !arguments.listen.ip().is_loopback() {
        tracing::warn!(
            listen = %arguments.listen,
            "kiosks are not identified yet: anyone who reaches this port can report orders"
        );
    }
    let signals = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let hall = Hall::start(settings)?;
    println!("listening on {}", hall.url());
    if let Some(url) = hall.enrolment_url() {
        println!("kiosks enrol on {url}");
    }
    println!("billers and acquirer are SIMULATED; no money moves");
    signals.block_on(stop_signal())?;
    println!("stopping");
    hall.stop();
    Ok(())
}

fn export(database: &Database, folder: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let rows = hall::export(database, folder)?;
    println!("{rows} rows in {}", folder.display());
    Ok(())
}

fn reconcile(database: Database, books: Option<PathBuf>) -> Result<(), Box<dyn Error>> {
    let books = books_of(books, &database);
    let hall = Hall::start(HallSettings::new(database, &books))?;
    let report = hall.reconcile()?;
    println!("{} even, {} differences", report.even, report.differences.len());
    for case in hall.difference_cases()? {
        println!("{}", case);
    }
    hall.stop();
    Ok(())
}

fn make_authority(folder: &Path, hosts: Vec<String>) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    Authority::make(folder, hosts, SystemClock.now())?;
    println!("made {}: keep the *.key files to yourself", folder.display());
    Ok(())
}

fn enrol(database: &Database, kiosk: &str, minutes: u32) -> Result<(), Box<dyn Error>> {
    println!("{}", Operator::open(database)?.enrolment_token(kiosk, minutes)?);
    Ok(())
}

fn revoke(database: &Database, kiosk: &str) -> Result<(), Box<dyn Error>> {
    println!("{} certificates revoked", Operator::open(database)?.revoke(kiosk)?);
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
