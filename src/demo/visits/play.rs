//! Plays a visit: drives the screen, lets time pass, watches kiosk, devices and hall.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use i_slint_backend_testing::{TestingBackend, TestingBackendOptions};
use kiosk_ui::KioskWindow;
use slint::{ComponentHandle, PhysicalSize, PlatformError, SharedPixelBuffer};
use thiserror::Error;

use crate::clock::SimClock;
use crate::demo::evidence::{Evidence, EvidenceError};
use crate::demo::resident::{self, ResidentError};
use crate::demo::{MORNING, Stage, StageError, StageSettings};
use crate::kiosk::{Answer, LaunchError, Running, Surroundings};
use crate::money::OrderId;
use crate::view;
use crate::visit::{Page, Screen};

use super::Visit;
use super::report::{Report, Step};

/// Longest real time for anything to happen; a fast device takes milliseconds, a loaded machine a second.
const PATIENCE: Duration = Duration::from_secs(40);
/// Between two looks while something is under way.
const LOOK: Duration = Duration::from_millis(2);
/// Largest step of the simulated clock: countdowns and retries fire once per step.
const CLOCK_STEP: Duration = Duration::from_millis(500);

/// What a play needs to be told.
pub struct PlaySettings {
    /// Folder for pictures, slips, report and the stage's files.
    pub out: PathBuf,
    /// Site of the kiosk.
    pub site: String,
    /// Divides every wait of the devices.
    pub deadline_divisor: u32,
    /// Milliseconds for one printed line.
    pub line_ms: u64,
    /// Files in place of, or beside, those inside the program.
    pub override_dir: Option<PathBuf>,
    /// Pictures are drawn.
    pub pictures: bool,
    /// Sees each durable commit of the journal.
    pub observer: Option<crate::journal::Observer>,
}

impl PlaySettings {
    /// The usual stage, with its files under `out`.
    #[must_use]
    pub fn new(out: &Path) -> Self {
        Self {
            out: out.to_owned(),
            site: "city-hall".to_owned(),
            deadline_divisor: 20,
            line_ms: 0,
            override_dir: None,
            pictures: true,
            observer: None,
        }
    }
}

/// Why a visit fails.
#[derive(Debug, Error)]
pub enum PlayError {
    /// The stage could not be set.
    #[error("the stage could not be set")]
    Stage(#[from] StageError),
    /// The kiosk did not start.
    #[error("the kiosk did not start")]
    Launch(#[from] LaunchError),
    /// The screen could not be made.
    #[error("the screen could not be made")]
    Screen(#[from] PlatformError),
    /// The resident could not do something.
    #[error("the resident could not go on")]
    Resident(#[from] ResidentError),
    /// Pictures or reports could not be written.
    #[error("pictures or reports could not be written")]
    Files(#[from] io::Error),
    /// A picture could not be encoded.
    #[error("a picture could not be encoded")]
    Picture(#[from] png::EncodingError),
    /// The books could not be read.
    #[error("the books could not be read")]
    Evidence(#[from] EvidenceError),
    /// Something did not happen in time.
    #[error("{0} did not happen in time; the screen shows: {1}")]
    Late(&'static str, String),
    /// Something is not as it must be.
    #[error("not as it must be: {0}")]
    Wrong(String),
}

/// A visit under way.
pub struct Play {
    window: KioskWindow,
    /// Devices and hall.
    pub stage: Stage,
    /// The kiosk; none while it is stopped.
    kiosk: Option<Running>,
    clock: Arc<SimClock>,
    inbox: view::Inbox,
    shown: Option<Screen>,
    settings: PlaySettings,
    began: Instant,
    steps: Vec<Step>,
    orders: Vec<OrderId>,
}

/// Plays one visit and writes its report; the process can play only one, since it has one screen.
pub fn play(visit: &Visit, mut settings: PlaySettings) -> Result<Report, PlayError> {
    (visit.prepare)(&mut settings);
    fs::create_dir_all(&settings.out)?;
    let mut play = Play::begin(settings)?;
    let outcome = (visit.script)(&mut play);
    if let Err(error) = &outcome {
        play.picture("failed")?;
        let seen = resident::texts(&play.window).join(" | ");
        eprintln!("visit {}: {error}; on the screen: {seen}", visit.name);
    }
    let report = play.finish(visit, outcome.is_ok())?;
    outcome.map(|()| report)
}

impl Play {
    fn begin(settings: PlaySettings) -> Result<Self, PlayError> {
        let backend = TestingBackend::new(TestingBackendOptions {
            mock_time: true,
            threading: false,
            renderer_name: Some("software".into()),
        });
        slint::platform::set_platform(Box::new(backend)).map_err(PlatformError::SetPlatformError)?;
        let stage = Stage::set(StageSettings {
            dir: settings.out.join("state"),
            site: settings.site.clone(),
            deadline_divisor: settings.deadline_divisor,
            line_ms: settings.line_ms,
            override_dir: settings.override_dir.clone(),
            hall_time: Some(MORNING),
            certificates: false,
        })?;
        let window = KioskWindow::new()?;
        window.window().set_size(PhysicalSize::new(1080, 1920));
        window.show()?;
        let mut play = Self {
            window,
            stage,
            kiosk: None,
            clock: Arc::new(SimClock::at(MORNING)),
            inbox: view::Inbox::default(),
            shown: None,
            settings,
            began: Instant::now(),
            steps: Vec::new(),
            orders: Vec::new(),
        };
        play.start()?;
        Ok(play)
    }

    /// Starts the kiosk and waits until every device and the hall have said how they are.
    pub fn start(&mut self) -> Result<(), PlayError> {
        let (poster, inbox) = view::Poster::inline();
        let surroundings = Surroundings {
            clock: Arc::clone(&self.clock) as _,
            show: Box::new(move |screen| poster.post(screen)),
            observer: self.settings.observer.clone(),
            reserve_bytes: None,
        };
        let kiosk = Running::launch(&self.stage.config(), surroundings)?;
        view::connect(&self.window, kiosk.touches());
        (self.inbox, self.shown, self.kiosk) = (inbox, None, Some(kiosk));
        self.until("the start", |play| play.answer().is_some_and(|answer| answer.ready && answer.online))
    }

    /// Stops the kiosk in an orderly way; devices and hall go on.
    pub fn stop(&mut self) {
        self.kiosk = None;
    }

    fn answer(&self) -> Option<Answer> {
        self.kiosk.as_ref()?.ask()
    }

    /// Takes what the kiosk shows over to the window.
    fn follow(&mut self) {
        while let Some(screen) = self.inbox.take() {
            view::show(&self.window, self.shown.as_ref(), &screen);
            self.remember(&screen);
            self.shown = Some(screen);
        }
        resident::settle();
    }

    fn remember(&mut self, screen: &Screen) {
        let reference = match &screen.page {
            Page::Unknown(view) => &view.reference,
            Page::Outcome(view) => &view.reference,
            _ => return,
        };
        if let Ok(id) = OrderId::parse(reference)
            && !self.orders.contains(&id)
        {
            self.orders.push(id);
        }
    }

    /// Waits in real time until something is true; the kiosk's clock stands still.
    pub fn until(&mut self, what: &'static str, done: impl Fn(&Self) -> bool) -> Result<(), PlayError> {
        let begin = Instant::now();
        loop {
            self.follow();
            if done(self) {
                return Ok(());
            }
            if begin.elapsed() > PATIENCE {
                return Err(PlayError::Late(what, resident::texts(&self.window).join(" | ")));
            }
            std::thread::park_timeout(LOOK);
        }
    }

    /// Waits until nothing is under way.
    pub fn settle(&mut self) -> Result<(), PlayError> {
        self.until("rest", |play| play.answer().is_none_or(|answer| answer.quiet))?;
        self.follow();
        Ok(())
    }

    /// Waits until a page of this kind is shown.
    pub fn page(&mut self, what: &'static str, is: impl Fn(&Page) -> bool) -> Result<(), PlayError> {
        self.until(what, |play| play.shown.as_ref().is_some_and(|screen| is(&screen.page)))
    }

    /// Touches the element with this label, and lets the kiosk answer.
    pub fn tap(&mut self, label: &str) -> Result<(), PlayError> {
        self.follow();
        resident::tap(&self.window, label)?;
        // The actor answers after everything that the touch caused at once.
        let _ = self.answer();
        self.follow();
        Ok(())
    }

    /// Touches one key after the other.
    pub fn keys(&mut self, text: &str) -> Result<(), PlayError> {
        text.chars().try_for_each(|key| self.tap(&key.to_string()))
    }

    /// Lets the kiosk's time pass in small steps, each once everything has come to rest.
    pub fn pass(&mut self, time: Duration) -> Result<(), PlayError> {
        let mut left = time;
        while !left.is_zero() {
            let step = left.min(CLOCK_STEP);
            self.clock.advance(step);
            left -= step;
            self.settle()?;
        }
        Ok(())
    }

    /// Lets time pass until something is true, at most this long on the kiosk's clock.
    pub fn pass_until(
        &mut self,
        what: &'static str,
        most: Duration,
        done: impl Fn(&Self) -> bool,
    ) -> Result<(), PlayError> {
        let steps = most.as_millis() / CLOCK_STEP.as_millis();
        for _ in 0..steps {
            self.settle()?;
            if done(self) {
                return Ok(());
            }
            self.clock.advance(CLOCK_STEP);
        }
        Err(PlayError::Late(what, resident::texts(&self.window).join(" | ")))
    }

    /// What the kiosk shows.
    pub fn screen(&self) -> Option<&Screen> {
        self.shown.as_ref()
    }

    /// Where the kiosk stands.
    pub fn kiosk(&self) -> Option<Answer> {
        self.answer()
    }

    /// Something must be true.
    pub fn check(&self, what: &str, holds: bool) -> Result<(), PlayError> {
        if holds { Ok(()) } else { Err(PlayError::Wrong(what.to_owned())) }
    }

    /// The screen must show this text.
    pub fn sees(&self, text: &str) -> Result<(), PlayError> {
        let seen = resident::texts(&self.window);
        self.check(
            &format!("the screen says “{text}”; it says {seen:?}"),
            seen.iter().any(|shown| shown.contains(text)),
        )
    }

    /// Keeps a picture of the screen, and notes where everything stands.
    pub fn picture(&mut self, name: &str) -> Result<(), PlayError> {
        self.follow();
        let file = format!("{:02}-{name}.png", self.steps.len() + 1);
        if self.settings.pictures {
            let pixels = self.window.window().take_snapshot()?;
            write_png(&self.settings.out.join(&file), &pixels)?;
        }
        let open = self.answer().map(|answer| answer.open).unwrap_or_default();
        self.steps.push(Step::new(name, file, self.began.elapsed(), self.shown.as_ref(), &open));
        Ok(())
    }

    /// What all books say now.
    pub fn evidence(&self) -> Result<Evidence, PlayError> {
        let journal = self.kiosk.as_ref().map(Running::journal);
        Ok(Evidence::gather(&self.stage, journal, &self.orders)?)
    }

    fn finish(mut self, visit: &Visit, passed: bool) -> Result<Report, PlayError> {
        let evidence = self.evidence()?;
        let slips = self.slips()?;
        let report = Report::new(visit, passed, std::mem::take(&mut self.steps), evidence, slips);
        fs::write(self.settings.out.join("report.json"), report.to_json())?;
        Ok(report)
    }

    /// Writes each slip that came out as text and as a picture.
    fn slips(&mut self) -> Result<Vec<String>, PlayError> {
        let mut names = Vec::new();
        for (number, slip) in self.stage.printer.printed().iter().enumerate() {
            let name = format!("slip-{}", number + 1);
            fs::write(self.settings.out.join(format!("{name}.txt")), crate::demo::paper::text(slip))?;
            if self.settings.pictures {
                let pixels = view::paper(slip)?;
                write_png(&self.settings.out.join(format!("{name}.png")), &pixels)?;
            }
            names.push(name);
        }
        Ok(names)
    }
}

fn write_png(path: &Path, pixels: &SharedPixelBuffer<slint::Rgba8Pixel>) -> Result<(), PlayError> {
    let file = io::BufWriter::new(fs::File::create(path)?);
    let mut encoder = png::Encoder::new(file, pixels.width(), pixels.height());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header()?.write_image_data(pixels.as_bytes())?;
    Ok(())
}
