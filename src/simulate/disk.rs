//! A disk under SQLite that remembers what was synced: its power can fail at any write, and then only some of
//! what was not synced is there.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{Error, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::dice::Dice;

/// Sizes at which a write may be torn: a sector of an old disk, and of a new one.
const TEARS: [usize; 2] = [512, 4_096];

/// What happens to the disk at one of its operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Harm {
    /// The power fails: what was not synced is there in parts.
    PowerCut,
    /// The process dies: what was written is there.
    Killed,
    /// This operation fails, and no other.
    ErrorOnce,
    /// This operation fails, and every one after it.
    ErrorForEver,
}

/// Something that was done to a file.
#[derive(Clone, Debug)]
pub enum Change {
    /// Bytes at an offset.
    Write(usize, Vec<u8>),
    /// A new length.
    Length(usize),
}

/// One entry of a disk's record.
#[derive(Clone, Debug)]
pub enum Event {
    /// A file changed.
    Changed(String, Change),
    /// A file was synced.
    Synced(String),
    /// A file was removed.
    Removed(String),
}

/// One file: what survives any power cut, and what was written since.
#[derive(Clone, Debug, Default)]
pub struct Platter {
    durable: Vec<u8>,
    now: Vec<u8>,
    pending: Vec<Change>,
}

/// A disk.
#[derive(Clone, Debug)]
pub struct Disk(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    files: BTreeMap<String, Platter>,
    dice: Dice,
    on: bool,
    full: bool,
    broken: bool,
    /// Writes, truncations and syncs so far.
    operations: u64,
    /// What the operation was at which harm was done.
    harmed: Option<String>,
    harm: Option<(u64, Harm)>,
    record: Option<Vec<Event>>,
}

impl fmt::Display for Change {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write(at, data) => write!(out, "write of {} bytes at {at}", data.len()),
            Self::Length(length) => write!(out, "length {length}"),
        }
    }
}

impl Change {
    /// Makes this change to bytes.
    pub fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Length(length) => bytes.resize(*length, 0),
            Self::Write(at, data) => {
                let end = at + data.len();
                if bytes.len() < end {
                    bytes.resize(end, 0);
                }
                if let Some(place) = bytes.get_mut(*at..end) {
                    place.copy_from_slice(data);
                }
            }
        }
    }

    /// The part of a write that comes before a tear; none when it is too short to be torn.
    pub fn torn(&self, tear: usize) -> Option<Self> {
        match self {
            Self::Write(at, data) if data.len() > tear => Some(Self::Write(*at, data.get(..tear)?.to_vec())),
            _ => None,
        }
    }
}

impl Platter {
    /// A file with this content, all of it synced.
    pub fn whole(content: Vec<u8>) -> Self {
        Self { durable: content.clone(), now: content, pending: Vec::new() }
    }

    fn change(&mut self, change: Change) {
        change.apply(&mut self.now);
        self.pending.push(change);
    }

    fn sync(&mut self) {
        for change in self.pending.drain(..) {
            change.apply(&mut self.durable);
        }
    }

    /// Each change since the last sync reached the disk or did not; the last that did may be torn.
    fn cut(&mut self, dice: &mut Dice) {
        let style = dice.between(0, 4);
        let mut kept: Vec<Change> = Vec::new();
        for change in self.pending.drain(..) {
            let keep = match style {
                0 => false,
                1 => true,
                _ => dice.one_in(2),
            };
            if keep {
                kept.push(change);
            }
        }
        let tear = dice.pick(&TEARS).copied().unwrap_or(TEARS[0]);
        if let (true, Some(last)) = (dice.one_in(2), kept.last_mut())
            && let Some(torn) = last.torn(tear)
        {
            *last = torn;
        }
        kept.iter().for_each(|change| change.apply(&mut self.durable));
        self.now.clone_from(&self.durable);
    }
}

impl Disk {
    /// An empty disk.
    pub fn new(dice: Dice) -> Self {
        let (on, full, broken) = (true, false, false);
        let files = BTreeMap::new();
        let state =
            State { files, dice, on, full, broken, operations: 0, harmed: None, harm: None, record: None };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Keeps a record of all changes from now on.
    pub fn keep_record(&self) {
        self.state().record = Some(Vec::new());
    }

    /// Events so far.
    pub fn record(&self) -> Vec<Event> {
        self.state().record.clone().unwrap_or_default()
    }

    /// How many events were recorded so far.
    pub fn recorded(&self) -> usize {
        self.state().record.as_ref().map_or(0, Vec::len)
    }

    /// Writes, truncations and syncs so far.
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// Puts other files in place of all there are.
    pub fn put(&self, files: BTreeMap<String, Platter>) {
        self.state().files = files;
    }

    /// What the operation was at which harm was done.
    pub fn harmed(&self) -> Option<String> {
        self.state().harmed.clone()
    }

    /// Does this at the `after`-th operation from now.
    pub fn plan(&self, after: u64, harm: Harm) {
        let mut state = self.state();
        state.harm = Some((state.operations + after, harm));
    }

    /// Nothing that was planned happens, and errors end.
    pub fn repair(&self) {
        let mut state = self.state();
        (state.harm, state.broken) = (None, false);
    }

    /// False after a power cut or the end of the process.
    pub fn is_on(&self) -> bool {
        self.state().on
    }

    /// Starts again with what is there.
    pub fn switch_on(&self) {
        let mut state = self.state();
        state.on = true;
        // A process that is started again has nothing written that it did not sync.
        state.files.values_mut().for_each(Platter::sync);
    }

    pub(super) fn exists(&self, name: &str) -> bool {
        self.state().files.contains_key(name)
    }

    pub(super) fn make(&self, name: &str) {
        self.state().files.entry(name.to_owned()).or_default();
    }

    pub(super) fn length(&self, name: &str) -> u64 {
        self.state().files.get(name).map_or(0, |file| file.now.len() as u64)
    }

    /// Removing a name counts as durable at once, as a journaling file system has it before any later sync.
    /// It fails only with the whole disk.
    pub(super) fn remove(&self, name: &str) -> Result<(), Error> {
        let mut state = self.state();
        if !state.on || state.broken {
            return Err(Error::other("the disk does not answer"));
        }
        state.files.remove(name).ok_or(Error::from(ErrorKind::NotFound))?;
        state.note(|| Event::Removed(name.to_owned()));
        Ok(())
    }

    /// Reads; what lies behind the end is zero, and says so.
    pub(super) fn read(&self, name: &str, at: usize, out: &mut [u8]) -> Result<(), Error> {
        let state = self.state();
        if !state.on {
            return Err(Error::other("off"));
        }
        let bytes = state.files.get(name).map_or(&[][..], |file| &file.now);
        let there = bytes.get(at..).unwrap_or_default();
        let length = there.len().min(out.len());
        let (head, tail) = out.split_at_mut(length);
        head.copy_from_slice(there.get(..length).unwrap_or_default());
        tail.fill(0);
        if tail.is_empty() { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) }
    }

    pub(super) fn change(&self, name: &str, change: Change) -> Result<(), Error> {
        let mut state = self.state();
        if state.full && state.on && matches!(change, Change::Write(..)) {
            return Err(ErrorKind::WriteZero.into());
        }
        if let Err(error) = state.operate(|| format!("{change} of {name}")) {
            // A write that fails may have been made in part.
            if let Some(part) = change.torn(TEARS[0]).filter(|_| state.on) {
                state.note(|| Event::Changed(name.to_owned(), part.clone()));
                state.files.entry(name.to_owned()).or_default().change(part);
            }
            return Err(error);
        }
        state.note(|| Event::Changed(name.to_owned(), change.clone()));
        state.files.entry(name.to_owned()).or_default().change(change);
        Ok(())
    }

    pub(super) fn sync(&self, name: &str) -> Result<(), Error> {
        let mut state = self.state();
        state.operate(|| format!("sync of {name}"))?;
        state.note(|| Event::Synced(name.to_owned()));
        if let Some(file) = state.files.get_mut(name) {
            file.sync();
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Counts an operation, and lets happen what was planned for it.
    fn operate(&mut self, what: impl FnOnce() -> String) -> Result<(), Error> {
        if !self.on || self.broken {
            return Err(Error::other("the disk does not answer"));
        }
        self.operations += 1;
        let Some((_, harm)) = self.harm.take_if(|(at, _)| *at <= self.operations) else { return Ok(()) };
        self.harmed = Some(what());
        match harm {
            Harm::PowerCut => {
                self.on = false;
                let dice = &mut self.dice;
                self.files.values_mut().for_each(|file| file.cut(dice));
            }
            Harm::Killed => self.on = false,
            Harm::ErrorOnce => {}
            Harm::ErrorForEver => self.broken = true,
        }
        Err(Error::other("the disk fails"))
    }

    fn note(&mut self, event: impl FnOnce() -> Event) {
        if let Some(record) = &mut self.record {
            record.push(event());
        }
    }
}
