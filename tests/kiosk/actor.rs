//! The real actor on a stage, without a window: acts by touches that the current screen offers, reads what it
//! shows.

use std::cell::Cell;
use std::fmt::Debug;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use kiosk_config::KioskConfig;
use libtest_mimic::Failed;
use lucheng::clock::SimClock;
use lucheng::demo::evidence::Evidence;
use lucheng::demo::{MORNING, Stage, StageSettings};
use lucheng::kiosk::{Answer, Running, Surroundings};
use lucheng::visit::{Page, Screen, Touch};

use crate::offer;

/// Longest real time for anything to happen.
const PATIENCE: Duration = Duration::from_secs(40);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(2);
/// Largest step of the simulated clock.
const CLOCK_STEP: Duration = Duration::from_millis(500);

/// What a test finds.
pub type Done = Result<(), Failed>;

/// A test ends well only without a violation in the books.
pub fn trial(name: &str, test: fn() -> Done) -> libtest_mimic::Trial {
    libtest_mimic::Trial::test(name, test)
}

/// Something must be true.
pub fn check(holds: bool, what: impl Into<String>) -> Done {
    if holds { Ok(()) } else { Err(what.into().into()) }
}

/// Two things must be the same.
pub fn same<T: PartialEq + Debug>(found: T, wanted: T) -> Done {
    check(found == wanted, format!("found {found:?}, wanted {wanted:?}"))
}

/// What differs from the usual stage.
pub struct Setting<'a> {
    pub site: &'a str,
    pub override_dir: Option<&'a Path>,
    pub reserve_bytes: Option<u64>,
    pub hall_timeout_ms: u64,
    /// The hall knows kiosks by certificates; called before the kiosk starts.
    pub certificates: Option<fn(&Stage) -> Done>,
}

impl Default for Setting<'_> {
    fn default() -> Self {
        Self {
            site: "city-hall",
            override_dir: None,
            reserve_bytes: None,
            hall_timeout_ms: 12_000,
            certificates: None,
        }
    }
}

/// A resident before a kiosk. The kiosk stops before its stage is taken down.
pub struct Actor {
    kiosk: Running,
    pub stage: Stage,
    clock: Arc<SimClock>,
    shown: Arc<Mutex<Option<Screen>>>,
    touches: Cell<usize>,
    _dir: tempfile::TempDir,
}

impl Actor {
    /// A kiosk as usual, ready to serve.
    pub fn usual() -> Result<Self, Failed> {
        Self::with(&Setting::default())
    }

    /// A kiosk that differs.
    pub fn with(setting: &Setting<'_>) -> Result<Self, Failed> {
        let dir = tempfile::tempdir()?;
        let stage = Stage::set(StageSettings {
            dir: dir.path().to_owned(),
            site: setting.site.to_owned(),
            deadline_divisor: 20,
            line_ms: 0,
            override_dir: setting.override_dir.map(Path::to_owned),
            hall_time: Some(MORNING),
            certificates: setting.certificates.is_some(),
        })?;
        setting.certificates.map_or(Ok(()), |prepare| prepare(&stage))?;
        let mut config = stage.config();
        config.hall.timeout_ms = setting.hall_timeout_ms;
        let clock = Arc::new(SimClock::at(MORNING));
        let shown = Arc::new(Mutex::new(None));
        let kiosk = launch(&config, &clock, &shown, setting.reserve_bytes)?;
        let actor = Self { kiosk, stage, clock, shown, touches: Cell::new(0), _dir: dir };
        actor
            .until("the start", |actor| actor.answer().is_some_and(|answer| answer.ready && answer.online))?;
        Ok(actor)
    }

    /// Where the kiosk stands.
    pub fn answer(&self) -> Option<Answer> {
        self.kiosk.ask()
    }

    /// What the kiosk shows now.
    pub fn screen(&self) -> Screen {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.clone().expect("a kiosk shows something from its start on")
    }

    /// The page of it.
    pub fn page(&self) -> Page {
        self.screen().page
    }

    /// Does one thing that the screen offers.
    pub fn touch(&self, touch: Touch) -> Done {
        let screen = self.screen();
        check(offer::offers(&screen, &touch), format!("{touch:?} is not offered by {screen:?}"))?;
        self.force(&[touch]);
        Ok(())
    }

    /// Several touches in the same instant, offered or not.
    pub fn force(&self, touches: &[Touch]) {
        let send = self.kiosk.touches();
        touches.iter().cloned().for_each(send);
        self.touches.set(self.touches.get() + touches.len());
        // The actor answers after everything that the touches caused at once.
        self.answer();
    }

    /// Types a text, key by key.
    pub fn keys(&self, text: &str) -> Done {
        text.chars().try_for_each(|key| self.touch(Touch::Key(key.to_string())))
    }

    /// Touches since the last call.
    pub fn take_touches(&self) -> usize {
        self.touches.take()
    }

    /// Waits in real time; the kiosk's clock stands still.
    pub fn until(&self, what: &str, done: impl Fn(&Self) -> bool) -> Done {
        let begin = Instant::now();
        while !done(self) {
            if begin.elapsed() > PATIENCE {
                let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
                return Err(format!("{what} did not happen; {:?}; {:?}", *shown, self.answer()).into());
            }
            std::thread::park_timeout(LOOK);
            self.answer();
        }
        Ok(())
    }

    /// Waits until the page is as wanted.
    pub fn until_page(&self, what: &str, is: impl Fn(&Page) -> bool) -> Done {
        self.until(what, |actor| is(&actor.page()))
    }

    /// Waits until nothing is under way and every book is closed.
    pub fn rest(&self) -> Done {
        self.until("rest", |actor| actor.answer().is_some_and(|answer| is_at_rest(&answer)))?;
        self.until("a settled hall", |actor| actor.evidence().is_ok_and(|books| books.is_settled()))
    }

    /// Lets the kiosk's time pass in small steps, each once nothing is under way.
    pub fn pass_until(&self, what: &str, most: Duration, done: impl Fn(&Self) -> bool) -> Done {
        for _ in 0..most.as_millis() / CLOCK_STEP.as_millis() {
            self.until("quiet", |actor| actor.answer().is_some_and(|answer| answer.quiet))?;
            if done(self) {
                return Ok(());
            }
            self.clock.advance(CLOCK_STEP);
            self.answer();
        }
        Err(format!("{what} did not happen; {:?}", self.screen()).into())
    }

    /// Lets the kiosk's time pass while somebody stands there and touches nothing in particular.
    pub fn linger(&self, time: Duration) -> Done {
        let steps = time.as_secs().div_ceil(30);
        for _ in 0..steps {
            self.clock.advance(Duration::from_secs(30));
            self.force(&[Touch::Anything]);
        }
        Ok(())
    }

    /// All books.
    pub fn evidence(&self) -> Result<Evidence, Failed> {
        Ok(Evidence::gather(&self.stage, Some(self.kiosk.journal()), &[])?)
    }

    /// Every invariant of money holds.
    pub fn books_agree(&self) -> Done {
        self.evidence()?.violation().map_or(Ok(()), |violation| Err(violation.into()))
    }

    /// Nothing stays charged, and the books agree.
    pub fn nothing_charged(&self) -> Done {
        same(self.evidence()?.acquirer.net_fen(), 0)?;
        same(self.evidence()?.billers.booked.len(), 0)?;
        self.books_agree()
    }

    /// Charged once, booked once, the books agree.
    pub fn paid_once(&self) -> Done {
        let books = self.evidence()?;
        same(books.acquirer.charges.len(), 1)?;
        same(books.billers.booked.len(), 1)?;
        same(books.acquirer.net_fen(), books.billers.booked_fen())?;
        self.books_agree()
    }
}

fn launch(
    config: &KioskConfig,
    clock: &Arc<SimClock>,
    shown: &Arc<Mutex<Option<Screen>>>,
    reserve_bytes: Option<u64>,
) -> Result<Running, Failed> {
    let latest = Arc::clone(shown);
    let surroundings = Surroundings {
        clock: Arc::clone(clock) as _,
        show: Box::new(move |screen| *latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(screen)),
        observer: None,
        reserve_bytes,
    };
    Ok(Running::launch(config, surroundings)?)
}

fn is_at_rest(answer: &Answer) -> bool {
    answer.quiet && answer.unsent == 0 && answer.open.iter().all(|order| order.is_final())
}
