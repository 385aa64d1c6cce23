//! Hands screens from other threads to the window. Only the latest counts: a slow screen never makes a queue.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kiosk_ui::KioskWindow;
use slint::{ComponentHandle, Weak};

use super::{glass, show};
use crate::visit::Screen;

/// Screens on their way; at most one of each.
#[derive(Default)]
struct Slot {
    /// The latest screen, not yet shown.
    next: Option<Screen>,
    /// What the window shows.
    shown: Option<Screen>,
    /// The event loop has been asked to show the next one.
    asked: bool,
}

/// Posts screens from any thread.
#[derive(Clone)]
pub struct Poster {
    inbox: Inbox,
    window: Option<Weak<KioskWindow>>,
}

/// The receiving end, for whoever shows screens on the main thread without an event loop.
#[derive(Clone, Default)]
pub struct Inbox(Arc<Mutex<Slot>>);

impl Poster {
    /// Shows posted screens on this window, from its event loop.
    #[must_use]
    pub fn to_window(window: &KioskWindow) -> Self {
        Self { inbox: Inbox::default(), window: Some(window.as_weak()) }
    }

    /// Keeps posted screens until the main thread takes them.
    #[must_use]
    pub fn inline() -> (Self, Inbox) {
        let inbox = Inbox::default();
        (Self { inbox: inbox.clone(), window: None }, inbox)
    }

    /// Replaces whatever is not shown yet. Once the event loop has ended nothing is shown any more.
    pub fn post(&self, screen: Screen) {
        let mut slot = self.inbox.lock();
        slot.next = Some(screen);
        let Some(window) = self.window.as_ref().filter(|_| !slot.asked) else { return };
        slot.asked = true;
        drop(slot);
        let inbox = self.inbox.clone();
        let asked = window.upgrade_in_event_loop(move |window| {
            inbox.draw(&window);
            glass::redraw(&window);
        });
        if asked.is_err() {
            self.inbox.lock().asked = false;
        }
    }
}

impl Inbox {
    /// The latest screen, once.
    #[must_use]
    pub fn take(&self) -> Option<Screen> {
        self.lock().next.take()
    }

    /// Shows the latest screen, if there is a new one.
    pub fn draw(&self, window: &KioskWindow) {
        let (old, new) = {
            let mut slot = self.lock();
            slot.asked = false;
            let Some(new) = slot.next.take() else { return };
            (slot.shown.take(), new)
        };
        show(window, old.as_ref(), &new);
        self.lock().shown = Some(new);
    }

    /// A panic elsewhere leaves a whole screen behind, never half of one.
    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
