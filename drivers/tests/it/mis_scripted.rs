//! A MIS terminal that answers as a script says: what a simulator never would.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use drivers::payment_terminal::mis::field::{Fields, tag};
use drivers::payment_terminal::mis::frame::{Decoder, Token, encode};
use drivers::payment_terminal::{
    Decline, Mis, MisSettings, NotSent, PayMethod, PaymentTerminal, QueryOutcome, ReversalOutcome, Sale,
    SaleOutcome, ScannedCode, UnknownReason,
};
use drivers::port::Line;
use drivers::{CancelToken, DeviceError};

const ORDER: &str = "LC01M0000001";

type Sent = Arc<Mutex<Vec<Fields>>>;

/// Acknowledges everything and answers each request with what `answer` makes of it; an enquiry with yes.
struct Script<F> {
    decoder: Decoder,
    to_host: VecDeque<u8>,
    sent: Sent,
    answer: F,
}

impl<F: FnMut(&Fields) -> Vec<Fields>> Script<F> {
    fn take(&mut self, data: &[u8]) {
        let request = Fields::decode(data).unwrap();
        self.to_host.push_back(0x06);
        let answers = if request.text(tag::TYPE) == "99" {
            vec![reply(&request, "00")]
        } else {
            self.sent.lock().unwrap().push(request.clone());
            (self.answer)(&request)
        };
        self.to_host.extend(answers.iter().flat_map(|answer| encode(&answer.encode()).unwrap()));
    }
}

impl<F: FnMut(&Fields) -> Vec<Fields> + Send> Line for Script<F> {
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
        buf.iter_mut().zip(self.to_host.drain(..len)).for_each(|(slot, byte)| *slot = byte);
        Ok(len)
    }

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), DeviceError> {
        for &byte in bytes {
            if let Ok(Some(Token::Data(data))) = self.decoder.push(byte) {
                self.take(&data);
            }
        }
        Ok(())
    }

    fn drain(&mut self) -> Result<(), DeviceError> {
        Ok(())
    }
}

fn reply(request: &Fields, code: &str) -> Fields {
    let echo = [tag::TYPE, tag::RANDOM, tag::ORDER];
    let answer = Fields::new().with(tag::PACKET, [2]).with(tag::RESULT, code);
    echo.into_iter()
        .filter_map(|tag| Some((tag, request.get(tag)?)))
        .fold(answer, |a, (tag, v)| a.with(tag, v))
}

fn charged(request: &Fields) -> Fields {
    reply(request, "00").with(tag::AMOUNT, "RMB  116.63").with(tag::REFERENCE, "000000000042")
}

fn terminal(answer: impl FnMut(&Fields) -> Vec<Fields> + Send + 'static) -> (Mis<impl Line>, Sent) {
    let sent = Sent::default();
    let script = Script { decoder: Decoder::new(), to_host: VecDeque::new(), sent: sent.clone(), answer };
    let street = MisSettings::default().scaled(20);
    let settings =
        MisSettings { sale_timeout_ms: 300, close_timeout_ms: 100, query_timeout_ms: 300, ..street };
    (Mis::new(script, settings), sent)
}

fn sale(method: PayMethod) -> Sale {
    Sale { order: ORDER.to_owned(), amount_fen: 11_663, method }
}

fn sell(mis: &mut Mis<impl Line>) -> SaleOutcome {
    mis.sale(&sale(PayMethod::Card), &CancelToken::new(), &mut |_| {})
}

fn sold(answer: impl Fn(&Fields) -> Fields + Send + 'static) -> SaleOutcome {
    sell(&mut terminal(move |request| vec![answer(request)]).0)
}

#[test]
fn only_a_plain_yes_for_our_amount_is_a_yes() {
    assert!(matches!(sold(charged), SaleOutcome::Approved(a) if a.trans_no == "000000000042"));
    let mismatch = SaleOutcome::Unknown(UnknownReason::AmountMismatch);
    assert_eq!(sold(|r| reply(r, "00")), mismatch);
    assert_eq!(sold(|r| reply(r, "00").with(tag::AMOUNT, "RMB  116.64")), mismatch);
    assert_eq!(sold(|r| reply(r, "00").with(tag::AMOUNT, "USD  116.63")), mismatch);
}

#[test]
fn only_a_sure_no_is_a_no() {
    for code in ["51", "55", "58", "00010014"] {
        let refused = SaleOutcome::Declined(Decline::Refused(code.to_owned()));
        assert_eq!(sold(move |r| reply(r, code)), refused, "{code}");
    }
    assert_eq!(sold(|r| reply(r, "3G")), SaleOutcome::Declined(Decline::Canceled));
    assert_eq!(sold(|r| reply(r, "B0")), SaleOutcome::Declined(Decline::Busy));
    for code in ["09", "68", "96", "98", "Z0", "Z1", "Z2", "2O", "94", "", "R0", "00010099", "25", "X5"] {
        let unclear = SaleOutcome::Unknown(UnknownReason::Unclear(code.to_owned()));
        assert_eq!(sold(move |r| reply(r, code)), unclear, "{code}");
    }
}

#[test]
fn a_result_under_other_random_digits_is_late_and_one_for_another_order_is_crossed() {
    let earlier = |request: &Fields| {
        charged(
            &Fields::new().with(tag::TYPE, "00").with(tag::RANDOM, [0xFF]).with(tag::ORDER, "LC01M0000009"),
        )
        .with(tag::DESK, request.get(tag::DESK).unwrap())
    };
    let (mut mis, _) = terminal(move |request| vec![earlier(request), charged(request)]);
    assert!(matches!(sell(&mut mis), SaleOutcome::Approved(approval) if approval.order == ORDER));
    let late = mis.take_late();
    assert_eq!((late.len(), late[0].order.as_str()), (1, "LC01M0000009"));
    let other = |r: &Fields| {
        let fields = Fields::new().with(tag::TYPE, "00").with(tag::RANDOM, r.get(tag::RANDOM).unwrap());
        charged(&fields.with(tag::ORDER, "LC01M0000008"))
    };
    assert_eq!(sold(other), SaleOutcome::Unknown(UnknownReason::Crossed));
}

#[test]
fn a_scanned_code_stands_in_its_own_field_and_nowhere_else() {
    let digits = "134567890123456789";
    let (mut mis, sent) = terminal(|request| vec![charged(request)]);
    let code = ScannedCode::new(digits).unwrap();
    let outcome = mis.sale_by_code(&sale(PayMethod::PhoneCode), &code, &CancelToken::new(), &mut |_| {});
    assert!(matches!(outcome, SaleOutcome::Approved(a) if a.method == PayMethod::PhoneCode));
    assert!(matches!(mis.query(ORDER), QueryOutcome::Approved(_)));
    let sent = sent.lock().unwrap();
    assert_eq!(
        (sent[0].text(tag::TYPE), sent[0].text(tag::SCANNED_CODE)),
        ("08".to_owned(), digits.to_owned())
    );
    let bytes = sent[0].encode();
    let places = bytes.windows(digits.len()).filter(|window| *window == digits.as_bytes()).count();
    assert_eq!(places, 1);
    assert_eq!(sent[1].get(tag::SCANNED_CODE), None);
    assert!(mis.capabilities().scanned_code);
}

#[test]
fn a_type_that_the_acquirer_did_not_give_is_not_sent() {
    let (_, sent) = terminal(|_| Vec::new());
    let script = Script {
        decoder: Decoder::new(),
        to_host: VecDeque::new(),
        sent: sent.clone(),
        answer: |_: &Fields| Vec::new(),
    };
    let mut settings = MisSettings::default().scaled(20);
    settings.types.code_sale.clear();
    settings.types.settlement.clear();
    let mut mis = Mis::new(script, settings);
    let code = ScannedCode::new("134567890123456789").unwrap();
    let outcome = mis.sale_by_code(&sale(PayMethod::Card), &code, &CancelToken::new(), &mut |_| {});
    assert_eq!(outcome, SaleOutcome::Declined(Decline::NotSent(NotSent::NoCodeField)));
    assert_eq!(mis.settle(), Err(DeviceError::NotSupported));
    assert!(sent.lock().unwrap().is_empty());
}

#[test]
fn a_terminal_that_wants_to_be_signed_on_is_signed_on_before_the_next_sale() {
    let mut refusals = 1;
    let (mut mis, sent) = terminal(move |request| {
        let kind = request.text(tag::TYPE);
        if kind == "00" && refusals > 0 {
            refusals -= 1;
            return vec![reply(request, "A0")];
        }
        vec![charged(request)]
    });
    assert_eq!(sell(&mut mis), SaleOutcome::Declined(Decline::Refused("A0".to_owned())));
    assert!(matches!(sell(&mut mis), SaleOutcome::Approved(_)));
    let kinds: Vec<String> = sent.lock().unwrap().iter().map(|request| request.text(tag::TYPE)).collect();
    assert_eq!(kinds, ["00", "05", "00"]);
}

#[test]
fn a_reversal_names_the_original_as_the_terminal_has_told_it() {
    let (mut mis, sent) = terminal(|request| match request.text(tag::TYPE).as_str() {
        "09" => vec![charged(request).with(tag::INVOICE, "000007").with(tag::TRACE, "000042")],
        _ => vec![reply(request, "00")],
    });
    assert_eq!(mis.reverse(ORDER), ReversalOutcome::Reversed);
    let sent = sent.lock().unwrap();
    let told =
        [tag::ORDER, tag::ORIGINAL_INVOICE, tag::ORIGINAL_TRACE, tag::REFERENCE].map(|tag| sent[1].text(tag));
    assert_eq!(told, [ORDER, "000007", "000042", "000000000042"].map(str::to_owned));
}

#[test]
fn a_reversal_is_done_only_when_the_terminal_says_so() {
    let reversed = |code: &'static str| {
        let (mut mis, _) = terminal(move |request| match request.text(tag::TYPE).as_str() {
            "09" => vec![charged(request)],
            _ => vec![reply(request, code)],
        });
        mis.reverse(ORDER)
    };
    assert_eq!(reversed("X5"), ReversalOutcome::Reversed);
    assert_eq!(reversed("X4"), ReversalOutcome::Refused("X4".to_owned()));
    for code in ["Z1", "51", "09", "25", "A0", ""] {
        assert_eq!(reversed(code), ReversalOutcome::NotReversedYet, "{code}");
    }
}
