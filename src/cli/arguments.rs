//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// 鹿城之窗, the self-service kiosk.
///
/// Without a command: the whole system in one process, with simulated devices and an embedded hall. Without a
/// display it plays the visit `pay-electricity` and says where its pictures are.
#[derive(Debug, Parser)]
#[command(name = "lucheng", version)]
pub struct Arguments {
    /// Say more on standard error.
    #[arg(long, short, global = true)]
    pub verbose: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the kiosk.
    #[cfg(feature = "screen")]
    Run(RunArguments),
    /// Play a scripted visit through the real screens, without a display.
    #[cfg(feature = "demo")]
    Visit(VisitArguments),
    /// Check or show a configuration.
    Config(ConfigArguments),
    /// Make this kiosk known to its hall: a key is made here, and the hall signs it for a token.
    Enrol(EnrolArguments),
    /// What the hall has not yet acknowledged. Not while the kiosk runs.
    Queue(QueueArguments),
    /// Work one device from the shell, without a kiosk or a hall.
    Device(super::device_arguments::DeviceArguments),
    /// What docs/benchmarks.md quotes.
    Bench(BenchArguments),
    /// The journal on simulated disks: power cuts after each sync, each operation failing once.
    #[cfg(feature = "simulate")]
    Simulate(SimulateArguments),
}

/// A kiosk's file and changes to it.
#[derive(Debug, Args)]
pub struct FileArguments {
    /// The kiosk's configuration file.
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// Set one key, for example `devices.receipt_printer.port=/dev/ttyS1`.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = pair)]
    pub sets: Vec<(String, String)>,
}

/// Arguments of `run`.
#[derive(Debug, Args)]
pub struct RunArguments {
    /// Which configuration.
    #[command(flatten)]
    pub file: FileArguments,
    /// Time in China from which the clock runs, such as 2026-11-24T10:26:00: tests run at night too.
    #[cfg(feature = "demo")]
    #[arg(long, value_name = "TIME", hide = true)]
    pub clock: Option<jiff::civil::DateTime>,
}

/// Arguments of `enrol`.
#[derive(Debug, Args)]
pub struct EnrolArguments {
    /// Which configuration: its kiosk.code is enrolled, its state_dir keeps key and certificate.
    #[command(flatten)]
    pub file: FileArguments,
    /// Where the hall lets kiosks enrol, such as https://hall.example:8721.
    #[arg(long, value_name = "URL")]
    pub at: String,
    /// Certificate of the authority that the hall must come from (PEM); it does not come over the network.
    #[arg(long, value_name = "FILE")]
    pub authority: PathBuf,
    /// The token that `lucheng-hall enrol` printed; it counts once.
    #[arg(long, value_name = "TOKEN")]
    pub token: String,
}

/// Arguments of `visit`.
#[cfg(feature = "demo")]
#[derive(Debug, Args)]
pub struct VisitArguments {
    /// Name of the visit.
    #[arg(required_unless_present = "list")]
    pub name: Option<String>,
    /// Folder for pictures, slips and report.json; made when absent, and emptied of an earlier visit.
    #[arg(long, value_name = "DIR", default_value = "visit-out")]
    pub out: PathBuf,
    /// Print the report on standard output.
    #[arg(long)]
    pub json: bool,
    /// List all visits.
    #[arg(long)]
    pub list: bool,
    /// Configuration of a kiosk whose devices and hall live in another process: for the crash test.
    #[arg(long, value_name = "FILE", hide = true)]
    pub against: Option<PathBuf>,
}

/// Arguments of `config`.
#[derive(Debug, Args)]
pub struct ConfigArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// What can be done with a configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Report every problem at once, with file and line.
    Check {
        /// The kiosk's configuration file.
        file: PathBuf,
        /// Set one key.
        #[arg(long = "set", value_name = "KEY=VALUE", value_parser = pair)]
        sets: Vec<(String, String)>,
    },
    /// Print the values in force, secrets hidden, each with the place it came from.
    Show {
        /// The kiosk's configuration file.
        file: PathBuf,
        /// Set one key.
        #[arg(long = "set", value_name = "KEY=VALUE", value_parser = pair)]
        sets: Vec<(String, String)>,
    },
    /// Explain every key with its unit, default and range.
    Explain,
    /// Print the JSON Schema of a kiosk's file.
    Schema,
}

/// Arguments of `queue`.
#[derive(Debug, Args)]
pub struct QueueArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: QueueCommand,
    /// The kiosk's state directory.
    #[arg(long, value_name = "DIR", global = true, default_value = "/var/lib/lucheng")]
    pub state: PathBuf,
    /// One JSON object per line.
    #[arg(long, global = true)]
    pub json: bool,
}

/// What can be done with the queue.
#[derive(Debug, Subcommand)]
pub enum QueueCommand {
    /// List what waits, oldest first.
    List,
    /// Show one order with its steps.
    Show {
        /// Its reference, grouped or not.
        order: String,
    },
    /// Release a row that the hall refused, so that it is sent again.
    Retry {
        /// Its reference, grouped or not.
        order: String,
    },
}

/// Arguments of `bench`.
#[derive(Debug, Args)]
pub struct BenchArguments {
    /// What to measure.
    #[arg(value_enum, default_value = "journal")]
    pub what: BenchWhat,
    /// Folder on the disk to be measured.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
    /// How many steps.
    #[arg(long, default_value_t = 2_000)]
    pub steps: u32,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum BenchWhat {
    /// A durable journal step beside a bare append and fdatasync of one 4 KiB block.
    Journal,
}

/// Arguments of `simulate`.
#[cfg(feature = "simulate")]
#[derive(Debug, Args)]
pub struct SimulateArguments {
    /// So many disks after a power cut.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    pub crash_images: u64,
    /// Working folder; best in memory.
    #[arg(long, value_name = "DIR", default_value = "/dev/shm")]
    pub dir: PathBuf,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}
