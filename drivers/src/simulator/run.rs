//! A simulator for a shell: commands come in line by line, events go out as JSON lines.

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use serde::Serialize;
use thiserror::Error;

use super::bank::Instrument;
use super::bank_memory::MemoryBank;
use super::fault_script::{FaultScript, from_words};
use super::host::{Host, Hosted};
use super::printer::{PaperLevel, PrinterSim};
use super::sam_v::{SamFault, SamVSim};
use super::sam_v_card::SimCard;
use super::scanner::ScannerSim;
use super::terminal::{Silence, TerminalSim, TerminalTimes};

/// How often events are looked for; a person does not notice 50 ms.
const POLL: Duration = Duration::from_millis(50);

/// Commands that wait to be obeyed; one is obeyed within a moment.
const MAX_COMMANDS: usize = 16;

/// How long a line takes in the shell's printer: as fast as a slow thermal printer.
const LINE_MS: u64 = 20;

/// Which device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// ID card reader.
    IdReader,
    /// Receipt printer.
    Printer,
    /// Payment terminal that speaks ECR-Hub.
    Terminal,
    /// Payment terminal that speaks ZVT.
    TerminalZvt,
    /// Payment terminal that speaks MIS.
    TerminalMis,
    /// Scanner of bar codes.
    Scanner,
}

/// Why a simulator could not start or go on.
#[derive(Debug, Error)]
pub enum RunError {
    /// There is no such device.
    #[error("no device {0:?}; there are id-reader, printer, terminal, terminal-zvt, terminal-mis, scanner")]
    UnknownClass(String),
    /// The port could not be made, or nobody reads the events.
    #[error("simulator")]
    Io(#[from] io::Error),
}

impl std::str::FromStr for Class {
    type Err = RunError;

    fn from_str(word: &str) -> Result<Self, RunError> {
        match word {
            "id-reader" => Ok(Self::IdReader),
            "printer" => Ok(Self::Printer),
            "terminal" => Ok(Self::Terminal),
            "terminal-zvt" => Ok(Self::TerminalZvt),
            "terminal-mis" => Ok(Self::TerminalMis),
            "scanner" => Ok(Self::Scanner),
            other => Err(RunError::UnknownClass(other.to_owned())),
        }
    }
}

enum Sim {
    IdReader(SamVSim),
    Printer(PrinterSim),
    Terminal(TerminalSim),
    Scanner(ScannerSim),
}

/// Answers that are not events of the device.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
enum Note<'a> {
    Ready { path: &'a Path },
    Printed { slips: Vec<super::PrintedSlip> },
    NotUnderstood { line: &'a str, why: Option<String> },
}

/// Simulates one device at `link`, with `faults` from the start, until `commands` ends or says `quit`.
///
/// # Errors
/// [`RunError::Io`] if the port cannot be made or `events` cannot be written.
pub fn run(
    class: Class,
    link: &Path,
    faults: FaultScript,
    commands: impl BufRead + Send + 'static,
    mut events: impl Write,
) -> Result<(), RunError> {
    let sim = start(class, link)?;
    let lines = read_lines(commands, sim.host());
    sim.host().faults().load(faults);
    write_line(&mut events, &Note::Ready { path: link })?;
    let mut running = true;
    while running {
        match lines.recv_timeout(POLL) {
            Ok(line) if line.trim() == "quit" => running = false,
            Ok(line) => obey(&sim, line.trim(), &mut events)?,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => running = false,
        }
        for event in sim.host().take_events() {
            write_line(&mut events, &event)?;
        }
    }
    Ok(())
}

fn start(class: Class, link: &Path) -> io::Result<Sim> {
    let (bank, times) = (Arc::new(MemoryBank::new()), TerminalTimes::default());
    Ok(match class {
        Class::IdReader => Sim::IdReader(SamVSim::start(Some(link))?),
        Class::Printer => Sim::Printer(PrinterSim::start(Some(link), LINE_MS)?),
        Class::Terminal => Sim::Terminal(TerminalSim::start(Some(link), bank, times)?),
        Class::TerminalZvt => Sim::Terminal(TerminalSim::start_zvt(Some(link), bank, times)?),
        Class::TerminalMis => Sim::Terminal(TerminalSim::start_mis(Some(link), bank, times)?),
        Class::Scanner => Sim::Scanner(ScannerSim::start(Some(link))?),
    })
}

/// A thread for the commands, because reading them blocks. Commands of scripted faults come in between.
fn read_lines(commands: impl BufRead + Send + 'static, host: &Host) -> Receiver<String> {
    let (sender, lines) = mpsc::sync_channel(MAX_COMMANDS);
    host.faults().obeyed_by(sender.clone());
    thread::spawn(move || {
        let said = commands.lines().map_while(Result::ok);
        for line in said.chain(["quit".to_owned()]) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

fn obey(sim: &Sim, line: &str, events: &mut impl Write) -> Result<(), RunError> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let understood = match (sim, words.as_slice()) {
        (_, []) => true,
        (_, ["fault", words @ ..]) => match from_words(words) {
            Ok(fault) => {
                sim.host().faults().add(fault);
                true
            }
            Err(problem) => {
                let why = problem.to_string();
                return write_line(events, &Note::NotUnderstood { line, why: Some(why) });
            }
        },
        (_, words @ (["cut"] | ["plug"] | ["faults", "off"])) => obey_any(sim.host(), words),
        (Sim::IdReader(reader), words) => obey_reader(reader, words),
        (Sim::Printer(printer), ["printed"]) => {
            write_line(events, &Note::Printed { slips: printer.printed() })?;
            true
        }
        (Sim::Printer(printer), words) => obey_printer(printer, words),
        (Sim::Terminal(terminal), words) => obey_terminal(terminal, words),
        (Sim::Scanner(scanner), words) => obey_scanner(scanner, words),
    };
    if !understood {
        write_line(events, &Note::NotUnderstood { line, why: None })?;
    }
    Ok(())
}

impl Sim {
    fn host(&self) -> &Host {
        match self {
            Self::IdReader(sim) => sim.host(),
            Self::Printer(sim) => sim.host(),
            Self::Terminal(sim) => sim.host(),
            Self::Scanner(sim) => sim.host(),
        }
    }
}

fn obey_any(host: &Host, words: &[&str]) -> bool {
    match words {
        ["cut"] => host.set_cable(false),
        ["plug"] => host.set_cable(true),
        ["faults", "off"] => host.faults().clear(),
        _ => return false,
    }
    true
}

fn obey_reader(reader: &SamVSim, words: &[&str]) -> bool {
    match words {
        ["lay-card", number] => {
            let cards = SimCard::demo();
            let Some(card) = number.parse::<usize>().ok().and_then(|n| cards.get(n.checked_sub(1)?)) else {
                return false;
            };
            reader.lay_card(card.clone());
        }
        ["lift"] => reader.lift_card(),
        ["silent"] => reader.set_fault(Some(SamFault::Silent)),
        ["damage"] => reader.set_fault(Some(SamFault::ChecksumError)),
        ["lift-mid-read"] => reader.set_fault(Some(SamFault::CardLiftedMidRead)),
        ["heal"] => reader.set_fault(None),
        _ => return false,
    }
    true
}

fn obey_printer(printer: &PrinterSim, words: &[&str]) -> bool {
    match words {
        ["paper", "out"] => printer.set_paper(PaperLevel::Out),
        ["paper", "low"] => printer.set_paper(PaperLevel::Low),
        ["paper", "out-after", lines] => match lines.parse() {
            Ok(lines) => printer.out_after_lines(lines),
            Err(_) => return false,
        },
        ["refill"] => printer.refill(),
        ["cover", "open"] => printer.set_cover(true),
        ["cutter", "jam"] => printer.set_cutter_stuck(true),
        ["cutter", "free"] => printer.set_cutter_stuck(false),
        ["cover", "close"] => printer.set_cover(false),
        ["silent"] => printer.set_silent(true),
        ["heal"] => printer.set_silent(false),
        _ => return false,
    }
    true
}

fn obey_terminal(terminal: &TerminalSim, words: &[&str]) -> bool {
    match words {
        ["tap-card"] => terminal.present(Instrument::demo_card()),
        ["phone-code"] => terminal.present(Instrument::phone_code("WECHAT")),
        ["phone-code", scheme] => terminal.present(Instrument::phone_code(scheme)),
        ["decline"] => terminal.decline("51"),
        ["decline", code] => terminal.decline(code),
        ["auto", "on"] => terminal.set_auto(true),
        ["auto", "off"] => terminal.set_auto(false),
        ["silent"] | ["silent", "approve"] => terminal.set_silence(Some(Silence::ApproveNoAnswer)),
        ["silent", "ignore"] => terminal.set_silence(Some(Silence::NoApproveNoAnswer)),
        ["silent", "dead"] => terminal.set_silence(Some(Silence::Dead)),
        ["heal"] => terminal.set_silence(None),
        _ => return false,
    }
    true
}

fn obey_scanner(scanner: &ScannerSim, words: &[&str]) -> bool {
    match words {
        ["show", code] => scanner.show(code.as_bytes()),
        ["tail", "cr"] => scanner.set_tail(b"\r"),
        ["tail", "lf"] => scanner.set_tail(b"\n"),
        ["tail", "cr-lf"] => scanner.set_tail(b"\r\n"),
        ["tail", "tab"] => scanner.set_tail(b"\t"),
        ["tail", "none"] => scanner.set_tail(b""),
        ["commands", "on"] => scanner.set_takes_commands(true),
        ["commands", "off"] => scanner.set_takes_commands(false),
        ["trigger", "host"] => scanner.set_waits_for_light(true),
        ["trigger", "continuous"] => scanner.set_waits_for_light(false),
        ["silent"] => scanner.set_silent(true),
        ["heal"] => scanner.set_silent(false),
        _ => return false,
    }
    true
}

fn write_line(out: &mut impl Write, value: &impl Serialize) -> Result<(), RunError> {
    let line = serde_json::to_string(value).map_err(io::Error::from)?;
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
