//! What is wrong with a configuration, with the file and line where it stands.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

use crate::fee::fault::FeeFault;
use crate::hardware::DeviceClass;

/// One problem. Readers return all of them at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// File in which to mend it; `--set` for a value from the command line.
    pub file: PathBuf,
    /// Line, counted from 1; none where the problem has no line.
    pub line: Option<usize>,
    /// Dotted path of the key, for example `hall.timeout_ms`; empty for the file as a whole.
    pub field: String,
    /// What is wrong.
    pub problem: FindingKind,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FindingKind {
    /// The file could not be read.
    #[error("cannot be read: {0}")]
    Unreadable(std::io::ErrorKind),
    /// The file is larger than any file of its kind, or not text.
    #[error("not a configuration file: binary or too large")]
    NotText,
    /// The file is not TOML; nothing after this place was read.
    #[error("not TOML: {message}")]
    Syntax {
        /// What the parser says.
        message: String,
    },
    /// TOML, but not the keys and values of such a file.
    #[error("{message}")]
    Form {
        /// What the parser says.
        message: String,
    },
    /// No such key.
    #[error("no such key")]
    UnknownKey,
    /// A required key is absent.
    #[error("missing")]
    Missing,
    /// A value of another type.
    #[error("expected {expected}, found {found}")]
    WrongType {
        /// What belongs here.
        expected: &'static str,
        /// What stands here.
        found: &'static str,
    },
    /// A number outside its range.
    #[error("not between {min} and {max}")]
    OutOfRange {
        /// Least.
        min: i64,
        /// Most.
        max: i64,
    },
    /// A kiosk code that cannot begin an order id.
    #[error("not 2 to 21 capital letters and digits")]
    NotAKioskCode,
    /// A web address that is none.
    #[error("not an http:// or https:// address")]
    NotAnAddress,
    /// A folder that is not there.
    #[error("no such folder")]
    NotAFolder,
    /// Text that is empty where a name belongs.
    #[error("empty")]
    Empty,
    /// No hardware profile has this name.
    #[error("no hardware profile {name}")]
    UnknownProfile {
        /// Name in the file.
        name: String,
    },
    /// The profile describes another kind of device.
    #[error("{name} is a profile for {class}")]
    WrongClass {
        /// Name in the file.
        name: String,
        /// What the profile is for.
        class: DeviceClass,
    },
    /// No site has this name.
    #[error("no site {name}")]
    UnknownSite {
        /// Name in the file.
        name: String,
    },
    /// Two devices on one port.
    #[error("the same port as {other}")]
    DuplicatePort {
        /// Key that names the port first.
        other: String,
    },
    /// A name, code or place that another entry has already.
    #[error("already taken by {other}")]
    Duplicate {
        /// The file that has it.
        other: String,
    },
    /// A profile, site or fee whose name is not that of its file.
    #[error("not the name of the file, which is {expected}")]
    NotTheFileName {
        /// Name by the file.
        expected: String,
    },
    /// A rule of the fee catalogue is broken.
    #[error(transparent)]
    Fee(#[from] FeeFault),
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(out, ":{line}")?;
        }
        if !self.field.is_empty() {
            write!(out, ": {}", self.field)?;
        }
        write!(out, ": {}", self.problem)?;
        match &self.suggestion {
            Some(suggestion) => write!(out, "; did you mean {suggestion}?"),
            None => Ok(()),
        }
    }
}

/// The candidate that `word` was probably meant to be: at most a third of its letters differ.
pub(crate) fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let far = (word.chars().count() / 3).max(1);
    let near = candidates.map(|candidate| (edit_distance(word, candidate), candidate));
    near.filter(|(distance, _)| *distance <= far).min().map(|(_, candidate)| candidate)
}

/// Levenshtein's distance, one row at a time.
fn edit_distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (place, letter) in left.chars().enumerate() {
        row = next_row(&row, place + 1, letter, right);
    }
    row.last().copied().unwrap_or(0)
}

fn next_row(above: &[usize], first: usize, letter: char, right: &str) -> Vec<usize> {
    let mut row = vec![first];
    let mut before = first;
    for (pair, other) in above.windows(2).zip(right.chars()) {
        let &[diagonal, top] = pair else { continue };
        before = (before + 1).min(top + 1).min(diagonal + usize::from(letter != other));
        row.push(before);
    }
    row
}
