//! A simulated terminal that speaks MIS (protocols E3). The numbers of its transaction types are those of the
//! simulated profile, because no real ones are public.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::bank::{Bank, BankRefund, BankReversal, Instrument};
use super::event::{Events, SimEvent};
use super::host::Device;
use super::terminal::{Counter, TerminalTimes};
use super::terminal_desk::{Accepts, Finished, NotTaken, Order, Stand};
use super::terminal_mis_wire::{self as wire, Heard, packed};

/// Number of the simulated terminal.
const TERMINAL: &[u8] = b"SIM00001";

/// How often a frame is sent.
const TRIES: u32 = 3;

/// Frames that wait; a register that takes none has lost the oldest.
const MAX_OUTBOX: usize = 16;

type Message = Vec<(u8, Vec<u8>)>;

struct Sending {
    frame: Vec<u8>,
    sent_at: Option<Instant>,
    tries: u32,
}

pub(super) struct MisTerminal {
    counter: Counter,
    bank: Arc<dyn Bank>,
    times: TerminalTimes,
    events: Events,
    heard_before: bool,
    pending: Vec<u8>,
    outbox: VecDeque<Sending>,
    /// The request of the sale at hand, which its result must name.
    asked: Option<Message>,
}

impl MisTerminal {
    pub(super) fn new(counter: Counter, bank: Arc<dyn Bank>, times: TerminalTimes, events: Events) -> Self {
        Self {
            counter,
            bank,
            times,
            events,
            heard_before: false,
            pending: Vec::new(),
            outbox: VecDeque::new(),
            asked: None,
        }
    }

    fn hear(&mut self, heard: Heard, out: &mut Vec<u8>) {
        match heard {
            Heard::Ack => {
                if self.outbox.front().is_some_and(|sending| sending.sent_at.is_some()) {
                    self.outbox.pop_front();
                }
            }
            Heard::Nak => {
                if let Some(sending) = self.outbox.front_mut() {
                    sending.sent_at = None;
                }
            }
            Heard::Damaged => out.push(0x15),
            Heard::GiveUp => {
                let name = self.counter.lock().desk.waiting_for().map(str::to_owned);
                self.give_up(&name.unwrap_or_default());
            }
            Heard::Message(request) => {
                out.push(0x06);
                if !std::mem::replace(&mut self.heard_before, true) {
                    self.events.push(SimEvent::LinkUp);
                }
                self.obey(request);
            }
        }
    }

    fn obey(&mut self, request: Message) {
        let order = text(&request, 0x69);
        match text(&request, 0x02).as_str() {
            "00" => self.sale(request, &order, Accepts::Card),
            "08" => self.sale(request, &order, Accepts::PhoneCode),
            "09" => self.query(&request, &order),
            "01" => self.reverse(&request, &order),
            "02" => self.refund(&request, &order),
            "05" | "99" => self.say(answer(&request, "00", &[])),
            "06" => self.settle(&request),
            _ => self.say(answer(&request, "12", &[])),
        }
    }

    fn sale(&mut self, request: Message, order: &str, accepts: Accepts) {
        let amount_fen = field(&request, 0x03).map_or(0, wire::unpacked);
        let code = text(&request, 0x6A);
        let asked = {
            let desk = &mut self.counter.lock().desk;
            let asked = desk.ask(order, amount_fen, accepts, Instant::now());
            if asked.is_ok() && !code.is_empty() {
                desk.presented = Some(Instrument::phone_code(scheme_of(&code)));
            }
            asked
        };
        match asked {
            Ok(()) => self.asked = Some(request),
            Err(NotTaken::Invalid) => self.say(answer(&request, "30", &[])),
            Err(NotTaken::Duplicate) => self.say(answer(&request, "94", &[])),
            Err(NotTaken::Busy) => self.say(answer(&request, "B0", &[])),
        }
    }

    fn ended(&mut self, finished: &Finished) {
        let Some(mut request) = self.asked.take().filter(|_| finished.told) else {
            return;
        };
        // A crossed result names another order.
        request.iter_mut().filter(|(tag, _)| *tag == 0x69).for_each(|(_, value)| {
            *value = finished.name.clone().into_bytes();
        });
        self.say(answer(&request, code_of(&finished.order), &receipt(&finished.order)));
    }

    fn give_up(&mut self, order: &str) {
        let given_up = self.counter.lock().desk.give_up(order);
        if let Some(finished) = given_up {
            self.ended(&finished);
        }
    }

    fn query(&mut self, request: &Message, order: &str) {
        let record = self.bank.query(order);
        let (waiting, known) = {
            let desk = &self.counter.lock().desk;
            (desk.waiting_for() == Some(order), desk.look_up(order, record))
        };
        self.say(match known {
            None => answer(request, "25", &[]),
            Some(_) if waiting => answer(request, "09", &[]),
            Some(known) => answer(request, code_of(&known), &receipt(&known)),
        });
    }

    fn reverse(&mut self, request: &Message, order: &str) {
        self.give_up(order);
        let known = self.counter.lock().desk.order(order).is_some();
        let code = match self.bank.reverse(order) {
            BankReversal::NotFound if !known => "25",
            BankReversal::Reversed | BankReversal::NotFound => {
                self.counter.lock().desk.undone(order);
                "00"
            }
            BankReversal::AlreadySettled => "X4",
            BankReversal::NoAnswer => "Z1",
        };
        self.say(answer(request, code, &[]));
    }

    fn refund(&mut self, request: &Message, number: &str) {
        let amount_fen = field(request, 0x03).map_or(0, wire::unpacked);
        let code = match self.bank.refund(number, &text(request, 0x88), amount_fen) {
            BankRefund::Refunded => "00",
            BankRefund::Refused => "61",
            BankRefund::NoAnswer => "Z1",
        };
        self.say(answer(request, code, &[]));
    }

    fn settle(&mut self, request: &Message) {
        let message = match self.bank.close_batch() {
            Some(totals) => {
                let amount = packed(&format!("{:012}", totals.net_fen));
                answer(request, "00", &[(0x03, amount), (0x11, totals.batch.into_bytes())])
            }
            None => answer(request, "Z1", &[]),
        };
        self.say(message);
    }

    fn say(&mut self, message: Message) {
        if self.outbox.len() >= MAX_OUTBOX {
            self.outbox.pop_front();
        }
        self.outbox.push_back(Sending { frame: wire::framed(&message), sent_at: None, tries: 0 });
    }

    fn send_due(&mut self, now: Instant, out: &mut Vec<u8>) {
        let copies = self.counter.lock().copies;
        let pause = Duration::from_millis(self.times.resend_ms.saturating_mul(10));
        let Some(sending) = self.outbox.front_mut() else {
            return;
        };
        if sending.sent_at.is_some_and(|at| now < at + pause) {
            return;
        }
        if sending.tries >= TRIES {
            // The register went away: the rest is for nobody.
            self.outbox.clear();
            return;
        }
        let first = sending.sent_at.replace(now).is_none();
        sending.tries += 1;
        out.extend(&sending.frame);
        if copies && first {
            out.extend(&sending.frame);
        }
    }
}

impl Device for MisTerminal {
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

fn field(message: &Message, tag: u8) -> Option<&[u8]> {
    message.iter().find(|(own, _)| *own == tag).map(|(_, value)| value.as_slice())
}

fn text(message: &Message, tag: u8) -> String {
    String::from_utf8_lossy(field(message, tag).unwrap_or_default()).into_owned()
}

/// Whose code it is, by its first digits.
fn scheme_of(code: &str) -> &'static str {
    match code.get(..2) {
        Some("10" | "11" | "12" | "13" | "14" | "15") => "WECHAT",
        Some("25" | "26" | "27" | "28" | "29" | "30") => "ALIPAY",
        _ => "UNIONPAY",
    }
}

/// A result: what the request said of itself, the code, and a receipt or totals.
fn answer(request: &Message, code: &str, more: &[(u8, Vec<u8>)]) -> Message {
    let mut message = vec![(0x01, vec![0x02])];
    for tag in [0x02, 0x04, 0x69] {
        message.extend(field(request, tag).map(|value| (tag, value.to_vec())));
    }
    message.push((0x07, code.as_bytes().to_vec()));
    message.extend(more.iter().cloned());
    message
}

fn code_of(order: &Order) -> &str {
    match (order.stand, order.code.as_str()) {
        (Stand::Charged, _) => "00",
        (Stand::Undone, _) => "X5",
        (Stand::Open, _) => "Z1",
        (Stand::Declined, "CLOSED") => "3G",
        (Stand::Declined, "TIMEOUT") => "3E",
        (Stand::Declined, code) => code,
    }
}

/// The receipt inside DF06; none for a sale that never reached the bank.
fn receipt(order: &Order) -> Message {
    if order.bank_no.is_empty() {
        return Vec::new();
    }
    let number = format!("{:0>6}", order.bank_no.trim_start_matches('0'));
    let amount = format!("RMB  {}.{:02}", order.amount_fen / 100, order.amount_fen % 100);
    let mut fields = vec![
        (0x03, amount.into_bytes()),
        (0x0A, number.clone().into_bytes()),
        (0x0B, b"102030".to_vec()),
        (0x10, number.into_bytes()),
        (0x11, b"000001".to_vec()),
        (0x12, TERMINAL.to_vec()),
        (0x13, b"105330000000001".to_vec()),
        (0x17, b"20261124".to_vec()),
        (0x1A, order.bank_no.clone().into_bytes()),
        (0x2C, order.scheme.clone().into_bytes()),
    ];
    if !order.card.is_empty() {
        fields.push((0x1E, order.card.clone().into_bytes()));
    }
    vec![(0x06, wire::listed(&fields))]
}
