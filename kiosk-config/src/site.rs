//! Places where kiosks stand.

use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::document::finding_at;
use crate::fee::FeeType;
use crate::finding::{Finding, FindingKind};
use crate::shelf::Shelf;

/// A place where kiosks stand.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SiteProfile {
    /// Identity, the name of its file.
    pub code: String,
    /// Full name, as on the slip.
    pub name: String,
    /// Short name, as in the header of every page.
    pub hall_name: String,
    /// Division code, GB/T 2260, six digits.
    pub division: String,
    /// What kind of place it is.
    pub kind: SiteKind,
    /// Help line.
    pub phone: String,
    /// Nearest window that takes cash: name, place, hours.
    pub cash_window: String,
    /// True where the district has abolished charges for government services to residents.
    #[serde(default)]
    pub zero_tariff_resident_services: bool,
    /// First day of that rule; always in force when left out.
    #[serde(default)]
    pub zero_tariff_from: Option<Date>,
    /// Bounds of what is taken while the hall is away.
    #[serde(default)]
    pub offline: OfflineCaps,
    /// Which languages the screen may show.
    #[serde(default)]
    pub languages: LanguagePolicy,
}

/// What kind of place a site is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SiteKind {
    /// A hall with staff.
    AttendedHall,
    /// A self-service area that never closes.
    RoundTheClock,
    /// A works, with shift peaks and without staff.
    Plant,
    /// A convenience station of a street or village.
    Community,
}

/// Bounds of what is taken while the hall is away, in fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OfflineCaps {
    /// Most for one line.
    pub per_line_fen: i64,
    /// Most that the kiosk may owe the hall's books at any time.
    pub per_kiosk_fen: i64,
}

impl Default for OfflineCaps {
    fn default() -> Self {
        OfflineCaps { per_line_fen: 20_000, per_kiosk_fen: 200_000 }
    }
}

/// Which languages the screen may show. Only certified strings are ever shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
pub enum LanguagePolicy {
    /// Chinese only.
    #[default]
    #[serde(rename = "zh_only")]
    ZhOnly,
    /// Mongolian before Chinese, the rule of 1996.
    #[serde(rename = "mn_first_1996")]
    MnFirst1996,
    /// Chinese before Mongolian, the rule of 2022.
    #[serde(rename = "zh_first_2022")]
    ZhFirst2022,
}

impl SiteProfile {
    /// The sites inside the program.
    pub fn embedded() -> Vec<Self> {
        Self::load(None).unwrap_or_default()
    }

    /// The embedded sites with the files of `overrides/sites` in place of, or beside, them; or
    /// every problem of every file.
    pub fn load(overrides: Option<&Path>) -> Result<Vec<Self>, Vec<Finding>> {
        let (sites, mut findings) = Shelf::Sites.read_all::<Self>(overrides);
        for (source, site) in &sites {
            if source.name != site.code {
                let problem = FindingKind::NotTheFileName { expected: source.name.clone() };
                findings.push(finding_at(source, "code", problem));
            }
        }
        let sites = sites.into_iter().map(|(_, site)| site).collect();
        if findings.is_empty() { Ok(sites) } else { Err(findings) }
    }

    /// True when this site charges nothing for `fee` on `date`.
    pub fn is_free(&self, fee: &FeeType, date: Date) -> bool {
        let begun = self.zero_tariff_from.is_none_or(|from| from <= date);
        self.zero_tariff_resident_services && begun && fee.resident_service
    }
}
