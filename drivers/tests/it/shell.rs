use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use drivers::CancelToken;
use drivers::id_reader::{IdReader, SamV, SamVSettings};

use crate::support::wait_for;

#[test]
fn a_simulator_obeys_its_standard_input_and_reports_events() {
    let link = std::env::temp_dir().join(format!("lucheng-sim-shell-{}", std::process::id()));
    let mut child = Command::new(env!("CARGO_BIN_EXE_lucheng-sim"))
        .args(["id-reader", "--link"])
        .arg(&link)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut commands = child.stdin.take().unwrap();
    let mut events = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(events.next().unwrap().unwrap().contains("\"ready\""));
    writeln!(commands, "lay-card 1\nnonsense").unwrap();
    let mut reader = SamV::on_port(link.to_str().unwrap(), SamVSettings::default());
    wait_for("the card", || reader.read_card(&CancelToken::new()).ok().flatten());
    writeln!(commands, "quit").unwrap();
    let rest: Vec<String> = events.map_while(Result::ok).collect();
    for word in ["card-laid", "card-read", "not-understood"] {
        assert!(rest.iter().any(|line| line.contains(word)), "{word}: {rest:?}");
    }
    assert!(child.wait().unwrap().success());
    assert!(!link.is_symlink());
}

#[test]
fn a_wrong_call_exits_with_2() {
    let status = Command::new(env!("CARGO_BIN_EXE_lucheng-sim"))
        .arg("toaster")
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(2));
}
