//! Every key of a kiosk's file: meaning, unit, default, range.

use crate::hardware::DeviceClass;

/// One key. The table below is the only place that knows defaults and ranges.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// Dotted path.
    pub(crate) path: &'static str,
    /// What values it takes.
    pub(crate) kind: Kind,
    /// What holds when it is left out.
    pub(crate) absent: Absent,
    /// Unit, or empty.
    pub(crate) unit: &'static str,
    /// What it does.
    pub(crate) meaning: &'static str,
}

/// What values a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text that is not empty.
    Text,
    /// Code of a kiosk: it begins every order id.
    KioskCode,
    /// Text that no output shows.
    Secret,
    /// Path of a file or folder.
    Path,
    /// Address of the hall.
    Url,
    /// Code of a site profile.
    Site,
    /// Hardware profile of a class.
    Profile(DeviceClass),
    /// Serial port.
    Port,
    /// Whole number, bounds included.
    Whole { min: i64, max: i64 },
}

/// What holds when a key is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absent {
    /// The file is refused.
    Required,
    /// Refused if its table is there.
    RequiredInTable,
    /// Nothing is set.
    Unset,
    /// A number.
    Number(i64),
}

const fn key(
    path: &'static str,
    kind: Kind,
    absent: Absent,
    unit: &'static str,
    meaning: &'static str,
) -> Key {
    Key { path, kind, absent, unit, meaning }
}

const fn whole(
    path: &'static str,
    (min, max): (i64, i64),
    default: i64,
    unit: &'static str,
    meaning: &'static str,
) -> Key {
    key(path, Kind::Whole { min, max }, Absent::Number(default), unit, meaning)
}

const fn profile(path: &'static str, class: DeviceClass) -> Key {
    key(path, Kind::Profile(class), Absent::RequiredInTable, "", "hardware profile, maker/model")
}

const fn port(path: &'static str) -> Key {
    key(path, Kind::Port, Absent::RequiredInTable, "", "serial port, for one device only")
}

/// Every key, in the order of the file.
pub(crate) const KEYS: &[Key] = &[
    key("state_dir", Kind::Path, Absent::Required, "", "folder of journal, audit log and spool"),
    key("seal_key_file", Kind::Path, Absent::Unset, "", "key that seals personal fields"),
    key("override_dir", Kind::Path, Absent::Unset, "", "folder whose data files replace embedded ones"),
    whole("deadline_divisor", (1, 1000), 1, "", "divides every deadline; 100 in fast tests"),
    key("kiosk.code", Kind::KioskCode, Absent::Required, "", "code of this kiosk at the hall"),
    key("kiosk.number", Kind::Text, Absent::Required, "", "number on the cabinet"),
    key("kiosk.site", Kind::Site, Absent::Required, "", "site profile"),
    key("hall.url", Kind::Url, Absent::Required, "", "base address of the hall"),
    whole("hall.connect_timeout_ms", (100, 60_000), 2_000, "ms", "longest wait for a connection"),
    whole("hall.timeout_ms", (100, 60_000), 12_000, "ms", "longest wait for an answer; a biller has 10 s"),
    whole("hall.heartbeat_s", (1, 600), 30, "s", "time between two signs of life"),
    key("hall.token", Kind::Secret, Absent::Unset, "", "secret by which the hall knows this kiosk"),
    profile("devices.id_reader.profile", DeviceClass::IdReader),
    port("devices.id_reader.port"),
    profile("devices.receipt_printer.profile", DeviceClass::ReceiptPrinter),
    port("devices.receipt_printer.port"),
    profile("devices.payment_terminal.profile", DeviceClass::PaymentTerminal),
    port("devices.payment_terminal.port"),
    profile("devices.scanner.profile", DeviceClass::Scanner),
    port("devices.scanner.port"),
    profile("devices.card_writer.profile", DeviceClass::CardWriter),
    port("devices.card_writer.port"),
    whole("screen.idle_s", (15, 600), 60, "s", "time without a touch until the visit ends"),
    whole("screen.warn_s", (5, 120), 20, "s", "time left when the warning appears"),
    whole("screen.elder_idle_s", (15, 900), 120, "s", "as idle_s, in elder mode"),
    whole("screen.account_tries", (1, 100), 10, "", "unknown account numbers until the visit ends"),
];

impl Kind {
    /// TOML's name of the type.
    pub(crate) fn type_name(self) -> &'static str {
        match self {
            Kind::Whole { .. } => "integer",
            _ => "string",
        }
    }
}

impl Key {
    /// Table that holds this key; empty at the top of the file.
    pub(crate) fn table(&self) -> &'static str {
        self.path.rsplit_once('.').map_or("", |(table, _)| table)
    }

    /// The key with this path.
    pub(crate) fn find(path: &str) -> Option<&'static Key> {
        KEYS.iter().find(|key| key.path == path)
    }

    /// True when `path` is a table that holds keys.
    pub(crate) fn is_table(path: &str) -> bool {
        let inside = |key: &Key| key.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
        KEYS.iter().any(inside)
    }
}
