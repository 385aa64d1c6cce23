//! Scripted faults of the simulators, and drivers that heal from them.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use drivers::id_reader::{IdReader, SamV, SamVSettings};
use drivers::payment_terminal::{EcrHub, EcrHubSettings, PaymentTerminal};
use drivers::port::{Line, PortCounters, PortSettings, SerialPortLine};
use drivers::receipt_printer::{EscPosPrinter, EscPosSettings, ReceiptPrinter};
use drivers::simulator::{
    Fault, FaultKind, Faults, MemoryBank, Moment, PrinterSim, SamVSim, TerminalSim, TerminalTimes,
};
use drivers::{DeviceError, DeviceState};

use crate::support::{path, wait_for};

/// The promise of the shell: a device that is back is well again within this.
const HEALED_WITHIN: Duration = Duration::from_secs(3);

const MOMENTS: [Moment; 3] = [Moment::Before, Moment::During, Moment::After];

/// Pulls the cable at each moment of an answer, with the waits of the street, and puts it back.
fn heals(faults: &Faults, plug: impl Fn(), mut look: impl FnMut() -> Result<(), DeviceError>) {
    wait_for("the first answer", || look().ok());
    for when in MOMENTS {
        faults.add(Fault::once(FaultKind::Unplug { when, ms: 0 }));
        let lost = |error: DeviceError| error.is_port_loss().then_some(());
        wait_for("the loss", || look().err().and_then(lost));
        plug();
        let back = Instant::now();
        wait_for("the device", || look().ok());
        assert!(back.elapsed() < HEALED_WITHIN, "{when:?}: {:?}", back.elapsed());
    }
}

#[test]
fn a_reader_is_well_again_after_an_unplug_at_each_moment() {
    let sim = SamVSim::start(None).unwrap();
    let mut reader = SamV::on_port(path(sim.path()), SamVSettings::default());
    heals(sim.faults(), || sim.plug_cable(), || reader.probe());
}

#[test]
fn a_printer_is_well_again_after_an_unplug_at_each_moment() {
    let sim = PrinterSim::start(None, 0).unwrap();
    let mut printer = EscPosPrinter::on_port(path(sim.path()), EscPosSettings::default());
    heals(sim.faults(), || sim.plug_cable(), || printer.status().map(drop));
}

#[test]
fn a_terminal_is_well_again_after_an_unplug_at_each_moment() {
    let bank = std::sync::Arc::new(MemoryBank::new());
    let sim = TerminalSim::start(None, bank, TerminalTimes::default()).unwrap();
    let mut terminal = EcrHub::on_port(path(sim.path()), EcrHubSettings::default());
    let look = || match terminal.idle()? {
        DeviceState::Online => Ok(()),
        _ => Err(DeviceError::DeviceNotReady),
    };
    heals(sim.faults(), || sim.plug_cable(), look);
}

#[test]
fn a_pulled_cable_comes_back_by_itself_when_the_script_says_so() {
    let sim = PrinterSim::start(None, 0).unwrap();
    let mut printer = EscPosPrinter::on_port(path(sim.path()), EscPosSettings::default());
    wait_for("an answer", || printer.status().ok());
    sim.faults().add(Fault::once(FaultKind::Unplug { when: Moment::Before, ms: 50 }));
    assert!(printer.status().is_err());
    wait_for("an answer", || printer.status().ok());
}

#[test]
fn a_port_belongs_to_one_holder_and_counts_what_passes() {
    let sim = PrinterSim::start(None, 0).unwrap();
    let counters = PortCounters::new();
    let settings = PortSettings::new(path(sim.path()), 115_200);
    let mut first = SerialPortLine::new(settings.clone()).counted(counters.clone());
    first.open().unwrap();
    let second = SerialPortLine::new(settings).open();
    assert!(matches!(second, Err(DeviceError::PortBusy { .. })), "{second:?}");

    let mut printer = EscPosPrinter::new(first, EscPosSettings::default());
    printer.status().unwrap();
    let counts = counters.counts();
    assert_eq!((counts.bytes_out, counts.bytes_in, counts.frames, counts.opened), (12, 4, 4, 1));
    assert!(counts.last_ok_ms.is_some());
}

#[test]
fn a_damaged_frame_and_its_repetition_are_counted() {
    let sim = SamVSim::start(None).unwrap();
    let counters = PortCounters::new();
    let settings = SamVSettings::default();
    let line = SerialPortLine::new(settings.port(path(sim.path()))).counted(counters.clone());
    let mut reader = SamV::new(line, settings);
    reader.probe().unwrap();
    let before = counters.counts();
    sim.faults().add(Fault::once(FaultKind::WrongChecksum));
    reader.probe().unwrap();
    let counts = counters.counts();
    assert_eq!((before.checksum_errors, before.retries), (0, 0));
    assert_eq!((counts.checksum_errors, counts.retries, counts.frames - before.frames), (1, 1, 1));
}

/// Runs the simulator of the printer with a script.
fn simulate(name: &str, script: &str, commands: &str) -> Output {
    let file = std::env::temp_dir().join(format!("lucheng-faults-{}-{name}", std::process::id()));
    std::fs::write(file.with_extension("toml"), script).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_lucheng-sim"))
        .arg("printer")
        .arg("--link")
        .arg(&file)
        .arg("--faults")
        .arg(file.with_extension("toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut ready = String::new();
    stdout.read_line(&mut ready).unwrap();
    if ready.contains("\"ready\"") {
        // Commands first: they are obeyed before the host asks.
        writeln!(stdin, "{commands}").unwrap();
        let mut printer = EscPosPrinter::on_port(path(&file), EscPosSettings::default());
        wait_for("paper out", || {
            let status = printer.status().ok()?;
            (status.paper == drivers::receipt_printer::Paper::Out).then_some(())
        });
    }
    drop(stdin);
    let mut rest = Vec::new();
    std::io::Read::read_to_end(&mut stdout, &mut rest).unwrap();
    let mut output = child.wait_with_output().unwrap();
    output.stdout = [ready.into_bytes(), rest].concat();
    std::fs::remove_file(file.with_extension("toml")).unwrap();
    output
}

#[test]
fn a_simulator_takes_faults_from_a_file_and_live() {
    let script = "[[fault]]\nkind = \"do\"\ncommand = \"paper out\"\n";
    let output = simulate("live", script, "fault duplicate after=1\nfault silense");
    let events = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{events}");
    for word in ["{\"event\":\"fault\",\"kind\":\"do\"}", "\"kind\":\"duplicate\"", "kind cannot be"] {
        assert!(events.contains(word), "{word}: {events}");
    }
}

#[test]
fn a_script_with_mistakes_is_refused_with_its_lines() {
    let output = simulate("wrong", "[[fault]]\nkind = \"silense\"\n\n[[fault]]\nafter = -1\n", "");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(": line 1: kind cannot be \"silense\""), "{said}");
    assert!(said.contains(": line 5: after must be between"), "{said}");
}
