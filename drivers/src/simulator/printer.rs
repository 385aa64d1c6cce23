//! A simulated receipt printer (protocols B).
//!
//! Bytes go into a buffer; the head takes them while there is paper and the cover is closed. Real-time
//! questions are answered at once, everything else when the head comes to it.

use std::collections::VecDeque;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::event::{Events, SimEvent};
use super::fault::Faults;
use super::host::{Device, Host, Hosted};
use super::printer_paper::{Effect, Head, PrintedLine, PrintedSlip};

/// Buffer of the printer; bytes beyond are lost. The longest slip with its QR codes is far shorter.
const MAX_BUFFER: usize = 256 * 1024;

/// Slips kept for whoever looks; the oldest goes first.
const MAX_SLIPS: usize = 64;

/// Paper in the simulated printer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PaperLevel {
    /// Plenty.
    #[default]
    Full,
    /// Near its end.
    Low,
    /// None.
    Out,
}

#[derive(Debug, Default)]
struct State {
    paper: PaperLevel,
    lines_left: Option<usize>,
    cover_open: bool,
    cutter_stuck: bool,
    overheated: bool,
    recoverable_error: bool,
    silent: bool,
    ignores_process_id: bool,
    line_time: Duration,
    auto_status: bool,
    busy_until: Option<Instant>,
    buffer: VecDeque<u8>,
    real_time: Vec<u8>,
    head: Head,
    slips: VecDeque<PrintedSlip>,
    /// Automatic statuses that a change by hand caused.
    pending_out: Vec<u8>,
}

/// Handle of a simulated receipt printer.
#[derive(Clone, Debug)]
pub struct PrinterSim {
    state: Arc<Mutex<State>>,
    events: Events,
    host: Arc<Host>,
}

impl PrinterSim {
    /// Starts a printer whose port is `link`, or a name in the temporary folder; `line_ms` is how long a line
    /// takes, 0 in tests.
    ///
    /// # Errors
    /// If no pseudo-terminal can be made, or `link` is a file.
    pub fn start(link: Option<&Path>, line_ms: u64) -> io::Result<Self> {
        let state = State { line_time: Duration::from_millis(line_ms), ..State::default() };
        let state = Arc::new(Mutex::new(state));
        let events = Events::default();
        let device = Printer { state: state.clone(), events: events.clone() };
        let host = Arc::new(Host::start(link, events.clone(), device)?);
        Ok(Self { state, events, host })
    }

    /// The path of the port.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.host.link()
    }

    /// Sets the paper. `Out` tears what is in the printer only when new paper comes.
    pub fn set_paper(&self, paper: PaperLevel) {
        self.change(|state| {
            if state.paper == PaperLevel::Out && paper != PaperLevel::Out {
                state.tear(&self.events);
            }
            state.paper = paper;
            state.lines_left = None;
        });
    }

    /// Lets the paper end after so many more lines.
    pub fn out_after_lines(&self, lines: usize) {
        self.change(|state| state.lines_left = Some(lines));
    }

    /// Puts a new roll in.
    pub fn refill(&self) {
        self.set_paper(PaperLevel::Full);
    }

    /// Opens or closes the cover.
    pub fn set_cover(&self, open: bool) {
        self.change(|state| state.cover_open = open);
    }

    /// Jams or frees the cutter.
    pub fn set_cutter_stuck(&self, stuck: bool) {
        self.change(|state| state.cutter_stuck = stuck);
    }

    /// Lets the head be too hot, or cool again; it goes on by itself.
    pub fn set_overheated(&self, hot: bool) {
        self.change(|state| state.overheated = hot);
    }

    /// An error that only DLE ENQ 2 clears.
    pub fn set_recoverable_error(&self) {
        self.change(|state| state.recoverable_error = true);
    }

    /// Lets the printer answer nothing, as with a broken line back; it still prints.
    pub fn set_silent(&self, silent: bool) {
        self.change(|state| state.silent = silent);
    }

    /// Lets the printer not know GS ( H, as many clones do not.
    pub fn set_ignores_process_id(&self, ignores: bool) {
        self.change(|state| state.ignores_process_id = ignores);
    }

    /// What came out, oldest first; last, with `complete` false, what is still in the printer.
    #[must_use]
    pub fn printed(&self) -> Vec<PrintedSlip> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut slips: Vec<PrintedSlip> = state.slips.iter().cloned().collect();
        if !state.head.lines.is_empty() {
            slips.push(PrintedSlip { lines: state.head.lines.clone(), complete: false });
        }
        slips
    }

    /// Takes the slips out of the tray, so that the next [`PrinterSim::printed`] shows new ones only.
    pub fn clear_printed(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).slips.clear();
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

    /// Changes something by hand; the printer tells the host if it was asked to.
    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let before = state.auto_bytes();
        change(&mut state);
        if state.auto_bytes() != before {
            state.tell();
        }
    }
}

impl Hosted for PrinterSim {
    fn host(&self) -> &Host {
        &self.host
    }
}

impl State {
    fn is_offline(&self) -> bool {
        self.cover_open || self.has_error() || self.paper == PaperLevel::Out
    }

    fn has_error(&self) -> bool {
        self.cutter_stuck || self.overheated || self.recoverable_error
    }

    /// The error bits that DLE EOT 3 and the automatic status share.
    fn error_bits(&self) -> u8 {
        flag(self.recoverable_error, 0x04) | flag(self.cutter_stuck, 0x08) | flag(self.overheated, 0x40)
    }

    /// The four bytes of an automatic status.
    fn auto_bytes(&self) -> [u8; 4] {
        let first = 0x10 | flag(self.is_offline(), 0x08) | flag(self.cover_open, 0x20);
        let third = match self.paper {
            PaperLevel::Full => 0x00,
            PaperLevel::Low => 0x03,
            PaperLevel::Out => 0x0F,
        };
        [first, self.error_bits(), third, 0x00]
    }

    fn tell(&mut self) {
        if self.auto_status && !self.silent {
            let bytes = self.auto_bytes();
            self.pending_out.extend_from_slice(&bytes);
        }
    }

    fn real_time_answer(&self, n: u8) -> u8 {
        let paper_out = self.paper == PaperLevel::Out;
        match n {
            1 if self.is_offline() => 0x1A,
            1 => 0x16,
            2 => 0x12 | flag(self.cover_open, 0x04) | flag(paper_out, 0x20) | flag(self.has_error(), 0x40),
            3 => 0x12 | self.error_bits(),
            _ => 0x12 | flag(self.paper != PaperLevel::Full, 0x0C) | flag(paper_out, 0x60),
        }
    }

    /// Takes real-time commands out of the stream and keeps the rest for the head.
    fn sort(&mut self, byte: u8, out: &mut Vec<u8>) {
        self.real_time.push(byte);
        match self.real_time.as_slice() {
            [0x10] | [0x10, 0x04 | 0x05] => return,
            [0x10, 0x04, n @ 1..=4] if !self.silent => out.push(self.real_time_answer(*n)),
            [0x10, 0x05, 2] => {
                self.buffer.clear();
                self.recoverable_error = false;
            }
            [0x10, 0x04, 1..=4] | [0x10, 0x05, 1] => {}
            plain => {
                let room = MAX_BUFFER.saturating_sub(self.buffer.len());
                let plain = plain.to_vec();
                self.buffer.extend(plain.into_iter().take(room));
            }
        }
        self.real_time.clear();
    }

    /// Lets the head work until it must wait.
    fn work(&mut self, now: Instant, events: &Events, out: &mut Vec<u8>) {
        while !self.is_offline() && self.busy_until.is_none_or(|until| now >= until) {
            let Some((used, effect)) = self.head.step(self.buffer.make_contiguous()) else {
                return;
            };
            self.buffer.drain(..used);
            self.carry_out(effect, now, events, out);
        }
    }

    fn carry_out(&mut self, effect: Effect, now: Instant, events: &Events, out: &mut Vec<u8>) {
        match effect {
            Effect::None => {}
            Effect::Moved(lines) => self.moved(lines, now, events),
            Effect::Cut => self.cut(events),
            Effect::AutoStatus(on) => {
                self.auto_status = on;
                self.tell();
            }
            Effect::Unknown(bytes) => events.push(SimEvent::UnknownCommand { bytes }),
            Effect::Answer(_) | Effect::AskPaper if self.silent => {}
            Effect::Answer(bytes) if self.ignores_process_id && bytes.first() == Some(&0x37) => {}
            Effect::Answer(bytes) => out.extend(bytes),
            Effect::AskPaper => out.push(flag(self.paper != PaperLevel::Full, 0x03)),
        }
    }

    fn moved(&mut self, lines: usize, now: Instant, events: &Events) {
        let factor = u32::try_from(lines).unwrap_or(u32::MAX);
        self.busy_until = Some(now + self.line_time.saturating_mul(factor));
        let Some(left) = self.lines_left else { return };
        self.lines_left = Some(left.saturating_sub(lines));
        if left <= lines {
            self.lines_left = None;
            self.paper = PaperLevel::Out;
            events.push(SimEvent::PaperOut);
            self.tell();
        }
    }

    fn cut(&mut self, events: &Events) {
        self.end_slip(true, events);
    }

    fn tear(&mut self, events: &Events) {
        self.end_slip(false, events);
    }

    fn end_slip(&mut self, complete: bool, events: &Events) {
        let lines = std::mem::take(&mut self.head.lines);
        if lines.iter().all(PrintedLine::is_blank) {
            return;
        }
        events.push(SimEvent::Slip { lines: lines.len(), complete });
        if self.slips.len() >= MAX_SLIPS {
            self.slips.pop_front();
        }
        self.slips.push_back(PrintedSlip { lines, complete });
    }
}

fn flag(on: bool, bits: u8) -> u8 {
    if on { bits } else { 0 }
}

struct Printer {
    state: Arc<Mutex<State>>,
    events: Events,
}

impl Device for Printer {
    fn receive(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for &byte in bytes {
            state.sort(byte, out);
        }
    }

    fn tick(&mut self, now: Instant, out: &mut Vec<u8>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        out.append(&mut state.pending_out);
        state.work(now, &self.events, out);
        out.append(&mut state.pending_out);
    }

    fn checksum_back(&self) -> Option<usize> {
        None
    }

    fn cable(&mut self, _plugged: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.real_time.clear();
        state.pending_out.clear();
    }
}
