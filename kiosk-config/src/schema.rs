//! JSON Schema (draft 2020-12) of a kiosk's file, for editors that check and complete while one types.

use serde_json::{Map, Value, json};

use crate::hardware::HardwareProfile;
use crate::key::{Absent, KEYS, Key, Kind};
use crate::site::SiteProfile;

/// The schema, made from the table of keys; sites and profiles are those inside the program.
#[must_use]
pub fn schema() -> Value {
    let mut root = table("");
    root.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    root.insert("title".to_owned(), json!("Configuration of one kiosk"));
    Value::Object(root)
}

/// A table with its keys and the tables in it; nothing else may stand there.
fn table(path: &str) -> Map<String, Value> {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for key in KEYS {
        let Some(name) = name_in(path, key.path) else { continue };
        if name.len() == rest_in(path, key.path).len() {
            properties.insert(name.to_owned(), property(key));
        } else {
            let inner = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            properties.entry(name).or_insert_with(|| Value::Object(table(&inner)));
        }
        if is_required(path, key) && !required.contains(&json!(name)) {
            required.push(json!(name));
        }
    }
    let object = json!({
        "type": "object", "properties": properties, "required": required, "additionalProperties": false,
    });
    object.as_object().cloned().unwrap_or_default()
}

/// A table of a device may be left out; of what is in it, nothing may.
fn is_required(table: &str, key: &Key) -> bool {
    key.absent == Absent::Required || (key.absent == Absent::RequiredInTable && key.table() == table)
}

/// First name of a path below a table.
fn name_in<'a>(table: &str, path: &'a str) -> Option<&'a str> {
    rest_in(table, path).split('.').next().filter(|name| !name.is_empty())
}

/// What is left of a path below a table; empty for a path elsewhere.
fn rest_in<'a>(table: &str, path: &'a str) -> &'a str {
    if table.is_empty() {
        return path;
    }
    path.strip_prefix(table).and_then(|rest| rest.strip_prefix('.')).unwrap_or_default()
}

fn property(key: &Key) -> Value {
    let mut property = Map::new();
    let unit = if key.unit.is_empty() { String::new() } else { format!(", in {}", key.unit) };
    property.insert("description".to_owned(), json!(format!("{}{unit}", key.meaning)));
    property.insert("type".to_owned(), json!(key.kind.type_name()));
    property.extend(limits(key.kind));
    if let Absent::Number(default) = key.absent {
        property.insert("default".to_owned(), json!(default));
    }
    Value::Object(property)
}

fn limits(kind: Kind) -> Map<String, Value> {
    let limits = match kind {
        Kind::Whole { min, max } => json!({ "minimum": min, "maximum": max }),
        Kind::KioskCode => json!({ "pattern": "^[A-Z0-9]{2,21}$" }),
        Kind::Url => json!({ "pattern": "^https?://[^\\s]+$" }),
        Kind::Site => json!({ "examples": sites() }),
        Kind::Profile(class) => json!({ "examples": profiles(class) }),
        Kind::Secret => json!({ "minLength": 1, "writeOnly": true }),
        Kind::Text | Kind::Path | Kind::Port => json!({ "minLength": 1 }),
    };
    limits.as_object().cloned().unwrap_or_default()
}

/// Names, not an enumeration: a folder on disk may add to them.
fn sites() -> Vec<String> {
    SiteProfile::load(None).unwrap_or_default().into_iter().map(|site| site.code).collect()
}

fn profiles(class: crate::DeviceClass) -> Vec<String> {
    let profiles = HardwareProfile::load(None).unwrap_or_default();
    profiles.iter().filter(|profile| profile.class == class).map(HardwareProfile::id).collect()
}
