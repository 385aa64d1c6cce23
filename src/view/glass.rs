//! The real window: backend, size and place, and the cure for X11's late redraw.

use kiosk_ui::KioskWindow;
use slint::winit_030::WinitWindowAccessor;
use slint::winit_030::winit::event::WindowEvent as WinitEvent;
use slint::winit_030::winit::window::Window as WinitWindow;
use slint::{BackendSelector, ComponentHandle, LogicalSize, PhysicalPosition, PlatformError, Weak};

/// Size the kiosk's screens are drawn for.
pub const DESIGN: (f32, f32) = (1080.0, 1920.0);

/// Width and height of a display, or of a part of it, in pixels.
pub type Extent = (f32, f32);

/// The part of a display that a window may take; it begins at the upper edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Room {
    /// Where it begins.
    pub left: f32,
    /// How large it is.
    pub extent: Extent,
}

impl Room {
    /// All of a display.
    #[must_use]
    pub const fn whole(display: Extent) -> Self {
        Self { left: 0.0, extent: display }
    }

    /// How much smaller a window must be drawn to fit; never larger than it is.
    #[must_use]
    pub fn scale(&self, design: Extent) -> f32 {
        (self.extent.0 / design.0).min(self.extent.1 / design.1).min(1.0)
    }
}

/// Chooses the window system and the software renderer; before the first window.
pub fn prepare() -> Result<(), PlatformError> {
    BackendSelector::new().backend_name("winit".into()).renderer_name("software".into()).select()
}

/// Puts a window into its room as soon as it is known on which display it is; on a display that is smaller
/// than the kiosk's (a laptop in a demo) everything is drawn smaller.
pub fn place<W: ComponentHandle + 'static>(
    window: &W,
    design: Extent,
    room: impl Fn(Extent) -> Room + 'static,
) {
    let weak = window.as_weak();
    let placed = slint::spawn_local(async move {
        let Some(window) = weak.upgrade() else { return };
        let Ok(glass) = window.window().winit_window().await else { return };
        let Some(display) = display(&glass) else { return };
        stand(window.window(), design, room(display));
        // Exactly as large as the screens are drawn: a kiosk, which has fingers and no mouse.
        glass.set_cursor_visible(display != design);
    });
    // Refused only once the event loop has ended.
    drop(placed);
}

/// True for what may change the screen by touch.
pub(super) const fn is_touch(event: &WinitEvent) -> bool {
    matches!(event, WinitEvent::MouseInput { .. } | WinitEvent::Touch(_) | WinitEvent::CursorLeft { .. })
}

/// Slint's X11 backend waits a 16 ms frame timer before each redraw; asking the window itself after the event
/// has been handled leaves that out.
pub(super) fn redraw_soon(weak: &Weak<KioskWindow>) {
    // Refused only once the event loop has ended.
    let _ = weak.upgrade_in_event_loop(|window| redraw(&window));
}

/// The same for a screen that has just been put up.
pub(super) fn redraw(window: &KioskWindow) {
    window.window().with_winit_window(|window| window.request_redraw());
}

fn display(window: &WinitWindow) -> Option<Extent> {
    let monitor = window.current_monitor().or_else(|| window.available_monitors().next())?;
    let pixels = |value: u32| f32::from(u16::try_from(value).unwrap_or(u16::MAX));
    Some((pixels(monitor.size().width), pixels(monitor.size().height)))
}

fn stand(window: &slint::Window, design: Extent, room: Room) {
    let scale_factor = room.scale(design);
    if scale_factor < window.scale_factor() {
        window.dispatch_event(slint::platform::WindowEvent::ScaleFactorChanged { scale_factor });
        // In pixels: the window system would count a logical size by its own scale.
        window.set_size(LogicalSize::new(design.0, design.1).to_physical(scale_factor));
    }
    window.set_position(PhysicalPosition::new(whole(room.left), 0));
}

/// A pixel's number.
#[expect(clippy::cast_possible_truncation, reason = "displays have fewer pixels than that")]
const fn whole(pixels: f32) -> i32 {
    pixels as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_drawn_smaller_but_never_larger() {
        assert_eq!(Room::whole((1080.0, 1920.0)).scale(DESIGN), 1.0);
        assert_eq!(Room::whole((3840.0, 2160.0)).scale(DESIGN), 1.0);
        assert_eq!(Room::whole((1600.0, 960.0)).scale(DESIGN), 0.5);
    }
}
