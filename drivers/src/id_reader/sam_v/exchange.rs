//! One command and its answer: deadlines, damage on the wire, and the speed of the line.

use std::time::{Duration, Instant};

use zeroize::Zeroize;

use super::codec::{Baud, Command, Decoder, FrameError, MIN_REPLY, Reply, Status};
use super::settings::SamVSettings;
use crate::port::{Backoff, Line, Link, Opened};
use crate::status::{DeviceError, ProtocolFault};
use crate::timing::deadline_ms;

/// Bytes taken from the port at once: a tty gives at most 4095.
const READ_CHUNK: usize = 512;

/// The longest answer that is not a card: the newest address, rounded up. Only used to reckon time on the
/// wire.
pub(super) const SHORT_ANSWER: usize = 96;

/// A line to a SAM, and the speed at which they meet.
#[derive(Debug)]
pub(super) struct Exchange<L> {
    link: Link<L>,
    settings: SamVSettings,
    decoder: Decoder,
    /// Bits per second at which the SAM last answered.
    baud: u32,
    /// Whether the SAM answered since the port was opened and never was silent since.
    met: bool,
}

impl<L: Line> Exchange<L> {
    pub(super) fn new(line: L, settings: SamVSettings) -> Self {
        let link = Link::new(line, Backoff::scaled(settings.reopen_divisor));
        let baud = settings.baud;
        Self { link, settings, decoder: Decoder::new(), baud, met: false }
    }

    /// Opens a lost port; a SAM that is new or was silent is looked for at every speed. `true` if it had to
    /// be: whatever was known of its card is void.
    pub(super) fn ready(&mut self) -> Result<bool, DeviceError> {
        if self.link.ensure_open()? == Opened::Fresh {
            self.met = false;
        }
        let fresh = !self.met;
        if fresh {
            self.meet()?;
        }
        Ok(fresh)
    }

    /// Sends a command and waits for its reply.
    pub(super) fn ask(&mut self, command: Command, answer_bytes: usize) -> Result<Reply, DeviceError> {
        let answer = self.ask_within(command, self.settings.answer_ms(answer_bytes, self.baud));
        // Whoever was silent once may still answer: its answer must not be taken for another's.
        self.met &= !matches!(answer, Err(DeviceError::TimeOut { .. }));
        answer
    }

    /// Repeats a command that the wire damaged, and one whose damaged answer can be asked for again.
    fn ask_within(&mut self, command: Command, waited_ms: u64) -> Result<Reply, DeviceError> {
        let mut repeats = self.settings.damage_repeats;
        loop {
            let answer = self.ask_once(command, waited_ms);
            let again = match &answer {
                Ok(reply) => reply.status.host_frame_damaged(),
                Err(DeviceError::Protocol(_)) => command.may_repeat(),
                Err(_) => false,
            };
            if !again || repeats == 0 {
                return answer;
            }
            repeats -= 1;
            self.link.count_retry();
        }
    }

    /// What arrived before is stale and discarded.
    fn ask_once(&mut self, command: Command, waited_ms: u64) -> Result<Reply, DeviceError> {
        self.decoder.clear();
        self.link.line().drain()?;
        self.link.line().write_all(&command.encode())?;
        self.await_reply(command, waited_ms)
    }

    fn await_reply(&mut self, command: Command, waited_ms: u64) -> Result<Reply, DeviceError> {
        let deadline = deadline_ms(waited_ms);
        let inter_byte = Duration::from_millis(self.settings.inter_byte_ms);
        let mut chunk = [0_u8; READ_CHUNK];
        let mut seen = 0;
        loop {
            // A frame that has begun, or as many bytes as the shortest one: this was an answer.
            let begun = self.decoder.pending() > 0 || seen >= MIN_REPLY;
            let wait = if begun { deadline.min(Instant::now() + inter_byte) } else { deadline };
            let got = self.link.line().read(&mut chunk, wait)?;
            seen += got;
            self.decoder.push(chunk.get(..got).unwrap_or_default());
            chunk.zeroize();
            match self.decoder.next_reply() {
                Ok(Some(reply)) => {
                    self.link.count_frame();
                    return Ok(reply);
                }
                Ok(None) => {}
                Err(error) => {
                    self.link.count_checksum_error();
                    return Err(ProtocolFault::from(error).into());
                }
            }
            if got == 0 && begun {
                self.link.count_checksum_error();
                return Err(ProtocolFault::from(FrameError::Truncated(seen)).into());
            }
            if Instant::now() >= deadline {
                return Err(DeviceError::TimeOut { what: command.name(), waited_ms });
            }
        }
    }

    /// Finds the speed at which the SAM answers, and brings it back to that of the profile.
    fn meet(&mut self) -> Result<(), DeviceError> {
        let baud = self.find_speed()?;
        self.baud = baud;
        if baud != self.settings.baud {
            self.change_speed(self.settings.baud)?;
            let port = self.link.line().name().to_owned();
            tracing::info!(port, found = baud, baud = self.baud, "reader at another speed");
        }
        self.met = true;
        if let Some(bytes) = self.settings.max_rf_bytes {
            self.ask(Command::SetMaxRfBytes(bytes), SHORT_ANSWER)?;
        }
        Ok(())
    }

    fn find_speed(&mut self) -> Result<u32, DeviceError> {
        if !self.settings.detect_baud {
            let waited_ms = self.settings.answer_ms(SHORT_ANSWER, self.settings.baud);
            return self.ask_within(Command::Status, waited_ms).map(|_| self.settings.baud);
        }
        let mut silence = None;
        for baud in self.speeds() {
            self.link.line().set_baud(baud)?;
            match self.ask_within(Command::Status, self.settings.detect_ms(SHORT_ANSWER, baud)) {
                Ok(_) => return Ok(baud),
                Err(error) if error.is_port_loss() => return Err(error),
                // The first error is about the likeliest speed; at the others there is often just noise.
                Err(error) => silence = silence.or(Some(error)),
            }
        }
        self.link.line().set_baud(self.baud)?;
        Err(silence.unwrap_or(DeviceError::DeviceNotReady))
    }

    /// Every speed once: the last good one, that of the profile, the others.
    fn speeds(&self) -> Vec<u32> {
        let mut speeds = vec![self.baud];
        for baud in [self.settings.baud].into_iter().chain(Baud::ALL.map(Baud::bits_per_second)) {
            if !speeds.contains(&baud) {
                speeds.push(baud);
            }
        }
        speeds
    }

    /// Tells the SAM another speed. One that does not follow is talked to at the old one.
    fn change_speed(&mut self, wanted: u32) -> Result<(), DeviceError> {
        let Some(baud) = Baud::of(wanted) else { return Ok(()) };
        let waited_ms = self.settings.detect_ms(SHORT_ANSWER, self.baud);
        match self.ask_once(Command::SetBaud(baud), waited_ms) {
            Ok(reply) if reply.status != Status::Ok => return Ok(()),
            Err(error) if error.is_port_loss() => return Err(error),
            // A lost answer: it may have followed all the same.
            Ok(_) | Err(_) => {}
        }
        self.link.line().set_baud(wanted)?;
        match self.ask_once(Command::Status, waited_ms) {
            Ok(_) => self.baud = wanted,
            Err(error) if error.is_port_loss() => return Err(error),
            Err(_) => self.link.line().set_baud(self.baud)?,
        }
        Ok(())
    }
}
