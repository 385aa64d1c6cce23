//! A kiosk before a resident, whose devices and hall live in another process and survive it.
//!
//! For the crash test: this process may be killed at any durable commit, and the next one goes on where it
//! was.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use i_slint_backend_testing::{TestingBackend, TestingBackendOptions};
use kiosk_config::KioskConfig;
use kiosk_ui::KioskWindow;
use slint::{ComponentHandle, PhysicalSize, PlatformError};

use crate::clock::SimClock;
use crate::journal::{Moment, Observer};
use crate::kiosk::{Answer, LaunchError, Running, Surroundings};
use crate::money::OrderId;
use crate::view;
use crate::visit::{Page, Screen};

use super::visits::PlayError;
use super::{MORNING, resident};

/// Names the durable commit at which this process kills itself: `3:before` or `3:after`.
pub const KILL_AT: &str = "LUCHENG_KILL_AT";
/// Longest real time for anything to happen: the terminal's time-out, divided, and a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks while something is under way.
const LOOK: Duration = Duration::from_millis(2);
/// Step of the simulated clock.
const CLOCK_STEP: Duration = Duration::from_millis(500);
/// Steps until every order must have come to its end: more than the longest wait for a silent terminal.
const STEPS_MAX: u32 = 2_000;
/// Steps after that in which nothing may happen by itself.
const STEPS_AT_REST: u32 = 60;

type Done = Result<(), PlayError>;

/// A way to be before the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Pay the electricity bill of the first invented person by card, and take the slip.
    CrashPayment,
    /// After a start, wait until everything is settled, then find the order by its reference.
    Resume,
}

impl Errand {
    /// The errand of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "crash-payment" => Some(Self::CrashPayment),
            "resume" => Some(Self::Resume),
            _ => None,
        }
    }
}

/// Runs an errand at a kiosk with this configuration.
pub fn run(errand: Errand, config: &Path) -> Done {
    let config = kiosk_config::load(config, &[]).map_err(LaunchError::Configuration)?;
    let mut seat = Seat::take(&config)?;
    match errand {
        Errand::CrashPayment => seat.pay(),
        Errand::Resume => seat.look_up(&config.kiosk.code),
    }
}

struct Seat {
    window: KioskWindow,
    kiosk: Running,
    clock: Arc<SimClock>,
    inbox: view::Inbox,
    shown: Option<Screen>,
}

impl Seat {
    fn take(config: &KioskConfig) -> Result<Self, PlayError> {
        let window = window()?;
        let clock = Arc::new(SimClock::at(MORNING));
        let (poster, inbox) = view::Poster::inline();
        let surroundings = Surroundings {
            clock: Arc::clone(&clock) as _,
            show: Box::new(move |screen| poster.post(screen)),
            observer: killer(),
            reserve_bytes: None,
        };
        let kiosk = Running::launch(config, surroundings)?;
        view::connect(&window, kiosk.touches());
        let mut seat = Self { window, kiosk, clock, inbox, shown: None };
        seat.until("the start", |seat| seat.answer().is_some_and(|answer| answer.ready && answer.online))?;
        Ok(seat)
    }

    fn pay(&mut self) -> Done {
        self.tap("电费")?;
        self.page("the catalogue", |page| matches!(page, Page::Catalogue(_)))?;
        self.tap("电费")?;
        self.page("the account page", |page| matches!(page, Page::Account(_)))?;
        self.keys(super::visits::ELECTRICITY)?;
        self.tap("查询账单")?;
        self.page("the bill", |page| matches!(page, Page::Bill(..)))?;
        self.tap("去支付 ¥116.63")?;
        self.page("the outcome", |page| matches!(page, Page::Outcome(_)))?;
        self.settled()
    }

    fn look_up(&mut self, code: &str) -> Done {
        self.settled()?;
        (0..STEPS_AT_REST).try_for_each(|_| self.pass())?;
        let Some(id) = self.first_order(code)? else { return Ok(()) };
        self.tap("查询上一笔结果")?;
        self.page("the look-up", |page| matches!(page, Page::Lookup(_)))?;
        self.keys(id.as_str())?;
        self.tap("查询结果")?;
        let reference = id.grouped();
        self.page(
            "the earlier order",
            |page| matches!(page, Page::Outcome(view) if view.reference == reference),
        )
    }

    /// The first order of this enrolment, if it was written down.
    fn first_order(&self, code: &str) -> Result<Option<OrderId>, PlayError> {
        let journal = self.kiosk.journal();
        let Some(epoch) = journal.epoch().map_err(LaunchError::from)? else { return Ok(None) };
        let id = OrderId::new(code, epoch, 1).ok();
        let known = |id: &OrderId| journal.order(id).map(|order| order.is_some());
        match id {
            Some(id) if known(&id).map_err(LaunchError::from)? => Ok(Some(id)),
            _ => Ok(None),
        }
    }

    /// Lets time pass until no order is open and the hall has acknowledged all of them.
    fn settled(&mut self) -> Done {
        for _ in 0..STEPS_MAX {
            self.pass()?;
            let at_rest =
                |kiosk: Answer| kiosk.unsent == 0 && kiosk.open.iter().all(crate::money::Order::is_final);
            if self.answer().is_some_and(at_rest) {
                return Ok(());
            }
        }
        Err(self.late("the end of every order"))
    }

    fn pass(&mut self) -> Done {
        self.clock.advance(CLOCK_STEP);
        self.until("rest", |seat| seat.answer().is_some_and(|answer| answer.quiet))
    }

    fn answer(&self) -> Option<Answer> {
        self.kiosk.ask()
    }

    fn follow(&mut self) {
        while let Some(screen) = self.inbox.take() {
            view::show(&self.window, self.shown.as_ref(), &screen);
            self.shown = Some(screen);
        }
        resident::settle();
    }

    fn until(&mut self, what: &'static str, done: impl Fn(&Self) -> bool) -> Done {
        let begin = Instant::now();
        loop {
            self.follow();
            if done(self) {
                self.follow();
                return Ok(());
            }
            if begin.elapsed() > PATIENCE {
                return Err(self.late(what));
            }
            std::thread::park_timeout(LOOK);
        }
    }

    fn late(&self, what: &'static str) -> PlayError {
        PlayError::Late(what, resident::texts(&self.window).join(" | "))
    }

    fn page(&mut self, what: &'static str, is: impl Fn(&Page) -> bool) -> Done {
        self.until(what, |seat| seat.shown.as_ref().is_some_and(|screen| is(&screen.page)))
    }

    fn tap(&mut self, label: &str) -> Done {
        self.follow();
        resident::tap(&self.window, label)?;
        // The actor answers after everything that the touch caused at once.
        let _ = self.answer();
        self.follow();
        Ok(())
    }

    fn keys(&mut self, text: &str) -> Done {
        text.chars().try_for_each(|key| self.tap(&key.to_string()))
    }
}

/// A window in memory.
fn window() -> Result<KioskWindow, PlatformError> {
    let options =
        TestingBackendOptions { mock_time: true, threading: false, renderer_name: Some("software".into()) };
    let backend = Box::new(TestingBackend::new(options));
    slint::platform::set_platform(backend).map_err(PlatformError::SetPlatformError)?;
    let window = KioskWindow::new()?;
    window.window().set_size(PhysicalSize::new(1080, 1920));
    window.show()?;
    Ok(window)
}

/// Kills this process, as a power cut would, at the commit that the environment names.
fn killer() -> Option<Observer> {
    let (number, moment) = kill_at(&std::env::var(KILL_AT).ok()?)?;
    Some(Arc::new(move |now, commit| {
        if (now, commit) == (moment, number) {
            let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        }
    }))
}

fn kill_at(text: &str) -> Option<(u64, Moment)> {
    let (number, moment) = text.split_once(':')?;
    let moment = match moment {
        "before" => Moment::Before,
        "after" => Moment::After,
        _ => return None,
    };
    Some((number.parse().ok()?, moment))
}
