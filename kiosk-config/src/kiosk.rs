//! The file of one kiosk: who it is, where the hall is, which devices hang on which port.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::hardware::DeviceClass;

/// Effective configuration of one kiosk. Keys, units, defaults and ranges: [`crate::explain`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KioskConfig {
    /// Folder of journal, audit log and spool; one kiosk each.
    pub state_dir: PathBuf,
    /// File with the key that seals personal fields; none: made in `state_dir` at first start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal_key_file: Option<PathBuf>,
    /// Folder whose `catalogue`, `sites`, `hardware` and `demo` replace or add embedded files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_dir: Option<PathBuf>,
    /// Every deadline is divided by this: 1 in the street, 100 in fast tests.
    pub deadline_divisor: u32,
    /// Who this kiosk is.
    pub kiosk: KioskIdentity,
    /// Where the hall is.
    pub hall: HallConfig,
    /// Which devices hang on which port.
    #[serde(default)]
    pub devices: DevicesConfig,
    /// Times of the screen.
    pub screen: ScreenConfig,
}

/// Who a kiosk is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KioskIdentity {
    /// Code at the hall, for example `BT07`.
    pub code: String,
    /// Number on the cabinet.
    pub number: String,
    /// Code of its site profile.
    pub site: String,
}

/// Where the hall is and how long to wait for it.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HallConfig {
    /// Base address.
    pub url: String,
    /// Longest wait for a connection.
    pub connect_timeout_ms: u64,
    /// Longest wait for an answer.
    pub timeout_ms: u64,
    /// Time between two signs of life.
    pub heartbeat_s: u64,
    /// Secret by which the hall knows this kiosk; none before enrolment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl fmt::Debug for HallConfig {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("HallConfig")
            .field("url", &self.url)
            .field("connect_timeout_ms", &self.connect_timeout_ms)
            .field("timeout_ms", &self.timeout_ms)
            .field("heartbeat_s", &self.heartbeat_s)
            .field("token", &self.token.as_ref().map(|_| "hidden"))
            .finish()
    }
}

/// Devices of a kiosk; a class that is left out is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DevicesConfig {
    /// Reads identity cards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_reader: Option<DeviceConfig>,
    /// Prints slips.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt_printer: Option<DeviceConfig>,
    /// Charges cards and codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_terminal: Option<DeviceConfig>,
    /// Reads barcodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scanner: Option<DeviceConfig>,
    /// Writes the billers' cards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_writer: Option<DeviceConfig>,
}

/// One device.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceConfig {
    /// Hardware profile, `maker/model`.
    pub profile: String,
    /// Serial port.
    pub port: PathBuf,
}

/// Times and bounds of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ScreenConfig {
    /// Time without a touch until the visit ends.
    pub idle_s: u32,
    /// Time left when the warning appears.
    pub warn_s: u32,
    /// As `idle_s`, in elder mode.
    pub elder_idle_s: u32,
    /// Unknown account numbers in one visit until it ends.
    pub account_tries: u32,
}

impl DevicesConfig {
    /// The device of a class.
    pub fn get(&self, class: DeviceClass) -> Option<&DeviceConfig> {
        let device = match class {
            DeviceClass::IdReader => &self.id_reader,
            DeviceClass::ReceiptPrinter => &self.receipt_printer,
            DeviceClass::PaymentTerminal => &self.payment_terminal,
            DeviceClass::Scanner => &self.scanner,
            DeviceClass::CardWriter => &self.card_writer,
        };
        device.as_ref()
    }
}
