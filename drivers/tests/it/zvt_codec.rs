//! ZVT frames and fields against the vectors of the sheet.

use drivers::payment_terminal::zvt::Command;
use drivers::payment_terminal::zvt::apdu::{Apdu, ApduError};
use drivers::payment_terminal::zvt::field::{self, FieldError, Totals};
use drivers::payment_terminal::zvt::frame::{self, Decoder, FrameError, MAX_APDU, Token};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::hex;

const PASSWORD: u32 = 123_456;

/// What we send, and the frame of the sheet.
fn ours() -> Vec<(Command, &'static str)> {
    let eur = Some(978);
    vec![
        (Command::Register { config: 0xBA, currency: eur }, "10 02 06 00 06 12 34 56 BA 09 78 10 03 24 C3"),
        (Command::Register { config: 0xBA, currency: None }, "10 02 06 00 04 12 34 56 BA 10 03 74 31"),
        (Command::Initialise, "10 02 06 93 03 12 34 56 10 03 CA A4"),
        (
            Command::Authorise { amount_fen: 11_000, currency: eur },
            "10 02 06 01 0A 04 00 00 00 01 10 10 00 49 09 78 10 03 F2 FF",
        ),
        (
            Command::Authorise { amount_fen: 100, currency: None },
            "10 02 06 01 07 04 00 00 00 00 01 00 10 03 2B 4E",
        ),
        (Command::Diagnosis, "10 02 06 70 00 10 03 D9 F9"),
        (Command::Reset, "10 02 06 18 00 10 03 56 3A"),
        (Command::StatusEnquiry, "10 02 05 01 03 12 34 56 10 03 E0 43"),
        (Command::RepeatReceipt, "10 02 06 20 03 12 34 56 10 03 C5 6A"),
        (Command::Abort, "10 02 06 B0 00 10 03 43 F3"),
        (Command::Accept, "10 02 80 00 00 10 03 F5 1F"),
    ]
}

/// Frames of the sheet that we only read.
const THEIRS: [&str; 4] = [
    "10 02 06 0F 00 10 03 C6 33",
    "10 02 84 9C 00 10 03 C3 41",
    "10 02 06 01 0C 04 00 00 00 00 01 10 10 49 09 78 06 00 10 03 78 67",
    "10 02 06 01 0C 04 00 00 00 00 01 00 49 09 78 06 00 10 03 B1 D2",
];

/// A status of a recorded sale (public sample of another implementation), with its card masked at the source.
const STATUS: &str = "\
    27 00 04 00 00 00 00 20 40 0C 21 09 16 0D 11 01 0E 99 99 22 F0 F8 EE EE \
    EE EE EE EE 47 71 29 00 00 00 06 87 00 05 0B 00 00 00 8A 06 8B F1 F1 4D \
    41 53 54 45 52 43 41 52 44 00 06 00";

fn frames() -> Vec<Vec<u8>> {
    ours().iter().map(|(_, bytes)| hex(bytes)).chain(THEIRS.iter().map(|bytes| hex(bytes))).collect()
}

fn all(bytes: &[u8]) -> Vec<Token> {
    let mut decoder = Decoder::new();
    bytes.iter().filter_map(|&byte| decoder.push(byte).ok().flatten()).collect()
}

fn units(bytes: &[u8]) -> Vec<Vec<u8>> {
    let unit = |token| match token {
        Token::Apdu(bytes) => Some(bytes),
        Token::Ack | Token::Nak => None,
    };
    all(bytes).into_iter().filter_map(unit).collect()
}

#[test]
fn every_command_has_the_bytes_of_the_sheet() {
    for (command, bytes) in ours() {
        let apdu = command.apdu(PASSWORD).unwrap();
        assert_eq!(frame::encode(&apdu.encode()), hex(bytes), "{command:?}");
        assert_eq!(Apdu::decode(&units(&hex(bytes))[0]), Ok(apdu));
    }
}

#[test]
fn a_reversal_a_refund_and_the_end_of_the_day_follow_the_sheet() {
    let bytes = |command: Command| command.apdu(PASSWORD).unwrap().encode();
    assert_eq!(bytes(Command::Reverse { receipt: 8 }), hex("06 30 06 12 34 56 87 00 08"));
    // Another implementation expects the same of a reversal. No recorded one is public.
    let without_password = Command::Reverse { receipt: 42 }.apdu(0).unwrap().encode();
    assert_eq!(without_password, hex("06 30 06 00 00 00 87 00 42"));
    let refund = Command::Refund { amount_fen: 2040, currency: Some(156) };
    assert_eq!(bytes(refund), hex("06 31 0D 12 34 56 04 00 00 00 00 20 40 49 01 56"));
    assert_eq!(bytes(Command::EndOfDay), hex("06 50 03 12 34 56"));
    let too_much = Command::Authorise { amount_fen: 1_000_000_000_000, currency: None };
    assert_eq!(too_much.apdu(PASSWORD), None);
    assert_eq!(Command::Reverse { receipt: 10_000 }.apdu(PASSWORD), None);
}

#[test]
fn recorded_frames_are_read_and_made_again() {
    for bytes in THEIRS {
        let found = units(&hex(bytes));
        assert_eq!(found.len(), 1, "{bytes}");
        assert_eq!(frame::encode(&Apdu::decode(&found[0]).unwrap().encode()), hex(bytes));
    }
}

#[test]
fn frames_come_byte_by_byte_glued_and_after_garbage_between_bare_bytes() {
    let wanted: Vec<Vec<u8>> = frames().iter().map(|frame| units(frame)[0].clone()).collect();
    let glued: Vec<u8> = frames().concat();
    assert_eq!(units(&[hex("55 10 00 FF 03 10"), glued.clone()].concat()), wanted);
    let acknowledged = [hex("06"), glued, hex("15")].concat();
    let tokens = all(&acknowledged);
    assert_eq!((tokens.first(), tokens.last()), (Some(&Token::Ack), Some(&Token::Nak)));
    assert_eq!(tokens.len(), wanted.len() + 2);
}

#[test]
fn a_frame_cut_at_any_offset_gives_no_unit_and_does_not_hide_the_next() {
    let next = hex("10 02 06 0F 00 10 03 C6 33");
    for whole in frames() {
        for len in 0..whole.len() {
            assert!(units(&whole[..len]).is_empty(), "{len}");
            let both = [&whole[..len], &next, &next].concat();
            assert!(units(&both).contains(&hex("06 0F 00")), "{len} of {whole:02X?}");
        }
    }
}

#[test]
fn no_single_flipped_bit_yields_a_unit() {
    for whole in frames() {
        for bit in 0..whole.len() * 8 {
            let mut damaged = whole.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(units(&damaged).is_empty(), "bit {bit} of {whole:02X?}");
        }
    }
}

#[test]
fn a_crc_byte_of_10_is_not_doubled() {
    let with_10 = (0..=u16::MAX)
        .map(|number| [vec![0x06, 0x0F, 0x02], number.to_be_bytes().to_vec()].concat())
        .find(|unit| !unit.contains(&0x10) && frame::encode(unit).ends_with(&[0x10, 0x10]))
        .unwrap();
    assert_eq!(units(&frame::encode(&with_10)), [with_10]);
}

#[test]
fn damage_is_named() {
    let error = |bytes: &str| {
        let mut decoder = Decoder::new();
        hex(bytes).iter().find_map(|&byte| decoder.push(byte).err())
    };
    assert_eq!(error("10 02 06 0F 00 10 03 C6 34"), Some(FrameError::Crc));
    assert_eq!(error("10 02 06 0F 10 55"), Some(FrameError::Stray(0x55)));
    let mut decoder = Decoder::new();
    let endless = [vec![0x10, 0x02], vec![0; MAX_APDU + 1]].concat();
    assert_eq!(endless.iter().find_map(|&byte| decoder.push(byte).err()), Some(FrameError::TooLong));
}

#[test]
fn a_long_unit_has_its_length_low_byte_first() {
    let long = Apdu::new([0x06, 0xD3], vec![7; 0x0461]).unwrap();
    assert_eq!(long.encode()[..5], hex("06 D3 FF 61 04"));
    assert_eq!(Apdu::decode(&long.encode()), Ok(long));
    assert_eq!(Apdu::decode(&hex("06 0F 02 27")), Err(ApduError::Length { said: 2, found: 1 }));
    assert_eq!(Apdu::decode(&hex("06 0F FF 01")), Err(ApduError::Header));
    assert_eq!(Apdu::decode(&hex("06 0F")), Err(ApduError::Header));
    assert!(Apdu::new([0, 0], vec![0; MAX_APDU]).is_err());
}

#[test]
fn a_recorded_status_is_read_and_its_card_number_is_cut() {
    let status = field::parse(&hex(STATUS)).unwrap();
    assert_eq!((status.result, status.amount_fen, status.receipt), (Some(0), Some(2040), Some(5)));
    assert_eq!((status.time, status.date, status.trace), (Some(210_916), Some(1101), Some(0)));
    assert_eq!(status.card.as_deref(), Some("************4771"));
    assert_eq!(status.card_name.as_deref(), Some("MASTERCARD"));
    assert_eq!(status.terminal_id.as_deref(), Some("00000006"));
    let full = field::parse(&hex("22 F1 F0 62 28 48 04 02 56 48 90 01 8F")).unwrap();
    assert_eq!(full.card.as_deref(), Some("622848*********0018"));
    assert!(!format!("{full:?}").contains("0018"));
}

#[test]
fn the_totals_of_a_batch_are_summed_over_all_cards() {
    let sums = "60 F0 F5 F3 02 33 02 34 00 000000000000 00 000000000000 02 000000000958";
    let packed: String = sums.split(' ').collect();
    let mut bytes: Vec<u8> = (0..packed.len() / 2)
        .map(|at| u8::from_str_radix(&packed[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    bytes.extend([0; 28]);
    assert_eq!(field::parse(&bytes).unwrap().totals, Some(Totals { count: 2, net_fen: 958 }));
}

#[test]
fn an_unknown_field_ends_the_reading_and_a_cut_one_is_an_error() {
    let status = field::parse(&hex("27 6C 77 01 02 87 00 08")).unwrap();
    assert_eq!((status.result, status.receipt), (Some(0x6C), None));
    assert_eq!(field::parse(&hex("27 00 87 00")), Err(FieldError::CutOff(0x87)));
    assert_eq!(field::parse(&hex("87 00 0A")), Err(FieldError::NoNumber(0x87)));
    assert_eq!(field::parse(&hex("22 F1")), Err(FieldError::CutOff(0x22)));
    assert_eq!(field::parse(&hex("06 82 00")), Err(FieldError::CutOff(0x06)));
    let whole = hex(STATUS);
    for len in 0..whole.len() {
        if let Ok(status) = field::parse(&whole[..len]) {
            assert!(status.receipt.is_none_or(|receipt| receipt == 5), "{len}");
        }
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in vec(any::<u8>(), 0..2000)) {
        for unit in units(&bytes) {
            let _ = Apdu::decode(&unit);
        }
        let _ = field::parse(&bytes);
        let _ = Apdu::decode(&bytes);
    }

    #[test]
    fn any_unit_survives_the_frame(data in vec(prop_oneof![Just(0x10_u8), any::<u8>()], 0..600)) {
        let apdu = Apdu::new([0x04, 0x0F], data).unwrap();
        let found = units(&frame::encode(&apdu.encode()));
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(Apdu::decode(&found[0]), Ok(apdu));
    }
}
