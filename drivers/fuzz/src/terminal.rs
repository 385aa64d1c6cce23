//! What payment terminals send.

use drivers::payment_terminal::ecr_hub::{frame, message};
use drivers::payment_terminal::mis::field::{Fields, tag};
use drivers::payment_terminal::mis::frame as mis_frame;
use drivers::payment_terminal::money;
use drivers::payment_terminal::zvt::apdu::Apdu;
use drivers::payment_terminal::zvt::{field as zvt_field, frame as zvt_frame};

/// Digits of a card number that may be kept: the first six and the last four.
const KEPT_DIGITS: usize = 10;

/// Frames of ECR-Hub; one that is accepted is the same again when it is encoded and decoded.
pub fn ecr_hub_frames(bytes: &[u8]) {
    let mut decoder = frame::Decoder::new();
    decoder.push(bytes);
    for _ in 0..=bytes.len() {
        match decoder.next_frame() {
            Ok(None) => return,
            Err(_) => {}
            Ok(Some(found)) => {
                let mut again = frame::Decoder::new();
                again.push(&found.encode());
                let same = again.next_frame();
                assert!(matches!(&same, Ok(Some(frame)) if frame.data == found.data && frame.id == found.id));
            }
        }
    }
}

/// The message in a frame of ECR-Hub.
pub fn ecr_hub_message(bytes: &[u8]) {
    let _ = message::decode(bytes);
}

/// Frames of ZVT; one that is accepted is the same again when it is encoded and decoded.
pub fn zvt_frames(bytes: &[u8]) {
    let units = |bytes: &[u8]| {
        let mut decoder = zvt_frame::Decoder::new();
        let tokens = bytes.iter().filter_map(|byte| decoder.push(*byte).ok().flatten());
        tokens
            .filter_map(|token| match token {
                zvt_frame::Token::Apdu(unit) => Some(unit),
                zvt_frame::Token::Ack | zvt_frame::Token::Nak => None,
            })
            .collect::<Vec<_>>()
    };
    for unit in units(bytes) {
        assert!(unit.len() <= zvt_frame::MAX_APDU);
        assert_eq!(units(&zvt_frame::encode(&unit)), [unit]);
    }
}

/// A data unit of ZVT; one that is accepted is the same again when it is encoded and decoded.
pub fn zvt_apdu(bytes: &[u8]) {
    if let Ok(apdu) = Apdu::decode(bytes) {
        assert_eq!(Apdu::decode(&apdu.encode()).as_ref(), Ok(&apdu));
        zvt_status(&apdu.data);
    }
}

/// The fields of a status information of ZVT. Of a card number only what may be kept comes out.
pub fn zvt_status(bytes: &[u8]) {
    if let Ok(status) = zvt_field::parse(bytes) {
        assert!(status.card.is_none_or(|card| digits(&card) <= KEPT_DIGITS));
        assert!(status.amount_fen.is_none_or(|amount_fen| amount_fen >= 0));
    }
}

/// Frames of MIS; one that is accepted is the same again when it is encoded and decoded.
pub fn mis_frames(bytes: &[u8]) {
    let units = |bytes: &[u8]| {
        let mut decoder = mis_frame::Decoder::new();
        let tokens = bytes.iter().filter_map(|byte| decoder.push(*byte).ok().flatten());
        tokens
            .filter_map(|token| match token {
                mis_frame::Token::Data(data) => Some(data),
                mis_frame::Token::Ack | mis_frame::Token::Nak | mis_frame::Token::Eot => None,
            })
            .collect::<Vec<_>>()
    };
    for data in units(bytes) {
        let frame = mis_frame::encode(&data).expect("what came in a frame fits a frame");
        assert_eq!(units(&frame), [data]);
    }
}

/// The fields of a MIS message: they are the same when encoded and decoded. Of a card number only what may be
/// kept comes out.
pub fn mis_fields(bytes: &[u8]) {
    if let Ok(fields) = Fields::decode(bytes) {
        assert!(digits(&fields.text(tag::CARD)) <= KEPT_DIGITS);
        let _ = fields.amount_fen();
        if fields.get(tag::RECEIPT).is_none() {
            assert_eq!(Fields::decode(&fields.encode()), Ok(fields));
        }
    }
}

fn digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

/// An amount in the words of a terminal: one that is read is written the same way, but for zeros.
pub fn amount(bytes: &[u8]) {
    if let Some(fen) = money::fen_of(&String::from_utf8_lossy(bytes)) {
        assert_eq!(money::fen_of(&money::yuan_text(fen)), Some(fen));
    }
}
