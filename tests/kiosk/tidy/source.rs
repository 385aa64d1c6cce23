//! What every source file keeps to: no banned calls, short lines, short files, Chinese only where it belongs.

use libtest_mimic::Trial;

use super::lexer::{Kind, mentions, only, without_tests};
use super::{File, finds, holds, is_test, of_kind, within};

const COLUMNS: usize = 110;
const LINES: usize = 400;

/// A call that is banned, where it is allowed all the same, and what to write instead.
const BANNED: [(&str, &[&str], &str); 9] = [
    (
        "SystemTime::now",
        &["drivers/src/clock.rs"],
        "ask the clock you are given (src/clock.rs, hall/src/clock.rs)",
    ),
    (
        "Timestamp::now",
        &["src/clock.rs", "hall/src/clock.rs"],
        "ask the clock you are given (src/clock.rs, hall/src/clock.rs)",
    ),
    ("Zoned::now", &[], "ask the clock you are given (src/clock.rs, hall/src/clock.rs)"),
    ("Instant::now", MEASURING, "ask the clock you are given (src/clock.rs, hall/src/clock.rs)"),
    ("thread::sleep", PAUSING, "wait for a condition, or for a message with a time limit"),
    ("dbg!", &[], "remove it, or say it with tracing::debug!"),
    ("todo!", &[], "write it, or leave the feature out"),
    ("unimplemented!", &[], "write it, or leave the feature out"),
    ("println!", PRINTING, "say it with tracing::info!; only commands print"),
];

/// Deadlines of ports and protocols are real time; so is what a benchmark and a door's log line measure.
const MEASURING: &[&str] = &[
    "src/clock.rs",
    "src/cli/bench.rs",
    "src/cli/simulate.rs",
    "src/demo/",
    "src/devices/",
    "drivers/src/",
    "drivers/benches/",
    "hall/src/clock.rs",
    "hall/src/door.rs",
    "hall/src/desk/mod.rs",
];

/// A port that another program holds can only be tried again, and a clock must be able to wait.
const PAUSING: &[&str] = &["drivers/src/port/serial.rs", "hall/src/clock.rs"];

const PRINTING: &[&str] = &[
    "src/cli/",
    "drivers/src/bin/",
    "drivers/benches/",
    "hall/src/main.rs",
    "ui/build.rs",
    "ui/examples/",
    "kiosk-config/build.rs",
];

/// Files that may be longer.
const LONG: [(&str, &str); 2] = [
    ("ui/api.slint", "the whole contract of screens and Rust, in one place on purpose"),
    ("src/visit/screen.rs", "mirrors ui/api.slint, item by item"),
];

/// Rust files whose literals may be Chinese: words that are printed, what scripted residents read and touch,
/// and the card of the simulated resident.
const CHINESE: &[&str] = &[
    "src/slip/words.rs",
    "src/money/capitals.rs",
    "src/demo/visits/",
    "src/demo/alone.rs",
    "ui/examples/",
    "drivers/src/simulator/sam_v_card.rs",
];

pub fn trials() -> Vec<Trial> {
    vec![
        holds("nothing calls what is banned", banned),
        finds(
            "a banned call is found",
            banned,
            &[
                ("src/kiosk.rs", "let t = std::time::SystemTime::now();"),
                ("src/view/home.rs", "fn f() { Instant::now(); }"),
                ("tests/kiosk/late.rs", "std::thread::sleep(WAIT);"),
                ("src/money/fen.rs", "todo!()"),
                ("src/journal/mod.rs", "println!(\"{order:?}\");"),
                ("hall/src/lib.rs", "// FIXME: later\n"),
            ],
        ),
        holds("lines have at most 110 columns", columns),
        finds("a line of 111 columns is found", columns, &[("src/lib.rs", &"缴".repeat(COLUMNS + 1))]),
        holds("files have at most 400 lines", lines),
        finds("a file of 401 lines is found", lines, &[("src/lib.rs", &"\n".repeat(LINES + 1))]),
        holds("Chinese stands in screens, data, slips and tests, nowhere else", chinese),
        finds(
            "a Chinese literal in Rust is found",
            chinese,
            &[
                ("src/view/home.rs", "fn f() -> &'static str { \"电费\" }"),
                ("src/view/home.rs", "const SIGN: char = '￥';"),
                ("src/kiosk.rs", "f(r#\"a \" 缴\"#);"),
            ],
        ),
    ]
}

fn banned(files: &[File]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in of_kind(files, "rs") {
        let code = only(&file.text, Kind::Code);
        for (call, allowed, instead) in BANNED {
            // Tests measure how long something took, and say what they left out.
            let free = is_test(&file.path) && matches!(call, "Instant::now" | "println!");
            if !free && !within(&file.path, allowed) {
                let lines = mentions(&code, call).map(|(line, _)| line);
                findings.extend(lines.map(|line| format!("{}:{line}: {call}: {instead}", file.path)));
            }
        }
        let comments = only(&file.text, Kind::Comment);
        let lines = mentions(&comments, "FIXME").map(|(line, _)| line);
        findings.extend(lines.map(|line| format!("{}:{line}: FIXME: fix it", file.path)));
    }
    findings
}

fn columns(files: &[File]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in of_kind(files, "rs").chain(of_kind(files, "slint")) {
        for (line, text) in (1..).zip(file.text.lines()) {
            let width = text.chars().count();
            if width > COLUMNS {
                findings.push(format!("{}:{line}: {width} columns", file.path));
            }
        }
    }
    findings
}

fn lines(files: &[File]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in of_kind(files, "rs").chain(of_kind(files, "slint")) {
        let count = file.text.lines().count();
        if count > LINES && !LONG.iter().any(|(path, _)| file.path == *path) {
            findings.push(format!("{}: {count} lines", file.path));
        }
    }
    findings
}

fn chinese(files: &[File]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in of_kind(files, "rs").filter(|file| !is_test(&file.path) && !within(&file.path, CHINESE)) {
        let literals = only(without_tests(&file.text), Kind::Literal);
        for (line, text) in (1..).zip(literals.lines()) {
            if let Some(c) = text.chars().find(|c| is_chinese(*c)) {
                findings.push(format!("{}:{line}: {c} in a literal", file.path));
            }
        }
    }
    findings
}

/// Ideographs, their punctuation and the full-width forms.
const fn is_chinese(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..)
}
