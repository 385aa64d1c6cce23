//! The dock: a window in which a visitor of the demo plays the resident's hands, and breaks things.

use std::rc::Rc;
use std::time::Duration;

use drivers::simulator::{PaperLevel, Silence};
use kiosk_ui::{Dock, DockPerson, DockWindow};
use slint::{ComponentHandle, ModelRc, PlatformError, Timer, TimerMode, VecModel};

use super::Stage;
use super::paper::text;

/// How often the dock looks at the devices.
const LOOK: Duration = Duration::from_millis(500);

/// An open dock; closing the kiosk's window closes it too.
pub struct OpenDock {
    _window: DockWindow,
    _timer: Timer,
    _stage: Rc<Stage>,
}

/// Opens the dock over a stage.
pub fn open(stage: Stage) -> Result<OpenDock, PlatformError> {
    let stage = Rc::new(stage);
    let window = DockWindow::new()?;
    fill(&window, &stage);
    connect_people(&window, &stage);
    connect_terminal(&window, &stage);
    connect_rest(&window, &stage);
    let timer = watch(&window, &stage);
    window.show()?;
    Ok(OpenDock { _window: window, _timer: timer, _stage: stage })
}

fn fill(window: &DockWindow, stage: &Stage) {
    let people = stage.people.iter().enumerate().map(|(place, person)| DockPerson {
        id: place.to_string().into(),
        name: person.name.as_str().into(),
        detail: person.birth.year().to_string().into(),
    });
    window.global::<Dock>().set_people(ModelRc::new(VecModel::from_iter(people)));
}

fn connect_people(window: &DockWindow, stage: &Rc<Stage>) {
    let dock = window.global::<Dock>();
    let (weak, there) = (window.as_weak(), Rc::clone(stage));
    dock.on_lay_card(move |id| {
        there.lay_card(id.parse().unwrap_or_default());
        if let Some(window) = weak.upgrade() {
            window.global::<Dock>().set_laid(id);
        }
    });
    let (weak, there) = (window.as_weak(), Rc::clone(stage));
    dock.on_lift_card(move || {
        there.reader.lift_card();
        if let Some(window) = weak.upgrade() {
            window.global::<Dock>().set_laid("".into());
        }
    });
}

fn connect_terminal(window: &DockWindow, stage: &Rc<Stage>) {
    let dock = window.global::<Dock>();
    let there = Rc::clone(stage);
    dock.on_tap_card(move || there.tap_card(0));
    let there = Rc::clone(stage);
    dock.on_show_code(move || there.show_code());
    let there = Rc::clone(stage);
    dock.on_decline(move || there.terminal.decline("51"));
    let (weak, there) = (window.as_weak(), Rc::clone(stage));
    dock.on_silent(move |silent| {
        there.terminal.set_silence(silent.then_some(Silence::ApproveNoAnswer));
        if let Some(window) = weak.upgrade() {
            window.global::<Dock>().set_terminal_silent(silent);
        }
    });
    let (weak, there) = (window.as_weak(), Rc::clone(stage));
    dock.on_cut_cable(move |cut| {
        if cut {
            there.terminal.cut_cable()
        } else {
            there.terminal.plug_cable()
        }
        if let Some(window) = weak.upgrade() {
            window.global::<Dock>().set_cable_cut(cut);
        }
    });
}

fn connect_rest(window: &DockWindow, stage: &Rc<Stage>) {
    let dock = window.global::<Dock>();
    let (weak, there) = (window.as_weak(), Rc::clone(stage));
    dock.on_paper(move |level| {
        match level.as_str() {
            "out" => there.printer.set_paper(PaperLevel::Out),
            "low" => there.printer.set_paper(PaperLevel::Low),
            _ => there.printer.refill(),
        }
        if let Some(window) = weak.upgrade() {
            window.global::<Dock>().set_paper_state(level);
        }
    });
    let (weak, there) = (window.as_weak(), Rc::clone(stage));
    dock.on_hall(move |up| {
        let reachable = up && there.hall.come_back().is_ok();
        if !up {
            there.hall.go_offline();
        }
        if let Some(window) = weak.upgrade() {
            window.global::<Dock>().set_hall_up(reachable);
        }
    });
}

/// Shows the newest slip, and whether the terminal waits for something.
fn watch(window: &DockWindow, stage: &Rc<Stage>) -> Timer {
    let (weak, there) = (window.as_weak(), Rc::clone(stage));
    let timer = Timer::default();
    timer.start(TimerMode::Repeated, LOOK, move || {
        let Some(window) = weak.upgrade() else { return };
        let dock = window.global::<Dock>();
        if let Some(slip) = there.printer.printed().last() {
            dock.set_slip_text(text(slip).into());
        }
        dock.set_terminal_state(there.terminal.waiting_for().unwrap_or_default().into());
    });
    timer
}
