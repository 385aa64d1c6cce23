//! Answers that no honest terminal gives: a line in memory plays them.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use drivers::payment_terminal::ecr_hub::frame::{Decoder, Frame, Kind};
use drivers::payment_terminal::ecr_hub::message::{Request, Response, ResponseData};
use drivers::payment_terminal::{
    Decline, EcrHub, EcrHubSettings, PayMethod, PaymentTerminal, QueryOutcome, ReversalOutcome, Sale,
    SaleOutcome, UnknownReason,
};
use drivers::port::Line;
use drivers::{CancelToken, DeviceError};
use prost::Message;

/// Plays a terminal: confirms handshakes, acknowledges, and answers each new request by a script.
struct Script<F> {
    decoder: Decoder,
    to_host: VecDeque<u8>,
    answer: F,
    next_id: u8,
    acks_to_lose: usize,
    answered: Vec<Vec<u8>>,
}

impl<F: FnMut(&Request) -> Vec<Response> + Send> Script<F> {
    fn new(answer: F) -> Self {
        let decoder = Decoder::new();
        Self { decoder, to_host: VecDeque::new(), answer, next_id: 1, acks_to_lose: 0, answered: Vec::new() }
    }

    fn take(&mut self, frame: &Frame) {
        if frame.kind == Kind::Handshake {
            self.to_host.extend(Frame::bare(Kind::HandshakeConfirm).encode());
        }
        if frame.id == 0 {
            return;
        }
        if self.acks_to_lose > 0 {
            self.acks_to_lose -= 1;
            return;
        }
        self.to_host.extend(Frame::ack(frame.id).encode());
        if !self.answered.contains(&frame.data) {
            self.answered.push(frame.data.clone());
            for response in (self.answer)(&Request::decode(frame.data.as_slice()).unwrap()) {
                self.to_host.extend(Frame::data(self.next_id, response.encode_to_vec()).unwrap().encode());
                self.next_id += 1;
            }
        }
    }
}

impl<F: FnMut(&Request) -> Vec<Response> + Send> Line for Script<F> {
    fn name(&self) -> &'static str {
        "script"
    }

    fn is_open(&self) -> bool {
        true
    }

    fn open(&mut self) -> Result<(), DeviceError> {
        Ok(())
    }

    fn close(&mut self) {}

    fn read(&mut self, buf: &mut [u8], deadline: Instant) -> Result<usize, DeviceError> {
        if self.to_host.is_empty() {
            let wait = deadline.saturating_duration_since(Instant::now());
            std::thread::park_timeout(wait.min(Duration::from_millis(5)));
            return Ok(0);
        }
        let len = buf.len().min(self.to_host.len());
        for (slot, byte) in buf.iter_mut().zip(self.to_host.drain(..len)) {
            *slot = byte;
        }
        Ok(len)
    }

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), DeviceError> {
        self.decoder.push(bytes);
        while let Ok(Some(frame)) = self.decoder.next_frame() {
            self.take(&frame);
        }
        Ok(())
    }

    fn drain(&mut self) -> Result<(), DeviceError> {
        Ok(())
    }
}

const ORDER: &str = "LC01B0000001";

fn settings() -> EcrHubSettings {
    let street = EcrHubSettings::default();
    EcrHubSettings { sale_timeout_ms: 300, close_timeout_ms: 100, query_timeout_ms: 300, ..street.scaled(5) }
}

fn answer(request: &Request, change: impl FnOnce(&mut Response, &mut ResponseData)) -> Response {
    let asked = request.biz_data.clone().unwrap_or_default();
    let mut data = ResponseData {
        merchant_order_no: asked.merchant_order_no,
        order_amount: "116.63".to_owned(),
        trans_type: asked.trans_type,
        trans_status: "2".to_owned(),
        ..ResponseData::default()
    };
    let mut response = Response {
        topic: request.topic.clone(),
        msg_id: request.msg_id.clone(),
        success: true,
        ..Response::default()
    };
    change(&mut response, &mut data);
    response.biz_data = Some(data);
    response
}

fn sale_answered(change: impl Fn(&mut Response, &mut ResponseData) + Send + Copy) -> SaleOutcome {
    let script = Script::new(move |request: &Request| match request.topic.as_str() {
        "ecrhub.pay.order" => vec![answer(request, change)],
        _ => Vec::new(),
    });
    sell(&mut EcrHub::new(script, settings()))
}

fn sell<L: Line>(hub: &mut EcrHub<L>) -> SaleOutcome {
    let sale = Sale { order: ORDER.to_owned(), amount_fen: 11_663, method: PayMethod::Card };
    hub.sale(&sale, &CancelToken::new(), &mut |_| {})
}

fn unclear(code: &str) -> SaleOutcome {
    SaleOutcome::Unknown(UnknownReason::Unclear(code.to_owned()))
}

#[test]
fn only_a_plain_yes_is_a_yes() {
    assert!(matches!(sale_answered(|_, _| {}), SaleOutcome::Approved(_)));
    assert_eq!(sale_answered(|r, _| r.success = false), unclear(""));
    assert_eq!(sale_answered(|r, _| r.error_msg = "LATE".to_owned()), unclear("LATE"));
    assert_eq!(sale_answered(|_, d| d.trans_status.clear()), unclear(""));
    assert_eq!(sale_answered(|_, d| d.trans_status = "7".to_owned()), unclear(""));
    assert_eq!(sale_answered(|_, d| d.trans_status = "1".to_owned()), unclear(""));
}

#[test]
fn only_a_sure_no_is_a_no() {
    let refused = |code: &str| SaleOutcome::Declined(Decline::Refused(code.to_owned()));
    let with = |status: &'static str, code: &'static str| {
        sale_answered(move |r, d| {
            r.success = false;
            r.error_msg = code.to_owned();
            d.trans_status = status.to_owned();
        })
    };
    assert_eq!(with("1", "51"), refused("51"));
    assert_eq!(with("", "INVALID_PARAMETER"), refused("INVALID_PARAMETER"));
    assert_eq!(with("", "BUSY"), SaleOutcome::Declined(Decline::Busy));
    assert_eq!(with("", "CLOSED"), SaleOutcome::Declined(Decline::Canceled));
    assert_eq!(with("3", ""), SaleOutcome::Declined(Decline::Canceled));
    for code in ["", "51", "TIMEOUT", "DUPLICATE_ORDER_NO", "ORDER_NOT_FOUND"] {
        assert_eq!(with("", code), unclear(code), "{code}");
        assert_eq!(with("2", code), unclear(code), "{code}");
    }
    assert_eq!(with("2", "CLOSED"), unclear("CLOSED"));
}

#[test]
fn an_approval_for_another_amount_or_currency_is_not_ours() {
    let mismatch = SaleOutcome::Unknown(UnknownReason::AmountMismatch);
    for amount in ["116.64", "11663", "", "116.630", "abc"] {
        let outcome = sale_answered(move |_, d| d.order_amount = amount.to_owned());
        assert_eq!(outcome, mismatch, "{amount}");
    }
    assert_eq!(sale_answered(|_, d| d.paid_amount = "100.00".to_owned()), mismatch);
    assert_eq!(sale_answered(|_, d| d.currency = "USD".to_owned()), mismatch);
}

#[test]
fn an_approval_for_another_order_is_crossed_and_kept_for_the_caller() {
    let script = Script::new(|request: &Request| {
        vec![answer(request, |_, data| data.merchant_order_no = "LC01B0000099".to_owned())]
    });
    let mut hub = EcrHub::new(script, settings());
    assert_eq!(sell(&mut hub), SaleOutcome::Unknown(UnknownReason::Crossed));
    let late = hub.take_late();
    assert_eq!((late.len(), late[0].order.as_str()), (1, "LC01B0000099"));
}

#[test]
fn a_late_result_of_an_earlier_order_does_not_end_the_sale_at_hand() {
    let script = Script::new(|request: &Request| {
        let earlier = answer(request, |response, data| {
            response.msg_id = "earlier".to_owned();
            data.merchant_order_no = "LC01B0000098".to_owned();
        });
        vec![earlier, answer(request, |_, _| {})]
    });
    let mut hub = EcrHub::new(script, settings());
    assert!(matches!(sell(&mut hub), SaleOutcome::Approved(approval) if approval.order == ORDER));
    assert_eq!(hub.take_late()[0].order, "LC01B0000098");
    assert!(hub.take_late().is_empty());
}

#[test]
fn a_lost_acknowledgement_brings_the_same_bytes_again() {
    let mut script = Script::new(|request: &Request| vec![answer(request, |_, _| {})]);
    script.acks_to_lose = 3;
    let mut hub = EcrHub::new(script, EcrHubSettings { sale_timeout_ms: 5000, ..settings() });
    assert!(matches!(sell(&mut hub), SaleOutcome::Approved(_)));
}

#[test]
fn a_request_that_is_never_acknowledged_is_given_up_as_unknown() {
    let mut script = Script::new(|request: &Request| vec![answer(request, |_, _| {})]);
    script.acks_to_lose = usize::MAX;
    let settings = EcrHubSettings { sale_timeout_ms: 600_000, resend_max: 3, ..settings() };
    let mut hub = EcrHub::new(script, settings);
    assert_eq!(sell(&mut hub), SaleOutcome::Unknown(UnknownReason::Silence));
}

#[test]
fn a_query_about_another_order_or_without_an_amount_is_no_answer() {
    let asked = |change: fn(&mut ResponseData)| {
        let script = Script::new(move |request: &Request| vec![answer(request, |_, data| change(data))]);
        EcrHub::new(script, settings()).query(ORDER)
    };
    assert!(matches!(asked(|_| {}), QueryOutcome::Approved(_)));
    assert_eq!(asked(|data| data.merchant_order_no = "OTHER".to_owned()), QueryOutcome::NoAnswer);
    assert_eq!(asked(|data| data.merchant_order_no.clear()), QueryOutcome::NoAnswer);
    assert_eq!(asked(|data| data.order_amount.clear()), QueryOutcome::NoAnswer);
}

#[test]
fn a_reversal_needs_the_terminal_to_name_the_reversal_itself() {
    let reversed = |names: Option<&'static str>, status: &'static str| {
        let script = Script::new(move |request: &Request| {
            vec![answer(request, |_, data| {
                if request.topic == "ecrhub.pay.query" {
                    data.trans_status = status.to_owned();
                } else if let Some(name) = names {
                    data.merchant_order_no = name.to_owned();
                }
            })]
        });
        EcrHub::new(script, settings()).reverse(ORDER)
    };
    assert_eq!(reversed(None, "2"), ReversalOutcome::Reversed);
    assert_eq!(reversed(Some("OTHER"), "2"), ReversalOutcome::NotReversedYet);
    assert_eq!(reversed(Some("OTHER"), "3"), ReversalOutcome::Reversed);
}
