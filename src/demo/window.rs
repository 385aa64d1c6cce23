//! The dock: a window in which a visitor of the demo plays the resident's hands, and breaks things.

use std::rc::Rc;
use std::time::Duration;

use drivers::simulator::{PaperLevel, Silence};
use kiosk_ui::{Dock, DockPerson, DockWindow};
use slint::{ComponentHandle, ModelRc, PlatformError, Timer, TimerMode, VecModel};

use super::Stage;
use super::paper::text;
use crate::view::{self, Extent, Room};

/// How often the dock looks at the devices.
const LOOK: Duration = Duration::from_millis(500);

/// Size the dock is drawn for.
const DOCK: Extent = (720.0, 1000.0);
/// Most of a display's width that the kiosk's window takes; the rest is the dock's.
const KIOSK_WIDTH: f32 = 0.6;
/// Most of a display's height that both windows take: desktops have bars.
const HEIGHT: f32 = 0.94;

/// The kiosk's part of a display.
#[must_use]
pub fn kiosk_room(display: Extent) -> Room {
    Room::whole((display.0 * KIOSK_WIDTH, display.1 * HEIGHT))
}

/// The dock's part of a display: what the kiosk leaves.
fn dock_room(display: Extent) -> Room {
    let left = kiosk_room(display).scale(view::DESIGN) * view::DESIGN.0;
    Room { left, extent: (display.0 - left, display.1 * HEIGHT) }
}

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
    view::place(&window, DOCK, dock_room);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Displays of laptops and desktops, and one like the kiosk's.
    const DISPLAYS: [Extent; 5] =
        [(1366.0, 768.0), (1600.0, 1000.0), (1920.0, 1080.0), (3840.0, 2160.0), (1080.0, 1920.0)];

    #[test]
    fn the_dock_stands_beside_the_kiosk_on_any_display() {
        for display in DISPLAYS {
            let (kiosk, dock) = (kiosk_room(display), dock_room(display));
            let (kiosk_scale, dock_scale) = (kiosk.scale(view::DESIGN), dock.scale(DOCK));
            assert!(view::DESIGN.0 * kiosk_scale <= dock.left + 0.5, "{display:?} is covered");
            assert!(dock.left + DOCK.0 * dock_scale <= display.0 + 0.5, "{display:?} is too narrow");
            assert!(dock_scale > 0.55 && kiosk_scale > 0.35, "{display:?} is too small to read");
        }
    }
}
