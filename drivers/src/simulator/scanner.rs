//! A simulated scanner: bare text with a tail, and the commands of a GM65 (protocols F and M).

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::event::{Events, SimEvent};
use super::fault::Faults;
use super::host::{Device, Host, Hosted};

/// Bytes of a command kept while it is incomplete: 2 of start, 4 of head, 255 of data, 2 of CRC.
const MAX_PENDING: usize = 263;

/// Codes held in front of a scanner that is dark.
const MAX_SHOWN: usize = 8;

/// The address whose lowest bit lights the module.
const LIGHT: u16 = 0x0002;

/// The address of the divisor of the speed, and its value for 9600 bits per second.
const SPEED: u16 = 0x002A;
const SPEED_9600: [u8; 2] = [0x39, 0x01];

#[derive(Debug)]
struct State {
    tail: Vec<u8>,
    takes_commands: bool,
    waits_for_light: bool,
    lit: bool,
    silent: bool,
    memory: BTreeMap<u16, u8>,
    saved: BTreeMap<u16, u8>,
    shown: VecDeque<Vec<u8>>,
    /// A code that comes after so many bytes of the next answer.
    in_answer: Option<(usize, Vec<u8>)>,
}

impl Default for State {
    fn default() -> Self {
        let memory: BTreeMap<u16, u8> = (SPEED..).zip(SPEED_9600).collect();
        Self {
            tail: b"\r\n".to_vec(),
            takes_commands: true,
            waits_for_light: false,
            lit: false,
            silent: false,
            saved: memory.clone(),
            memory,
            shown: VecDeque::new(),
            in_answer: None,
        }
    }
}

/// Handle of a simulated scanner.
#[derive(Clone, Debug)]
pub struct ScannerSim {
    state: Arc<Mutex<State>>,
    host: Arc<Host>,
}

impl Hosted for ScannerSim {
    fn host(&self) -> &Host {
        &self.host
    }
}

impl ScannerSim {
    /// Starts a scanner whose port is `link`, or a name in the temporary folder.
    ///
    /// # Errors
    /// If no pseudo-terminal can be made, or `link` is a file.
    pub fn start(link: Option<&Path>) -> io::Result<Self> {
        let state = Arc::new(Mutex::new(State::default()));
        let events = Events::default();
        let device =
            Module { state: state.clone(), events: events.clone(), pending: Vec::new(), showed: false };
        Ok(Self { state, host: Arc::new(Host::start(link, events, device)?) })
    }

    /// The path of the port.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.host.link()
    }

    /// Holds a code in front of the scanner: the bytes as the module sends them, without the tail.
    pub fn show(&self, code: &[u8]) {
        self.with(|state| {
            if state.shown.len() < MAX_SHOWN {
                state.shown.push_back(code.to_vec());
            }
        });
    }

    /// Holds a code in front of the scanner so that it comes after `bytes` bytes of the next answer.
    pub fn show_in_answer(&self, bytes: usize, code: &[u8]) {
        self.with(|state| state.in_answer = Some((bytes, code.to_vec())));
    }

    /// What the module sends after each code; CR LF as delivered.
    pub fn set_tail(&self, tail: &[u8]) {
        self.with(|state| state.tail = tail.to_vec());
    }

    /// Whether the module takes commands; one without is deaf.
    pub fn set_takes_commands(&self, takes: bool) {
        self.with(|state| state.takes_commands = takes);
    }

    /// Whether the module looks only when the host lights it.
    pub fn set_waits_for_light(&self, waits: bool) {
        self.with(|state| state.waits_for_light = waits);
    }

    /// Answers and sends nothing, until it is taken back.
    pub fn set_silent(&self, silent: bool) {
        self.with(|state| state.silent = silent);
    }

    /// One byte of the module's memory; 0 if nobody wrote it.
    #[must_use]
    pub fn memory(&self, address: u16) -> u8 {
        self.with(|state| state.memory.get(&address).copied().unwrap_or(0))
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

struct Module {
    state: Arc<Mutex<State>>,
    events: Events,
    pending: Vec<u8>,
    /// A code is on its way to the host.
    showed: bool,
}

impl Device for Module {
    fn receive(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let shared = self.state.clone();
        let mut state = shared.lock().unwrap_or_else(PoisonError::into_inner);
        if state.silent || !state.takes_commands {
            return;
        }
        self.pending.extend_from_slice(bytes);
        while let Some(command) = self.next_command() {
            if let Some(data) = self.obey(&mut state, &command) {
                let mut answer = answer(&data);
                if let Some((at, code)) = state.in_answer.take() {
                    let code = [code, state.tail.clone()].concat();
                    answer.splice(at.min(answer.len())..at.min(answer.len()), code);
                }
                out.extend(answer);
            }
        }
        let excess = self.pending.len().saturating_sub(MAX_PENDING);
        self.pending.drain(..excess);
    }

    fn tick(&mut self, _now: Instant, out: &mut Vec<u8>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.silent || (state.waits_for_light && !state.lit) {
            return;
        }
        if let Some(code) = state.shown.pop_front() {
            out.extend(code);
            out.extend_from_slice(&state.tail);
            state.lit = false;
            self.showed = true;
        }
    }

    fn sent(&mut self) {
        if std::mem::take(&mut self.showed) {
            self.events.push(SimEvent::CodeSent);
        }
    }

    fn cable(&mut self, _plugged: bool) {
        self.pending.clear();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.memory = state.saved.clone();
        state.lit = false;
    }
}

/// A command with a right checksum.
struct Order {
    kind: u8,
    address: u16,
    data: Vec<u8>,
}

impl Module {
    /// The next whole command; a damaged one is skipped and never answered.
    fn next_command(&mut self) -> Option<Order> {
        loop {
            let start = self.pending.windows(2).position(|pair| pair == [0x7E, 0x00])?;
            self.pending.drain(..start);
            let [_, _, kind, length, high, low, rest @ ..] = self.pending.as_slice() else { return None };
            let (length, order) = (usize::from(*length), (*kind, u16::from(*high) << 8 | u16::from(*low)));
            let data = rest.get(..length)?.to_vec();
            let [sum_high, sum_low] = *rest.get(length..length + 2)? else { return None };
            let sum = xmodem(self.pending.get(2..6 + length)?).to_be_bytes();
            // AB CD stands for "not checked".
            let right = [sum_high, sum_low] == sum || [sum_high, sum_low] == [0xAB, 0xCD];
            self.pending.drain(..if right { 8 + length } else { 2 });
            if right {
                return Some(Order { kind: order.0, address: order.1, data });
            }
        }
    }

    fn obey(&self, state: &mut State, order: &Order) -> Option<Vec<u8>> {
        let zone = order.address..;
        match (order.kind, order.data.as_slice()) {
            (0x07, [count]) => {
                let byte = |address| state.memory.get(&address).copied().unwrap_or(0);
                Some(zone.take(usize::from(*count)).map(byte).collect())
            }
            (0x08, data) => {
                state.memory.extend(zone.zip(data.iter().copied()));
                if order.address == LIGHT && data.first().is_some_and(|bits| bits & 1 == 1) {
                    state.lit = true;
                    self.events.push(SimEvent::ScannerLit);
                }
                Some(vec![0])
            }
            (0x09, [0]) if order.address == 0 => {
                state.saved = state.memory.clone();
                Some(vec![0])
            }
            _ => None,
        }
    }
}

fn answer(data: &[u8]) -> Vec<u8> {
    let mut covered = vec![0x00, u8::try_from(data.len()).unwrap_or(u8::MAX)];
    covered.extend_from_slice(data);
    let sum = xmodem(&covered).to_be_bytes();
    [&[0x02, 0x00], covered.as_slice(), &sum].concat()
}

/// The sum of XMODEM, bit by bit.
fn xmodem(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(
            sum ^ u16::from(*byte) << 8,
            |sum: u16, _| {
                if sum & 0x8000 == 0 { sum << 1 } else { sum << 1 ^ 0x1021 }
            },
        )
    })
}
