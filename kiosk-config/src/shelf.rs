//! Data files: embedded in the program, replaced or added to by a folder on disk.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use rust_embed::RustEmbed;
use serde::de::DeserializeOwned;

use crate::document::parse;
use crate::finding::{Finding, FindingKind};

/// A catalogue of a city has some hundred files; a thousand is a mistake, such as `/`.
const SHELF_FILES_MAX: usize = 1000;
/// The largest data file here is some kilobytes.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// `hardware/<maker>/<model>.toml` is the deepest.
const DEPTH_MAX: usize = 2;

#[derive(RustEmbed)]
#[folder = "catalogue"]
struct CatalogueFiles;

#[derive(RustEmbed)]
#[folder = "sites"]
struct SiteFiles;

#[derive(RustEmbed)]
#[folder = "hardware"]
struct HardwareFiles;

#[derive(RustEmbed)]
#[folder = "demo"]
struct DemoFiles;

/// One kind of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shelf {
    /// Fees and their groups.
    Catalogue,
    /// Places where kiosks stand.
    Sites,
    /// Device models.
    Hardware,
    /// Invented residents.
    Demo,
}

/// One data file.
#[derive(Clone, Debug)]
pub(crate) struct SourceFile {
    /// Where a person finds it.
    pub(crate) file: PathBuf,
    /// Path inside the shelf, without `.toml`.
    pub(crate) name: String,
    /// Content.
    pub(crate) text: String,
}

impl Shelf {
    fn folder(self) -> &'static str {
        match self {
            Shelf::Catalogue => "catalogue",
            Shelf::Sites => "sites",
            Shelf::Hardware => "hardware",
            Shelf::Demo => "demo",
        }
    }

    fn embedded(self) -> Vec<(String, Option<rust_embed::EmbeddedFile>)> {
        match self {
            Shelf::Catalogue => contents::<CatalogueFiles>(),
            Shelf::Sites => contents::<SiteFiles>(),
            Shelf::Hardware => contents::<HardwareFiles>(),
            Shelf::Demo => contents::<DemoFiles>(),
        }
    }

    /// Every file, by name. A file on disk replaces the embedded one of the same name.
    pub(crate) fn files(self, overrides: Option<&Path>) -> (Vec<SourceFile>, Vec<Finding>) {
        let mut files: BTreeMap<String, SourceFile> = BTreeMap::new();
        for (path, content) in self.embedded() {
            let bytes = content.map(|file| file.data.into_owned()).unwrap_or_default();
            let file = Path::new(self.folder()).join(&path);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let name = path.trim_end_matches(".toml").to_owned();
            files.insert(name.clone(), SourceFile { file, name, text });
        }
        let mut findings = Vec::new();
        for path in overrides.map(|root| listed(&root.join(self.folder()))).unwrap_or_default() {
            match self.read(&path, overrides) {
                Ok(source) => drop(files.insert(source.name.clone(), source)),
                Err(finding) => findings.push(*finding),
            }
        }
        (files.into_values().collect(), findings)
    }

    /// Every file, parsed; those that cannot be are findings.
    pub(crate) fn read_all<T: DeserializeOwned>(
        self,
        overrides: Option<&Path>,
    ) -> (Vec<(SourceFile, T)>, Vec<Finding>) {
        let (files, mut findings) = self.files(overrides);
        let mut values = Vec::new();
        for source in files {
            match parse(&source) {
                Ok(value) => values.push((source, value)),
                Err(finding) => findings.push(*finding),
            }
        }
        (values, findings)
    }

    fn read(self, path: &Path, overrides: Option<&Path>) -> Result<SourceFile, Box<Finding>> {
        let text = read_text(path)?;
        let root = overrides.map(|root| root.join(self.folder())).unwrap_or_default();
        let inside = path.strip_prefix(root).unwrap_or(path);
        let name = inside.with_extension("").to_string_lossy().into_owned();
        Ok(SourceFile { file: path.to_owned(), name, text })
    }
}

fn contents<Files: RustEmbed>() -> Vec<(String, Option<rust_embed::EmbeddedFile>)> {
    let data = Files::iter().filter(|path| path.ends_with(".toml"));
    data.map(|path| (path.to_string(), Files::get(&path))).collect()
}

/// Reads a bounded text file.
pub(crate) fn read_text(path: &Path) -> Result<String, Box<Finding>> {
    let unreadable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::InvalidData => file_finding(path, FindingKind::NotText),
        kind => file_finding(path, FindingKind::Unreadable(kind)),
    };
    let mut text = String::new();
    // One byte more than allowed: a device file has no length that could be asked first.
    let mut bounded = fs::File::open(path).map_err(unreadable)?.take(FILE_BYTES_MAX + 1);
    let size = bounded.read_to_string(&mut text).map_err(unreadable)?;
    let fits = u64::try_from(size).is_ok_and(|size| size <= FILE_BYTES_MAX);
    if fits { Ok(text) } else { Err(file_finding(path, FindingKind::NotText)) }
}

fn file_finding(path: &Path, problem: FindingKind) -> Box<Finding> {
    let (file, field) = (path.to_owned(), String::new());
    Box::new(Finding { file, line: None, field, problem, suggestion: None })
}

/// The `.toml` files under a folder; none when the folder does not exist.
fn listed(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![(folder.to_owned(), 1)];
    while let Some((folder, depth)) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() && depth < DEPTH_MAX {
                folders.push((path, depth + 1));
            } else if path.extension().is_some_and(|end| end == "toml") {
                found.push(path);
            }
        }
        if found.len() > SHELF_FILES_MAX {
            break;
        }
    }
    found.sort();
    found.truncate(SHELF_FILES_MAX);
    found
}
