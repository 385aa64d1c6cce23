//! A list of faults as TOML, and one fault as words of a shell.
//!
//! ```toml
//! seed = 7                  # for chances, random bits and random garbage; 0 without it
//!
//! [[fault]]
//! kind = "unplug"           # silence, delay, garbage, half-frame, flipped-bit, wrong-checksum, duplicate,
//!                           # late-answer, unplug, do
//! after = 2                 # transmissions that pass first; 0 without it
//! times = 1                 # how often, 0 for ever; 1 without it
//! chance = 100              # percent; 100 without it
//! request = "30 01"         # only answers to requests with these bytes; any without it
//! when = "during"           # unplug: before, during or after the answer; before without it
//! ms = 500                  # unplug: until it is plugged again, for ever without it; delay: how long
//! bit = 12                  # flipped-bit: which; any without it
//! bytes = "FF FF"           # garbage: which; any without it
//! command = "paper out"     # do: a command of the device
//! ```

use thiserror::Error;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, FaultKind, Moment};
use super::fault_layer::MAX_FAULTS;

/// The longest script; the longest sensible one has some kilobytes.
const MAX_BYTES: usize = 1 << 20;

/// The longest delay, in ms: no deadline of a device is longer than ten minutes.
const MAX_MS: i64 = 600_000;

/// Faults to be loaded into a simulator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultScript {
    /// What random faults are drawn from.
    pub seed: u64,
    /// In the order of the file.
    pub faults: Vec<Fault>,
}

/// One mistake in a script.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("line {line}: {problem}")]
pub struct ScriptFinding {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: ScriptProblem,
}

/// What is wrong with a script.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ScriptProblem {
    /// Not TOML; nothing after this place was read.
    #[error("not TOML: {0}")]
    Syntax(String),
    /// Longer than any script.
    #[error("longer than {MAX_BYTES} bytes or {MAX_FAULTS} faults")]
    TooLong,
    /// No such key.
    #[error("no key {0:?}")]
    UnknownKey(String),
    /// A key of another kind of fault.
    #[error("a fault of this kind has no key {0:?}")]
    WrongKey(&'static str),
    /// A key is missing.
    #[error("the key {0:?} is missing")]
    Missing(&'static str),
    /// A value of another type.
    #[error("{key} must be {expected}")]
    WrongType {
        /// The key.
        key: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// A number out of range.
    #[error("{key} must be between {min} and {max}")]
    OutOfRange {
        /// The key.
        key: &'static str,
        /// Least.
        min: i64,
        /// Most.
        max: i64,
    },
    /// No such kind or moment.
    #[error("{key} cannot be {word:?}")]
    UnknownWord {
        /// The key.
        key: &'static str,
        /// What was written.
        word: String,
    },
    /// Not hexadecimal bytes.
    #[error("{0} must be bytes such as \"AA 01\"")]
    NotHex(&'static str),
}

impl FaultScript {
    /// Reads a script.
    ///
    /// # Errors
    /// Every mistake with its line, in the order of the file.
    pub fn parse(text: &str) -> Result<Self, Vec<ScriptFinding>> {
        if text.len() > MAX_BYTES {
            return Err(vec![ScriptFinding { line: 1, problem: ScriptProblem::TooLong }]);
        }
        let root = DeTable::parse(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_at(text, span.start));
            vec![ScriptFinding { line, problem: ScriptProblem::Syntax(error.message().to_owned()) }]
        })?;
        let mut reading = Reading { text, script: Self::default(), findings: Vec::new() };
        reading.read(root.get_ref());
        reading.findings.sort_by_key(|finding| finding.line);
        if reading.findings.is_empty() { Ok(reading.script) } else { Err(reading.findings) }
    }
}

struct Reading<'a> {
    text: &'a str,
    script: FaultScript,
    findings: Vec<ScriptFinding>,
}

impl Reading<'_> {
    fn wrong(&mut self, offset: usize, problem: ScriptProblem) {
        self.findings.push(ScriptFinding { line: line_at(self.text, offset), problem });
    }

    fn read(&mut self, root: &DeTable<'_>) {
        for (key, value) in root {
            let at = key.span().start;
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("seed", value) => match number("seed", &given(value), 0, i64::MAX) {
                    Ok(seed) => self.script.seed = seed.unsigned_abs(),
                    Err(problem) => self.wrong(at, problem),
                },
                ("fault", DeValue::Array(list)) if list.len() > MAX_FAULTS => {
                    self.wrong(at, ScriptProblem::TooLong);
                }
                ("fault", DeValue::Array(list)) => {
                    for entry in list.iter() {
                        self.read_fault(entry.span().start, entry.get_ref());
                    }
                }
                ("fault", _) => {
                    let key = "fault".to_owned();
                    self.wrong(at, ScriptProblem::WrongType { key, expected: "a list: [[fault]]" });
                }
                (key, _) => self.wrong(at, ScriptProblem::UnknownKey(key.to_owned())),
            }
        }
    }

    fn read_fault(&mut self, at: usize, entry: &DeValue<'_>) {
        let Some(table) = entry.as_table() else {
            let key = "fault".to_owned();
            return self.wrong(at, ScriptProblem::WrongType { key, expected: "a table" });
        };
        let (mut draft, found) = (Draft::default(), self.findings.len());
        for (key, value) in table {
            if let Err(problem) = draft.set(key.get_ref(), &given(value.get_ref())) {
                self.wrong(key.span().start, problem);
            }
        }
        if self.findings.len() > found {
            return;
        }
        match draft.finish() {
            Ok(fault) => self.script.faults.push(fault),
            Err(problem) => self.wrong(at, problem),
        }
    }
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// A value of a key, from a file or from a shell.
enum Given {
    Text(String),
    Number(i64),
    Other,
}

fn given(value: &DeValue<'_>) -> Given {
    match value {
        DeValue::String(text) => Given::Text(text.clone().into_owned()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Given::Other, Given::Number)
        }
        _ => Given::Other,
    }
}

/// Reads the words of a live fault: `silence times=2`. A hexadecimal value has no spaces: `request=3001`.
///
/// # Errors
/// What is wrong with the first wrong word.
pub(super) fn from_words(words: &[&str]) -> Result<Fault, ScriptProblem> {
    let mut draft = Draft::default();
    for (place, word) in words.iter().enumerate() {
        let (key, value) = match word.split_once('=') {
            Some(pair) => pair,
            None if place == 0 => ("kind", *word),
            None => return Err(ScriptProblem::UnknownKey((*word).to_owned())),
        };
        let text = matches!(key, "kind" | "when" | "request" | "bytes" | "command");
        let given = match value.parse() {
            Ok(number) if !text => Given::Number(number),
            _ => Given::Text(value.replace('_', " ")),
        };
        draft.set(key, &given)?;
    }
    draft.finish()
}

/// A fault whose keys are being collected.
#[derive(Default)]
struct Draft {
    kind: Option<String>,
    after: u32,
    times: Option<u32>,
    chance: Option<u8>,
    request: Vec<u8>,
    ms: Option<u64>,
    bytes: Option<Vec<u8>>,
    bit: Option<usize>,
    when: Option<Moment>,
    command: Option<String>,
}

impl Draft {
    fn set(&mut self, key: &str, value: &Given) -> Result<(), ScriptProblem> {
        let count = i64::from(u32::MAX);
        match key {
            "kind" => self.kind = Some(text("kind", value)?),
            "after" => self.after = narrow(number("after", value, 0, count)?),
            "times" => self.times = Some(narrow(number("times", value, 0, count)?)),
            "chance" => self.chance = Some(narrow(number("chance", value, 0, 100)?)),
            "request" => self.request = hex("request", value)?,
            "ms" => self.ms = Some(narrow(number("ms", value, 1, MAX_MS)?)),
            "bytes" => self.bytes = Some(hex("bytes", value)?),
            "bit" => self.bit = Some(narrow(number("bit", value, 0, count)?)),
            "when" => self.when = Some(moment(&text("when", value)?)?),
            "command" => self.command = Some(text("command", value)?),
            other => return Err(ScriptProblem::UnknownKey(other.to_owned())),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Fault, ScriptProblem> {
        let word = self.kind.take().ok_or(ScriptProblem::Missing("kind"))?;
        let kind = self.kind(&word)?;
        let left = [
            ("ms", self.ms.is_some()),
            ("bytes", self.bytes.is_some()),
            ("bit", self.bit.is_some()),
            ("when", self.when.is_some()),
            ("command", self.command.is_some()),
        ];
        if let Some((key, _)) = left.into_iter().find(|(_, is_left)| *is_left) {
            return Err(ScriptProblem::WrongKey(key));
        }
        let (times, chance) = (self.times.unwrap_or(1), self.chance.unwrap_or(100));
        Ok(Fault { kind, after: self.after, times, chance, request: self.request })
    }

    /// Takes the keys that belong to the kind; what is left over does not.
    fn kind(&mut self, word: &str) -> Result<FaultKind, ScriptProblem> {
        Ok(match word {
            "silence" => FaultKind::Silence,
            "delay" => FaultKind::Delay { ms: self.ms.take().ok_or(ScriptProblem::Missing("ms"))? },
            "garbage" => FaultKind::Garbage { bytes: self.bytes.take().unwrap_or_default() },
            "half-frame" => FaultKind::HalfFrame,
            "flipped-bit" => FaultKind::FlippedBit { bit: self.bit.take() },
            "wrong-checksum" => FaultKind::WrongChecksum,
            "duplicate" => FaultKind::Duplicate,
            "late-answer" => FaultKind::LateAnswer,
            "unplug" => FaultKind::Unplug {
                when: self.when.take().unwrap_or_default(),
                ms: self.ms.take().unwrap_or(0),
            },
            "do" => FaultKind::Do { command: self.command.take().ok_or(ScriptProblem::Missing("command"))? },
            other => return Err(ScriptProblem::UnknownWord { key: "kind", word: other.to_owned() }),
        })
    }
}

fn text(key: &'static str, value: &Given) -> Result<String, ScriptProblem> {
    match value {
        Given::Text(text) => Ok(text.clone()),
        _ => Err(ScriptProblem::WrongType { key: key.to_owned(), expected: "a text" }),
    }
}

fn number(key: &'static str, value: &Given, min: i64, max: i64) -> Result<i64, ScriptProblem> {
    match value {
        Given::Number(number) if (min..=max).contains(number) => Ok(*number),
        Given::Number(_) => Err(ScriptProblem::OutOfRange { key, min, max }),
        _ => Err(ScriptProblem::WrongType { key: key.to_owned(), expected: "a whole number" }),
    }
}

/// A number whose range was checked.
fn narrow<T: TryFrom<i64> + Default>(number: i64) -> T {
    T::try_from(number).unwrap_or_default()
}

fn hex(key: &'static str, value: &Given) -> Result<Vec<u8>, ScriptProblem> {
    let wrong = ScriptProblem::NotHex(key);
    let digits: Vec<u8> = text(key, value)?.bytes().filter(|byte| *byte != b' ').collect();
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return Err(wrong);
    }
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.chunks(2).map(byte).collect::<Option<Vec<u8>>>().ok_or(wrong)
}

fn moment(word: &str) -> Result<Moment, ScriptProblem> {
    match word {
        "before" => Ok(Moment::Before),
        "during" => Ok(Moment::During),
        "after" => Ok(Moment::After),
        other => Err(ScriptProblem::UnknownWord { key: "when", word: other.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_read_with_its_defaults() {
        let script = FaultScript::parse(
            "seed = 7\n[[fault]]\nkind = \"unplug\"\nwhen = \"during\"\nms = 500\nrequest = \"30 01\"\n\
             [[fault]]\nkind = \"garbage\"\nafter = 2\ntimes = 0\nchance = 25\n",
        );
        let unplug = FaultKind::Unplug { when: Moment::During, ms: 500 };
        let garbage = FaultKind::Garbage { bytes: Vec::new() };
        let faults = vec![
            Fault { request: vec![0x30, 0x01], ..Fault::once(unplug) },
            Fault { after: 2, times: 0, chance: 25, ..Fault::once(garbage) },
        ];
        assert_eq!(script, Ok(FaultScript { seed: 7, faults }));
    }

    #[test]
    fn every_mistake_is_found_with_its_line() {
        let text = "sed = 1\n[[fault]]\nkind = \"silense\"\n[[fault]]\nkind = \"delay\"\n[[fault]]\n\
                    kind = \"silence\"\nchance = 101\nrequest = \"3\"\nbit = true\n[[fault]]\n\
                    kind = \"silence\"\nms = 5\n[[fault]]\nafter = 1\n";
        let findings = FaultScript::parse(text).unwrap_err();
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert_eq!(
            lines,
            [
                "line 1: no key \"sed\"",
                "line 2: kind cannot be \"silense\"",
                "line 4: the key \"ms\" is missing",
                "line 8: chance must be between 0 and 100",
                "line 9: request must be bytes such as \"AA 01\"",
                "line 10: bit must be a whole number",
                "line 11: a fault of this kind has no key \"ms\"",
                "line 14: the key \"kind\" is missing",
            ]
        );
        let broken = FaultScript::parse("[[fault]]\nkind = \n").unwrap_err();
        assert!(matches!(&broken[..], [ScriptFinding { line: 2, problem: ScriptProblem::Syntax(_) }]));
    }

    #[test]
    fn a_live_fault_is_a_line_of_words() {
        let delay = from_words(&["delay", "ms=300", "times=2", "request=3001"]);
        let kind = FaultKind::Delay { ms: 300 };
        assert_eq!(delay, Ok(Fault { times: 2, request: vec![0x30, 1], ..Fault::once(kind) }));
        let command = from_words(&["do", "command=paper_out"]).map(|fault| fault.kind);
        assert_eq!(command, Ok(FaultKind::Do { command: "paper out".to_owned() }));
        assert_eq!(from_words(&["silence", "2"]), Err(ScriptProblem::UnknownKey("2".to_owned())));
    }
}
