//! All fees of a city, in groups.

use std::path::Path;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::catalogue_check;
use crate::document::parse;
use crate::fee::FeeType;
use crate::finding::Finding;
use crate::shelf::{Shelf, SourceFile};

/// Name of the file with groups and home tiles; every other file is one fee.
const GROUPS_FILE: &str = "groups";

/// All fees, in groups.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Groups, in the order of the screen.
    pub groups: Vec<Group>,
    /// Tiles of the home page, in order.
    pub home: Vec<HomeTile>,
    /// Fees, by group and place.
    pub fees: Vec<FeeType>,
}

/// A page of fees.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Identity.
    pub id: String,
    /// Name on the screen.
    pub name: String,
    /// Icon, one of [`Catalogue::ICONS`].
    pub icon: String,
    /// Place in the list.
    pub order: u32,
}

/// A tile of the home page: opens its group filtered by one family of fees.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HomeTile {
    /// Family, the `tile` of its fees.
    pub tile: String,
    /// Text on the screen.
    pub name: String,
    /// Group that it opens.
    pub group: String,
    /// Icon, one of [`Catalogue::ICONS`].
    pub icon: String,
    /// Colour family, one of [`Catalogue::TINTS`].
    pub tint: String,
}

/// Shape of `groups.toml`.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GroupsFile {
    #[serde(rename = "group")]
    pub(crate) groups: Vec<Group>,
    #[serde(rename = "home")]
    pub(crate) home: Vec<HomeTile>,
}

impl GroupsFile {
    /// Ids of the groups.
    pub(crate) fn ids(&self) -> Vec<&str> {
        self.groups.iter().map(|group| group.id.as_str()).collect()
    }
}

impl Catalogue {
    /// Icons that the screen can draw.
    #[rustfmt::skip] // one a line would fill a page
    pub const ICONS: &[&str] = &[
        "book", "broadband", "bus", "car", "courier", "court", "exam", "fine", "fixed-line", "fund", "gas",
        "heat", "home", "hospital", "id-card", "medical", "parking", "passport", "pension", "phone", "power",
        "receipt", "school", "tax", "tv", "water",
    ];

    /// Colour families of the screen.
    pub const TINTS: &[&str] = &["water", "power", "gas", "heat", "telecom", "transport", "day"];

    /// The catalogue inside the program. Its files are read in the tests of this crate.
    pub fn embedded() -> Self {
        static EMBEDDED: OnceLock<Catalogue> = OnceLock::new();
        EMBEDDED.get_or_init(|| Self::load(None).unwrap_or_default()).clone()
    }

    /// The embedded catalogue with the files of `overrides/catalogue` in place of, or beside, its
    /// own; or every problem of every file.
    pub fn load(overrides: Option<&Path>) -> Result<Self, Vec<Finding>> {
        let (files, mut findings) = Shelf::Catalogue.files(overrides);
        let mut sources = Sources::default();
        for source in files {
            sources.add(source).unwrap_or_else(|finding| findings.push(*finding));
        }
        findings.extend(catalogue_check::check(&sources));
        if findings.is_empty() { Ok(sources.into_catalogue()) } else { Err(findings) }
    }

    /// The fee with this code.
    pub fn fee(&self, code: &str) -> Option<&FeeType> {
        self.fees.iter().find(|fee| fee.code == code)
    }

    /// The group with this id.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// Enabled fees of a group, in order.
    pub fn in_group<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a FeeType> + 'a {
        self.enabled().filter(move |fee| fee.group == id)
    }

    /// Enabled fees of a family, in order.
    pub fn in_tile<'a>(&'a self, tile: &'a str) -> impl Iterator<Item = &'a FeeType> + 'a {
        self.enabled().filter(move |fee| fee.tile == tile)
    }

    /// Enabled fees, by group and place.
    pub fn enabled(&self) -> impl Iterator<Item = &FeeType> {
        self.fees.iter().filter(|fee| fee.enabled)
    }

    /// Enabled fees that `text` finds, the best first: pinyin initials, names, codes.
    pub fn search(&self, text: &str) -> Vec<&FeeType> {
        let ranked = self.enabled().map(|fee| (fee.search_rank(text), fee));
        let mut found: Vec<_> = ranked.filter(|(rank, _)| rank.is_some()).collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, fee)| fee).collect()
    }
}

/// Parsed files, with the text that gives each problem its line.
#[derive(Default)]
pub(crate) struct Sources {
    pub(crate) groups: Option<(SourceFile, GroupsFile)>,
    pub(crate) fees: Vec<(SourceFile, FeeType)>,
}

impl Sources {
    fn add(&mut self, source: SourceFile) -> Result<(), Box<Finding>> {
        if source.name == GROUPS_FILE {
            let groups = parse(&source)?;
            self.groups = Some((source, groups));
            return Ok(());
        }
        let mut fee: FeeType = parse(&source)?;
        fee.complete_initials();
        self.fees.push((source, fee));
        Ok(())
    }

    fn into_catalogue(self) -> Catalogue {
        let GroupsFile { mut groups, home } = self.groups.map(|(_, groups)| groups).unwrap_or_default();
        groups.sort_by_key(|group| group.order);
        let mut fees: Vec<FeeType> = self.fees.into_iter().map(|(_, fee)| fee).collect();
        let place = |id: &str| groups.iter().position(|group| group.id == id);
        fees.sort_by_key(|fee| (place(&fee.group), fee.order));
        Catalogue { groups, home, fees }
    }
}
