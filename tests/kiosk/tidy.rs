//! Tidiness: what the compiler does not see. Each check is a function from texts to findings, and each is
//! also shown a text that is wrong, so that a check that finds nothing has looked.

mod lexer;
mod program;
mod rooms;
mod screens;
mod source;

use std::fs;
use std::path::Path;

use libtest_mimic::{Failed, Trial};

/// A file of the workspace: its path from the root with `/`, and its text.
#[derive(Clone)]
pub struct File {
    path: String,
    text: String,
}

impl File {
    fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }
}

/// Looks at all files and says what is wrong.
type Check = fn(&[File]) -> Vec<String>;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const FOLDERS: [&str; 6] = ["src", "ui", "drivers", "hall", "kiosk-config", "tests"];
const KINDS: [&str; 4] = ["rs", "slint", "toml", "json"];

/// Every check, and for every check a violation that it must find.
pub fn trials() -> Vec<Trial> {
    [rooms::trials(), source::trials(), screens::trials(), program::trials()].into_iter().flatten().collect()
}

/// The files of the workspace pass.
fn holds(name: &str, check: Check) -> Trial {
    Trial::test(format!("tidy::{name}"), move || verdict(&check(&workspace()?)))
}

/// The check finds each of these files wrong, one at a time.
fn finds(name: &str, check: Check, planted: &[(&str, &str)]) -> Trial {
    let planted: Vec<_> = planted.iter().map(|(path, text)| File::new(path, text)).collect();
    Trial::test(format!("tidy::{name}"), move || {
        match planted.iter().find(|file| check(std::slice::from_ref(file)).is_empty()) {
            Some(file) => Err(format!("found nothing wrong with {}:\n{}", file.path, file.text).into()),
            None => Ok(()),
        }
    })
}

fn verdict(findings: &[String]) -> Result<(), Failed> {
    if findings.is_empty() {
        return Ok(());
    }
    Err(format!("{} findings\n{}", findings.len(), findings.join("\n")).into())
}

fn workspace() -> Result<Vec<File>, Failed> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        walk(&Path::new(ROOT).join(folder), &mut files)?;
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    if files.len() < 200 {
        return Err(format!("only {} files found under {ROOT}", files.len()).into());
    }
    Ok(files)
}

fn walk(folder: &Path, files: &mut Vec<File>) -> Result<(), Failed> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        if path.is_dir() && !path.ends_with("target") {
            walk(&path, files)?;
        } else if KINDS.contains(&kind) {
            let relative = path.strip_prefix(ROOT)?.to_string_lossy().replace('\\', "/");
            files.push(File { path: relative, text: fs::read_to_string(&path)? });
        }
    }
    Ok(())
}

/// Whether the path lies in one of these folders, or is one of these files.
fn within(path: &str, places: &[&str]) -> bool {
    places.iter().any(|place| path == *place || (place.ends_with('/') && path.starts_with(place)))
}

/// Whether this file as a whole is a test.
fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.starts_with("tests/") || path.ends_with("/tests.rs")
}

/// All files of one kind.
fn of_kind<'a>(files: &'a [File], kind: &'a str) -> impl Iterator<Item = &'a File> {
    files.iter().filter(move |file| file.path.rsplit('.').next() == Some(kind))
}
