//! Rules between keys of a kiosk's file, and between the file and the data beside it.

use std::collections::BTreeMap;
use std::path::Path;

use crate::catalogue::Catalogue;
use crate::entry::{Entries, Entry};
use crate::finding::{Finding, FindingKind, nearest};
use crate::hardware::{DeviceClass, HardwareProfile};
use crate::key::{KEYS, Kind};
use crate::site::SiteProfile;

/// Every broken relation; data files that cannot be read are findings of their own.
pub(crate) fn check(entries: &Entries) -> Vec<Finding> {
    let overrides = text(entries, "override_dir").map(Path::new);
    let mut findings = Vec::new();
    if overrides.is_some_and(|folder| !folder.is_dir()) {
        findings.extend(finding(entries, "override_dir", FindingKind::NotAFolder));
    }
    findings.extend(Catalogue::load(overrides).err().unwrap_or_default());
    match SiteProfile::load(overrides) {
        Ok(sites) => findings.extend(check_site(entries, &sites)),
        Err(found) => findings.extend(found),
    }
    match HardwareProfile::load(overrides) {
        Ok(profiles) => findings.extend(check_profiles(entries, &profiles)),
        Err(found) => findings.extend(found),
    }
    findings.extend(check_ports(entries));
    findings.extend(check_warning(entries));
    findings
}

fn text<'a>(entries: &'a Entries, path: &str) -> Option<&'a str> {
    entries.get(path)?.value.as_str()
}

fn finding(entries: &Entries, path: &str, problem: FindingKind) -> Option<Finding> {
    let Entry { file, line, .. } = entries.get(path)?;
    let (file, field) = (file.clone(), path.to_owned());
    Some(Finding { file, line: *line, field, problem, suggestion: None })
}

fn check_site(entries: &Entries, sites: &[SiteProfile]) -> Option<Finding> {
    let name = text(entries, "kiosk.site")?;
    let mut codes = sites.iter().map(|site| site.code.as_str());
    if codes.clone().any(|code| code == name) {
        return None;
    }
    let suggestion = nearest(name, &mut codes).map(str::to_owned);
    let problem = FindingKind::UnknownSite { name: name.to_owned() };
    finding(entries, "kiosk.site", problem).map(|found| Finding { suggestion, ..found })
}

fn check_profiles(entries: &Entries, profiles: &[HardwareProfile]) -> Vec<Finding> {
    let keys = KEYS.iter().filter_map(|key| match key.kind {
        Kind::Profile(class) => Some((key.path, class)),
        _ => None,
    });
    keys.filter_map(|(path, class)| check_profile(entries, path, class, profiles)).collect()
}

fn check_profile(
    entries: &Entries,
    path: &str,
    class: DeviceClass,
    profiles: &[HardwareProfile],
) -> Option<Finding> {
    let name = text(entries, path)?;
    let problem = match profiles.iter().find(|profile| profile.id() == name) {
        Some(profile) if profile.class == class => return None,
        Some(profile) => FindingKind::WrongClass { name: name.to_owned(), class: profile.class },
        None => FindingKind::UnknownProfile { name: name.to_owned() },
    };
    let fitting = profiles.iter().filter(|profile| profile.class == class);
    let ids: Vec<String> = fitting.map(HardwareProfile::id).collect();
    let suggestion = nearest(name, ids.iter().map(String::as_str)).map(str::to_owned);
    finding(entries, path, problem).map(|found| Finding { suggestion, ..found })
}

/// Two drivers on one port would take each other's bytes.
fn check_ports(entries: &Entries) -> Vec<Finding> {
    let mut taken: BTreeMap<&str, &str> = BTreeMap::new();
    let mut findings = Vec::new();
    for key in KEYS.iter().filter(|key| key.kind == Kind::Port) {
        let Some(port) = text(entries, key.path) else {
            continue;
        };
        match taken.get(port) {
            Some(first) => {
                let problem = FindingKind::DuplicatePort { other: (*first).to_owned() };
                findings.extend(finding(entries, key.path, problem));
            }
            None => drop(taken.insert(port, key.path)),
        }
    }
    findings
}

/// A warning that comes before the visit begins would never leave the screen.
fn check_warning(entries: &Entries) -> Option<Finding> {
    let number = |path: &str| entries.get(path)?.value.as_integer();
    let (warn, idle) = (number("screen.warn_s")?, number("screen.idle_s")?);
    let shortest = number("screen.elder_idle_s").map_or(idle, |elder| elder.min(idle));
    let problem = FindingKind::OutOfRange { min: 5, max: shortest - 1 };
    if warn < shortest { None } else { finding(entries, "screen.warn_s", problem) }
}
