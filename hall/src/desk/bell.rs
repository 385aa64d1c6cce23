//! Wakes the inbox requests that wait.

use std::hash::{DefaultHasher, Hash, Hasher};

use tokio::sync::watch;

/// Bells share kiosks, so that their number does not grow with them. With 10,000 kiosks waiting,
/// one event wakes 40 of them.
const BELLS: usize = 256;

/// A fixed set of bells; each kiosk always hears the same one.
pub(crate) struct Bell {
    bells: Vec<watch::Sender<u64>>,
}

impl Bell {
    pub(super) fn new() -> Self {
        Self { bells: (0..BELLS).map(|_| watch::Sender::new(0)).collect() }
    }

    /// Wakes whoever waits for this kiosk, and some others.
    pub(crate) fn ring(&self, kiosk: &str) {
        if let Some(bell) = self.bells.get(place(kiosk)) {
            bell.send_modify(|rings| *rings = rings.wrapping_add(1));
        }
    }

    /// Hears every ring from now on.
    pub(super) fn listen(&self, kiosk: &str) -> watch::Receiver<u64> {
        self.bells.get(place(kiosk)).map_or_else(|| watch::channel(0).1, watch::Sender::subscribe)
    }
}

fn place(kiosk: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    kiosk.hash(&mut hasher);
    usize::try_from(hasher.finish() % (BELLS as u64)).unwrap_or(0)
}
