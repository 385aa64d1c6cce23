//! The screens: no file that nobody imports, no character without a glyph, no text that is hard to read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use libtest_mimic::{Failed, Trial};
use ttf_parser::Face;

use super::lexer::{Kind, only, without_tests};
use super::{File, ROOT, finds, holds, of_kind, verdict, within, workspace};

const FONTS: [&str; 2] = ["ui/fonts/LuchengSans-Regular.otf", "ui/fonts/LuchengSans-Bold.otf"];

/// Rust files whose literals are shown on a screen or drawn as a slip.
const SHOWN: &[&str] = &["src/slip/", "src/view/", "src/visit/", "src/money/", "src/person/mask.rs"];

/// WCAG 2.1, 1.4.3: text against its ground.
const TEXT: f64 = 4.5;
/// WCAG 2.1, 1.4.11: signs against their ground.
const SIGN: f64 = 3.0;

/// Inks of text, each with the grounds it stands on.
const TEXTS: [(&str, &[&str]); 8] = [
    (
        "ink",
        &["card", "ground", "soft", "pressed", "line", "primary-ground", "warning-ground", "success-ground"],
    ),
    ("muted", &["card", "ground", "soft", "pressed", "line", "primary-ground", "warning-ground"]),
    ("on-color", &["brand", "primary"]),
    ("brand-soft", &["brand"]),
    ("primary", &["card", "ground", "primary-ground", "pressed"]),
    ("success-ink", &["success-ground", "card", "primary-ground"]),
    ("warning-ink", &["warning-ground", "card"]),
    ("danger-ink", &["danger-ground", "card"]),
];

/// Inks of signs, which stand beside words.
const SIGNS: [(&str, &[&str]); 6] = [
    ("primary", &["card", "primary-ground"]),
    ("success", &["card", "ground", "success-ground"]),
    ("warning", &["card", "ground", "warning-ground"]),
    ("danger", &["card", "ground", "danger-ground"]),
    ("star", &["card", "warning-ground"]),
    ("on-color", &["success"]),
];

pub fn trials() -> Vec<Trial> {
    vec![
        holds("every screen is imported, directly or not, from main.slint", imported),
        finds(
            "a screen that nobody imports is found",
            imported,
            &[("ui/pages/lost.slint", "export component Lost {}")],
        ),
        Trial::test("tidy::both fonts have a glyph for every character that is shown", || {
            verdict(&lacking(&workspace()?)?)
        }),
        Trial::test("tidy::a character without a glyph is found", || {
            let lost = [File::new("ui/pages/x.slint", "text: \"\u{1f600}\"")];
            let found = lacking(&lost)?;
            if found.len() == FONTS.len() { Ok(()) } else { Err(format!("{found:?}").into()) }
        }),
        holds("text and signs stand out from their grounds", contrast),
        paler("grey text on grey is found", "muted: #56677F", "muted: #8A97A8", "muted on ground"),
        paler("a pale sign of a kind of fee is found", "ink: #B87800", "ink: #C98500", "sign on tint power"),
    ]
}

/// The real theme with one colour changed.
fn paler(name: &str, colour: &'static str, instead: &'static str, wanted: &'static str) -> Trial {
    Trial::test(format!("tidy::{name}"), move || {
        let theme = fs::read_to_string(Path::new(ROOT).join("ui/theme.slint"))?.replace(colour, instead);
        let found = contrast(&[File::new("ui/theme.slint", &theme)]);
        if found.iter().any(|finding| finding.starts_with(wanted)) {
            return Ok(());
        }
        Err(format!("wanted {wanted}, found {found:?}").into())
    })
}

fn imported(files: &[File]) -> Vec<String> {
    let screens: BTreeMap<&str, &str> =
        of_kind(files, "slint").map(|file| (file.path.as_str(), file.text.as_str())).collect();
    let mut reached = BTreeSet::new();
    let mut ahead = vec!["ui/main.slint".to_owned()];
    while let Some(path) = ahead.pop() {
        let Some(text) = screens.get(path.as_str()) else { continue };
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        if reached.insert(path) {
            let imports = text.split('"').filter(|piece| piece.ends_with(".slint"));
            ahead.extend(imports.map(|import| resolve(&folder, import)));
        }
    }
    let lost = screens.keys().filter(|path| !reached.contains(**path));
    lost.map(|path| format!("{path}: nobody imports it")).collect()
}

fn resolve(folder: &str, import: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').collect();
    for part in import.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn lacking(files: &[File]) -> Result<Vec<String>, Failed> {
    let mut findings = Vec::new();
    let shown = shown(files);
    for font in FONTS {
        let bytes = fs::read(Path::new(ROOT).join(font))?;
        let face = Face::parse(&bytes, 0)?;
        let lost = shown.iter().filter(|(c, _)| face.glyph_index(**c).is_none());
        findings
            .extend(lost.map(|(c, path)| format!("{path}: {c} (U+{:04X}) is not in {font}", u32::from(*c))));
    }
    Ok(findings)
}

/// Every character that a screen or a drawn slip may show, with a file it comes from.
fn shown(files: &[File]) -> BTreeMap<char, &str> {
    let mut shown = BTreeMap::new();
    for file in files {
        let text = match file.path.rsplit('.').next() {
            Some("slint") => only(&file.text, Kind::Literal),
            Some("toml") if file.path.starts_with("kiosk-config/") => file.text.clone(),
            Some("json") if file.path.starts_with("hall/sim/") => file.text.clone(),
            Some("rs") if within(&file.path, SHOWN) => only(without_tests(&file.text), Kind::Literal),
            _ => continue,
        };
        let visible = text.chars().filter(|c| !c.is_control());
        shown.extend(visible.map(|c| (c, file.path.as_str())));
    }
    shown
}

fn contrast(files: &[File]) -> Vec<String> {
    let Some(theme) = files.iter().find(|file| file.path == "ui/theme.slint") else { return Vec::new() };
    let colours: BTreeMap<&str, u32> = theme.text.lines().filter_map(token).collect();
    let mut findings = Vec::new();
    for (least, pairs) in [(TEXT, &TEXTS[..]), (SIGN, &SIGNS[..])] {
        for (ink, ground) in pairs.iter().flat_map(|(ink, grounds)| grounds.iter().map(move |g| (ink, g))) {
            match (colours.get(ink), colours.get(ground)) {
                (Some(a), Some(b)) if ratio(*a, *b) >= least => {}
                (Some(a), Some(b)) => {
                    findings.push(format!("{ink} on {ground}: {:.2}, not {least}", ratio(*a, *b)));
                }
                _ => findings.push(format!("{ink} or {ground} is no colour of ui/theme.slint")),
            }
        }
    }
    for (name, sign, ground) in theme.text.lines().filter_map(tint) {
        for (what, ink, least) in [
            ("sign", Some(&sign), SIGN),
            ("ink", colours.get("ink"), TEXT),
            ("muted", colours.get("muted"), TEXT),
        ] {
            let Some(ink) = ink else { continue };
            if ratio(*ink, ground) < least {
                findings.push(format!("{what} on tint {name}: {:.2}, not {least}", ratio(*ink, ground)));
            }
        }
    }
    findings
}

/// `out property <color> NAME: #RRGGBB;`
fn token(line: &str) -> Option<(&str, u32)> {
    let (name, rest) = line.trim().strip_prefix("out property <color> ")?.split_once(": ")?;
    Some((name, colour(rest)?))
}

/// `… return { ink: #RRGGBB, ground: #RRGGBB }; …`, with the tint's name where it has one.
fn tint(line: &str) -> Option<(&str, u32, u32)> {
    let (before, after) = line.split_once("{ ink: ")?;
    let (ink, ground) = after.split_once(", ground: ")?;
    Some((before.split('"').nth(1).unwrap_or("of all others"), colour(ink)?, colour(ground)?))
}

fn colour(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix('#')?.get(..6)?, 16).ok()
}

/// WCAG's contrast ratio.
fn ratio(a: u32, b: u32) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(colour: u32) -> f64 {
    let part = |shift: u32| {
        let value = f64::from((colour >> shift) & 0xff) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
}
