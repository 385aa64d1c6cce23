//! What the simulated terminal knows of orders, and how it answers; no bytes and no bank in here.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::bank::{BankAnswer, BankRecord, BankReversal, Instrument};
use super::event::{Events, SimEvent};
use super::terminal::Silence;
use super::terminal_wire::{HubRequest, HubRequestBiz, HubResponse, HubResponseBiz, fen};

/// Serial number of the simulated terminal.
const SERIAL: &str = "SIM00001";

#[derive(Clone, Debug, Default)]
struct Order {
    amount: String,
    scenario: String,
    status: &'static str,
    code: String,
    trans_no: String,
    channel_no: String,
    user: String,
    scheme: String,
    ended: String,
}

#[derive(Debug)]
struct Current {
    order: String,
    amount_fen: i64,
    request: HubRequest,
    since: Instant,
    asked_bank: bool,
}

/// A charge that the bank must be asked for.
#[derive(Debug)]
pub(super) struct Charge {
    pub(super) order: String,
    pub(super) amount_fen: i64,
    pub(super) instrument: Instrument,
}

#[derive(Debug)]
pub(super) struct Desk {
    orders: BTreeMap<String, Order>,
    current: Option<Current>,
    pub(super) presented: Option<Instrument>,
    pub(super) armed_decline: Option<String>,
    pub(super) silence: Option<Silence>,
    pub(super) auto: bool,
    sale_timeout: Duration,
    events: Events,
}

impl Desk {
    pub(super) fn new(sale_timeout: Duration, events: Events) -> Self {
        Self {
            orders: BTreeMap::new(),
            current: None,
            presented: None,
            armed_decline: None,
            silence: None,
            auto: false,
            sale_timeout,
            events,
        }
    }

    /// The order that waits for a card or code.
    pub(super) fn waiting_for(&self) -> Option<String> {
        self.current.as_ref().map(|current| current.order.clone())
    }

    /// A sale: taken, or refused at once.
    pub(super) fn sale(&mut self, request: HubRequest, now: Instant) -> Option<HubResponse> {
        let biz = request.biz_data.clone().unwrap_or_default();
        let order = biz.merchant_order_no.clone();
        let amount_fen = fen(&biz.order_amount).unwrap_or(0);
        if amount_fen <= 0 || order.is_empty() || order.len() > 32 || biz.price_currency != "CNY" {
            return Some(refusal(&request, "INVALID_PARAMETER"));
        }
        if self.orders.contains_key(&order) {
            return Some(refusal(&request, "DUPLICATE_ORDER_NO"));
        }
        if self.current.is_some() {
            return Some(refusal(&request, "BUSY"));
        }
        self.orders.insert(order.clone(), new_order(&biz));
        self.events.push(SimEvent::SaleAsked { order: order.clone(), amount_fen });
        self.current = Some(Current { order, amount_fen, request, since: now, asked_bank: false });
        None
    }

    /// What to do about the sale at hand: ask the bank, or answer without it.
    pub(super) fn next_step(&mut self, now: Instant) -> (Option<Charge>, Option<HubResponse>) {
        let Some(current) = self.current.as_ref().filter(|current| !current.asked_bank) else {
            return (None, None);
        };
        if let Some(code) = self.armed_decline.take() {
            return (None, self.finish("1", &code));
        }
        if now.duration_since(current.since) > self.sale_timeout {
            return (None, self.finish("1", "TIMEOUT"));
        }
        let by_card =
            current.request.biz_data.as_ref().is_some_and(|biz| biz.pay_method_category == "BANKCARD");
        (self.charge(by_card), None)
    }

    fn charge(&mut self, by_card: bool) -> Option<Charge> {
        let at_once = self.auto || self.silence == Some(Silence::ApproveNoAnswer);
        let instrument = match self.presented.take() {
            _ if self.silence == Some(Silence::NoApproveNoAnswer) => None,
            Some(shown) if matches!(shown, Instrument::Card { .. }) == by_card => Some(shown),
            Some(_) => {
                self.events.push(SimEvent::WrongInstrument);
                None
            }
            None if at_once && by_card => Some(Instrument::demo_card()),
            None if at_once => Some(Instrument::phone_code("WECHAT")),
            None => None,
        }?;
        let current = self.current.as_mut()?;
        current.asked_bank = true;
        Some(Charge { order: current.order.clone(), amount_fen: current.amount_fen, instrument })
    }

    /// The bank has spoken.
    pub(super) fn charged(
        &mut self,
        charge: &Charge,
        answer: BankAnswer,
        ended: String,
    ) -> Option<HubResponse> {
        let order = self.orders.get_mut(&charge.order)?;
        order.ended = ended;
        order.scheme = charge.instrument.scheme().to_owned();
        if let Instrument::Card { first6, last4, .. } = &charge.instrument {
            order.user = format!("{first6}******{last4}");
        }
        match answer {
            BankAnswer::Approved { trans_no } => {
                order.trans_no = format!("T{trans_no}");
                order.channel_no = trans_no;
                self.finish("2", "")
            }
            BankAnswer::Declined { code } => self.finish("1", &code),
            BankAnswer::NoAnswer => self.finish("0", "HOST_TIMEOUT"),
        }
    }

    /// Ends the sale at hand and gives its result, unless the terminal keeps it to itself.
    fn finish(&mut self, status: &'static str, code: &str) -> Option<HubResponse> {
        let current = self.current.take()?;
        let order = self.orders.get_mut(&current.order)?;
        order.status = status;
        code.clone_into(&mut order.code);
        let name = current.order.clone();
        self.events.push(match status {
            "2" => SimEvent::Approved { order: name },
            _ => SimEvent::Declined { order: name, code: code.to_owned() },
        });
        let mut answer = response(&current.request, status == "2", code, Some((&current.order, order)));
        if status == "0" {
            // The terminal does not know either, and says so by giving no status.
            if let Some(biz) = answer.biz_data.as_mut() {
                biz.trans_status.clear();
            }
        }
        self.silence.is_none().then_some(answer)
    }

    /// Gives the sale at hand up, as on the terminal's own cancel key.
    pub(super) fn decline(&mut self, code: &str) -> Option<HubResponse> {
        if self.current.is_none() {
            self.armed_decline = Some(code.to_owned());
            return None;
        }
        self.finish("1", code)
    }

    /// `ecrhub.pay.close`: the answer to it, and the result of the sale that it ends.
    pub(super) fn close(&mut self, request: &HubRequest) -> Vec<HubResponse> {
        let name = request.biz_data.as_ref().map(|biz| biz.merchant_order_no.clone()).unwrap_or_default();
        let result =
            if self.waiting_for().as_ref() == Some(&name) { self.finish("1", "CLOSED") } else { None };
        let answer = match self.orders.get(&name) {
            Some(order) => response(request, true, "", Some((&name, order))),
            None => refusal(request, "ORDER_NOT_FOUND"),
        };
        [Some(answer), result].into_iter().flatten().collect()
    }

    /// `ecrhub.pay.query`, with what the bank knows.
    pub(super) fn query(&mut self, request: &HubRequest, record: BankRecord) -> HubResponse {
        let name = request.biz_data.as_ref().map(|biz| biz.merchant_order_no.clone()).unwrap_or_default();
        let waiting = self.waiting_for().as_ref() == Some(&name);
        let known = self.orders.get(&name).cloned();
        let order = match (known, record) {
            (Some(order), _) if waiting => order,
            (known, BankRecord::Approved { amount_fen, trans_no }) => {
                let amount = format!("{}.{:02}", amount_fen / 100, amount_fen % 100);
                Order {
                    amount,
                    status: "2",
                    code: String::new(),
                    channel_no: trans_no,
                    ..known.unwrap_or_default()
                }
            }
            (known, BankRecord::Reversed) => {
                Order { status: "3", code: String::new(), ..known.unwrap_or_default() }
            }
            (known, BankRecord::Declined { code }) => {
                Order { status: "1", code, ..known.unwrap_or_default() }
            }
            (Some(order), BankRecord::NotFound | BankRecord::NoAnswer) => order,
            (None, _) => return refusal(request, "ORDER_NOT_FOUND"),
        };
        response(request, true, &order.code, Some((&name, &order)))
    }

    /// Before a reversal: the sale at hand is given up if it is the one to be undone.
    pub(super) fn give_up(&mut self, order: &str) -> Option<HubResponse> {
        if self.waiting_for().as_deref() == Some(order) { self.finish("1", "CLOSED") } else { None }
    }

    /// The answer to a reversal, after the bank has spoken.
    pub(super) fn reversed(&mut self, request: &HubRequest, answer: BankReversal) -> HubResponse {
        let biz = request.biz_data.clone().unwrap_or_default();
        let original = biz.orig_merchant_order_no.clone();
        let code = match answer {
            BankReversal::NotFound if !self.orders.contains_key(&original) => "ORDER_NOT_FOUND",
            BankReversal::Reversed | BankReversal::NotFound => "",
            BankReversal::AlreadySettled => "ALREADY_SETTLED",
            BankReversal::NoAnswer => "HOST_TIMEOUT",
        };
        if !code.is_empty() {
            return refusal(request, code);
        }
        if let Some(order) = self.orders.get_mut(&original) {
            order.status = "3";
            order.code.clear();
        }
        self.events.push(SimEvent::Reversed { order: original });
        let undone = Order { status: "2", ..new_order(&biz) };
        response(request, true, "", Some((&biz.merchant_order_no, &undone)))
    }
}

fn new_order(biz: &HubRequestBiz) -> Order {
    Order {
        amount: biz.order_amount.clone(),
        scenario: biz.pay_method_category.clone(),
        status: "0",
        ..Order::default()
    }
}

/// A refusal that names the order but gives it no status.
pub(super) fn refusal(request: &HubRequest, code: &str) -> HubResponse {
    let mut answer = response(request, false, code, None);
    let biz = request.biz_data.clone().unwrap_or_default();
    answer.biz_data = Some(HubResponseBiz {
        merchant_order_no: biz.merchant_order_no,
        trans_type: biz.trans_type,
        ..HubResponseBiz::default()
    });
    answer
}

fn response(request: &HubRequest, success: bool, code: &str, order: Option<(&str, &Order)>) -> HubResponse {
    HubResponse {
        topic: request.topic.clone(),
        msg_id: request.msg_id.clone(),
        app_id: request.app_id.clone(),
        timestamp: request.timestamp.clone(),
        success,
        error_msg: code.to_owned(),
        biz_data: order.map(|(name, order)| biz_of(request, name, order)),
    }
}

fn biz_of(request: &HubRequest, name: &str, order: &Order) -> HubResponseBiz {
    let trans_type = request.biz_data.as_ref().map(|biz| biz.trans_type.clone()).unwrap_or_default();
    let paid = if order.status == "2" { order.amount.clone() } else { String::new() };
    HubResponseBiz {
        merchant_order_no: name.to_owned(),
        order_amount: order.amount.clone(),
        trans_no: order.trans_no.clone(),
        currency: "CNY".to_owned(),
        trans_type,
        terminal_sn: SERIAL.to_owned(),
        pay_scenario: order.scenario.clone(),
        trans_status: order.status.to_owned(),
        pay_channel_trans_no: order.channel_no.clone(),
        user: order.user.clone(),
        paid_amount: paid,
        end_time: order.ended.clone(),
        pay_method_id: order.scheme.clone(),
    }
}
