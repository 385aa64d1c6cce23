//! Reads a kiosk's file and reports everything that is wrong with it at once.
//!
//! The file is walked key by key against the table in `key.rs` instead of being handed to serde,
//! which stops at its first error. Only a file without findings becomes a [`KioskConfig`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::document::{line_at, syntax_finding};
use crate::entry::{Entries, Entry, file_value, set_value};
use crate::finding::{Finding, FindingKind, nearest};
use crate::key::{Absent, KEYS, Key};
use crate::kiosk::KioskConfig;
use crate::relation;
use crate::shelf::{SourceFile, read_text};

/// Name in findings for values from the command line.
pub(crate) const COMMAND_LINE: &str = "--set";

/// Reads the file of one kiosk, with `sets` (dotted key, value) from the command line on top; or
/// every problem at once.
pub fn load(file: &Path, sets: &[(String, String)]) -> Result<KioskConfig, Vec<Finding>> {
    build(file, &entries(file, sets)?)
}

/// Reads the text of a kiosk's file by itself: keys, types and ranges, but not whether the sites and profiles
/// that it names exist. `file` is its name in findings.
pub fn parse(file: &Path, text: &str, sets: &[(String, String)]) -> Result<KioskConfig, Vec<Finding>> {
    let (entries, findings) = walked(file, text.to_owned(), sets)?;
    if findings.is_empty() { build(file, &entries) } else { Err(findings) }
}

/// The sound values of a file and what was set on top, each with its place.
pub(crate) fn entries(file: &Path, sets: &[(String, String)]) -> Result<Entries, Vec<Finding>> {
    let text = read_text(file).map_err(|finding| vec![*finding])?;
    let (entries, mut findings) = walked(file, text, sets)?;
    findings.extend(relation::check(&entries));
    findings.sort_by_key(|finding| (finding.file != file, finding.line));
    if findings.is_empty() { Ok(entries) } else { Err(findings) }
}

/// The sound values of a text and its mistakes; only a text that is not TOML has no values.
fn walked(
    file: &Path,
    text: String,
    sets: &[(String, String)],
) -> Result<(Entries, Vec<Finding>), Vec<Finding>> {
    let source = SourceFile { file: file.to_owned(), name: String::new(), text };
    let root = DeTable::parse(&source.text).map_err(|e| vec![syntax_finding(&source, &e)])?;
    let mut reading = Reading::new(&source);
    reading.walk("", root.get_ref());
    reading.apply(sets);
    reading.fill();
    Ok((reading.entries, reading.findings))
}

struct Reading<'a> {
    source: &'a SourceFile,
    /// Sound values by path.
    entries: Entries,
    /// Keys that are there or were meant, sound or not: they are not missing.
    seen: BTreeSet<String>,
    /// Lines of the tables that are there.
    tables: BTreeMap<String, usize>,
    findings: Vec<Finding>,
}

impl<'a> Reading<'a> {
    fn new(source: &'a SourceFile) -> Self {
        let (entries, tables) = (BTreeMap::new(), BTreeMap::new());
        Reading { source, entries, seen: BTreeSet::new(), tables, findings: Vec::new() }
    }

    /// Visits a table; as deep as the table of keys, however deep the file is.
    fn walk(&mut self, table: &str, content: &DeTable<'_>) {
        for (name, value) in content {
            let path = join(table, name.get_ref());
            let line = line_at(&self.source.text, Spanned::span(name).start);
            match (Key::find(&path), value.get_ref()) {
                (Some(key), value) => self.read(key, value, line),
                (None, DeValue::Table(inner)) if Key::is_table(&path) => {
                    self.tables.insert(path.clone(), line);
                    self.walk(&path, inner);
                }
                (None, value) if Key::is_table(&path) => self.not_a_table(path, value, line),
                (None, _) => self.unknown(table, path, self.source.file.clone(), Some(line)),
            }
        }
    }

    fn read(&mut self, key: &'static Key, value: &DeValue<'_>, line: usize) {
        self.seen.insert(key.path.to_owned());
        let checked = file_value(key.kind, value);
        self.keep(key, checked, self.source.file.clone(), Some(line));
    }

    fn apply(&mut self, sets: &[(String, String)]) {
        for (path, text) in sets {
            match Key::find(path) {
                Some(key) => {
                    self.seen.insert(path.clone());
                    self.tables.entry(key.table().to_owned()).or_insert(1);
                    let checked = set_value(key.kind, text);
                    self.keep(key, checked, COMMAND_LINE.into(), None);
                }
                None => {
                    let table = path.rsplit_once('.').map_or("", |(table, _)| table);
                    self.unknown(table, path.clone(), COMMAND_LINE.into(), None);
                }
            }
        }
    }

    fn keep(
        &mut self,
        key: &'static Key,
        checked: Result<toml::Value, FindingKind>,
        file: PathBuf,
        line: Option<usize>,
    ) {
        match checked {
            Ok(value) => drop(self.entries.insert(key.path, Entry { value, file, line })),
            Err(problem) => {
                let (field, suggestion) = (key.path.to_owned(), None);
                self.findings.push(Finding { file, line, field, problem, suggestion });
            }
        }
    }

    fn not_a_table(&mut self, path: String, value: &DeValue<'_>, line: usize) {
        let inside = KEYS.iter().filter(|key| key.path.starts_with(&format!("{path}.")));
        self.seen.extend(inside.map(|key| key.path.to_owned()));
        let problem = FindingKind::WrongType { expected: "table", found: value.type_str() };
        let (file, line) = (self.source.file.clone(), Some(line));
        self.findings.push(Finding { file, line, field: path, problem, suggestion: None });
    }

    /// A key that was probably meant is not missing as well: one mistake, one finding.
    fn unknown(&mut self, table: &str, path: String, file: PathBuf, line: Option<usize>) {
        let suggestion = meant(table, &path);
        if let Some(meant) = &suggestion {
            let inside = KEYS.iter().filter(|key| key.path.starts_with(&format!("{meant}.")));
            self.seen.extend(inside.map(|key| key.path.to_owned()));
            self.seen.insert(meant.clone());
        }
        let problem = FindingKind::UnknownKey;
        self.findings.push(Finding { file, line, field: path, problem, suggestion });
    }

    /// Gives every absent key its default, or reports that it is missing.
    fn fill(&mut self) {
        for key in KEYS {
            if self.seen.contains(key.path) {
                continue;
            }
            let table_line = self.tables.get(key.table()).copied();
            match key.absent {
                Absent::Number(number) => self.default(key, number),
                Absent::Required => self.missing(key, table_line.unwrap_or(1)),
                Absent::RequiredInTable => {
                    if let Some(line) = table_line {
                        self.missing(key, line);
                    }
                }
                Absent::Unset => {}
            }
        }
    }

    fn default(&mut self, key: &'static Key, number: i64) {
        let value = toml::Value::Integer(number);
        let entry = Entry { value, file: self.source.file.clone(), line: None };
        self.entries.insert(key.path, entry);
    }

    fn missing(&mut self, key: &'static Key, line: usize) {
        let (file, field) = (self.source.file.clone(), key.path.to_owned());
        let problem = FindingKind::Missing;
        self.findings.push(Finding { file, line: Some(line), field, problem, suggestion: None });
    }
}

fn join(table: &str, name: &str) -> String {
    if table.is_empty() { name.to_owned() } else { format!("{table}.{name}") }
}

/// The path that an unknown one was probably meant to be: a similar name in its table, or the
/// same name in another table.
fn meant(table: &str, path: &str) -> Option<String> {
    let name = path.rsplit('.').next().unwrap_or(path);
    let similar = nearest(name, names_in(table).into_iter()).map(|near| join(table, near));
    let elsewhere = || KEYS.iter().find(|key| key.path.rsplit('.').next() == Some(name));
    similar.or_else(|| elsewhere().map(|key| key.path.to_owned()))
}

/// Names of the keys and tables directly in a table.
fn names_in(table: &str) -> BTreeSet<&'static str> {
    let prefix = join(table, "");
    let inside = KEYS.iter().filter_map(|key| key.path.strip_prefix(&prefix));
    inside.filter_map(|rest| rest.split('.').next()).collect()
}

fn build(file: &Path, entries: &Entries) -> Result<KioskConfig, Vec<Finding>> {
    let mut root = toml::Table::new();
    for (path, entry) in entries {
        place(&mut root, path, entry.value.clone());
    }
    root.try_into().map_err(|error: toml::de::Error| {
        let problem = FindingKind::Form { message: error.message().to_owned() };
        let (file, field) = (file.to_owned(), String::new());
        vec![Finding { file, line: None, field, problem, suggestion: None }]
    })
}

fn place(table: &mut toml::Table, path: &str, value: toml::Value) {
    let Some((first, rest)) = path.split_once('.') else {
        table.insert(path.to_owned(), value);
        return;
    };
    let inner = table.entry(first).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    if let Some(inner) = inner.as_table_mut() {
        place(inner, rest, value);
    }
}
