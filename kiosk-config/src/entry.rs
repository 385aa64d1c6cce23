//! One value of a kiosk's file: its type, its range, its place.

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml::Value;
use toml::de::DeValue;

use crate::finding::FindingKind;
use crate::key::Kind;

/// A sound value and the place it came from.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) value: Value,
    pub(crate) file: PathBuf,
    /// None for defaults and the command line.
    pub(crate) line: Option<usize>,
}

/// Sound values by path.
pub(crate) type Entries = BTreeMap<&'static str, Entry>;

/// A value from the file: text or a whole number; no key takes anything else.
pub(crate) fn file_value(kind: Kind, value: &DeValue<'_>) -> Result<Value, FindingKind> {
    let found = value.type_str();
    match value {
        DeValue::String(text) => check_value(kind, Value::String(text.to_string())),
        DeValue::Integer(number) => {
            let digits = i64::from_str_radix(number.as_str(), number.radix());
            // Beyond i64 is beyond every range, and saturating says so.
            check_value(kind, Value::Integer(digits.unwrap_or(i64::MAX)))
        }
        _ => Err(FindingKind::WrongType { expected: kind.type_name(), found }),
    }
}

/// A value from the command line, where text needs no quotes.
pub(crate) fn set_value(kind: Kind, text: &str) -> Result<Value, FindingKind> {
    let value = match kind {
        Kind::Whole { .. } => text.parse().map_or(Value::String(text.to_owned()), Value::Integer),
        _ => Value::String(text.to_owned()),
    };
    check_value(kind, value)
}

/// Checks type and range.
fn check_value(kind: Kind, value: Value) -> Result<Value, FindingKind> {
    match (kind, &value) {
        (Kind::Whole { min, max }, Value::Integer(number)) => {
            let inside = (min..=max).contains(number);
            if inside { Ok(value) } else { Err(FindingKind::OutOfRange { min, max }) }
        }
        (kind, value) if kind.type_name() != value.type_str() => {
            Err(FindingKind::WrongType { expected: kind.type_name(), found: value.type_str() })
        }
        (_, Value::String(text)) if text.trim().is_empty() => Err(FindingKind::Empty),
        (Kind::Url, Value::String(text)) if !is_address(text) => Err(FindingKind::NotAnAddress),
        (Kind::KioskCode, Value::String(text)) if !is_kiosk_code(text) => Err(FindingKind::NotAKioskCode),
        _ => Ok(value),
    }
}

/// What an order id of 32 characters leaves beside epoch and sequence.
fn is_kiosk_code(text: &str) -> bool {
    (2..=21).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

fn is_address(text: &str) -> bool {
    let host = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    host.is_some_and(|host| !host.is_empty() && !host.contains(char::is_whitespace))
}
