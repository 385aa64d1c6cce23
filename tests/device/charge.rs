use std::path::Path;
use std::process::Output;
use std::sync::Arc;

use drivers::simulator::{
    Fault, FaultKind, Instrument, MemoryBank, Moment, Silence, TerminalSim, TerminalTimes,
};
use serde_json::Value;

use crate::{device, told};

const FAST: &str = "simulated/payment-terminal-fast";

struct Desk {
    bank: Arc<MemoryBank>,
    terminal: TerminalSim,
    state: tempfile::TempDir,
}

impl Desk {
    fn set() -> Self {
        let bank = Arc::new(MemoryBank::new());
        let times = TerminalTimes::default().scaled(10);
        let terminal = TerminalSim::start(None, bank.clone(), times).unwrap();
        Self { bank, terminal, state: tempfile::tempdir().unwrap() }
    }

    fn run(&self, command: &str, words: &[&str]) -> Output {
        let state = self.state.path().to_str().unwrap();
        let all = [&[command, "--profile", FAST, "--order", "BT07A1", "--state", state], words].concat();
        device(&all, self.terminal.path())
    }

    fn pay(&self, words: &[&str]) -> (Value, i32) {
        told(&self.run("pay", &[&["--amount", "1.00"], words].concat()))
    }

    /// Charges standing at the bank for our order.
    fn charged(&self) -> Vec<i64> {
        let entries = self.bank.entries();
        let standing = entries.iter().filter(|entry| !entry.trans_no.is_empty() && !entry.reversed);
        standing.map(|entry| entry.amount_fen).collect()
    }
}

#[test]
fn a_sale_is_charged_once_however_often_it_is_asked_for() {
    let desk = Desk::set();
    desk.terminal.present(Instrument::demo_card());
    let (json, code) = desk.pay(&["--timeout", "20"]);
    assert_eq!(
        (json["outcome"].as_str(), json["charged"].as_bool(), code),
        (Some("approved"), Some(true), 0)
    );
    let (json, code) = desk.pay(&[]);
    assert_eq!((json["recorded"].as_bool(), code), (Some(true), 0));
    assert_eq!(desk.charged(), [100]);
    let other = desk.run("pay", &["--amount", "2.00"]);
    assert_eq!(other.status.code(), Some(2), "the order has another amount");
    let (json, code) = told(&desk.run("query", &[]));
    assert_eq!((json["charged"].as_bool(), code), (Some(true), 0));
    let (_, code) = told(&desk.run("reverse", &[]));
    assert_eq!((code, desk.charged()), (0, vec![]));
    assert_eq!(desk.pay(&[]).1, 1, "a reversed order is not charged again");
}

#[test]
fn a_declined_sale_says_so_and_exits_with_1() {
    let desk = Desk::set();
    desk.terminal.decline("51");
    let (json, code) = desk.pay(&["--timeout", "20"]);
    assert_eq!(
        (json["outcome"].as_str(), json["charged"].as_bool(), code),
        (Some("declined"), Some(false), 1)
    );
    assert_eq!(desk.charged(), Vec::<i64>::new());
}

#[test]
fn a_sale_whose_answer_is_lost_is_found_out_and_not_repeated() {
    let desk = Desk::set();
    desk.terminal.present(Instrument::demo_card());
    desk.terminal.set_silence(Some(Silence::ApproveNoAnswer));
    let (json, code) = desk.pay(&["--timeout", "1"]);
    assert_eq!((json["outcome"].as_str(), code), (Some("approved"), 0), "by query: {json}");
    assert_eq!(desk.charged(), [100]);
}

#[test]
fn an_outcome_that_nobody_knows_exits_with_3_and_is_resumed_by_the_next_call() {
    let desk = Desk::set();
    desk.terminal.present(Instrument::demo_card());
    // The sale arrives (its number is in the request); then the cable is out for good.
    let request = b"BT07A1".to_vec();
    let kind = FaultKind::Unplug { when: Moment::Before, ms: 0 };
    desk.terminal.faults().add(Fault { request, ..Fault::once(kind) });
    let output = desk.run("pay", &["--amount", "1.00", "--timeout", "1"]);
    let (json, code) = told(&output);
    assert_eq!((json["outcome"].as_str(), &json["charged"], code), (Some("unknown"), &Value::Null, 3));
    desk.terminal.plug_cable();
    let (json, code) = desk.pay(&["--timeout", "1"]);
    assert_eq!((json["outcome"].as_str(), code), (Some("approved"), 0), "{json}");
    assert_eq!(desk.charged(), [100]);
}

#[test]
fn a_wrong_call_exits_with_2_and_charges_nothing() {
    let desk = Desk::set();
    let port = desk.terminal.path();
    let code = |words: &[&str]| device(words, port).status.code();
    assert_eq!(code(&["pay", "--amount", "1.005", "--order", "A1"]), Some(2));
    let state = desk.state.path().to_str().unwrap();
    assert_eq!(code(&["pay", "--amount", "1", "--order", "a-1", "--state", state]), Some(2));
    assert_eq!(code(&["pay", "--amount", "1", "--order", "A1", "--profile", "no/such"]), Some(2));
    assert_eq!(code(&["pay", "--amount", "1", "--order", "A1", "--profile", "epson/tm-t88"]), Some(2));
    let nowhere = device(&["query", "--order", "A1", "--state", state], Path::new("/dev/no-such-port"));
    assert_eq!(told(&nowhere).1, 3, "nobody answered");
}
