//! Receipt printer, ESC/POS.

use drivers::DeviceError;
use drivers::port::SerialPortLine;
use drivers::receipt_printer::{
    EscPosPrinter, EscPosSettings, Paper, PaperLine, PrintJob, PrintOutcome, PrinterFault, PrinterStatus,
    ReceiptPrinter,
};
use drivers::simulator::{FaultKind, PaperLevel, PrinterSim};

use super::{Row, State, compare, heal, is_unplug, one_of, play, replug, strike, technician, wire_faults};
use crate::support::{path, wait_for};

/// A job of several confirmations, and one of a single confirmation.
const LINES: usize = 40;
const FEW_LINES: usize = 4;
const STATUS: &[u8] = &[0x10, 0x04];
const CONFIRMATION: &[u8] = &[0x1D, 0x28, 0x48];

const IDLE: State = State { name: "the status, idle", request: STATUS, after: 0 };
const JOBS: [State; 3] = [
    State { name: "the status before a job", request: STATUS, after: 0 },
    State { name: "a confirmation in the job", request: CONFIRMATION, after: 0 },
    State { name: "the last confirmation", request: CONFIRMATION, after: 0 },
];

type Printer = EscPosPrinter<SerialPortLine>;

fn pair() -> (PrinterSim, Printer) {
    let sim = PrinterSim::start(None, 0).unwrap();
    let settings =
        EscPosSettings { status_timeout_ms: 1500, quiet_ms: 1000, ..EscPosSettings::default().scaled(10) };
    let mut printer = EscPosPrinter::on_port(path(sim.path()), settings);
    wait_for("a printer", || printer.status().ok());
    (sim, printer)
}

fn print(printer: &mut Printer, id: u32, lines: usize) -> PrintOutcome {
    let lines = (0..lines).map(|line| PaperLine::plain(format!("line {line}"))).collect();
    printer.print(&PrintJob { id, copy: 0, lines }, &mut |_| {}).outcome
}

#[test]
fn the_receipt_printer_survives_every_fault_in_every_state() {
    let mut cells: Vec<(State, &str, FaultKind)> = Vec::new();
    for state in [&[IDLE], &JOBS[..]].concat() {
        // The printer's answers carry no checksum: there is none to be wrong.
        let faults = wire_faults().into_iter().filter(|(_, kind)| *kind != FaultKind::WrongChecksum);
        cells.extend(faults.map(|(name, kind)| (state, name, kind)));
    }
    let mut rows = play(&cells, |(state, name, kind)| on_the_wire(*state, name, kind));
    rows.extend(play(&HANDS, by_hand));
    compare("receipt-printer", rows);
}

fn on_the_wire(state: State, fault: &'static str, kind: &FaultKind) -> Row {
    let (sim, mut printer) = pair();
    sim.faults().add(strike(state, kind));
    let (answer, resident, technician) = match state.name {
        name if name == IDLE.name => asked(printer.status()),
        name => {
            let lines = if name == JOBS[2].name { FEW_LINES } else { LINES };
            printed(print(&mut printer, 1, lines), &sim, lines)
        }
    };
    let (answer, resident, technician) = if is_told_by_a_later_one(state, kind) {
        let answer = one_of(&answer, ["doubtful: silent", "printed"]);
        (answer, "asked whether the slip came out; or take the slip", "silent; or online".to_owned())
    } else {
        (answer, resident, technician)
    };
    assert!(sim.faults().struck() > 0, "{}: {fault} never struck", state.name);
    let plug = || replug(|| sim.take_events(), || sim.plug_cable());
    let heals = heal(is_unplug(kind).then_some(&plug as &dyn Fn()), || well(&mut printer));
    prints_again(&sim, &mut printer);
    Row { state: state.name, fault, answer, resident: resident.to_owned(), technician, heals }
}

/// Several confirmations may come in one go, and the last of them tells of all lines before.
fn is_told_by_a_later_one(state: State, kind: &FaultKind) -> bool {
    let is_lost = matches!(kind, FaultKind::HalfFrame | FaultKind::FlippedBit { .. } | FaultKind::Silence);
    state.name == JOBS[1].name && is_lost
}

fn well(printer: &mut Printer) -> Result<(), DeviceError> {
    match printer.status()?.fault() {
        None => Ok(()),
        Some(_) => Err(DeviceError::DeviceNotReady),
    }
}

/// Whatever happened, the next slip comes out whole, once.
fn prints_again(sim: &PrinterSim, printer: &mut Printer) {
    sim.clear_printed();
    let outcome = wait_for("the next slip", || {
        let outcome = print(printer, 2, LINES);
        (!matches!(outcome, PrintOutcome::NotStarted(_))).then_some(outcome)
    });
    assert_eq!(outcome, PrintOutcome::Printed);
    let whole = whole(sim, LINES);
    assert_eq!(whole, 1, "the next slip came out {whole} times");
}

fn whole(sim: &PrinterSim, lines: usize) -> usize {
    sim.printed().iter().filter(|slip| slip.complete && slip.lines.len() >= lines).count()
}

fn asked(answer: Result<PrinterStatus, DeviceError>) -> (String, &'static str, String) {
    match answer {
        Ok(status) => match status.fault() {
            None => ("it is well".to_owned(), "nothing", "online".to_owned()),
            Some(fault) => (word(fault), before(fault), word(fault)),
        },
        Err(error) => (error.code().to_owned(), before(PrinterFault::Silent), technician(&error)),
    }
}

fn printed(outcome: PrintOutcome, sim: &PrinterSim, lines: usize) -> (String, &'static str, String) {
    let whole = whole(sim, lines);
    assert!(whole <= 1, "one job came out {whole} times");
    match outcome {
        PrintOutcome::Printed => {
            assert_eq!(whole, 1, "a slip counts as printed that did not come out");
            ("printed".to_owned(), "take the slip", "online".to_owned())
        }
        PrintOutcome::NotStarted(fault) => {
            assert_eq!(whole, 0, "a slip came out of a job that never began");
            (format!("not started: {}", word(fault)), before(fault), word(fault))
        }
        PrintOutcome::Interrupted { fault, .. } => (
            format!("interrupted: {}", word(fault)),
            "the rest is printed, marked 补打, once it works",
            word(fault),
        ),
        PrintOutcome::Doubtful(fault) => {
            (format!("doubtful: {}", word(fault)), "asked whether the slip came out", word(fault))
        }
    }
}

fn word(fault: PrinterFault) -> String {
    serde_json::to_value(fault).unwrap().as_str().unwrap().to_owned()
}

/// What src/devices/printer.rs and the tiles make of a fault before anything was printed.
fn before(fault: PrinterFault) -> &'static str {
    match fault {
        PrinterFault::PaperOut => "no paper; a reference and QR on the screen, if agreed to before paying",
        _ => "no printer; a reference and QR on the screen, if agreed to before paying",
    }
}

/// What hands and wear do to a printer: name, when, what breaks, what mends it.
struct Hand {
    fault: &'static str,
    state: &'static str,
    breaks: fn(&PrinterSim),
    mends: fn(&PrinterSim),
    heals: &'static str,
}

const HANDS: [Hand; 7] = [
    Hand {
        fault: "no paper",
        state: JOBS[0].name,
        breaks: |sim| sim.set_paper(PaperLevel::Out),
        mends: PrinterSim::refill,
        heals: "when paper is put in",
    },
    Hand {
        fault: "the paper ends",
        state: JOBS[1].name,
        breaks: |sim| sim.out_after_lines(LINES / 2),
        mends: PrinterSim::refill,
        heals: "when paper is put in",
    },
    Hand {
        fault: "little paper",
        state: IDLE.name,
        breaks: |sim| sim.set_paper(PaperLevel::Low),
        mends: PrinterSim::refill,
        heals: "when paper is put in",
    },
    Hand {
        fault: "cover open",
        state: JOBS[0].name,
        breaks: |sim| sim.set_cover(true),
        mends: |sim| sim.set_cover(false),
        heals: "when the cover is closed",
    },
    Hand {
        fault: "cutter stuck",
        state: JOBS[0].name,
        breaks: |sim| sim.set_cutter_stuck(true),
        mends: |sim| sim.set_cutter_stuck(false),
        heals: "when the cutter is freed",
    },
    Hand {
        fault: "overheated",
        state: JOBS[0].name,
        breaks: |sim| sim.set_overheated(true),
        mends: |sim| sim.set_overheated(false),
        heals: "when it has cooled down",
    },
    Hand {
        fault: "switched off",
        state: JOBS[0].name,
        breaks: |sim| sim.set_silent(true),
        mends: |sim| sim.set_silent(false),
        heals: "when it is switched on",
    },
];

fn by_hand(hand: &Hand) -> Row {
    let (sim, mut printer) = pair();
    (hand.breaks)(&sim);
    let (answer, resident, technician) = match hand.state {
        state if state == IDLE.name => {
            let status = printer.status().unwrap();
            assert_eq!((status.paper, status.fault()), (Paper::Low, None));
            ("paper low".to_owned(), "nothing", "online, paper low".to_owned())
        }
        _ => printed(print(&mut printer, 1, LINES), &sim, LINES),
    };
    (hand.mends)(&sim);
    wait_for("a healthy printer", || well(&mut printer).ok());
    prints_again(&sim, &mut printer);
    Row {
        state: hand.state,
        fault: hand.fault,
        answer,
        resident: resident.to_owned(),
        technician,
        heals: hand.heals,
    }
}
