//! The faults at work: transmissions go in, what really leaves the device comes out.

use std::collections::VecDeque;
use std::sync::mpsc::SyncSender;
use std::time::{Duration, Instant};

use super::fault::{Fault, FaultKind, Moment};

/// Faults kept at once; a script that lists more is a mistake.
pub(super) const MAX_FAULTS: usize = 1000;

/// Bytes of the last request that are remembered: the longest host frame is far shorter.
const MAX_REQUEST: usize = 4096;

/// Things that wait to be sent; a device that is delayed for ever loses the rest.
const MAX_QUEUE: usize = 256;

/// What the host of the simulator does next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Action {
    Send(Vec<u8>),
    /// Pull the cable for so long; `None` until somebody plugs it.
    Unplug(Option<Duration>),
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    passed: u32,
    struck: u32,
}

#[derive(Debug, Default)]
pub(super) struct Layer {
    faults: Vec<Armed>,
    queue: VecDeque<(Instant, Action)>,
    held: Vec<Vec<u8>>,
    request: Vec<u8>,
    answered: bool,
    struck: u64,
    random: u64,
    pub(super) commands: Option<SyncSender<String>>,
}

impl Layer {
    pub(super) fn add(&mut self, fault: Fault) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Armed { fault, passed: 0, struck: 0 });
        }
    }

    pub(super) fn clear(&mut self) {
        self.faults.clear();
        self.release(Instant::now());
    }

    pub(super) fn seed(&mut self, seed: u64) {
        self.random = seed;
    }

    pub(super) fn struck(&self) -> u64 {
        self.struck
    }

    /// The host sent something: a late answer comes now.
    pub(super) fn heard(&mut self, bytes: &[u8], now: Instant) {
        if std::mem::take(&mut self.answered) {
            self.request.clear();
        }
        let room = MAX_REQUEST.saturating_sub(self.request.len());
        self.request.extend(bytes.iter().take(room));
        self.release(now);
    }

    fn release(&mut self, now: Instant) {
        for bytes in std::mem::take(&mut self.held) {
            self.queue_up(Action::Send(bytes), now);
        }
    }

    /// Takes one transmission; `checksum_back` says where the checksum of its last frame ends, counted from
    /// the end. Returns the fault that struck it.
    pub(super) fn pass(
        &mut self,
        bytes: Vec<u8>,
        checksum_back: Option<usize>,
        now: Instant,
    ) -> Option<&'static str> {
        self.answered = true;
        let Some(kind) = self.pick(checksum_back) else {
            self.queue_up(Action::Send(bytes), now);
            return None;
        };
        self.struck += 1;
        let name = kind.name();
        self.strike(kind, bytes, checksum_back, now);
        Some(name)
    }

    /// The first fault that is due.
    fn pick(&mut self, checksum_back: Option<usize>) -> Option<FaultKind> {
        for place in 0..self.faults.len() {
            let roll = self.next_random() % 100;
            let Some(armed) = self.faults.get_mut(place) else { continue };
            let fault = &armed.fault;
            let possible = fault.kind != FaultKind::WrongChecksum || checksum_back.is_some();
            let asked = fault.request.is_empty()
                || self.request.windows(fault.request.len()).any(|part| part == fault.request);
            if !possible || !asked || (fault.times > 0 && armed.struck >= fault.times) {
                continue;
            }
            if armed.passed < fault.after {
                armed.passed += 1;
            } else if roll < u64::from(fault.chance) {
                armed.struck += 1;
                return Some(fault.kind.clone());
            }
        }
        None
    }

    fn strike(&mut self, kind: FaultKind, mut bytes: Vec<u8>, checksum_back: Option<usize>, now: Instant) {
        match kind {
            FaultKind::Silence => {}
            FaultKind::Delay { ms } => {
                self.queue_up(Action::Send(bytes), now + Duration::from_millis(ms));
            }
            FaultKind::Garbage { bytes: garbage } => {
                let mut all = if garbage.is_empty() { self.noise() } else { garbage };
                all.append(&mut bytes);
                self.queue_up(Action::Send(all), now);
            }
            FaultKind::HalfFrame => {
                bytes.truncate(bytes.len() / 2);
                self.queue_up(Action::Send(bytes), now);
            }
            FaultKind::FlippedBit { bit } => {
                let bit = bit.unwrap_or_else(|| usize::try_from(self.next_random() >> 33).unwrap_or(0));
                flip(&mut bytes, bit);
                self.queue_up(Action::Send(bytes), now);
            }
            FaultKind::WrongChecksum => {
                let place = checksum_back.and_then(|back| bytes.len().checked_sub(back));
                flip(&mut bytes, place.unwrap_or(0) * 8);
                self.queue_up(Action::Send(bytes), now);
            }
            FaultKind::Duplicate => {
                bytes.extend_from_within(..);
                self.queue_up(Action::Send(bytes), now);
            }
            FaultKind::LateAnswer => self.held.push(bytes),
            FaultKind::Unplug { when, ms } => self.unplug(when, ms, bytes, now),
            FaultKind::Do { command } => {
                if let Some(commands) = &self.commands {
                    // A queue that is full belongs to a shell that is ending.
                    let _ = commands.try_send(command);
                }
                self.queue_up(Action::Send(bytes), now);
            }
        }
    }

    fn unplug(&mut self, when: Moment, ms: u64, mut bytes: Vec<u8>, now: Instant) {
        bytes.truncate(match when {
            Moment::Before => 0,
            Moment::During => bytes.len() / 2,
            Moment::After => bytes.len(),
        });
        self.queue_up(Action::Send(bytes), now);
        self.queue_up(Action::Unplug((ms > 0).then(|| Duration::from_millis(ms))), now);
    }

    /// In order: nothing overtakes what is delayed.
    fn queue_up(&mut self, action: Action, due: Instant) {
        if self.queue.len() < MAX_QUEUE && action != Action::Send(Vec::new()) {
            self.queue.push_back((due, action));
        }
    }

    /// What is due now, first things first.
    pub(super) fn next(&mut self, now: Instant) -> Option<Action> {
        self.queue.front().filter(|(due, _)| *due <= now)?;
        self.queue.pop_front().map(|(_, action)| action)
    }

    /// The cable was pulled: what waited to be sent is gone.
    pub(super) fn unplugged(&mut self) {
        self.queue.clear();
        self.held.clear();
        self.request.clear();
    }

    fn noise(&mut self) -> Vec<u8> {
        let count = 1 + self.next_random() % 8;
        (0..count).map(|_| self.next_random().to_be_bytes()[0]).collect()
    }

    /// SplitMix64: enough to draw faults, and the same on every machine.
    fn next_random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

/// Turns one bit over; the count starts again behind the last.
fn flip(bytes: &mut [u8], bit: usize) {
    let Some(bit) = bit.checked_rem(bytes.len() * 8) else { return };
    if let Some(byte) = bytes.get_mut(bit / 8) {
        *byte ^= 0x80 >> (bit % 8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What leaves for one transmission of four bytes.
    fn struck_by(kind: FaultKind) -> Vec<u8> {
        let now = Instant::now();
        let mut layer = Layer::default();
        layer.add(Fault::once(kind));
        layer.pass(vec![1, 2, 3, 4], Some(1), now);
        sent(&mut layer, now)
    }

    fn sent(layer: &mut Layer, now: Instant) -> Vec<u8> {
        std::iter::from_fn(|| layer.next(now))
            .flat_map(|action| match action {
                Action::Send(bytes) => bytes,
                Action::Unplug(_) => vec![0xFF],
            })
            .collect()
    }

    #[test]
    fn each_fault_does_what_it_says_to_the_bytes() {
        assert_eq!(struck_by(FaultKind::Silence), b"");
        assert_eq!(struck_by(FaultKind::Garbage { bytes: vec![9, 9] }), [9, 9, 1, 2, 3, 4]);
        assert_eq!(struck_by(FaultKind::HalfFrame), [1, 2]);
        assert_eq!(struck_by(FaultKind::FlippedBit { bit: Some(15) }), [1, 3, 3, 4]);
        assert_eq!(struck_by(FaultKind::FlippedBit { bit: Some(32) }), [0x81, 2, 3, 4]);
        assert_eq!(struck_by(FaultKind::WrongChecksum), [1, 2, 3, 0x84]);
        assert_eq!(struck_by(FaultKind::Duplicate), [1, 2, 3, 4, 1, 2, 3, 4]);
        let unplug = |when| struck_by(FaultKind::Unplug { when, ms: 0 });
        assert_eq!(unplug(Moment::Before), [0xFF]);
        assert_eq!(unplug(Moment::During), [1, 2, 0xFF]);
        assert_eq!(unplug(Moment::After), [1, 2, 3, 4, 0xFF]);
    }

    #[test]
    fn a_delayed_answer_is_not_overtaken_and_a_late_one_comes_with_the_next_request() {
        let now = Instant::now();
        let mut layer = Layer::default();
        layer.add(Fault::once(FaultKind::Delay { ms: 50 }));
        layer.add(Fault::once(FaultKind::LateAnswer));
        layer.pass(vec![1], None, now);
        layer.pass(vec![2], None, now);
        layer.pass(vec![3], None, now);
        assert_eq!(sent(&mut layer, now), b"");
        assert_eq!(sent(&mut layer, now + Duration::from_millis(50)), [1, 3]);
        layer.heard(&[0], now);
        layer.pass(vec![4], None, now);
        assert_eq!(sent(&mut layer, now), [2, 4]);
    }

    #[test]
    fn a_fault_waits_for_its_request_and_its_turn() {
        let now = Instant::now();
        let mut layer = Layer::default();
        layer.add(Fault { after: 1, request: vec![0x30], ..Fault::once(FaultKind::Silence) });
        let mut answers = |request: u8| {
            layer.heard(&[request], now);
            layer.pass(vec![request], None, now);
            sent(&mut layer, now)
        };
        assert_eq!(answers(0x20), [0x20]);
        assert_eq!(answers(0x30), [0x30], "the first passes");
        assert_eq!(answers(0x20), [0x20]);
        assert_eq!(answers(0x30), b"");
        assert_eq!(answers(0x30), [0x30], "it strikes once");
    }

    #[test]
    fn a_chance_strikes_about_as_often_as_it_says_and_the_same_for_one_seed() {
        let count = |seed| {
            let mut layer = Layer::default();
            layer.seed(seed);
            layer.add(Fault { times: 0, chance: 30, ..Fault::once(FaultKind::Silence) });
            (0..1000).for_each(|_| assert!(layer.pass(vec![1], None, Instant::now()) != Some("delay")));
            layer.struck()
        };
        assert!((250..350).contains(&count(1)), "{}", count(1));
        assert_eq!(count(2), count(2));
    }
}
