//! A simulated terminal that speaks ZVT (protocols E5 and M).

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::bank::{Bank, BankRefund, BankReversal};
use super::event::{Events, SimEvent};
use super::host::Device;
use super::terminal::{Counter, TerminalTimes};
use super::terminal_desk::{Accepts, Finished, NotTaken, Order, Stand};
use super::terminal_zvt_status::{
    NO_HOST, NOT_REVERSIBLE, REVERSED_BEFORE, amount, receipt_name, result_of, status,
};
use super::terminal_zvt_wire::{self as wire, Heard, packed, unit};

/// How often a frame is sent.
const TRIES: u32 = 3;

/// Frames that wait; a register that takes none has lost the oldest.
const MAX_OUTBOX: usize = 16;

const COMPLETION: [u8; 2] = [0x06, 0x0F];
const ABORTED: [u8; 2] = [0x06, 0x1E];
const STATUS: [u8; 2] = [0x04, 0x0F];
const ACCEPTED: [u8; 2] = [0x80, 0x00];

/// Codes of the sheet.
const FUNCTION_NOT_POSSIBLE: u8 = 0x83;
const BUSY: u8 = 0x9C;
const NOT_REGISTERED: u8 = 0x6B;

struct Sending {
    frame: Vec<u8>,
    /// Whether the register must say 80 00 before anything else is sent.
    wants_answer: bool,
    sent_at: Option<Instant>,
    tries: u32,
    acknowledged: bool,
}

/// The last transaction, of whatever kind.
enum Last {
    Sale(u16),
    Other(Vec<u8>),
}

pub(super) struct ZvtTerminal {
    counter: Counter,
    bank: Arc<dyn Bank>,
    times: TerminalTimes,
    events: Events,
    pending: Vec<u8>,
    outbox: VecDeque<Sending>,
    registered: bool,
    receipt: u16,
    last: Option<Last>,
}

impl ZvtTerminal {
    pub(super) fn new(counter: Counter, bank: Arc<dyn Bank>, times: TerminalTimes, events: Events) -> Self {
        Self {
            counter,
            bank,
            times,
            events,
            pending: Vec::new(),
            outbox: VecDeque::new(),
            registered: false,
            receipt: 0,
            last: None,
        }
    }

    fn hear(&mut self, heard: Heard, out: &mut Vec<u8>) {
        match heard {
            Heard::Ack => self.acknowledged(),
            Heard::Nak => {
                if let Some(sending) = self.outbox.front_mut() {
                    sending.sent_at = None;
                }
            }
            Heard::Damaged => out.push(0x15),
            Heard::Unit(bytes) => {
                out.push(0x06);
                self.obey(&bytes);
            }
        }
    }

    fn acknowledged(&mut self) {
        // A second acknowledgement of a copy is not one of the next frame.
        let Some(sending) = self.outbox.front_mut().filter(|sending| sending.sent_at.is_some()) else {
            return;
        };
        sending.acknowledged = true;
        if !sending.wants_answer {
            self.outbox.pop_front();
        }
    }

    fn answered(&mut self) {
        if self.outbox.front().is_some_and(|sending| sending.sent_at.is_some() && sending.wants_answer) {
            self.outbox.pop_front();
        }
    }

    fn obey(&mut self, bytes: &[u8]) {
        let (control, data) = match bytes {
            [class, instr, 0xFF, _, _, data @ ..] | [class, instr, _, data @ ..] => ([*class, *instr], data),
            _ => return,
        };
        match control {
            [0x80 | 0x84, _] => self.answered(),
            [0x06, 0xB0] => self.abort(),
            [0x06, 0x18] => self.restart(),
            [0x05, 0x01] => self.accept_and(&[(COMPLETION, &[])]),
            _ if self.is_busy() => self.say([0x84, BUSY], &[]),
            [0x06, 0x00] => self.register(),
            [0x06, 0x02] => {
                self.registered = false;
                self.say(ACCEPTED, &[]);
            }
            [0x06, 0x70 | 0x93] => self.accept_and(&[(COMPLETION, &[])]),
            _ if !self.registered => self.say([0x84, NOT_REGISTERED], &[]),
            [0x06, 0x01] => self.sale(data),
            [0x06, 0x20] => self.repeat(),
            [0x06, 0x30] => self.reverse(data),
            [0x06, 0x31] => self.refund(data),
            [0x06, 0x50] => self.end_of_day(),
            _ => self.say([0x84, FUNCTION_NOT_POSSIBLE], &[]),
        }
    }

    fn is_busy(&self) -> bool {
        self.counter.lock().desk.waiting_for().is_some()
    }

    fn register(&mut self) {
        if !self.registered {
            self.events.push(SimEvent::LinkUp);
        }
        self.registered = true;
        self.accept_and(&[(COMPLETION, &[])]);
    }

    fn sale(&mut self, data: &[u8]) {
        let amount_fen = amount(data);
        let name = receipt_name(self.receipt + 1);
        let asked = self.counter.lock().desk.ask(&name, amount_fen, Accepts::Either, Instant::now());
        match asked {
            Ok(()) => {
                self.say(ACCEPTED, &[]);
                self.say([0x04, 0xFF], &[0x0A]);
            }
            Err(NotTaken::Busy) => self.say([0x84, BUSY], &[]),
            Err(NotTaken::Invalid | NotTaken::Duplicate) => self.say([0x84, FUNCTION_NOT_POSSIBLE], &[]),
        }
    }

    /// A sale has ended. Only a charge, or a doubt, takes a receipt number.
    fn ended(&mut self, finished: &Finished) {
        let order = &finished.order;
        let declined = order.stand == Stand::Declined;
        let code = result_of(order);
        if declined {
            // The name must be free for the next sale.
            self.counter.lock().desk.drop_order(&finished.name);
            self.last = Some(Last::Other(status(code, order, None)));
        } else {
            self.receipt += 1;
            self.last = Some(Last::Sale(self.receipt));
        }
        if finished.told {
            self.say(STATUS, &status(code, order, (!declined).then_some(self.receipt)));
            self.finish(code);
        }
    }

    fn finish(&mut self, code: u8) {
        if code == 0 { self.say(COMPLETION, &[]) } else { self.say(ABORTED, &[code]) }
    }

    fn abort(&mut self) {
        self.say(ACCEPTED, &[]);
        let name = receipt_name(self.receipt + 1);
        let given_up = self.counter.lock().desk.give_up(&name);
        if let Some(finished) = given_up {
            self.ended(&finished);
        }
    }

    fn restart(&mut self) {
        let name = receipt_name(self.receipt + 1);
        if self.counter.lock().desk.give_up(&name).is_some() {
            self.counter.lock().desk.drop_order(&name);
        }
        self.registered = false;
        self.outbox.clear();
        self.say(ACCEPTED, &[]);
    }

    fn repeat(&mut self) {
        let data = match &self.last {
            None => return self.accept_and(&[(ABORTED, &[FUNCTION_NOT_POSSIBLE])]),
            Some(Last::Other(data)) => data.clone(),
            Some(Last::Sale(receipt)) => {
                let name = receipt_name(*receipt);
                let record = self.bank.query(&name);
                let order = self.counter.lock().desk.look_up(&name, record).unwrap_or_default();
                status(result_of(&order), &order, Some(*receipt))
            }
        };
        self.accept_and(&[(STATUS, &data), (COMPLETION, &[])]);
    }

    fn reverse(&mut self, data: &[u8]) {
        let receipt = match data {
            [_, _, _, 0x87, high, low, ..] => wire::unpacked(&[*high, *low]),
            _ => 0,
        };
        let name = receipt_name(u16::try_from(receipt).unwrap_or(0));
        let Some(order) = self.counter.lock().desk.order(&name).cloned() else {
            return self.refuse(NOT_REVERSIBLE);
        };
        if order.stand == Stand::Undone {
            return self.refuse(REVERSED_BEFORE);
        }
        match self.bank.reverse(&name) {
            BankReversal::Reversed | BankReversal::NotFound => {
                self.counter.lock().desk.undone(&name);
                self.other(&order);
            }
            BankReversal::AlreadySettled => self.refuse(NOT_REVERSIBLE),
            BankReversal::NoAnswer => self.refuse(NO_HOST),
        }
    }

    /// The wire names no sale, so the last one with enough in it is paid back.
    fn refund(&mut self, data: &[u8]) {
        let amount_fen = amount(data.get(3..).unwrap_or_default());
        let number = receipt_name(self.receipt + 1);
        let answers = (1..=self.receipt)
            .rev()
            .map(|receipt| self.bank.refund(&number, &receipt_name(receipt), amount_fen));
        match answers.into_iter().find(|said| *said != BankRefund::Refused) {
            Some(BankRefund::Refunded) => self.other(&Order { amount_fen, ..Order::default() }),
            Some(BankRefund::NoAnswer) => self.refuse(NO_HOST),
            Some(BankRefund::Refused) | None => self.refuse(NOT_REVERSIBLE),
        }
    }

    fn end_of_day(&mut self) {
        let Some(totals) = self.bank.close_batch() else {
            return self.refuse(NO_HOST);
        };
        let mut sums = vec![0; 4];
        sums.push(u8::try_from(totals.charges).unwrap_or(u8::MAX));
        sums.extend(packed(&format!("{:012}", totals.net_fen)));
        sums.extend([0; 42]);
        let mut data = vec![0x27, 0, 0x04];
        data.extend(packed(&format!("{:012}", totals.net_fen)));
        data.push(0x0B);
        data.extend(packed(&totals.batch));
        data.extend([0x60, 0xF0, 0xF5, 0xF3]);
        data.extend(sums);
        self.accept_and(&[(STATUS, &data), (COMPLETION, &[])]);
    }

    /// A reversal or refund takes a receipt number of its own.
    fn other(&mut self, order: &Order) {
        self.receipt += 1;
        let data = status(0, order, Some(self.receipt));
        self.accept_and(&[(STATUS, &data), (COMPLETION, &[])]);
        self.last = Some(Last::Other(data));
    }

    fn refuse(&mut self, code: u8) {
        self.accept_and(&[(STATUS, &[0x27, code]), (ABORTED, &[code])]);
    }

    fn accept_and(&mut self, units: &[([u8; 2], &[u8])]) {
        self.say(ACCEPTED, &[]);
        for (control, data) in units {
            self.say(*control, data);
        }
    }

    fn say(&mut self, control: [u8; 2], data: &[u8]) {
        if self.outbox.len() >= MAX_OUTBOX {
            self.outbox.pop_front();
        }
        let wants_answer = !matches!(control, [0x80 | 0x84, _]);
        let frame = wire::framed(&unit(control, data));
        self.outbox.push_back(Sending { frame, wants_answer, sent_at: None, tries: 0, acknowledged: false });
    }

    fn send_due(&mut self, now: Instant, out: &mut Vec<u8>) {
        let copies = self.counter.lock().copies;
        // Ten times the pause of the other wire, as its acknowledgement takes longer.
        let pause = Duration::from_millis(self.times.resend_ms.saturating_mul(10));
        let Some(sending) = self.outbox.front_mut() else {
            return;
        };
        let waited = sending.sent_at.is_none_or(|at| now >= at + pause);
        if waited && (sending.acknowledged || sending.tries >= TRIES) {
            // The register went away in the middle: the rest is for nobody.
            self.outbox.clear();
        } else if waited {
            let first = sending.sent_at.replace(now).is_none();
            sending.tries += 1;
            out.extend(&sending.frame);
            if copies && first {
                out.extend(&sending.frame);
            }
        }
    }
}

impl Device for ZvtTerminal {
    fn receive(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if self.counter.is_dead() {
            return;
        }
        wire::collect(&mut self.pending, bytes);
        while let Some(heard) = wire::take(&mut self.pending) {
            self.hear(heard, out);
        }
    }

    fn tick(&mut self, now: Instant, out: &mut Vec<u8>) {
        for finished in self.counter.work(&*self.bank, now) {
            self.ended(&finished);
        }
        if !self.counter.is_dead() {
            self.send_due(now, out);
        }
    }

    fn cable(&mut self, _plugged: bool) {
        self.pending.clear();
        self.outbox.clear();
    }
}
