//! The arrows between the rooms of `ARCHITECTURE.md`.

use libtest_mimic::Trial;

use super::lexer::{Kind, mentions, only, without_tests};
use super::{File, finds, holds, is_test, of_kind, within};

/// Each room and the rooms it may name.
const ARROWS: [(&str, &[&str]); 13] = [
    ("money", &[]),
    ("person", &[]),
    ("clock", &[]),
    ("slip", &["money", "person"]),
    ("visit", &["money", "person", "slip"]),
    ("journal", &["money", "slip"]),
    // What a device says is told in the words of the visit.
    ("devices", &["money", "person", "slip", "visit", "clock"]),
    ("hall_link", &["money", "journal", "clock"]),
    ("view", &["visit", "money"]),
    ("kiosk", &["visit", "money", "person", "slip", "journal", "devices", "hall_link", "clock"]),
    ("demo", EVERYWHERE),
    ("simulate", &["journal", "money", "slip"]),
    ("cli", EVERYWHERE),
];

const EVERYWHERE: &[&str] = &[
    "money",
    "person",
    "clock",
    "slip",
    "visit",
    "journal",
    "devices",
    "hall_link",
    "view",
    "kiosk",
    "demo",
    "simulate",
    "cli",
];

/// The second window shows the simulated printer's paper with the view's own painter.
const ALSO: [(&str, &str); 1] = [("src/view/paper.rs", "demo")];

const PURE: [&str; 4] = ["money", "person", "slip", "visit"];

/// What a pure room does not know.
const IMPURE: [&str; 14] = [
    "Instant",
    "SystemTime",
    "Timestamp::now",
    "Zoned::now",
    "fs::",
    "std::net",
    "thread::",
    "process::",
    "env::var",
    "slint",
    "rusqlite",
    "tokio",
    "reqwest",
    "tracing",
];

/// Each outside crate that has a room, and where it may be named.
const OUTSIDE: [(&str, &[&str]); 6] = [
    ("rusqlite::", &["src/journal/"]),
    ("reqwest::", &["src/hall_link/"]),
    ("drivers::", &["src/devices/", "src/demo/", "src/view/paper.rs"]),
    ("kiosk_ui::", &["src/view/", "src/demo/", "src/cli/"]),
    ("slint::", &["src/view/", "src/demo/", "src/cli/"]),
    ("tokio::", &["src/hall_link/", "src/demo/"]),
];

const CODECS: [&str; 6] = [
    "receipt_printer",
    "document_printer",
    "payment_terminal",
    "id_reader",
    "barcode_scanner",
    "card_writer",
];

pub fn trials() -> Vec<Trial> {
    vec![
        holds("rooms reach only where the arrows of ARCHITECTURE.md point", arrows),
        finds(
            "an arrow that points the wrong way is found",
            arrows,
            &[
                ("src/money/late.rs", "use crate::journal::Journal;"),
                ("src/money.rs", "use crate::{\n    person::Resident,\n    money::Fen,\n};"),
                ("src/slip/mod.rs", "fn f() { let _ = crate::visit::Visit::new(); }"),
                ("src/view/home.rs", "use crate::demo::paper;"),
                ("src/visit/mod.rs", "use super::kiosk::Kiosk;"),
                ("src/person/new.rs", "use crate::cellar::Wine;"),
            ],
        ),
        holds("pure rooms know no clock, file, port, thread, screen or database", purity),
        finds(
            "a pure room that reads the clock or a file is found",
            purity,
            &[
                ("src/money/fen.rs", "use std::time::{Duration, Instant};"),
                ("src/visit/world.rs", "use std::{fs, time};\nfn f() { fs::read(path); }"),
                ("src/slip/paper.rs", "use slint::Image;"),
            ],
        ),
        holds("outside crates are named only in their rooms", outside),
        finds(
            "a crate outside its room is found",
            outside,
            &[
                ("src/kiosk/orders.rs", "use rusqlite::Connection;"),
                ("src/kiosk.rs", "fn f(p: &drivers::port::Port) {}"),
                ("src/view/home.rs", "use drivers::receipt_printer::Align;"),
            ],
        ),
        holds("simulators and drivers share no codec", codecs),
        finds(
            "a simulator that borrows a codec, or lends one, is found",
            codecs,
            &[
                ("drivers/src/simulator/printer.rs", "use crate::receipt_printer::escpos::codec::encode;"),
                ("drivers/src/simulator/terminal.rs", "use crate::payment_terminal::ecr_hub::frame::Frame;"),
                ("drivers/src/id_reader/sam_v/codec.rs", "use crate::simulator::SimCard;"),
            ],
        ),
    ]
}

/// The room a file belongs to, and whether it is the room's own root.
fn room(path: &str) -> Option<(&str, bool)> {
    let rest = path.strip_prefix("src/")?;
    let (name, root) = match rest.split_once('/') {
        Some((name, file)) => (name, file == "mod.rs"),
        None => (rest.strip_suffix(".rs")?, true),
    };
    (!matches!(name, "lib" | "main")).then_some((name, root))
}

fn arrows(files: &[File]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in of_kind(files, "rs") {
        let Some((from, is_root)) = room(&file.path) else { continue };
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == from) else {
            findings.push(format!("{}: no room {from} in the list of arrows", file.path));
            continue;
        };
        let code = only(&file.text, Kind::Code);
        let mut named: Vec<_> = mentions(&code, "crate::")
            .flat_map(|(line, rest)| heads(rest).map(move |to| (line, to)))
            .collect();
        if is_root {
            // Here `super` is the crate itself.
            let own = only(without_tests(&file.text), Kind::Code);
            let above =
                mentions(&own, "super::").flat_map(|(line, rest)| heads(rest).map(move |to| (line, to)));
            named.extend(above.filter(|(_, to)| EVERYWHERE.contains(&to.as_str())));
        }
        for (line, to) in named {
            let fine = to == from
                || allowed.contains(&to.as_str())
                || ALSO.iter().any(|(path, room)| file.path == *path && to == *room);
            if !fine {
                findings.push(format!("{}:{line}: {from} may not name {to}", file.path));
            }
        }
    }
    findings
}

/// The first names after `crate::`, one, or several in braces.
fn heads(rest: &str) -> impl Iterator<Item = String> {
    let list = match rest.strip_prefix('{') {
        Some(inside) => top_level(inside),
        None => vec![rest],
    };
    let name =
        |part: &str| part.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    list.into_iter().map(name).filter(|name| !name.is_empty()).collect::<Vec<_>>().into_iter()
}

/// What stands between the commas, up to the brace that closes.
fn top_level(inside: &str) -> Vec<&str> {
    let (mut parts, mut begin, mut depth) = (Vec::new(), 0, 0_u32);
    for (at, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                parts.extend(inside.get(begin..at));
                begin = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    parts
}

fn purity(files: &[File]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in of_kind(files, "rs").filter(|file| !is_test(&file.path)) {
        if !room(&file.path).is_some_and(|(name, _)| PURE.contains(&name)) {
            continue;
        }
        let code = only(without_tests(&file.text), Kind::Code);
        for word in IMPURE {
            let lines = mentions(&code, word).map(|(line, _)| line);
            findings.extend(lines.map(|line| format!("{}:{line}: {word} in a pure room", file.path)));
        }
    }
    findings
}

fn outside(files: &[File]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in of_kind(files, "rs").filter(|file| file.path.starts_with("src/")) {
        let code = only(&file.text, Kind::Code);
        for (name, places) in OUTSIDE.iter().filter(|(_, places)| !within(&file.path, places)) {
            let lines = mentions(&code, name).map(|(line, _)| line);
            findings.extend(
                lines.map(|line| format!("{}:{line}: {name} belongs to {}", file.path, places.join(", "))),
            );
        }
    }
    findings
}

/// What both sides may share is the trait's vocabulary, which stands directly in the device class's module.
fn codecs(files: &[File]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in of_kind(files, "rs").filter(|file| file.path.starts_with("drivers/src/")) {
        let code = only(&file.text, Kind::Code);
        let simulates = within(&file.path, &["drivers/src/simulator/", "drivers/src/simulator.rs"]);
        if !simulates {
            let free = within(&file.path, &["drivers/src/lib.rs", "drivers/src/bin/"]);
            let lines = mentions(&code, "simulator").map(|(line, _)| line).filter(|_| !free);
            findings.extend(lines.map(|line| format!("{}:{line}: a driver names the simulators", file.path)));
            continue;
        }
        for class in CODECS {
            for (line, rest) in mentions(&code, class) {
                // A protocol's module begins with a small letter, a word of the trait with a capital one.
                let deeper = rest.strip_prefix("::").unwrap_or_default();
                if deeper.starts_with(|c: char| c.is_lowercase() || c == '{' || c == '*') {
                    findings.push(format!("{}:{line}: a simulator reaches into {class}", file.path));
                }
            }
        }
    }
    findings
}
