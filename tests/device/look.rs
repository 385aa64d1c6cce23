use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use drivers::simulator::{
    MemoryBank, PaperLevel, PrinterSim, SamVSim, ScannerSim, SimCard, TerminalSim, TerminalTimes,
};
use serde_json::Value;

use crate::{device, told};

#[test]
fn a_card_is_read_masked_unless_it_is_asked_for_in_clear() {
    let sim = SamVSim::start(None).unwrap();
    sim.lay_card(SimCard::demo().remove(0));
    let (clear, code) = told(&device(&["read-id", "--timeout", "20", "--clear"], sim.path()));
    assert_eq!(code, 0, "{clear}");
    let number = clear["number"].as_str().unwrap();
    assert_eq!(number.len(), 18);
    sim.lift_card();
    sim.lay_card(SimCard::demo().remove(0));
    let output = device(&["read-id", "--timeout", "20"], sim.path());
    let (masked, code) = told(&output);
    assert_eq!((code, &masked["address"]), (0, &Value::Null));
    assert!(!String::from_utf8_lossy(&output.stdout).contains(number));
    sim.lift_card();
    let (none, code) = told(&device(&["read-id", "--timeout", "0"], sim.path()));
    assert_eq!((&none["card"], code), (&Value::Null, 1));
}

#[test]
fn a_code_is_scanned_and_a_payment_code_keeps_its_digits() {
    let sim = ScannerSim::start(None).unwrap();
    let done = AtomicBool::new(false);
    let output = std::thread::scope(|scope| {
        scope.spawn(|| {
            // Until somebody took it: what was shown before the command asked is thrown away.
            while !done.load(Ordering::Relaxed) {
                sim.show(b"134567890123456789");
                std::thread::park_timeout(Duration::from_millis(50));
            }
        });
        let output = device(&["scan", "--timeout", "20", "--profile", "generic/serial-scanner"], sim.path());
        done.store(true, Ordering::Relaxed);
        output
    });
    let (json, code) = told(&output);
    assert_eq!((&json["code"], json["wallet"].is_string(), code), (&Value::Null, true, 0), "{json}");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("134567890123456789"));
}

#[test]
fn a_text_is_printed_line_by_line() {
    let sim = PrinterSim::start(None, 0).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "first\nsecond\n").unwrap();
    let print = || device(&["print", file.path().to_str().unwrap()], sim.path());
    let (json, code) = told(&print());
    assert_eq!((json["outcome"].as_str(), code), (Some("printed"), 0), "{json}");
    let slips = sim.printed();
    let lines: Vec<&str> = slips[0].lines.iter().map(|line| line.text.trim()).collect();
    assert!(lines.starts_with(&["first", "second"]), "{lines:?}");
    sim.set_paper(PaperLevel::Out);
    let (json, code) = told(&print());
    assert_eq!((json["outcome"]["not-started"].as_str(), code), (Some("paper-out"), 1), "{json}");
}

#[test]
fn a_test_tells_the_state_and_what_passed_through_the_port() {
    let sim = PrinterSim::start(None, 0).unwrap();
    let (json, code) = told(&device(&["test", "receipt-printer"], sim.path()));
    assert_eq!(
        (json["state"].as_str(), json["detail"]["paper"].as_str(), code),
        (Some("online"), Some("full"), 0)
    );
    assert_eq!(json["counts"]["frames"], 4);
    sim.set_cover(true);
    let (json, code) = told(&device(&["test", "receipt-printer"], sim.path()));
    assert_eq!((json["state"].as_str(), code), (Some("offline"), 1));
    sim.cut_cable();
    let (json, code) = told(&device(&["test", "receipt-printer"], sim.path()));
    assert_eq!(
        (json["state"].as_str(), json["error"].as_str(), code),
        (Some("absent"), Some("port-missing"), 1)
    );
}

#[test]
fn a_watch_tells_each_change_once() {
    let sim = PrinterSim::start(None, 0).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_lucheng"))
        .args(["device", "watch", "receipt-printer", "--timeout", "60", "--port"])
        .arg(sim.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    assert_eq!(next()["state"], "online");
    sim.set_paper(PaperLevel::Low);
    assert_eq!(next()["detail"]["paper"], "low");
    sim.cut_cable();
    assert_eq!(next()["state"], "absent");
    sim.plug_cable();
    assert_eq!(next()["state"], "online");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_probe_finds_what_hangs_on_each_port_and_moves_no_money_and_no_paper() {
    let printer = PrinterSim::start(None, 0).unwrap();
    let reader = SamVSim::start(None).unwrap();
    let bank = Arc::new(MemoryBank::new());
    let terminal = TerminalSim::start(None, bank.clone(), TerminalTimes::default()).unwrap();
    let found = |port| {
        let (json, code) = told(&device(&["list", "--probe"], port));
        assert_eq!(code, 0, "{json}");
        json["ports"][0]["class"].as_str().map(str::to_owned)
    };
    assert_eq!(found(printer.path()).as_deref(), Some("receipt-printer"));
    assert_eq!(found(terminal.path()).as_deref(), Some("payment-terminal"));
    assert_eq!(found(reader.path()).as_deref(), Some("id-reader"));
    assert!(printer.printed().is_empty());
    assert!(bank.entries().is_empty() && terminal.waiting_for().is_none());
    printer.cut_cable();
    assert_eq!(found(printer.path()), None);
}
