//! Crash images: what a disk may hold after a power cut, made from a record of what the journal wrote and
//! synced. Each image must open, hold everything that was acknowledged, and go on working.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::dice::Dice;
use super::disk::{Change, Disk, Event, Harm, Platter};
use super::errand::{Errand, Known};
use super::vfs::Door;
use crate::journal::{Journal, JournalError, JournalSettings};

/// Sizes at which the last write that reached the disk may be torn.
const TEARS: [usize; 2] = [512, 4_096];
/// Unsynced writes of which every pair is tried; beyond, singles and prefixes are.
const PAIRS_MAX: usize = 12;
/// Payments of the run in which every operation fails once.
const SWEEP_PAYMENTS: u64 = 1;

/// What was found wrong.
pub type Violation = String;

/// What was tried.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tried {
    /// Disks after a power cut.
    pub images: u64,
    /// Of these, with a torn write.
    pub torn: u64,
    /// Syncs after which the power was cut.
    pub syncs: u64,
    /// Operations that failed, once and for ever.
    pub errors: u64,
}

impl Tried {
    pub(super) fn add(&mut self, other: Self) {
        self.images += other.images;
        self.torn += other.torn;
        self.syncs += other.syncs;
        self.errors += other.errors;
    }
}

/// One disk and the folder for what is not in the database.
struct Bench<'a> {
    door: &'a Door,
    dir: PathBuf,
    tried: Tried,
}

/// Cuts the power after each sync of so many payments, until so many images were tried.
pub fn cut_power(door: &Door, dir: &Path, seed: u64, images: u64) -> Result<Tried, Violation> {
    let mut bench = Bench { door, dir: dir.to_owned(), tried: Tried::default() };
    let mut round = seed;
    while bench.tried.images < images {
        bench.record_and_cut(round, images)?;
        round += 1;
    }
    Ok(bench.tried)
}

/// Lets each operation of one payment fail, once and for ever.
pub fn fail_each(door: &Door, dir: &Path) -> Result<Tried, Violation> {
    let mut bench = Bench { door, dir: dir.to_owned(), tried: Tried::default() };
    for harm in [Harm::ErrorOnce, Harm::ErrorForEver] {
        let mut operation = 1;
        while bench.fail_at(operation, harm)? {
            operation += 1;
        }
    }
    Ok(bench.tried)
}

impl Bench<'_> {
    fn fresh(&self) -> Result<Disk, Violation> {
        // The key and the lock of the last journal, if there was one.
        let _ = std::fs::remove_dir_all(&self.dir);
        let disk = Disk::new(Dice::of(1, 1));
        self.door.lead_to(&disk);
        Ok(disk)
    }

    fn open(&self) -> Result<Journal, JournalError> {
        let usual = JournalSettings::new(&self.dir);
        Journal::open(JournalSettings {
            reserve_bytes: 0,
            vfs: Some(self.door.name),
            own_thread: false,
            ..usual
        })
    }

    fn record_and_cut(&mut self, seed: u64, images: u64) -> Result<(), Violation> {
        let disk = self.fresh()?;
        disk.keep_record();
        let mut known: Vec<(usize, Known)> = Vec::new();
        let journal = self.open().map_err(|error| error.to_string())?;
        let mut errand = Errand::new(seed);
        errand
            .pay(&journal, 3, &mut |now| known.push((disk.recorded(), now.clone())))
            .map_err(|error| error.to_string())?;
        drop(journal);
        self.cut_after_each_sync(&disk.record(), &known, images)
    }

    fn cut_after_each_sync(
        &mut self,
        events: &[Event],
        known: &[(usize, Known)],
        images: u64,
    ) -> Result<(), Violation> {
        let mut durable: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut pending: Vec<(String, Change)> = Vec::new();
        for (place, event) in events.iter().enumerate() {
            match event {
                Event::Changed(name, change) => pending.push((name.clone(), change.clone())),
                Event::Removed(name) => {
                    durable.remove(name);
                    pending.retain(|(changed, _)| changed != name);
                }
                Event::Synced(name) => {
                    let acknowledged =
                        known.iter().rev().find(|(at, _)| *at <= place).map(|(_, known)| known);
                    self.cut(&durable, &pending, acknowledged)?;
                    for (_, change) in pending.extract_if(.., |(changed, _)| changed == name) {
                        change.apply(durable.entry(name.clone()).or_default());
                    }
                    self.tried.syncs += 1;
                }
            }
            if self.tried.images >= images {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Every small subset of what was not synced, whole and torn.
    fn cut(
        &mut self,
        durable: &BTreeMap<String, Vec<u8>>,
        pending: &[(String, Change)],
        known: Option<&Known>,
    ) -> Result<(), Violation> {
        for kept in subsets(pending.len()) {
            let changes: Vec<&(String, Change)> =
                kept.iter().filter_map(|place| pending.get(*place)).collect();
            self.try_image(durable, &changes, None, known)?;
            for tear in TEARS {
                let torn = changes.last().and_then(|(name, change)| Some((name.clone(), change.torn(tear)?)));
                if torn.is_some() {
                    let before = changes.split_last().map_or(&[][..], |(_, before)| before);
                    self.tried.torn += 1;
                    self.try_image(durable, before, torn, known)?;
                }
            }
        }
        Ok(())
    }

    fn try_image(
        &mut self,
        durable: &BTreeMap<String, Vec<u8>>,
        changes: &[&(String, Change)],
        torn: Option<(String, Change)>,
        known: Option<&Known>,
    ) -> Result<(), Violation> {
        let mut files = durable.clone();
        for (name, change) in changes.iter().copied().chain(&torn) {
            change.apply(files.entry(name.clone()).or_default());
        }
        let disk = Disk::new(Dice::of(1, 1));
        disk.put(files.into_iter().map(|(name, content)| (name, Platter::whole(content))).collect());
        self.door.lead_to(&disk);
        self.tried.images += 1;
        self.must_hold(known).map_err(|violation| format!("image {}: {violation}", self.tried.images))
    }

    /// The journal opens, is whole, holds what was acknowledged, and takes more.
    fn must_hold(&self, known: Option<&Known>) -> Result<(), Violation> {
        let journal = self.open().map_err(|error| format!("does not open: {error}"))?;
        journal.check_integrity().map_err(|error| format!("is not whole: {error}"))?;
        known.map_or(Ok(()), |known| known.must_be_in(&journal))
    }

    /// Lets this operation fail; false when the errand has fewer.
    fn fail_at(&mut self, operation: u64, harm: Harm) -> Result<bool, Violation> {
        let disk = self.fresh()?;
        disk.plan(operation, harm);
        let mut known = None;
        let mut failed = false;
        match self.open() {
            Err(_) => failed = true,
            Ok(journal) => {
                let paid = Errand::new(operation)
                    .pay(&journal, SWEEP_PAYMENTS, &mut |now| known = Some(now.clone()));
                if let Err(error) = paid {
                    failed = true;
                    if journal.trouble().is_none() && !matches!(error, JournalError::Full) {
                        return Err(format!(
                            "operation {operation} failed, and the journal takes money: {error}"
                        ));
                    }
                }
            }
        }
        self.tried.errors += 1;
        disk.repair();
        disk.switch_on();
        let harmed = disk.harmed().unwrap_or_default();
        self.must_hold(known.as_ref())
            .map_err(|violation| format!("operation {operation} ({harmed}), {harm:?}: {violation}"))?;
        // An operation that failed while the file was closed failed nobody's errand.
        Ok(failed || disk.operations() > operation)
    }
}

/// None, all, each prefix, each single, each pair, all but one.
fn subsets(count: usize) -> Vec<Vec<usize>> {
    let all = || 0..count;
    let mut kept: Vec<Vec<usize>> = (0..=count).map(|length| (0..length).collect()).collect();
    kept.extend(all().skip(1).map(|one| vec![one]));
    kept.extend(all().map(|left_out| all().filter(|place| *place != left_out).collect()));
    if count <= PAIRS_MAX {
        kept.extend(all().flat_map(|one| (one + 1..count).map(move |other| vec![one, other])));
    }
    kept
}
