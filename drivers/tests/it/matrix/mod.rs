//! The fault matrix: every class of device, every fault, every state of its driver. The tests that play the
//! rows write the tables of docs/devices.md; with `LUCHENG_BLESS=1` they replace what stands there.

mod card_writer;
mod document;
mod printer;
mod reader;
mod scanner;
mod terminal;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;

use drivers::DeviceError;
use drivers::simulator::{Fault, FaultKind, Moment, SimEvent};

use crate::support::wait_for;

const DELAYED: &str = "delay";
const BEFORE: &str = "unplugged before it";
const AFTER: &str = "unplugged after it";

/// Rows played at once: most of them wait.
const AT_ONCE: usize = 4;

/// One row, as it was played.
struct Row {
    state: &'static str,
    fault: &'static str,
    /// What the driver answered.
    answer: String,
    resident: String,
    technician: String,
    heals: &'static str,
}

/// A state of a driver, by the answer that it waits for.
#[derive(Clone, Copy)]
struct State {
    name: &'static str,
    /// Bytes of the request whose answer is struck.
    request: &'static [u8],
    /// Such answers that pass unharmed first.
    after: u32,
}

/// What can happen to an answer on the wire.
fn wire_faults() -> Vec<(&'static str, FaultKind)> {
    let unplug = |when| FaultKind::Unplug { when, ms: 0 };
    vec![
        ("silence", FaultKind::Silence),
        (DELAYED, FaultKind::Delay { ms: 30 }),
        ("garbage before it", FaultKind::Garbage { bytes: vec![0x00, 0x55, 0x0D] }),
        ("half a frame", FaultKind::HalfFrame),
        ("flipped bit", FaultKind::FlippedBit { bit: Some(29) }),
        ("wrong checksum", FaultKind::WrongChecksum),
        ("twice", FaultKind::Duplicate),
        ("late: with the next answer", FaultKind::LateAnswer),
        (BEFORE, unplug(Moment::Before)),
        ("unplugged in it", unplug(Moment::During)),
        (AFTER, unplug(Moment::After)),
    ]
}

fn strike(state: State, kind: &FaultKind) -> Fault {
    Fault { after: state.after, request: state.request.to_vec(), ..Fault::once(kind.clone()) }
}

fn is_unplug(kind: &FaultKind) -> bool {
    matches!(kind, FaultKind::Unplug { .. })
}

/// Plugs a cable in that a fault pulled, once it is really out.
fn replug(events: impl Fn() -> Vec<SimEvent>, plug: impl Fn()) {
    wait_for("a pulled cable", || events().contains(&SimEvent::Unplugged).then_some(()));
    plug();
}

/// Asks a device until it is well, and says what that took.
fn heal(plug: Option<&dyn Fn()>, mut probe: impl FnMut() -> Result<(), DeviceError>) -> &'static str {
    if let Some(plug) = plug {
        // The driver must notice, and then come back without a new driver.
        let _ = probe();
        plug();
    }
    wait_for("a healthy device", || probe().ok());
    if plug.is_some() { "by itself, once it is plugged in" } else { "by itself" }
}

/// The word of an error for the technician: the state of the device and the code in the log.
fn technician(error: &DeviceError) -> String {
    let state = serde_json::to_value(error.state()).unwrap();
    format!("{}, {}", state.as_str().unwrap(), error.code())
}

/// Plays all rows, some at once, and keeps their order.
fn play<T: Sync>(cells: &[T], row: impl Fn(&T) -> Row + Sync) -> Vec<Row> {
    let todo = Mutex::new(cells.iter().enumerate().collect::<Vec<_>>());
    let done = Mutex::new(Vec::new());
    let take = || todo.lock().unwrap_or_else(PoisonError::into_inner).pop();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((place, cell)) = take() {
                    let row = row(cell);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((place, row));
                }
            });
        }
    });
    let mut rows = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    rows.sort_by_key(|(place, _)| *place);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// A cable that is pulled behind an answer may or may not be noticed before the answer is used, so such a row
/// names both: what happens without a fault, and what happens when the cable is pulled before the answer.
fn name_both(rows: &mut [Row]) {
    for place in 0..rows.len() {
        let state = rows[place].state;
        let like = |fault: &str| rows.iter().find(|row| row.state == state && row.fault == fault).unwrap();
        if rows[place].fault != AFTER {
            continue;
        }
        let (used, noticed) = (like(DELAYED), like(BEFORE));
        let played = &rows[place].answer;
        assert!([&used.answer, &noticed.answer].contains(&played), "{state}, {AFTER}: {played}");
        let both = |one: &str, other: &str| {
            if one == other { one.to_owned() } else { format!("{one}; or {other}") }
        };
        let answer = both(&used.answer, &noticed.answer);
        let resident = both(&used.resident, &noticed.resident);
        let technician = both(&used.technician, &noticed.technician);
        let row = &mut rows[place];
        (row.answer, row.resident, row.technician) = (answer, resident, technician);
    }
}

/// For what depends on who is faster: names all that may be said, after a look that it is one of them.
fn one_of(answer: &str, all: [&str; 2]) -> String {
    assert!(all.contains(&answer), "{answer} is none of {all:?}");
    all.join("; or ")
}

/// Compares the rows of a class with those of docs/devices.md.
fn compare(class: &str, mut rows: Vec<Row>) {
    name_both(&mut rows);
    let (begin, end) = (format!("<!-- begin {class} -->\n"), format!("<!-- end {class} -->"));
    let written = table(&rows);
    let document = document();
    let text = std::fs::read_to_string(&document).unwrap();
    let from = text.find(&begin).unwrap_or_else(|| panic!("docs/devices.md has no {begin}")) + begin.len();
    let to = text.find(&end).unwrap_or_else(|| panic!("docs/devices.md has no {end}"));
    if std::env::var_os("LUCHENG_BLESS").is_some() {
        std::fs::write(&document, format!("{}{written}{}", &text[..from], &text[to..])).unwrap();
        return;
    }
    let differing: Vec<String> = written
        .lines()
        .zip(text[from..to].lines().chain(std::iter::repeat("")))
        .filter(|(now, then)| now != then)
        .map(|(now, then)| format!("played:  {now}\nwritten: {then}"))
        .collect();
    assert!(differing.is_empty(), "docs/devices.md does not say what happens:\n{}", differing.join("\n"));
    assert_eq!(written.lines().count(), text[from..to].lines().count(), "rows too many in docs/devices.md");
}

fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/devices.md")
}

fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| the driver waits for | fault | the driver says | the resident sees | the technician sees \
         | it heals |\n\
         |---|---|---|---|---|---|\n",
    );
    for row in rows {
        let Row { state, fault, answer, resident, technician, heals } = row;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| {state} | {fault} | {answer} | {resident} | {technician} | {heals} |");
    }
    text
}
