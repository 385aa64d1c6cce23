//! What many looks at a device add up to. Pure: the owner of a driver tells what each look found.

use serde::{Deserialize, Serialize};

use crate::status::{DeviceError, DeviceState};

/// Silences in a row before a device that answered counts as lost: one is a lost byte, two a busy device.
pub const MISSES_BEFORE_LOST: u8 = 3;

/// The state of a device over time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    state: DeviceState,
    misses: u8,
    /// Its "data set ready" line was seen up while it answered, so that a line that is down means something.
    shows_power: bool,
}

impl Watch {
    /// Nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The state now.
    #[must_use]
    pub fn state(&self) -> DeviceState {
        self.state
    }

    /// Takes one look: what the device said of itself, or why it said nothing. `is_powered` is what the port
    /// says ([`crate::port::PortCounters::is_powered`]). Gives the new state if it changed.
    pub fn look(
        &mut self,
        found: Result<DeviceState, &DeviceError>,
        is_powered: Option<bool>,
    ) -> Option<DeviceState> {
        let before = self.state;
        match found {
            Ok(state) => self.answered(state, is_powered),
            Err(DeviceError::Canceled | DeviceError::NotSupported) => {}
            Err(error @ (DeviceError::HardwareError(_) | DeviceError::UserError(_))) => {
                self.answered(error.state(), is_powered);
            }
            // A port that is gone is no guess.
            Err(error) if error.is_port_loss() => {
                self.state = error.state();
                self.misses = MISSES_BEFORE_LOST;
            }
            Err(_) => self.missed(is_powered),
        }
        (self.state != before).then_some(self.state)
    }

    fn answered(&mut self, state: DeviceState, is_powered: Option<bool>) {
        self.state = state;
        self.misses = 0;
        self.shows_power |= is_powered == Some(true);
    }

    fn missed(&mut self, is_powered: Option<bool>) {
        self.misses = self.misses.saturating_add(1);
        // Of a device that never answered, the first silence is all there is to say.
        if self.state != DeviceState::Unknown && self.misses < MISSES_BEFORE_LOST {
            return;
        }
        let dark = self.shows_power && is_powered == Some(false);
        self.state = if dark { DeviceState::PoweredOff } else { DeviceState::Offline };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeviceState::{Absent, HardwareError, Offline, Online, PoweredOff};

    const SILENCE: DeviceError = DeviceError::TimeOut { what: "status", waited_ms: 1 };

    fn well() -> Watch {
        let mut watch = Watch::new();
        assert_eq!(watch.look(Ok(Online), None), Some(Online));
        watch
    }

    #[test]
    fn three_silences_in_a_row_lose_a_device_and_it_is_said_once() {
        let mut watch = well();
        assert_eq!([1, 2].map(|_| watch.look(Err(&SILENCE), None)), [None, None]);
        assert_eq!(watch.look(Ok(Online), None), None, "an answer in between starts again");
        let said = [1, 2, 3, 4].map(|_| watch.look(Err(&SILENCE), None));
        assert_eq!(said, [None, None, Some(Offline), None]);
        assert_eq!(watch.look(Ok(Online), None), Some(Online));
    }

    #[test]
    fn a_lost_port_and_a_reported_defect_are_believed_at_once() {
        let gone = DeviceError::PortGone { path: "p".to_owned() };
        assert_eq!(well().look(Err(&gone), None), Some(Absent));
        let defect = DeviceError::HardwareError(crate::status::HardwareFault::SamSelfTest);
        assert_eq!(well().look(Err(&defect), None), Some(HardwareError));
        assert_eq!(Watch::new().look(Err(&SILENCE), None), Some(Offline), "it never answered");
    }

    #[test]
    fn a_device_whose_ready_line_fell_is_powered_off() {
        let mut watch = Watch::new();
        watch.look(Ok(Online), Some(true));
        let said = [1, 2, 3].map(|_| watch.look(Err(&SILENCE), Some(false)));
        assert_eq!(said, [None, None, Some(PoweredOff)]);
        let mut without_line = Watch::new();
        without_line.look(Ok(Online), Some(false));
        let said = [1, 2, 3].map(|_| without_line.look(Err(&SILENCE), Some(false)));
        assert_eq!(said[2], Some(Offline), "a line that is never up says nothing");
    }
}
