//! Between transactions: an enquiry now and then, and frames that nobody asked for.

use std::time::{Duration, Instant};

use super::apdu::Apdu;
use super::command::Command;
use super::driver::Zvt;
use super::field;
use super::recovery::Found;
use crate::payment_terminal::{LateResult, QueryOutcome};
use crate::port::Line;
use crate::status::{DeviceError, DeviceState};
use crate::timing::deadline_ms;

impl<L: Line> Zvt<L> {
    /// Takes what has arrived, asks the terminal when that is due, and waits for nothing.
    pub(super) fn look_after(&mut self) -> Result<DeviceState, DeviceError> {
        if self.link.ensure_open()? {
            self.forget_terminal();
        }
        let now = Instant::now();
        let heard = self.take_arrived();
        let asked = heard.and_then(|()| self.enquire(now));
        if let Err(error) = asked {
            self.forget_terminal();
            return Err(error);
        }
        let silent = self.link.silence() > Duration::from_millis(self.settings.silence_ms());
        Ok(match (silent, self.busy, self.registered) {
            (false, true, _) => DeviceState::Busy,
            (false, false, true) => DeviceState::Online,
            _ => DeviceState::Offline,
        })
    }

    fn take_arrived(&mut self) -> Result<(), DeviceError> {
        while let Some(apdu) = self.receive(Instant::now())? {
            self.take_loose(&apdu)?;
        }
        Ok(())
    }

    fn enquire(&mut self, now: Instant) -> Result<(), DeviceError> {
        if self.next_enquiry.is_some_and(|due| now < due) {
            return Ok(());
        }
        self.next_enquiry = Some(now + Duration::from_millis(self.settings.status_interval_ms));
        self.enquiry_until = Some(deadline_ms(self.settings.answer_timeout_ms));
        let command = if self.registered {
            Command::StatusEnquiry
        } else {
            let currency = Some(self.settings.currency);
            Command::Register { config: self.settings.config_byte, currency }
        };
        command.apdu(self.settings.password).map_or(Ok(()), |apdu| self.link.post(&apdu.encode()))
    }

    /// Before another command: waits for the end of the enquiry, or its answer would be taken for the
    /// command's.
    pub(super) fn end_enquiry(&mut self) -> Result<(), DeviceError> {
        self.take_arrived()?;
        while let Some(until) = self.enquiry_until {
            match self.receive(until)? {
                Some(apdu) => self.take_loose(&apdu)?,
                None => self.enquiry_until = None,
            }
        }
        Ok(())
    }

    fn take_loose(&mut self, apdu: &Apdu) -> Result<(), DeviceError> {
        match apdu.control {
            [0x80, _] => return Ok(()),
            [0x84, code] => {
                self.enquiry_until = None;
                self.busy = Self::is_in(&self.settings.busy_results, code);
                return Ok(());
            }
            [0x04, 0x0F] => self.loose = field::parse(&apdu.data).ok(),
            [0x06, 0x0F] => self.loose_end(true),
            [0x06, 0x1E] => self.loose_end(false),
            _ => {}
        }
        self.accept()
    }

    /// The end of an enquiry, or of a sale that nobody waits for any more.
    fn loose_end(&mut self, completed: bool) {
        let Some(status) = self.loose.take() else {
            if self.enquiry_until.take().is_some() && completed {
                self.registered = true;
                self.busy = false;
            }
            return;
        };
        let Some(entry) = self.memory.last().cloned() else {
            return;
        };
        let found = self.judge(&entry, &status);
        if completed && matches!(found, Found::Charged(_))
            || !completed && matches!(found, Found::Declined(_))
        {
            let outcome = self.conclude(&entry, found);
            if matches!(outcome, QueryOutcome::Approved(_) | QueryOutcome::Declined(_)) {
                self.keep_late(LateResult { order: entry.order, outcome });
            }
        }
    }
}
