//! MIS frames and fields (protocols E3). The recorded frames of the sheet have no valid checksum, so the
//! vectors here are counted by hand.

use drivers::payment_terminal::mis::field::{FieldError, Fields, tag};
use drivers::payment_terminal::mis::frame::{Decoder, FrameError, MAX_DATA, Token, encode};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::hex;

/// An enquiry of type 99 with the random digits 42.
const FRAMES: [&str; 1] = ["02 00 13 DF 01 01 00 DF 02 02 39 39 DF 04 01 42 03 89"];

fn valid(frame: &str) -> Vec<u8> {
    let mut bytes = hex(frame);
    let last = bytes.len() - 1;
    bytes[last] = bytes[1..last].iter().fold(0, |sum, byte| sum ^ byte);
    bytes
}

fn frames() -> Vec<Vec<u8>> {
    vec![
        valid(FRAMES[0]),
        encode(&hex("DF 07 02 30 30")).unwrap(),
        encode(&[0x02, 0x03, 0x06, 0x15, 0x04]).unwrap(),
    ]
}

fn all(bytes: &[u8]) -> Vec<Token> {
    let mut decoder = Decoder::new();
    bytes.iter().filter_map(|&byte| decoder.push(byte).ok().flatten()).collect()
}

fn data(bytes: &[u8]) -> Vec<Vec<u8>> {
    let data = |token| match token {
        Token::Data(data) => Some(data),
        Token::Ack | Token::Nak | Token::Eot => None,
    };
    all(bytes).into_iter().filter_map(data).collect()
}

#[test]
fn a_frame_is_length_data_end_and_the_xor_of_them() {
    assert_eq!(encode(&hex("DF 07 02 30 30")).unwrap(), hex("02 00 05 DF 07 02 30 30 03 DC"));
    let long = encode(&[0; 262]).unwrap();
    assert_eq!((long.len(), &long[..3]), (267, hex("02 02 62").as_slice()));
    assert_eq!(encode(&[0; MAX_DATA + 1]), None);
    let enquiry = Fields::new().with(tag::PACKET, [0]).with(tag::TYPE, "99").with(tag::RANDOM, [0x42]);
    assert_eq!(encode(&enquiry.encode()).unwrap(), valid(FRAMES[0]));
}

#[test]
fn an_acknowledgement_may_be_glued_to_a_frame_and_zeros_are_skipped() {
    let glued = [hex("00 06"), frames()[0].clone(), hex("00 00 15"), frames()[1].clone(), hex("04")].concat();
    let tokens = all(&glued);
    assert!(matches!(
        tokens.as_slice(),
        [Token::Ack, Token::Data(_), Token::Nak, Token::Data(_), Token::Eot]
    ));
}

#[test]
fn frames_come_byte_by_byte_glued_and_after_garbage() {
    let wanted: Vec<Vec<u8>> = frames().iter().map(|frame| data(frame)[0].clone()).collect();
    assert_eq!(data(&[hex("55 AA FF 10"), frames().concat()].concat()), wanted);
}

#[test]
fn a_frame_cut_at_any_offset_gives_no_data() {
    for whole in frames() {
        for len in 0..whole.len() {
            assert!(data(&whole[..len]).is_empty(), "{len}");
        }
    }
}

#[test]
fn no_single_flipped_bit_yields_data() {
    for whole in frames() {
        for bit in 0..whole.len() * 8 {
            let mut damaged = whole.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(data(&damaged).is_empty(), "bit {bit} of {whole:02X?}");
        }
    }
}

#[test]
fn damage_is_named_and_does_not_hide_the_next_frame() {
    for (bytes, error) in [
        ("02 00 05 DF 07 02 30 30 03 DD", FrameError::Checksum),
        ("02 00 05 DF 07 02 30 30 04 DC", FrameError::End),
        ("02 00 0A", FrameError::Length),
        ("02 10 25", FrameError::Length),
    ] {
        let mut decoder = Decoder::new();
        let found = hex(bytes).iter().find_map(|&byte| decoder.push(byte).err());
        assert_eq!(found, Some(error), "{bytes}");
        assert_eq!(data(&[hex(bytes), frames()[0].clone()].concat()).len(), 1, "{bytes}");
    }
}

#[test]
fn fields_of_all_lengths_come_back() {
    for len in [0, 1, 0x7F, 0x80, 0xFF, 0x100, 900] {
        let fields = Fields::new().with(tag::ORDER, vec![b'7'; len]).with(tag::RESULT, "00");
        assert_eq!(Fields::decode(&fields.encode()), Ok(fields), "{len}");
    }
    assert_eq!(Fields::new().with(0x69, vec![0; 0x80]).encode()[..4], hex("DF 69 81 80"));
    assert_eq!(Fields::new().with(0x69, vec![0; 0x1FF]).encode()[..5], hex("DF 69 82 01 FF"));
}

#[test]
fn the_receipt_inside_is_read_as_if_it_stood_outside() {
    let receipt = Fields::new()
        .with(tag::AMOUNT, "RMB  0.20")
        .with(tag::CARD, "6228480402564890018")
        .with(tag::CARD_NAME, hex("D2 F8 C1 AA"));
    let message = Fields::new().with(tag::RESULT, "00").with(tag::RECEIPT, receipt.encode());
    let fields = Fields::decode(&message.encode()).unwrap();
    assert_eq!(fields.amount_fen(), Some(20));
    assert_eq!(fields.text(tag::CARD), "622848*********0018");
    assert_eq!(fields.text(tag::CARD_NAME), "银联");
    assert!(!format!("{fields:?}").contains("0018"));
}

#[test]
fn an_amount_is_packed_digits_or_text_with_its_currency() {
    let amount = |value: Vec<u8>| Fields::new().with(tag::AMOUNT, value).amount_fen();
    assert_eq!(amount(hex("00 00 00 01 16 63")), Some(11_663));
    assert_eq!(amount(b"RMB  116.63".to_vec()), Some(11_663));
    for other in ["116.63", "USD  116.63", "RMB 1,00", "RMB", ""] {
        assert_eq!(amount(other.as_bytes().to_vec()), None, "{other}");
    }
    assert_eq!(amount(hex("00 00 00 01 16 6F")), None);
    assert_eq!(Fields::new().amount_fen(), None);
}

#[test]
fn what_is_no_list_of_fields_is_an_error() {
    assert_eq!(Fields::decode(&hex("DE 07 00")), Err(FieldError::Tag(0xDE)));
    for cut in ["DF", "DF 07", "DF 07 03 30 30", "DF 07 80", "DF 07 81", "DF 07 82 01", "DF 07 83 00 00 00"] {
        assert_eq!(Fields::decode(&hex(cut)), Err(FieldError::CutOff), "{cut}");
    }
    assert_eq!(Fields::decode(&hex("DF 07 00").repeat(200)), Err(FieldError::TooMany));
    let receipt = Fields::new().with(tag::RECEIPT, hex("DF 07 00").repeat(100)).encode();
    assert_eq!(Fields::decode(&receipt.repeat(2)), Err(FieldError::TooMany), "those inside count too");
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in vec(any::<u8>(), 0..2000)) {
        let _ = Fields::decode(&bytes);
        for data in data(&bytes) {
            let _ = Fields::decode(&data);
        }
    }

    #[test]
    fn any_data_survive_the_frame(bytes in vec(any::<u8>(), 0..=MAX_DATA)) {
        prop_assert_eq!(data(&encode(&bytes).unwrap()), vec![bytes]);
    }
}
