//! Tells people what the keys of a kiosk's file mean and which values are in force.

use std::fmt::Write as _;
use std::path::Path;

use crate::entry::Entry;
use crate::finding::Finding;
use crate::key::{Absent, KEYS, Key, Kind};
use crate::reading::{self, COMMAND_LINE};

/// Every key with meaning, unit, default and range, one a line.
pub fn explain() -> String {
    let mut text = String::new();
    for key in KEYS {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:<34} {}", key.path, explain_key(key));
    }
    text
}

fn explain_key(key: &Key) -> String {
    let mut parts = vec![key.meaning.to_owned()];
    if let Kind::Whole { min, max } = key.kind {
        parts.push(format!("{min} to {max} {}", key.unit).trim_end().to_owned());
    }
    parts.push(match key.absent {
        Absent::Required => "required".to_owned(),
        Absent::RequiredInTable => "required if the device is there".to_owned(),
        Absent::Unset => "optional".to_owned(),
        Absent::Number(number) => format!("default {number} {}", key.unit).trim_end().to_owned(),
    });
    if key.kind == Kind::Secret {
        parts.push("secret".to_owned());
    }
    parts.join("; ")
}

/// The values in force, one a line, secrets hidden, each with the place it came from; or every problem.
/// Keys that are unset are left out.
pub fn show(file: &Path, sets: &[(String, String)]) -> Result<String, Vec<Finding>> {
    let entries = reading::entries(file, sets)?;
    let lines = KEYS.iter().filter_map(|key| Some(show_key(key, entries.get(key.path)?)));
    Ok(lines.collect())
}

fn show_key(key: &Key, entry: &Entry) -> String {
    let value = if key.kind == Kind::Secret { "(hidden)".to_owned() } else { entry.value.to_string() };
    let line = format!("{} = {value} {}", key.path, key.unit);
    format!("{:<56} # {}\n", line.trim_end(), origin(entry))
}

fn origin(entry: &Entry) -> String {
    let file = entry.file.display();
    match entry.line {
        Some(line) => format!("{file}:{line}"),
        None if entry.file.as_os_str() == COMMAND_LINE => COMMAND_LINE.to_owned(),
        None => "default".to_owned(),
    }
}
