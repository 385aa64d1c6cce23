//! How each device is: three silences before one is lost, one line in the log for each change, and the
//! numbers of its port.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use drivers::port::{PortCounters, PortCounts};
use drivers::{DeviceError, DeviceState, Watch};
use kiosk_config::DeviceClass;
use serde::Serialize;

/// A device at one moment. Nothing personal is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct DeviceHealth {
    /// Which.
    pub class: DeviceClass,
    /// In one word.
    pub state: DeviceState,
    /// What passed through its port.
    pub counts: PortCounts,
}

/// The health of all devices; a clone is the same board.
#[derive(Clone, Debug, Default)]
pub struct Board(Arc<Mutex<BTreeMap<DeviceClass, (DeviceState, PortCounters)>>>);

impl Board {
    /// Every configured device.
    #[must_use]
    pub fn read(&self) -> Vec<DeviceHealth> {
        let board = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let health = |(class, (state, counters)): (&DeviceClass, &(DeviceState, PortCounters))| {
            DeviceHealth { class: *class, state: *state, counts: counters.counts() }
        };
        board.iter().map(health).collect()
    }

    fn write(&self, class: DeviceClass, state: DeviceState, counters: &PortCounters) {
        let mut board = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        board.insert(class, (state, counters.clone()));
    }
}

/// One device's place on the board, held by its thread.
#[derive(Debug)]
pub struct Health {
    class: DeviceClass,
    counters: PortCounters,
    watch: Watch,
    board: Board,
}

impl Health {
    /// A device of which nothing is known yet.
    pub fn new(class: DeviceClass, counters: PortCounters, board: Board) -> Self {
        let watch = Watch::new();
        board.write(class, watch.state(), &counters);
        Self { class, counters, watch, board }
    }

    /// Takes what a look at the device found, and says how it is now.
    pub fn look(&mut self, found: Result<DeviceState, &DeviceError>) -> DeviceState {
        let why = found.as_ref().err().map(|error| error.code());
        if let Some(state) = self.watch.look(found, self.counters.is_powered()) {
            let counts = self.counters.counts();
            if state == DeviceState::Online {
                tracing::info!(device = self.class.name(), ?state, ?counts, "device");
            } else {
                tracing::warn!(device = self.class.name(), ?state, why, ?counts, "device");
            }
            self.board.write(self.class, state, &self.counters);
        }
        self.watch.state()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_board_shows_what_was_found_last_and_what_passed_through_the_port() {
        let (board, counters) = (Board::default(), PortCounters::new());
        let mut health = Health::new(DeviceClass::IdReader, counters.clone(), board.clone());
        assert_eq!(board.read()[0].state, DeviceState::Unknown);
        assert_eq!(health.look(Ok(DeviceState::Online)), DeviceState::Online);
        let silence = DeviceError::TimeOut { what: "status", waited_ms: 1 };
        let found = [1, 2, 3].map(|_| health.look(Err(&silence)));
        assert_eq!(found, [DeviceState::Online, DeviceState::Online, DeviceState::Offline]);
        counters.frame();
        assert_eq!((board.read()[0].state, board.read()[0].counts.frames), (DeviceState::Offline, 1));
    }
}
