//! Rules of the catalogue that types cannot express.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use regex_lite::Regex;

use crate::catalogue::{Catalogue, GroupsFile, HomeTile, Sources};
use crate::document::finding_at;
use crate::fee::account::AccountRule;
use crate::fee::amount::AmountRule;
use crate::fee::fault::FeeFault;
use crate::fee::tariff::Tariff;
use crate::fee::{BillKind, FeeType, Need, Offline};
use crate::finding::{Finding, FindingKind, nearest};
use crate::shelf::SourceFile;

/// A tile is six Chinese characters wide.
const TILE_CHARS_MAX: usize = 6;

/// Every broken rule of every file.
pub(crate) fn check(sources: &Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Without the groups' file, which is a finding already, no group can be called unknown.
    let groups = sources.groups.as_ref().map(|(_, file)| file.ids());
    if let Some((source, file)) = &sources.groups {
        findings.extend(check_groups(source, file));
    }
    for (source, fee) in &sources.fees {
        findings.extend(check_fee(source, fee, groups.as_deref().unwrap_or(&[fee.group.as_str()])));
    }
    findings.extend(check_unique(&sources.fees));
    findings
}

fn check_groups(source: &SourceFile, file: &GroupsFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (place, group) in file.groups.iter().enumerate() {
        let icon = FeeFault::UnknownIcon(group.icon.clone());
        findings.extend(check_word(
            source,
            &format!("group.{place}.icon"),
            &group.icon,
            Catalogue::ICONS,
            icon,
        ));
        if file.groups.iter().take(place).any(|earlier| earlier.id == group.id) {
            let problem = FindingKind::Duplicate { other: source.file.display().to_string() };
            findings.push(finding_at(source, &format!("group.{place}.id"), problem));
        }
    }
    for (place, tile) in file.home.iter().enumerate() {
        findings.extend(check_home(source, &format!("home.{place}"), tile, &file.ids()));
    }
    findings
}

fn check_home(source: &SourceFile, entry: &str, tile: &HomeTile, groups: &[&str]) -> Vec<Finding> {
    let group = FeeFault::UnknownGroup(tile.group.clone());
    let icon = FeeFault::UnknownIcon(tile.icon.clone());
    let tint = FeeFault::UnknownTint(tile.tint.clone());
    let words = [
        check_word(source, &format!("{entry}.group"), &tile.group, groups, group),
        check_word(source, &format!("{entry}.icon"), &tile.icon, Catalogue::ICONS, icon),
        check_word(source, &format!("{entry}.tint"), &tile.tint, Catalogue::TINTS, tint),
    ];
    words.into_iter().flatten().collect()
}

fn check_fee(source: &SourceFile, fee: &FeeType, groups: &[&str]) -> Vec<Finding> {
    let mut findings = check_words(source, fee, groups);
    let faults = [
        (fee.tile_text().chars().count() > TILE_CHARS_MAX).then_some(("name", FeeFault::LongTileText)),
        fee.invoice.trim().is_empty().then_some(("invoice", FeeFault::NoInvoice)),
        check_queue(fee).map(|fault| ("offline", fault)),
        check_account(&fee.account),
        check_amount(&fee.amount),
        check_tariffs(fee).map(|fault| ("tariff", fault)),
    ];
    let broken = faults.into_iter().flatten();
    findings.extend(broken.map(|(field, fault)| finding_at(source, field, fault)));
    if source.name != fee.code {
        let problem = FindingKind::NotTheFileName { expected: source.name.clone() };
        findings.push(finding_at(source, "code", problem));
    }
    findings
}

/// Words that must be on a list, with the nearest one as a suggestion.
fn check_words(source: &SourceFile, fee: &FeeType, groups: &[&str]) -> Vec<Finding> {
    let group = FeeFault::UnknownGroup(fee.group.clone());
    let icon = FeeFault::UnknownIcon(fee.icon.clone());
    let tint = FeeFault::UnknownTint(fee.tint.clone());
    let words = [
        check_word(source, "group", &fee.group, groups, group),
        check_word(source, "icon", &fee.icon, Catalogue::ICONS, icon),
        check_word(source, "tint", &fee.tint, Catalogue::TINTS, tint),
    ];
    words.into_iter().flatten().collect()
}

fn check_word(
    source: &SourceFile,
    field: &str,
    word: &str,
    known: &[&str],
    fault: FeeFault,
) -> Option<Finding> {
    if known.contains(&word) {
        return None;
    }
    let suggestion = nearest(word, known.iter().copied()).map(str::to_owned);
    Some(Finding { suggestion, ..finding_at(source, field, fault) })
}

/// Only what the resident can name without a bill, and what changes no card, may wait for the hall.
fn check_queue(fee: &FeeType) -> Option<FeeFault> {
    let settled_later = fee.statutory_document || fee.needs.contains(&Need::CardWriter);
    let exact = !matches!(fee.bill, BillKind::FreeAmount | BillKind::Queried { partial: true });
    (fee.offline == Offline::Queue && (settled_later || exact)).then_some(FeeFault::QueueForbidden)
}

fn check_account(rule: &AccountRule) -> Option<(&'static str, FeeFault)> {
    if Regex::new(&rule.pattern).is_err() {
        return Some(("account.pattern", FeeFault::BadPattern));
    }
    if !rule.pattern.starts_with('^') || !rule.pattern.ends_with('$') {
        return Some(("account.pattern", FeeFault::LoosePattern));
    }
    if rule.min_len == 0 || rule.min_len > rule.max_len {
        return Some(("account.min_len", FeeFault::LengthOrder));
    }
    let sample = rule.check(&rule.sample);
    sample.err().map(|fault| ("account.sample", FeeFault::BadSample(fault)))
}

fn check_amount(rule: &AmountRule) -> Option<(&'static str, FeeFault)> {
    if rule.min_fen <= 0 || rule.min_fen > rule.max_fen || rule.step_fen <= 0 {
        return Some(("amount.min_fen", FeeFault::AmountOrder));
    }
    if !rule.choices_fen.is_sorted_by(|left, right| left < right) {
        return Some(("amount.choices_fen", FeeFault::ChoiceOrder));
    }
    let refused = rule.choices_fen.iter().find(|choice| rule.check(**choice).is_err());
    refused.map(|choice| ("amount.choices_fen", FeeFault::BadChoice(*choice)))
}

fn check_tariffs(fee: &FeeType) -> Option<FeeFault> {
    if (fee.bill == BillKind::Tariff) == fee.tariffs.is_empty() {
        return Some(FeeFault::TariffPresence);
    }
    if !fee.tariffs.is_sorted_by(|left, right| left.from < right.from) {
        return Some(FeeFault::TariffOrder);
    }
    let broken = fee.tariffs.iter().any(|tariff| !has_sound_items(tariff, &fee.amount));
    broken.then_some(FeeFault::TariffItems)
}

fn has_sound_items(tariff: &Tariff, amount: &AmountRule) -> bool {
    let keys: BTreeSet<&str> = tariff.items.iter().map(|item| item.key.as_str()).collect();
    let priced = tariff
        .items
        .iter()
        .all(|item| item.quantity_max > 0 && (item.amount_fen == 0 || amount.check(item.amount_fen).is_ok()));
    !tariff.items.is_empty() && keys.len() == tariff.items.len() && priced
}

/// Codes, names, tile texts and places must tell fees apart.
fn check_unique(fees: &[(SourceFile, FeeType)]) -> Vec<Finding> {
    let mut taken: BTreeMap<(&str, String), &SourceFile> = BTreeMap::new();
    let mut findings = Vec::new();
    for (source, fee) in fees {
        let place = format!("{} {}", fee.group, fee.order);
        let tile = fee.tile_text().to_owned();
        for key in
            [("code", fee.code.clone()), ("name", fee.name.clone()), ("short_name", tile), ("order", place)]
        {
            match taken.get(&key) {
                Some(first) => findings.push(duplicate(source, key.0, first)),
                None => drop(taken.insert(key, source)),
            }
        }
    }
    findings
}

fn duplicate(source: &SourceFile, field: &str, first: &SourceFile) -> Finding {
    finding_at(source, field, FindingKind::Duplicate { other: first.file.display().to_string() })
}
