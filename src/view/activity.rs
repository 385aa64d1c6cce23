//! Any touch of the glass, on a button or beside it: somebody is there, and what it changes is shown at once.
//!
//! A window has one place for a hook into its events, so both live in the same one.

use kiosk_ui::KioskWindow;
use slint::ComponentHandle;
use slint::winit_030::winit::event::{ElementState, TouchPhase, WindowEvent};
use slint::winit_030::{EventResult, WinitWindowAccessor};

use super::glass;
use crate::visit::Touch;

pub(super) fn connect(window: &KioskWindow, send: impl Fn(Touch) + 'static) {
    let weak = window.as_weak();
    window.window().on_winit_window_event(move |_, event| {
        if begins_touch(event) {
            send(Touch::Anything);
        }
        if glass::is_touch(event) {
            glass::redraw_soon(&weak);
        }
        EventResult::Propagate
    });
}

fn begins_touch(event: &WindowEvent) -> bool {
    match event {
        WindowEvent::Touch(touch) => touch.phase == TouchPhase::Started,
        WindowEvent::MouseInput { state, .. } => *state == ElementState::Pressed,
        _ => false,
    }
}
