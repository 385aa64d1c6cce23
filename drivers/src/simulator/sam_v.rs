//! A simulated SAM_V reader (protocols A.2 to A.5, M).

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::event::{Events, SimEvent};
use super::fault::Faults;
use super::host::{Device, Host, Hosted};
use super::sam_v_card::SimCard;

/// Bytes of a host frame kept while it is incomplete: the longest has eleven.
const MAX_PENDING: usize = 64;

/// Where a frame starts.
const START: [u8; 5] = [0xAA, 0xAA, 0xAA, 0x96, 0x69];

/// What can be wrong with the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SamFault {
    /// Answers nothing, until the fault is taken away.
    Silent,
    /// The next answer to a read has a wrong checksum; the card counts as read.
    ChecksumError,
    /// The card is lifted in the middle of the next answer to a read.
    CardLiftedMidRead,
    /// The SAM reports a failed self-test, until the fault is taken away.
    SelfTestFailed,
    /// The next such command is lost, and these bytes come in place of its answer.
    Garbled {
        /// Command and parameter.
        command: [u8; 2],
        /// What the host sees.
        bytes: &'static [u8],
    },
    /// The next read is answered with this SW3.
    ReadStatus(u8),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Step {
    #[default]
    Idle,
    Found,
    Selected,
    /// The text was read; the newest address may be asked for.
    Read,
}

/// The speed of a reader as delivered.
const DELIVERED_BAUD: u32 = 115_200;

#[derive(Debug)]
struct State {
    /// The speed now, and the one after the next power-up.
    baud: u32,
    power_up_baud: u32,
    /// The speed that the host has set on its side.
    host_baud: u32,
    max_rf_bytes: Option<u8>,
    card: Option<SimCard>,
    fault: Option<SamFault>,
    refinds: bool,
    already_read: bool,
    step: Step,
}

impl Default for State {
    fn default() -> Self {
        Self {
            baud: DELIVERED_BAUD,
            power_up_baud: DELIVERED_BAUD,
            host_baud: DELIVERED_BAUD,
            max_rf_bytes: None,
            card: None,
            fault: None,
            refinds: true,
            already_read: false,
            step: Step::Idle,
        }
    }
}

/// Handle of a simulated ID card reader.
#[derive(Clone, Debug)]
pub struct SamVSim {
    state: Arc<Mutex<State>>,
    events: Events,
    host: Arc<Host>,
}

impl SamVSim {
    /// Starts a reader whose port is `link`, or a name in the temporary folder.
    ///
    /// # Errors
    /// If no pseudo-terminal can be made, or `link` is a file.
    pub fn start(link: Option<&Path>) -> io::Result<Self> {
        let state = Arc::new(Mutex::new(State::default()));
        let events = Events::default();
        let device = Reader { state: state.clone(), events: events.clone(), pending: Vec::new() };
        let host = Arc::new(Host::start(link, events.clone(), device)?);
        Ok(Self { state, events, host })
    }

    /// The path of the port.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.host.link()
    }

    /// Lays a card on the reader, in place of one that lies there.
    pub fn lay_card(&self, card: SimCard) {
        self.with(|state| {
            state.card = Some(card);
            state.already_read = false;
            state.step = Step::Idle;
        });
        self.events.push(SimEvent::CardLaid);
    }

    /// Takes the card away.
    pub fn lift_card(&self) {
        self.with(State::lift);
        self.events.push(SimEvent::CardLifted);
    }

    /// Whether a card lies on the reader.
    #[must_use]
    pub fn has_card(&self) -> bool {
        self.with(|state| state.card.is_some())
    }

    /// Sets or takes away a fault.
    pub fn set_fault(&self, fault: Option<SamFault>) {
        self.with(|state| state.fault = fault);
    }

    /// Whether a card is found again after it was read (the default), or only after it was lifted.
    pub fn set_refinds(&self, refinds: bool) {
        self.with(|state| state.refinds = refinds);
    }

    /// The speed of the reader now and after each power-up, in bits per second.
    pub fn set_baud(&self, baud: u32) {
        self.with(|state| {
            state.baud = baud;
            state.power_up_baud = baud;
        });
    }

    /// The speed of the reader now, in bits per second.
    #[must_use]
    pub fn baud(&self) -> u32 {
        self.with(|state| state.baud)
    }

    /// The length of a radio frame that the host has set.
    #[must_use]
    pub fn max_rf_bytes(&self) -> Option<u8> {
        self.with(|state| state.max_rf_bytes)
    }

    /// Pulls the cable; the port is gone when this returns.
    pub fn cut_cable(&self) {
        self.host.set_cable(false);
    }

    /// Puts the cable back; the port is there when this returns.
    pub fn plug_cable(&self) {
        self.host.set_cable(true);
    }

    /// What can go wrong with what this device sends.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        self.host.faults()
    }

    /// What happened since the last call.
    #[must_use]
    pub fn take_events(&self) -> Vec<SimEvent> {
        self.host.take_events()
    }

    fn with<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Hosted for SamVSim {
    fn host(&self) -> &Host {
        &self.host
    }
}

impl State {
    fn lift(&mut self) {
        self.card = None;
        self.already_read = false;
        self.step = Step::Idle;
    }

    fn can_be_found(&self) -> bool {
        self.card.is_some() && (self.refinds || !self.already_read)
    }
}

struct Reader {
    state: Arc<Mutex<State>>,
    events: Events,
    pending: Vec<u8>,
}

impl Device for Reader {
    fn line_speed(&mut self, baud: u32) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).host_baud = baud;
    }

    fn receive(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let deaf = state.host_baud != state.baud;
        drop(state);
        if deaf {
            // At another speed the bytes of the host are noise.
            return self.pending.clear();
        }
        self.pending.extend_from_slice(bytes);
        while let Some(body) = self.next_body() {
            out.extend(self.answer(&body));
        }
        let excess = self.pending.len().saturating_sub(MAX_PENDING);
        self.pending.drain(..excess);
    }

    fn tick(&mut self, _now: Instant, _out: &mut Vec<u8>) {}

    fn cable(&mut self, _plugged: bool) {
        self.pending.clear();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.step = Step::Idle;
        state.baud = state.power_up_baud;
        state.max_rf_bytes = None;
    }
}

impl Reader {
    /// The next whole host frame from its length word on, with its checksum.
    fn next_body(&mut self) -> Option<Vec<u8>> {
        let start = self.pending.windows(START.len()).position(|window| window == START)?;
        self.pending.drain(..start);
        let after = self.pending.get(START.len()..)?;
        let len = match after {
            [high, low, ..] => usize::from(*high) << 8 | usize::from(*low),
            _ => return None,
        };
        let body = after.get(..2 + len.min(MAX_PENDING))?.to_vec();
        self.pending.drain(..START.len() + body.len());
        Some(body)
    }

    fn answer(&mut self, body: &[u8]) -> Vec<u8> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.fault {
            Some(SamFault::Silent) => return Vec::new(),
            Some(SamFault::SelfTestFailed) => return reply(0x60, &[]),
            _ => {}
        }
        match (state.fault, body) {
            (Some(SamFault::Garbled { command: [a, b], bytes }), [_, _, c, d, ..]) if (a, b) == (*c, *d) => {
                state.fault = None;
                bytes.to_vec()
            }
            _ if body.iter().fold(0, |sum, byte| sum ^ byte) != 0 => reply(0x10, &[]),
            (_, [_, _, command, parameter, _]) => obey(&mut state, *command, *parameter, &self.events),
            (_, [_, _, 0x61, 0xFF, bytes, _]) => {
                state.max_rf_bytes = Some(*bytes);
                reply(0x90, &[])
            }
            _ => reply(0x11, &[]),
        }
    }
}

fn obey(state: &mut State, command: u8, parameter: u8, events: &Events) -> Vec<u8> {
    match (command, parameter) {
        (0x10 | 0x11, 0xFF) => reply(0x90, &[]),
        (0x12, 0xFF) => reply(0x90, &SAM_ID),
        (0x20, 0x01) => find(state),
        (0x20, 0x02) => select(state),
        (0x30, 0x01) => read(state, false, events),
        (0x30, 0x10) => read(state, true, events),
        (0x30, 0x03) => newest_address(state),
        (0x60, code) => set_baud(state, code),
        _ => reply(0x21, &[]),
    }
}

/// Version 5, kind 3, a date, a serial number and one more number, each with its low byte first.
const SAM_ID: [u8; 16] = [5, 0, 3, 0, 0x97, 0x15, 0x34, 1, 0x40, 0xE2, 1, 0, 0x2A, 0, 0, 0];

/// The answer still goes out at the old speed: the host changes its own only after it.
fn set_baud(state: &mut State, code: u8) -> Vec<u8> {
    let speeds = [115_200, 57_600, 38_400, 19_200, 9_600];
    let Some(baud) = speeds.get(usize::from(code)) else { return reply(0x24, &[]) };
    state.baud = *baud;
    reply(0x90, &[])
}

fn newest_address(state: &State) -> Vec<u8> {
    match &state.card {
        Some(card) if state.step == Step::Read => match card.newest_address_block() {
            Some(block) => reply(0x90, &block),
            None => reply(0x91, &[]),
        },
        _ => reply(0x41, &[]),
    }
}

fn find(state: &mut State) -> Vec<u8> {
    if !state.can_be_found() {
        state.step = Step::Idle;
        return reply(0x80, &[]);
    }
    state.step = Step::Found;
    reply(0x9F, &[0; 4])
}

fn select(state: &mut State) -> Vec<u8> {
    if state.step != Step::Found || state.card.is_none() {
        return reply(0x81, &[]);
    }
    state.step = Step::Selected;
    reply(0x90, &[0; 8])
}

fn read(state: &mut State, with_fingerprints: bool, events: &Events) -> Vec<u8> {
    let selected = std::mem::take(&mut state.step) == Step::Selected;
    let Some(card) = state.card.as_ref().filter(|_| selected) else {
        return reply(0x41, &[]);
    };
    if let Some(SamFault::ReadStatus(sw3)) = state.fault {
        state.fault = None;
        return reply(sw3, &[]);
    }
    let mut frame = reply(0x90, &card.blocks(with_fingerprints));
    state.already_read = true;
    state.step = Step::Read;
    match state.fault {
        Some(SamFault::ChecksumError) => {
            state.fault = None;
            if let Some(last) = frame.last_mut() {
                *last ^= 0x01;
            }
        }
        Some(SamFault::CardLiftedMidRead) => {
            state.fault = None;
            state.lift();
            frame.truncate(frame.len() / 2);
            events.push(SimEvent::CardLifted);
        }
        _ => events.push(SimEvent::CardRead),
    }
    frame
}

/// A reply with SW1 and SW2 zero.
fn reply(sw3: u8, data: &[u8]) -> Vec<u8> {
    let len = u16::try_from(data.len() + 4).unwrap_or(4);
    let mut body = len.to_be_bytes().to_vec();
    body.extend_from_slice(&[0, 0, sw3]);
    body.extend_from_slice(data);
    let check = body.iter().fold(0, |sum, byte| sum ^ byte);
    body.push(check);
    [START.as_slice(), &body].concat()
}
