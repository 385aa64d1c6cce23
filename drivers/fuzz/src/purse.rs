//! What a smart card answers.

use drivers::card_writer::apdu::Answer;
use drivers::card_writer::purse::{CardNumber, LoadChallenge, parse_balance};

/// An answer, and what the purse's commands read from its data. The first byte says where the card number is.
pub fn card_answer(bytes: &[u8]) {
    let Ok(answer) = Answer::parse(bytes) else { return };
    assert_eq!(answer.data.len() + 2, bytes.len());
    let _ = (answer.status.more(), answer.status.right_length());
    let place = answer.data.first().map_or(0, |byte| usize::from(*byte));
    if let Ok(number) = CardNumber::parse(&answer.data, place / 16, place % 16) {
        assert_eq!(number.digits().len(), place % 16 * 2);
        assert!(format!("{number:?}").chars().filter(char::is_ascii_digit).count() <= 4);
    }
    assert_eq!(parse_balance(&answer.data).is_ok(), answer.data.len() == 4);
    assert_eq!(LoadChallenge::parse(&answer.data).is_ok(), answer.data.len() == 16);
}
