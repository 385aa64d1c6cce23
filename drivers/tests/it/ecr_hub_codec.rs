use drivers::payment_terminal::ecr_hub::frame::{Decoder, Frame, FrameError, Kind, MAX_DATA};
use drivers::payment_terminal::ecr_hub::message::{self, Request, RequestData};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::hex;

fn vectors() -> Vec<(Frame, &'static str)> {
    vec![
        (Frame::bare(Kind::Handshake), "55 AA 01 00 00 00 00 01 CC 33"),
        (Frame::bare(Kind::HandshakeConfirm), "55 AA 02 00 00 00 00 02 CC 33"),
        (Frame::heartbeat(), "55 AA 00 00 00 00 00 00 CC 33"),
        (Frame::ack(1), "55 AA 00 01 00 00 00 01 CC 33"),
        (Frame::data(1, b"hello".to_vec()).unwrap(), "55 AA 00 00 01 00 05 68 65 6C 6C 6F 66 CC 33"),
        (Frame::data(2, hex("CC 33")).unwrap(), "55 AA 00 00 02 00 02 CC 33 FF CC 33"),
    ]
}

fn all(bytes: &[u8]) -> Vec<Frame> {
    let mut decoder = Decoder::new();
    decoder.push(bytes);
    let mut frames = Vec::new();
    loop {
        match decoder.next_frame() {
            Ok(Some(frame)) => frames.push(frame),
            Ok(None) => return frames,
            Err(_) => {}
        }
    }
}

#[test]
fn the_vectors_of_the_sheet_hold_both_ways() {
    for (frame, bytes) in vectors() {
        assert_eq!(frame.encode(), hex(bytes));
        assert_eq!(all(&hex(bytes)), [frame]);
    }
}

#[test]
fn frames_come_byte_by_byte_glued_and_after_garbage() {
    let bytes: Vec<u8> = vectors().iter().flat_map(|(_, bytes)| hex(bytes)).collect();
    let wanted: Vec<Frame> = vectors().into_iter().map(|(frame, _)| frame).collect();
    assert_eq!(all(&[hex("33 55 00 CC AA 55"), bytes.clone()].concat()), wanted);
    let mut decoder = Decoder::new();
    let mut found = Vec::new();
    for byte in bytes {
        decoder.push(&[byte]);
        found.extend(decoder.next_frame().unwrap());
    }
    assert_eq!(found, wanted);
}

#[test]
fn a_frame_cut_at_any_offset_is_incomplete() {
    let whole = Frame::data(2, hex("CC 33 55 AA CC 33")).unwrap().encode();
    for len in 0..whole.len() {
        let mut decoder = Decoder::new();
        decoder.push(&whole[..len]);
        assert_eq!(decoder.next_frame(), Ok(None), "{len}");
    }
}

#[test]
fn no_single_flipped_bit_yields_the_frame_or_other_data() {
    let good = Frame::data(9, b"sale of 116.63".to_vec()).unwrap();
    let whole = good.encode();
    for bit in 0..whole.len() * 8 {
        let mut damaged = whole.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(all(&damaged).is_empty(), "bit {bit}");
    }
}

#[test]
fn damage_is_named_and_does_not_hide_the_next_frame() {
    for (bytes, error) in [
        ("55 AA 01 00 00 00 00 02 CC 33", FrameError::Checksum),
        ("55 AA 01 00 00 00 00 01 CC 34", FrameError::Tail),
        ("55 AA 03 00 00 00 00 03 CC 33", FrameError::Kind(3)),
        ("55 AA 00 00 01 04 01 00 00 00", FrameError::Length(1025)),
    ] {
        let mut decoder = Decoder::new();
        decoder.push(&[hex(bytes), Frame::ack(7).encode()].concat());
        assert_eq!(decoder.next_frame(), Err(error));
        assert_eq!(decoder.next_frame(), Ok(Some(Frame::ack(7))));
    }
}

#[test]
fn more_data_than_the_protocol_allows_makes_no_frame() {
    assert!(Frame::data(1, vec![0; MAX_DATA]).is_ok());
    assert_eq!(Frame::data(1, vec![0; MAX_DATA + 1]), Err(FrameError::Length(MAX_DATA + 1)));
}

#[test]
fn fields_of_a_message_stand_under_their_numbers() {
    let request = Request {
        topic: "a".to_owned(),
        biz_data: Some(RequestData {
            merchant_order_no: "b".to_owned(),
            order_amount: "1.00".to_owned(),
            pay_method_category: "c".to_owned(),
            ..RequestData::default()
        }),
        ..Request::default()
    };
    assert_eq!(message::encode(&request), hex("0A 01 61 32 0C 0A 01 62 22 04 31 2E 30 30 3A 01 63"));
    let answer = message::decode(&hex("0A 01 61 28 01 42 06 0A 01 62 4A 01 32")).unwrap();
    let data = answer.biz_data.unwrap();
    assert!(answer.success);
    assert_eq!((data.merchant_order_no.as_str(), data.trans_status.as_str()), ("b", "2"));
    assert!(message::decode(&hex("0A 05 61")).is_err());
}

proptest! {
    #[test]
    fn random_bytes_never_panic_the_decoder(chunks in vec(vec(any::<u8>(), 0..99), 0..99)) {
        let mut decoder = Decoder::new();
        for chunk in chunks {
            decoder.push(&chunk);
            let _ = decoder.next_frame();
            prop_assert!(decoder.pending() <= 2 * (MAX_DATA + 10));
        }
    }

    #[test]
    fn any_payload_survives_the_frame(id in 1_u8.., data in vec(any::<u8>(), 0..=MAX_DATA)) {
        let frame = Frame::data(id, data).unwrap();
        prop_assert_eq!(all(&frame.encode()), vec![frame]);
    }
}
