use drivers::barcode_scanner::text::Tail;
use drivers::barcode_scanner::{
    BarcodeScanner, CommandSet, ScannedCode, ScannerSettings, SerialScanner, Trigger, Wallet, ZoneWrite,
};
use drivers::port::SerialPortLine;
use drivers::simulator::ScannerSim;
use drivers::status::ProtocolFault;
use drivers::{CancelToken, DeviceError, DeviceState};

use crate::support::{path, wait_for};

const CODE: &str = "289431869362714645";

fn scanner(sim: &ScannerSim, settings: &ScannerSettings) -> SerialScanner<SerialPortLine> {
    SerialScanner::on_port(path(sim.path()), settings.scaled(5))
}

fn gm65() -> ScannerSettings {
    ScannerSettings { commands: CommandSet::Gm65, tail: Tail::CrLf, ..ScannerSettings::default() }
}

fn next(scanner: &mut impl BarcodeScanner) -> ScannedCode {
    wait_for("the code", || scanner.read_code(&CancelToken::new()).unwrap())
}

#[test]
fn a_shown_code_is_read_whatever_its_tail() {
    for tail in [&b"\r"[..], b"\n", b"\r\n", b"\t", b""] {
        let sim = ScannerSim::start(None).unwrap();
        sim.set_takes_commands(false);
        sim.set_tail(tail);
        let mut scanner = scanner(&sim, &ScannerSettings::default());
        scanner.begin().unwrap();
        assert_eq!(scanner.read_code(&CancelToken::new()), Ok(None));
        sim.show(CODE.as_bytes());
        let code = next(&mut scanner);
        assert_eq!(code.text(), CODE, "{tail:?}");
        assert_eq!(code.payment_code().unwrap().wallet(), Wallet::Alipay);
    }
}

#[test]
fn a_code_that_was_shown_before_anybody_asked_is_thrown_away() {
    let sim = ScannerSim::start(None).unwrap();
    let mut scanner = scanner(&sim, &ScannerSettings::default());
    scanner.begin().unwrap();
    sim.show(CODE.as_bytes());
    wait_for("the code to be sent", || {
        sim.take_events().iter().any(|e| format!("{e:?}") == "CodeSent").then_some(())
    });
    scanner.begin().unwrap();
    sim.show(b"6901234567892");
    assert_eq!(next(&mut scanner).text(), "6901234567892");
}

#[test]
fn a_module_is_asked_who_it_is_and_set_up_after_opening() {
    let sim = ScannerSim::start(None).unwrap();
    let setup = vec![ZoneWrite { address: 0x0060, data: vec![0x25] }];
    let mut kept = scanner(&sim, &ScannerSettings { setup: setup.clone(), save_setup: true, ..gm65() });
    kept.probe().unwrap();
    assert_eq!(sim.memory(0x0060), 0x25);
    sim.cut_cable();
    sim.plug_cable();
    assert_eq!(sim.memory(0x0060), 0x25, "it was saved");
}

#[test]
fn a_module_that_waits_for_the_host_is_lit_and_a_code_inside_its_answer_is_kept() {
    let sim = ScannerSim::start(None).unwrap();
    sim.set_waits_for_light(true);
    let mut scanner = scanner(&sim, &ScannerSettings { trigger: Trigger::Host, ..gm65() });
    sim.show(CODE.as_bytes());
    scanner.probe().unwrap();
    assert_eq!(
        scanner.read_code(&CancelToken::new()).unwrap().map(|c| c.text().to_owned()),
        Some(CODE.to_owned())
    );
    for at in 0..=7 {
        scanner.begin().unwrap();
        sim.show_in_answer(at, CODE.as_bytes());
        scanner.probe().unwrap();
        assert_eq!(next(&mut scanner).text(), CODE, "{at}");
    }
}

#[test]
fn a_module_that_takes_no_commands_is_not_well_and_says_so() {
    let sim = ScannerSim::start(None).unwrap();
    sim.set_silent(true);
    let mut scanner = scanner(&sim, &gm65());
    assert!(matches!(scanner.probe(), Err(DeviceError::TimeOut { .. })));
    sim.set_silent(false);
    wait_for("the module to be well", || scanner.probe().ok());
}

#[test]
fn a_code_that_is_too_long_is_an_error_and_the_next_one_is_read() {
    let sim = ScannerSim::start(None).unwrap();
    let mut scanner = scanner(&sim, &ScannerSettings { max_code_bytes: 24, ..gm65() });
    scanner.begin().unwrap();
    sim.show(&[b'9'; 300]);
    let error = wait_for("the error", || scanner.read_code(&CancelToken::new()).err());
    assert!(matches!(error, DeviceError::Protocol(ProtocolFault::Scan(_))), "{error}");
    sim.show(CODE.as_bytes());
    assert_eq!(next(&mut scanner).text(), CODE);
}

#[test]
fn a_cut_cable_is_an_absent_scanner_and_heals() {
    let sim = ScannerSim::start(None).unwrap();
    let mut scanner = scanner(&sim, &gm65());
    scanner.begin().unwrap();
    sim.cut_cable();
    let lost = wait_for("the loss", || scanner.read_code(&CancelToken::new()).err());
    assert_eq!(lost.state(), DeviceState::Absent);
    sim.plug_cable();
    wait_for("the scanner to be back", || scanner.begin().ok());
    sim.show(CODE.as_bytes());
    assert_eq!(next(&mut scanner).text(), CODE);
}

#[test]
fn a_cancelled_read_gives_no_code() {
    let sim = ScannerSim::start(None).unwrap();
    let mut scanner = scanner(&sim, &ScannerSettings::default());
    let cancel = CancelToken::new();
    cancel.cancel();
    assert_eq!(scanner.read_code(&cancel), Err(DeviceError::Canceled));
}
