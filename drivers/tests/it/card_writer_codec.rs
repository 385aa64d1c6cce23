use drivers::card_writer::apdu::{Answer, ApduError, Command, StatusWord};
use drivers::card_writer::purse::{
    CardNumber, LoadChallenge, credit_load, get_balance, initialize_load, parse_balance, read_public_file,
    select, verify_pin,
};
use drivers::card_writer::{LoadRequest, PendingLoad, Settlement, settlement};
use drivers::simulator::PurseCard;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::hex;

#[test]
fn commands_have_the_bytes_of_the_sheet() {
    for (command, bytes) in [
        (select(0x3F00), "00 A4 00 00 02 3F 00"),
        (select(0x1001), "00 A4 00 00 02 10 01"),
        (read_public_file(), "00 B0 95 00 00"),
        (get_balance(), "80 5C 00 02 04"),
        (verify_pin(&[0x12, 0x34, 0x56]), "00 20 00 00 03 12 34 56"),
        (verify_pin(b"123456"), "00 20 00 00 06 31 32 33 34 35 36"),
        (
            initialize_load(1, 0, [0, 4, 0x40, 0x10, 0x10, 1]),
            "80 50 00 02 0B 01 00 00 00 00 00 04 40 10 10 01 10",
        ),
        (
            credit_load([0x20, 0x11, 0x12, 0x21], [0x21, 0x48, 0x22], [0x3A, 0x84, 0x5B, 0xF0]),
            "80 52 00 00 0B 20 11 12 21 21 48 22 3A 84 5B F0 04",
        ),
        (Command::get_response("x", 0x10), "00 C0 00 00 10"),
    ] {
        assert_eq!(command.encode(), hex(bytes), "{}", command.name);
    }
}

#[test]
fn a_published_load_is_understood_by_the_codec_and_repeated_by_the_card() {
    let said = hex("00 00 00 00 00 00 00 01 F9 CA BA 91 6C 39 4D 64 90 00");
    let challenge = LoadChallenge::parse(&Answer::parse(&said).unwrap().ok("x").unwrap()).unwrap();
    assert_eq!((challenge.balance_fen, challenge.counter), (0, 0));
    assert_eq!((challenge.key_version, challenge.algorithm), (0, 1));
    assert_eq!((challenge.random, challenge.mac1), ([0xF9, 0xCA, 0xBA, 0x91], [0x6C, 0x39, 0x4D, 0x64]));

    let key = [0x3F, 0x01].repeat(8).try_into().unwrap();
    let mut card = PurseCard::new([0; 10], 0, key).with_challenge(0, 1, [0xF9, 0xCA, 0xBA, 0x91]);
    assert!(card.obey(&hex("00 A4 00 00 02 10 01")).ends_with(&[0x90, 0x00]));
    assert_eq!(card.obey(&hex("80 50 00 02 0B 00 00 00 12 34 00 00 00 00 00 01")), said);
}

#[test]
fn the_card_refuses_what_is_out_of_order_or_not_genuine() {
    let mut card = PurseCard::new([0; 10], 500, [7; 16]).with_pin(&[0x12, 0x34, 0x56]);
    for (command, status) in [
        ("80 5C 00 02 04", "69 85"),
        ("00 A4 00 00 02 20 01", "6A 82"),
        ("80 52 00 00 0B 20 11 12 21 21 48 22 00 00 00 00", "69 85"),
        ("00 B0 95 00 00", "6C 1E"),
        ("00 A4 00 00 02 10 01", "6F 07 84 05 A0 00 00 00 03 90 00"),
        ("80 5C 00 02 04", "00 00 01 F4 90 00"),
        ("80 50 00 02 0B 01 00 00 00 01 00 00 00 00 00 01", "69 82"),
        ("00 20 00 00 03 65 43 21", "63 C2"),
        ("00 20 00 00 03 12 34 56", "90 00"),
        ("80 50 00 02 0B 09 00 00 00 01 00 00 00 00 00 01", "94 03"),
        ("00 FF 00 00", "6D 00"),
        ("90 00", "6E 00"),
    ] {
        assert_eq!(card.obey(&hex(command)), hex(status), "{command}");
    }
    let challenge = card.obey(&hex("80 50 00 02 0B 01 00 00 00 01 00 00 00 00 00 01"));
    assert_eq!(challenge.len(), 18);
    assert_eq!(card.obey(&hex("80 52 00 00 0B 20 11 12 21 21 48 22 00 00 00 00")), hex("93 02"));
    assert_eq!((card.balance_fen(), card.counter()), (500, 0));
}

#[test]
fn answers_of_a_wrong_length_or_content_are_errors() {
    assert_eq!(Answer::parse(&[0x90]), Err(ApduError::Length(1)));
    assert_eq!(Answer::parse(&[0; 259]), Err(ApduError::Length(259)));
    let refused = Answer::parse(&[0x6A, 0x82]).unwrap().ok("select");
    assert_eq!(refused, Err(ApduError::Refused { what: "select", status: StatusWord(0x6A82) }));
    for len in (0..16).chain([17]) {
        assert!(LoadChallenge::parse(&vec![0; len]).is_err(), "{len}");
        assert_eq!(parse_balance(&vec![0; len]).is_ok(), len == 4, "{len}");
    }
    let file = [&[0; 10][..], &[0x01, 0x50, 0x20, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34]].concat();
    let number = CardNumber::parse(&file, 10, 10).unwrap();
    assert_eq!(number.digits(), "01502012345678901234");
    assert!(!format!("{number:?}").contains("5678"), "{number:?}");
    assert!(CardNumber::parse(&file, 11, 10).is_err() && CardNumber::parse(&file, 0, 0).is_err());
    assert!(CardNumber::parse(&[0xA0; 20], 0, 10).is_err(), "not digits");
}

fn pending(balance_fen: u32, counter: u16, amount_fen: u32) -> PendingLoad {
    let LoadRequest { amount_fen, terminal } = LoadRequest { amount_fen, terminal: [0; 6] };
    let number = CardNumber::parse(&[0x12; 10], 0, 10).unwrap();
    let said = [&balance_fen.to_be_bytes()[..], &counter.to_be_bytes(), &[0; 10]].concat();
    let challenge = LoadChallenge::parse(&said).unwrap();
    PendingLoad { number, amount_fen, terminal, key_index: 1, challenge }
}

#[test]
fn the_counter_decides_and_the_balance_confirms() {
    let load = pending(1000, 7, 500);
    for (balance, counter, settled) in [
        (1000, 7, Settlement::NotWritten),
        (200, 7, Settlement::NotWritten),
        (1500, 8, Settlement::Written),
        (1500, 7, Settlement::Unknown),
        (1000, 8, Settlement::Unknown),
        (1300, 8, Settlement::Unknown),
        (1500, 9, Settlement::Unknown),
        (1500, 6, Settlement::Unknown),
    ] {
        assert_eq!(settlement(&load, balance, counter), settled, "{balance} {counter}");
    }
    assert_eq!(settlement(&pending(1000, u16::MAX, 500), 1500, 0), Settlement::Unknown);
    assert_eq!(settlement(&pending(u32::MAX, 0, 500), 499, 1), Settlement::Unknown);
}

proptest! {
    #[test]
    fn no_answer_of_a_card_panics(
        bytes in vec(any::<u8>(), 0..300),
        offset in 0..400_usize,
        count in 0..400_usize,
    ) {
        let _ = Answer::parse(&bytes);
        let _ = LoadChallenge::parse(&bytes);
        let _ = CardNumber::parse(&bytes, offset, count);
    }

    #[test]
    fn no_command_panics_the_card(commands in vec(vec(any::<u8>(), 0..24), 0..32)) {
        let mut card = PurseCard::new([0; 10], 500, [7; 16]);
        for command in commands {
            prop_assert!(card.obey(&command).len() >= 2);
        }
        prop_assert_eq!((card.balance_fen(), card.counter()), (500, 0));
    }
}
