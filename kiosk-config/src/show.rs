//! Tells people what the keys of a kiosk's file mean and which values are in force.

use std::fmt::Write as _;

use toml::Value;

use crate::key::{Absent, KEYS, Key, Kind};
use crate::kiosk::KioskConfig;

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

/// The values in force, one a line, with secrets hidden. Keys that are unset are left out.
pub fn show(config: &KioskConfig) -> String {
    let root = Value::try_from(config).unwrap_or(Value::Boolean(false));
    let mut text = String::new();
    for key in KEYS {
        if let Some(value) = lookup(&root, key.path) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{} = {}", key.path, shown(key, value));
        }
    }
    text
}

fn lookup<'a>(root: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(root, |value, name| value.get(name))
}

fn shown(key: &Key, value: &Value) -> String {
    match key.kind {
        Kind::Secret => "(hidden)".to_owned(),
        Kind::Whole { .. } if !key.unit.is_empty() => format!("{value}  # {}", key.unit),
        _ => value.to_string(),
    }
}
