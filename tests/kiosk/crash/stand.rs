//! Devices and hall in this process, the kiosk in others.

use std::fmt;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use drivers::simulator::Silence;
use libtest_mimic::Failed;
use lucheng::demo::alone::KILL_AT;
use lucheng::demo::evidence::Evidence;
use lucheng::demo::{MORNING, Stage, StageSettings};
use lucheng::journal::{Journal, JournalError, JournalSettings};
use lucheng::money::OrderId;
use tempfile::TempDir;

/// Longest wait for a lock, and the pause between two looks.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(2);
/// SIGKILL.
const KILL: i32 = 9;

/// Side of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    Before,
    After,
}

impl fmt::Display for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Before => "before",
            Self::After => "after",
        })
    }
}

/// When the kiosk dies.
#[derive(Clone, Copy, Debug)]
pub struct Death {
    pub commit: u64,
    pub moment: Moment,
}

/// What a journal holds of the one order.
#[derive(Clone, Debug)]
pub struct Durable {
    /// Steps of the order, oldest first.
    pub steps: Vec<String>,
    /// State of the charge; `-` when there is no order.
    pub charge: String,
    pub is_final: bool,
    /// States of its slips.
    pub slips: Vec<String>,
    /// How often printing began.
    pub copies: usize,
    /// What the hall has not acknowledged.
    pub unsent: u64,
}

impl Durable {
    pub fn has(&self, step: &str) -> bool {
        self.steps.iter().any(|name| name == step)
    }

    fn of(journal: &Journal, order: Option<&OrderId>) -> Result<Self, Failed> {
        let steps = order.map(|id| journal.steps(id)).transpose()?.unwrap_or_default();
        let slips = order.map(|id| journal.slips(id)).transpose()?.unwrap_or_default();
        let order = order.map(|id| journal.order(id)).transpose()?.flatten();
        Ok(Self {
            steps: steps.into_iter().map(|(_, step, _)| step).collect(),
            charge: order.as_ref().map_or("-", |order| order.charge.name()).to_owned(),
            is_final: order.is_none_or(|order| order.is_final()),
            slips: slips.iter().map(|slip| slip.state.name().to_owned()).collect(),
            copies: slips.iter().map(|slip| slip.copies as usize).sum(),
            unsent: journal.unsent_count()?,
        })
    }
}

/// One stage with its folder.
pub struct Stand {
    pub stage: Stage,
    config: PathBuf,
    dir: TempDir,
}

impl Stand {
    /// A terminal that takes every card at once, or keeps that to itself.
    pub fn set(silence: Option<Silence>) -> Result<Self, Failed> {
        let dir = tempfile::tempdir()?;
        let stage = Stage::set(StageSettings {
            dir: dir.path().to_owned(),
            site: "city-hall".to_owned(),
            deadline_divisor: 20,
            line_ms: 0,
            override_dir: None,
            hall_time: Some(MORNING),
            certificates: false,
        })?;
        stage.terminal.set_auto(true);
        stage.terminal.set_silence(silence);
        let config = dir.path().join("kiosk.toml");
        fs::write(&config, toml::to_string(&stage.config())?)?;
        Ok(Self { stage, config, dir })
    }

    /// The terminal answers again.
    pub fn speak(&self) {
        self.stage.terminal.set_silence(None);
    }

    /// Pays until the kiosk dies, and gives what was on the disk then; none when it lived.
    pub fn pay_and_die(&self, death: Death) -> Result<Option<Durable>, Failed> {
        let output = self.kiosk("crash-payment", Some(death))?;
        match output.status.signal() {
            Some(KILL) => self.at_death().map(Some),
            _ if output.status.success() => Ok(None),
            _ => Err(said(&output)),
        }
    }

    /// Starts again on the same journal, and gives what it holds in the end.
    pub fn resume(&self) -> Result<Durable, Failed> {
        let output = self.kiosk("resume", None)?;
        if output.status.success() {
            self.with_journal(&self.state(), Durable::of)
        } else {
            Err(said(&output))
        }
    }

    /// All books side by side.
    pub fn books(&self) -> Result<Evidence, Failed> {
        self.with_journal(&self.state(), |journal, order| {
            let orders: Vec<OrderId> = order.into_iter().cloned().collect();
            Ok(Evidence::gather(&self.stage, Some(journal), &orders)?)
        })
    }

    /// Read from a copy: opening a journal already settles what its slips came to.
    fn at_death(&self) -> Result<Durable, Failed> {
        let copy = self.dir.path().join("at-death");
        fs::create_dir_all(&copy)?;
        for entry in fs::read_dir(self.state())? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                fs::copy(entry.path(), copy.join(entry.file_name()))?;
            }
        }
        self.with_journal(&copy, Durable::of)
    }

    fn with_journal<T>(
        &self,
        dir: &Path,
        read: impl FnOnce(&Journal, Option<&OrderId>) -> Result<T, Failed>,
    ) -> Result<T, Failed> {
        let journal = open(dir)?;
        let code = self.stage.config().kiosk.code;
        let id = journal.epoch()?.map(|epoch| OrderId::new(&code, epoch, 1)).transpose()?;
        read(&journal, id.as_ref())
    }

    fn state(&self) -> PathBuf {
        self.stage.config().state_dir
    }

    fn kiosk(&self, errand: &str, death: Option<Death>) -> Result<Output, Failed> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lucheng"));
        command.args(["visit", errand, "--against"]).arg(&self.config).env_remove(KILL_AT);
        if let Some(Death { commit, moment }) = death {
            command.env(KILL_AT, format!("{commit}:{moment}"));
        }
        Ok(command.output()?)
    }
}

/// A process that another test is just starting may still hold this one's lock, until it has become itself.
fn open(dir: &Path) -> Result<Journal, Failed> {
    let begin = Instant::now();
    loop {
        match Journal::open(JournalSettings::new(dir)) {
            Err(JournalError::Locked) if begin.elapsed() < PATIENCE => std::thread::park_timeout(LOOK),
            opened => return Ok(opened?),
        }
    }
}

fn said(output: &Output) -> Failed {
    let text = String::from_utf8_lossy(&output.stderr);
    format!("{}: {text}", output.status).into()
}
