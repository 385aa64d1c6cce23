//! TOML text with the line of each key.

use std::path::Path;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

use crate::finding::{Finding, FindingKind};
use crate::shelf::SourceFile;

/// Line of a byte, counted from 1.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// Reads the text of one data file, a [`crate::HardwareProfile`] for example, by itself. `file` is its name
/// in the finding.
pub fn parse_data<T: DeserializeOwned>(file: &Path, text: &str) -> Result<T, Box<Finding>> {
    parse(&SourceFile { file: file.to_owned(), name: String::new(), text: text.to_owned() })
}

/// Reads a file strictly; the first problem comes back with its line.
pub(crate) fn parse<T: DeserializeOwned>(source: &SourceFile) -> Result<T, Box<Finding>> {
    if let Err(error) = DeTable::parse(&source.text) {
        return Err(Box::new(syntax_finding(source, &error)));
    }
    toml::from_str(&source.text).map_err(|error| {
        let problem = FindingKind::Form { message: error.message().to_owned() };
        Box::new(error_finding(source, &error, problem))
    })
}

/// The finding for text that is not TOML.
pub(crate) fn syntax_finding(source: &SourceFile, error: &Error) -> Finding {
    let problem = FindingKind::Syntax { message: error.message().to_owned() };
    error_finding(source, error, problem)
}

fn error_finding(source: &SourceFile, error: &Error, problem: FindingKind) -> Finding {
    let line = error.span().map(|span| line_at(&source.text, span.start));
    Finding { file: source.file.clone(), line, field: String::new(), problem, suggestion: None }
}

/// A finding about a key of a file that has been read.
pub(crate) fn finding_at(source: &SourceFile, field: &str, problem: impl Into<FindingKind>) -> Finding {
    let (file, line) = (source.file.clone(), line_of(&source.text, field));
    Finding { file, line, field: field.to_owned(), problem: problem.into(), suggestion: None }
}

/// Line of a dotted key, or of the nearest table around it. A number names an entry of a list:
/// `tariff.0.items`.
pub(crate) fn line_of(text: &str, field: &str) -> Option<usize> {
    let root = DeTable::parse(text).ok()?;
    let (first, rest) = field.split_once('.').unwrap_or((field, ""));
    let Some((offset, mut value)) = entry(root.get_ref(), first) else { return Some(1) };
    let mut line = line_at(text, offset);
    for part in rest.split('.') {
        let Some((offset, inner)) = step(value, part) else { break };
        line = line_at(text, offset);
        value = inner;
    }
    Some(line)
}

fn step<'a, 'i>(value: &'a DeValue<'i>, part: &str) -> Option<(usize, &'a DeValue<'i>)> {
    match value {
        DeValue::Table(table) => entry(table, part),
        DeValue::Array(list) => {
            let item = list.get(part.parse::<usize>().ok()?)?;
            Some((item.span().start, item.get_ref()))
        }
        _ => None,
    }
}

fn entry<'a, 'i>(table: &'a DeTable<'i>, name: &str) -> Option<(usize, &'a DeValue<'i>)> {
    let (key, value) = table.iter().find(|(key, _)| key.get_ref() == name)?;
    Some((Spanned::span(key).start, value.get_ref()))
}
