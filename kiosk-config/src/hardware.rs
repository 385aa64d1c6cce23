//! Device models: which wire protocol they speak and with which settings.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::document::finding_at;
use crate::finding::{Finding, FindingKind};
use crate::shelf::Shelf;

/// A device model, from `hardware/<maker>/<model>.toml`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HardwareProfile {
    /// Maker, the name of its folder.
    pub maker: String,
    /// Model, the name of its file.
    pub model: String,
    /// Name for people.
    pub name: String,
    /// What it does.
    pub class: DeviceClass,
    /// Which driver talks to it, for example `esc-pos`.
    pub wire: String,
    /// True for a simulator: puts the label on screen and slip, and changes nothing else.
    #[serde(default)]
    pub simulated: bool,
    /// Divides every wait of the settings, those that are left out included; 100 in the fast profiles of
    /// tests. Order and ratios stay.
    #[serde(default = "undivided", rename = "divide-waits")]
    pub divide_waits: u32,
    /// Profile whose settings hold here too, where this one has none of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub like: Option<String>,
    /// Settings of the driver, which checks them itself.
    #[serde(default)]
    pub settings: toml::Table,
}

const fn undivided() -> u32 {
    1
}

/// What a device does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceClass {
    /// Reads identity cards.
    IdReader,
    /// Prints slips.
    ReceiptPrinter,
    /// Charges cards and codes.
    PaymentTerminal,
    /// Reads barcodes.
    Scanner,
    /// Writes the billers' cards.
    CardWriter,
}

impl DeviceClass {
    /// Every class, in the order of the kiosk's file.
    pub const ALL: [DeviceClass; 5] = [
        DeviceClass::IdReader,
        DeviceClass::ReceiptPrinter,
        DeviceClass::PaymentTerminal,
        DeviceClass::Scanner,
        DeviceClass::CardWriter,
    ];

    /// Name in profiles and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            DeviceClass::IdReader => "id-reader",
            DeviceClass::ReceiptPrinter => "receipt-printer",
            DeviceClass::PaymentTerminal => "payment-terminal",
            DeviceClass::Scanner => "scanner",
            DeviceClass::CardWriter => "card-writer",
        }
    }
}

impl fmt::Display for DeviceClass {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

impl HardwareProfile {
    /// `maker/model`, by which a kiosk's file names this profile.
    pub fn id(&self) -> String {
        format!("{}/{}", self.maker, self.model)
    }

    /// The profiles inside the program.
    pub fn embedded() -> Vec<Self> {
        Self::load(None).unwrap_or_default()
    }

    /// The embedded profiles with the files of `overrides/hardware` in place of, or beside, them;
    /// or every problem of every file.
    pub fn load(overrides: Option<&Path>) -> Result<Vec<Self>, Vec<Finding>> {
        let (profiles, mut findings) = Shelf::Hardware.read_all::<Self>(overrides);
        for (source, profile) in &profiles {
            if source.name != profile.id() {
                let problem = FindingKind::NotTheFileName { expected: source.name.clone() };
                findings.push(finding_at(source, "model", problem));
            }
        }
        let models = profiles.iter().map(|(_, profile)| (profile.id(), profile.settings.clone())).collect();
        let profiles = profiles
            .into_iter()
            .filter_map(|(source, profile)| {
                profile
                    .settled(&models)
                    .map_err(|name| {
                        findings.push(finding_at(&source, "like", FindingKind::UnknownProfile { name }));
                    })
                    .ok()
            })
            .collect();
        if findings.is_empty() { Ok(profiles) } else { Err(findings) }
    }

    /// With the settings of the profile that it is like; or the name of one that is not there.
    fn settled(mut self, models: &BTreeMap<String, toml::Table>) -> Result<Self, String> {
        if let Some(name) = &self.like {
            let mut settings = models.get(name).cloned().ok_or_else(|| name.clone())?;
            settings.extend(std::mem::take(&mut self.settings));
            self.settings = settings;
        }
        Ok(self)
    }
}
