//! Barcode scanner.

use drivers::CancelToken;
use drivers::barcode_scanner::text::Tail;
use drivers::barcode_scanner::{BarcodeScanner, CommandSet, ScannedCode, ScannerSettings, SerialScanner};
use drivers::port::SerialPortLine;
use drivers::simulator::{FaultKind, ScannerSim};

use super::{Row, State, compare, heal, is_unplug, play, replug, strike, technician, wire_faults};
use crate::support::{path, wait_for};

const CODE: &str = "289431869362714645";

const SETTING_UP: State = State { name: "the answer to a setting", request: &[0x7E], after: 0 };
const SCANNING: State = State { name: "a code", request: b"", after: 0 };

type Scanner = SerialScanner<SerialPortLine>;

fn pair() -> (ScannerSim, Scanner) {
    let sim = ScannerSim::start(None).unwrap();
    let settings =
        ScannerSettings { commands: CommandSet::Gm65, tail: Tail::CrLf, ..ScannerSettings::default() };
    let scanner = SerialScanner::on_port(path(sim.path()), settings.scaled(5));
    (sim, scanner)
}

#[test]
fn the_scanner_survives_every_fault_in_every_state() {
    let mut cells: Vec<(State, &str, FaultKind)> = Vec::new();
    for (name, kind) in wire_faults() {
        cells.push((SETTING_UP, name, kind.clone()));
        // A code is bare text without a checksum, and nothing is asked before it.
        if !matches!(kind, FaultKind::WrongChecksum | FaultKind::LateAnswer) {
            cells.push((SCANNING, name, kind));
        }
    }
    cells.sort_by_key(|(state, ..)| state.name == SCANNING.name);
    let rows = play(&cells, |(state, name, kind)| on_the_wire(*state, name, kind));
    compare("scanner", rows);
}

fn on_the_wire(state: State, fault: &'static str, kind: &FaultKind) -> Row {
    let (sim, mut scanner) = pair();
    let (answer, resident, technician) = if state.name == SETTING_UP.name {
        sim.faults().add(strike(state, kind));
        set_up(&mut scanner)
    } else {
        wait_for("a scanner", || scanner.begin().ok());
        sim.faults().add(strike(state, kind));
        sim.show(CODE.as_bytes());
        wait_for("the fault", || (sim.faults().struck() > 0).then_some(()));
        scanned(&mut scanner)
    };
    assert!(sim.faults().struck() > 0, "{}: {fault} never struck", state.name);
    let plug = || replug(|| sim.take_events(), || sim.plug_cable());
    let heals = heal(is_unplug(kind).then_some(&plug as &dyn Fn()), || scanner.probe());
    scans_again(&sim, &mut scanner);
    Row { state: state.name, fault, answer, resident: resident.to_owned(), technician, heals }
}

fn set_up(scanner: &mut Scanner) -> (String, &'static str, String) {
    match scanner.probe() {
        Ok(()) => ("it is well".to_owned(), "nothing", "online".to_owned()),
        Err(error) => (error.code().to_owned(), "nothing", technician(&error)),
    }
}

/// What comes of the one code that was shown; three looks are many times its way.
fn scanned(scanner: &mut Scanner) -> (String, &'static str, String) {
    for _ in 0..3 {
        match scanner.read_code(&CancelToken::new()) {
            Ok(None) => {}
            Ok(Some(code)) => return seen(&code),
            Err(error) => {
                return (error.code().to_owned(), "still asked to show the code", technician(&error));
            }
        }
    }
    ("no code".to_owned(), "still asked to show the code", "online".to_owned())
}

fn seen(code: &ScannedCode) -> (String, &'static str, String) {
    let answer = if code.text() == CODE { "the code" } else { "another text" };
    (
        answer.to_owned(),
        if code.text() == CODE { "goes on" } else { "told that the code is not known" },
        "online".to_owned(),
    )
}

/// Whatever happened, the next code is read as it was shown.
fn scans_again(sim: &ScannerSim, scanner: &mut Scanner) {
    wait_for("a scanner", || scanner.begin().ok());
    let code = wait_for("the next code", || {
        sim.show(b"6901234567892");
        scanner.read_code(&CancelToken::new()).ok().flatten().filter(|code| code.text() == "6901234567892")
    });
    assert_eq!(code.text(), "6901234567892");
}
