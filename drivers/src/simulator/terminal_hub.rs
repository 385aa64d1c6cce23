//! A simulated terminal that speaks ECR-Hub: its link and its topics (protocols E4 and M).

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use prost::Message;

use super::bank::Bank;
use super::event::{Events, SimEvent};
use super::host::Device;
use super::terminal::{Counter, TerminalTimes};
use super::terminal_answers::{self as answers, refusal};
use super::terminal_desk::{Accepts, Finished, NotTaken};
use super::terminal_wire::{HubRequest, HubRequestBiz, HubResponse, Packet, fen};

/// Frames remembered to know a copy.
const MAX_SEEN: usize = 16;

/// Frames that wait for their acknowledgement; a host that takes none for so long has lost the oldest.
const MAX_OUTBOX: usize = 16;

struct Waiting {
    id: u8,
    bytes: Vec<u8>,
    sent_at: Option<Instant>,
}

pub(super) struct HubTerminal {
    counter: Counter,
    /// The request of the sale at hand, which its result must name.
    asked: Option<HubRequest>,
    bank: Arc<dyn Bank>,
    times: TerminalTimes,
    events: Events,
    pending: Vec<u8>,
    linked: bool,
    next_id: u8,
    outbox: VecDeque<Waiting>,
    seen: VecDeque<(u8, Vec<u8>)>,
    last_heartbeat: Instant,
    last_heard: Instant,
}

impl HubTerminal {
    pub(super) fn new(counter: Counter, bank: Arc<dyn Bank>, times: TerminalTimes, events: Events) -> Self {
        Self {
            counter,
            asked: None,
            bank,
            times,
            events,
            pending: Vec::new(),
            linked: false,
            next_id: 1,
            outbox: VecDeque::new(),
            seen: VecDeque::new(),
            last_heartbeat: Instant::now(),
            last_heard: Instant::now(),
        }
    }

    fn take(&mut self, packet: Packet, out: &mut Vec<u8>) {
        if packet.kind == 1 {
            self.link_up(out);
        }
        if !self.linked || packet.kind != 0 {
            return;
        }
        if packet.ack != 0 {
            self.outbox.retain(|waiting| waiting.id != packet.ack);
        }
        if packet.id == 0 {
            return;
        }
        out.extend(Packet::bytes(0, packet.id, 0, &[]));
        if self.is_copy(&packet) {
            return;
        }
        if let Ok(request) = HubRequest::decode(packet.data.as_slice()) {
            let answers = self.answer(request);
            self.queue(answers);
        }
    }

    fn link_up(&mut self, out: &mut Vec<u8>) {
        out.extend(Packet::bytes(2, 0, 0, &[]));
        if !self.linked {
            self.events.push(SimEvent::LinkUp);
        }
        self.linked = true;
        self.seen.clear();
        // What the host did not acknowledge before the link was lost is sent again.
        self.outbox.iter_mut().for_each(|waiting| waiting.sent_at = None);
    }

    fn is_copy(&mut self, packet: &Packet) -> bool {
        let known = self.seen.iter().any(|(id, data)| *id == packet.id && *data == packet.data);
        if !known {
            if self.seen.len() >= MAX_SEEN {
                self.seen.pop_front();
            }
            self.seen.push_back((packet.id, packet.data.clone()));
        }
        known
    }

    fn answer(&mut self, request: HubRequest) -> Vec<HubResponse> {
        let biz = request.biz_data.clone().unwrap_or_default();
        match (request.topic.as_str(), biz.trans_type.as_str()) {
            ("ecrhub.pay.order", "1") => self.sale(request, &biz).into_iter().collect(),
            ("ecrhub.pay.order", "2") => self.undo(&request, &biz),
            ("ecrhub.pay.order", "3") => vec![self.refund(&request, &biz)],
            ("ecrhub.pay.query", _) => vec![self.query(&request, &biz)],
            ("ecrhub.pay.close", _) => self.close(&request, &biz),
            ("ecrhub.pay.batch.close", _) => vec![answers::settlement(&request, self.bank.close_batch())],
            ("ecrhub.init", _) => vec![answers::plain(&request)],
            ("ecrhub.pay.order", _) => vec![refusal(&request, "INVALID_PARAMETER")],
            _ => vec![refusal(&request, "UNKNOWN_TOPIC")],
        }
    }

    fn sale(&mut self, request: HubRequest, biz: &HubRequestBiz) -> Option<HubResponse> {
        let amount_fen = fen(&biz.order_amount).filter(|_| biz.price_currency == "CNY").unwrap_or(0);
        let accepts = match biz.pay_method_category.as_str() {
            "BANKCARD" => Accepts::Card,
            "" => Accepts::Either,
            _ => Accepts::PhoneCode,
        };
        let asked = self.counter.lock().desk.ask(&biz.merchant_order_no, amount_fen, accepts, Instant::now());
        match asked {
            Ok(()) => {
                self.asked = Some(request);
                None
            }
            Err(NotTaken::Invalid) => Some(refusal(&request, "INVALID_PARAMETER")),
            Err(NotTaken::Duplicate) => Some(refusal(&request, "DUPLICATE_ORDER_NO")),
            Err(NotTaken::Busy) => Some(refusal(&request, "BUSY")),
        }
    }

    fn undo(&mut self, request: &HubRequest, biz: &HubRequestBiz) -> Vec<HubResponse> {
        let original = &biz.orig_merchant_order_no;
        let given_up = self.counter.lock().desk.give_up(original);
        let given_up = given_up.and_then(|finished| self.result(&finished));
        let said = self.bank.reverse(original);
        let mut counter = self.counter.lock();
        let answer = match answers::reversal_code(said, counter.desk.order(original).is_some()) {
            Some(code) => refusal(request, code),
            None => {
                counter.desk.undone(original);
                answers::done(request, biz)
            }
        };
        given_up.into_iter().chain([answer]).collect()
    }

    fn refund(&mut self, request: &HubRequest, biz: &HubRequestBiz) -> HubResponse {
        let number = &biz.merchant_order_no;
        let amount_fen = fen(&biz.order_amount).unwrap_or(0);
        if self.counter.lock().desk.order(number).is_some() {
            return refusal(request, "DUPLICATE_ORDER_NO");
        }
        let said = self.bank.refund(number, &biz.orig_merchant_order_no, amount_fen);
        match answers::refund_code(said) {
            Some(code) => refusal(request, code),
            None => {
                self.counter.lock().desk.refunded(number, amount_fen);
                answers::done(request, biz)
            }
        }
    }

    fn query(&self, request: &HubRequest, biz: &HubRequestBiz) -> HubResponse {
        let name = &biz.merchant_order_no;
        let record = self.bank.query(name);
        match self.counter.lock().desk.look_up(name, record) {
            Some(order) => answers::of_order(request, true, &order.code.clone(), name, &order),
            None => refusal(request, "ORDER_NOT_FOUND"),
        }
    }

    /// The answer to a close, and the result of the sale that it ends.
    fn close(&mut self, request: &HubRequest, biz: &HubRequestBiz) -> Vec<HubResponse> {
        let name = &biz.merchant_order_no;
        let given_up = self.counter.lock().desk.give_up(name);
        let answer = match self.counter.lock().desk.order(name) {
            Some(order) => answers::of_order(request, true, "", name, order),
            None => refusal(request, "ORDER_NOT_FOUND"),
        };
        let result = given_up.and_then(|finished| self.result(&finished));
        [answer].into_iter().chain(result).collect()
    }

    /// The result of a sale, unless the terminal keeps it to itself.
    fn result(&mut self, finished: &Finished) -> Option<HubResponse> {
        let request = self.asked.take()?;
        finished.told.then(|| answers::result(&request, finished))
    }

    fn queue(&mut self, answers: Vec<HubResponse>) {
        for answer in answers {
            let id = self.next_id;
            self.next_id = id.checked_add(1).unwrap_or(1);
            let bytes = Packet::bytes(0, 0, id, &answer.encode_to_vec());
            if self.outbox.len() >= MAX_OUTBOX {
                self.outbox.pop_front();
            }
            self.outbox.push_back(Waiting { id, bytes, sent_at: None });
        }
    }

    fn work_on_sale(&mut self, now: Instant) {
        for finished in self.counter.work(&*self.bank, now) {
            let result = self.result(&finished);
            self.queue(result.into_iter().collect());
        }
    }

    fn send_due(&mut self, now: Instant, out: &mut Vec<u8>) {
        let copies = self.counter.lock().copies;
        let pause = Duration::from_millis(self.times.resend_ms);
        for waiting in &mut self.outbox {
            if waiting.sent_at.is_none_or(|at| now >= at + pause) {
                let first = waiting.sent_at.is_none();
                waiting.sent_at = Some(now);
                out.extend(&waiting.bytes);
                if copies && first {
                    out.extend(&waiting.bytes);
                }
            }
        }
        if now >= self.last_heartbeat + Duration::from_millis(self.times.heartbeat_ms) {
            self.last_heartbeat = now;
            out.extend(Packet::bytes(0, 0, 0, &[]));
        }
    }
}

impl Device for HubTerminal {
    fn receive(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if self.counter.is_dead() {
            return;
        }
        self.last_heard = Instant::now();
        Packet::collect(&mut self.pending, bytes);
        while let Some(packet) = Packet::take(&mut self.pending) {
            self.take(packet, out);
        }
    }

    fn tick(&mut self, now: Instant, out: &mut Vec<u8>) {
        self.work_on_sale(now);
        if self.linked
            && now.saturating_duration_since(self.last_heard) > Duration::from_millis(self.times.silence_ms)
        {
            self.linked = false;
            self.events.push(SimEvent::LinkDown);
        }
        if self.linked && !self.counter.is_dead() {
            self.send_due(now, out);
        }
    }

    /// Before the two bytes that end a frame.
    fn checksum_back(&self) -> Option<usize> {
        Some(3)
    }

    fn cable(&mut self, _plugged: bool) {
        self.linked = false;
        self.pending.clear();
    }
}
