//! The real window: backend, size, and the cure for X11's late redraw.

use kiosk_ui::KioskWindow;
use slint::winit_030::WinitWindowAccessor;
use slint::winit_030::winit::event::WindowEvent as WinitEvent;
use slint::{BackendSelector, ComponentHandle, PhysicalSize, PlatformError, Weak};

/// Size the screens are drawn for.
const DESIGN: (f32, f32) = (1080.0, 1920.0);

/// Chooses the window system and the software renderer; before the first window.
pub fn prepare() -> Result<(), PlatformError> {
    BackendSelector::new().backend_name("winit".into()).renderer_name("software".into()).select()
}

/// Fits the window to a display that is smaller than the kiosk's.
pub fn quicken(window: &KioskWindow) {
    fit(window);
}

/// True for what may change the screen by touch.
pub(super) const fn is_touch(event: &WinitEvent) -> bool {
    matches!(event, WinitEvent::MouseInput { .. } | WinitEvent::Touch(_) | WinitEvent::CursorLeft { .. })
}

/// Slint's X11 backend waits a 16 ms frame timer before each redraw; asking the window itself after the event
/// has been handled leaves that out.
pub(super) fn redraw_soon(weak: &Weak<KioskWindow>) {
    let redraw = |window: KioskWindow| {
        window.window().with_winit_window(|window| window.request_redraw());
    };
    // Refused only once the event loop has ended.
    let _ = weak.upgrade_in_event_loop(redraw);
}

/// On a display that is smaller than the kiosk's (a laptop in a demo) everything is drawn smaller.
fn fit(window: &KioskWindow) {
    let weak = window.as_weak();
    // The monitor is known once the window is on it.
    let asked = slint::invoke_from_event_loop(move || {
        let Some(window) = weak.upgrade() else { return };
        let monitor = window.window().with_winit_window(|window| window.current_monitor().map(|m| m.size()));
        let Some(size) = monitor.flatten() else { return };
        let pixels = |value: u32| f32::from(u16::try_from(value).unwrap_or(u16::MAX));
        let scale = (pixels(size.width) / DESIGN.0).min(pixels(size.height) / DESIGN.1);
        if scale < 1.0 && scale > 0.1 {
            shrink(&window, scale);
        }
    });
    // Refused only once the event loop has ended.
    drop(asked);
}

fn shrink(window: &KioskWindow, scale_factor: f32) {
    window.window().dispatch_event(slint::platform::WindowEvent::ScaleFactorChanged { scale_factor });
    let logical = slint::LogicalSize::new(DESIGN.0, DESIGN.1);
    let size: PhysicalSize = logical.to_physical(scale_factor);
    window.window().set_size(size);
}
