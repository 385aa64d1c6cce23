use drivers::id_reader::sam_v::codec::{Baud, Command, Decoder, FrameError, MAX_LEN, Status};
use drivers::id_reader::sam_v::text_block::{decode_card, decode_newest_address};
use drivers::id_reader::{CardError, CardKind, Sex, ValidTo};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::hex;

fn reply_frame(sw3: u8, data: &[u8]) -> Vec<u8> {
    let len = (data.len() + 4) as u16;
    let mut body = len.to_be_bytes().to_vec();
    body.extend([0, 0, sw3]);
    body.extend(data);
    let check = body.iter().fold(0, |sum, b| sum ^ b);
    [hex("AA AA AA 96 69"), body, vec![check]].concat()
}

fn put(block: &mut [u8], at: usize, text: &str) {
    for (pair, unit) in block[at..].chunks_exact_mut(2).zip(text.encode_utf16()) {
        pair.copy_from_slice(&unit.to_le_bytes());
    }
}

fn blank() -> Vec<u8> {
    [0x20, 0x00].repeat(128)
}

fn resident() -> Vec<u8> {
    let mut block = blank();
    put(&mut block, 0, "林样例");
    put(&mut block, 30, "2");
    put(&mut block, 32, "01");
    put(&mut block, 36, "19491231");
    put(&mut block, 52, "内蒙古自治区包头市昆都仑区示范路1号");
    put(&mut block, 122, "11010519491231002X");
    put(&mut block, 158, "包头市公安局昆都仑区分局");
    put(&mut block, 188, "20150601");
    put(&mut block, 204, "长期");
    block
}

fn card_data(text: &[u8]) -> Vec<u8> {
    [&hex("01 00 04 00"), text, &[0x5A; 1024]].concat()
}

fn next(bytes: &[u8]) -> Result<Option<drivers::id_reader::sam_v::codec::Reply>, FrameError> {
    let mut decoder = Decoder::new();
    decoder.push(bytes);
    decoder.next_reply()
}

#[test]
fn every_host_frame_has_the_bytes_of_the_sheet() {
    for (command, frame) in [
        (Command::Reset, "AA AA AA 96 69 00 03 10 FF EC"),
        (Command::Status, "AA AA AA 96 69 00 03 11 FF ED"),
        (Command::ReadSamId, "AA AA AA 96 69 00 03 12 FF EE"),
        (Command::FindCard, "AA AA AA 96 69 00 03 20 01 22"),
        (Command::SelectCard, "AA AA AA 96 69 00 03 20 02 21"),
        (Command::ReadTextPhoto, "AA AA AA 96 69 00 03 30 01 32"),
        (Command::ReadNewestAddress, "AA AA AA 96 69 00 03 30 03 30"),
        (Command::ReadTextPhotoFingerprint, "AA AA AA 96 69 00 03 30 10 23"),
        (Command::SetBaud(Baud::B115200), "AA AA AA 96 69 00 03 60 00 63"),
        (Command::SetBaud(Baud::B57600), "AA AA AA 96 69 00 03 60 01 62"),
        (Command::SetBaud(Baud::B38400), "AA AA AA 96 69 00 03 60 02 61"),
        (Command::SetBaud(Baud::B19200), "AA AA AA 96 69 00 03 60 03 60"),
        (Command::SetBaud(Baud::B9600), "AA AA AA 96 69 00 03 60 04 67"),
        (Command::SetMaxRfBytes(0x50), "AA AA AA 96 69 00 04 61 FF 50 CA"),
    ] {
        assert_eq!(command.encode(), hex(frame), "{}", command.name());
    }
}

#[test]
fn every_reply_of_the_sheet_is_understood() {
    for (frame, status, data) in [
        ("AA AA AA 96 69 00 04 00 00 90 94", Status::Ok, 0),
        ("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97", Status::CardFound, 4),
        ("AA AA AA 96 69 00 04 00 00 9F 9B", Status::CardFound, 0),
        ("AA AA AA 96 69 00 04 00 00 80 84", Status::FindFailed, 0),
        ("AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C", Status::Ok, 8),
        ("AA AA AA 96 69 00 04 00 00 81 85", Status::SelectFailed, 0),
        ("AA AA AA 96 69 00 04 00 00 41 45", Status::ReadFailed, 0),
        ("AA AA AA 96 69 00 04 00 00 31 35", Status::CardRefusedSam, 0),
        ("AA AA AA 96 69 00 04 00 00 10 14", Status::HostChecksum, 0),
        ("AA AA AA 96 69 00 04 00 00 21 25", Status::UnknownCommand, 0),
        ("AA AA AA 96 69 00 04 00 00 60 64", Status::SelfTestFailed, 0),
        ("AA AA AA 96 69 00 04 00 00 66 62", Status::NotAuthorised, 0),
    ] {
        let reply = next(&hex(frame)).unwrap().unwrap();
        assert_eq!((reply.status, reply.data.len()), (status, data), "{frame}");
    }
}

#[test]
fn every_status_byte_is_told_apart_and_keeps_its_code() {
    let mut seen = Vec::new();
    for sw3 in 0..=u8::MAX {
        let status = next(&reply_frame(sw3, &[])).unwrap().unwrap().status;
        assert_eq!(status.sw3(), sw3);
        assert!(!seen.contains(&status), "{sw3:02X}");
        seen.push(status);
    }
    assert_eq!(seen.iter().filter(|status| !matches!(status, Status::Other(_))).count(), 18);
}

#[test]
fn frames_come_byte_by_byte_glued_and_after_garbage() {
    let frame = reply_frame(0x90, &card_data(&resident()));
    assert_eq!(frame.len(), 1295);
    let mut decoder = Decoder::new();
    for byte in &frame[..frame.len() - 1] {
        decoder.push(&[*byte]);
        assert_eq!(decoder.next_reply(), Ok(None));
    }
    decoder.push(&frame[frame.len() - 1..]);
    assert!(decoder.next_reply().unwrap().is_some());

    let short = hex("AA AA AA 96 69 00 04 00 00 80 84");
    decoder.push(&[hex("00 AA AA 13 AA AA"), short.clone(), short].concat());
    assert_eq!(decoder.next_reply().unwrap().unwrap().status, Status::FindFailed);
    assert_eq!(decoder.next_reply().unwrap().unwrap().status, Status::FindFailed);
    assert_eq!(decoder.next_reply(), Ok(None));
}

#[test]
fn a_frame_cut_at_any_offset_is_incomplete() {
    let frame = reply_frame(0x90, &card_data(&resident()));
    for len in 0..frame.len() {
        assert_eq!(next(&frame[..len]), Ok(None), "{len}");
    }
}

#[test]
fn no_single_flipped_bit_yields_card_data() {
    let frame = reply_frame(0x90, &card_data(&resident()));
    for bit in 0..frame.len() * 8 {
        let mut damaged = frame.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let mut decoder = Decoder::new();
        decoder.push(&damaged);
        loop {
            match decoder.next_reply() {
                Ok(Some(reply)) => assert!(decode_card(&reply.data, false).is_err(), "bit {bit}"),
                Ok(None) => break,
                Err(_) => {}
            }
        }
    }
}

#[test]
fn known_bad_frames_are_errors_or_skipped() {
    let inserted = hex("AA 00 AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 9C");
    assert_eq!(next(&inserted), Ok(None));
    let mut decoder = Decoder::new();
    decoder.push(&hex("AA AA AA 96 69 00 04 00 00 10 14 00"));
    assert_eq!(decoder.next_reply().unwrap().unwrap().status, Status::HostChecksum);
    decoder.push(&hex("AA AA AA 96 69 00 04 00 00 90 94"));
    assert_eq!(decoder.next_reply().unwrap().unwrap().status, Status::Ok);
    assert_eq!(next(&hex("AA AA AA 96 69 09 04 00 00 10 14")), Ok(None));
    assert_eq!(next(&hex("AA AA AA 96 69 00 04 00 00 80 85")), Err(FrameError::Checksum));
    assert_eq!(next(&hex("AA AA AA 96 69 00 03 00 00 00")), Err(FrameError::Length(3)));
    assert_eq!(next(&hex("AA AA AA 96 69 09 0B")), Err(FrameError::Length(MAX_LEN + 1)));
}

#[test]
fn a_damaged_frame_does_not_hide_the_next_one() {
    let good = hex("AA AA AA 96 69 00 04 00 00 90 94");
    let mut decoder = Decoder::new();
    decoder.push(&[hex("AA AA AA 96 69 00 04 00 00 90 00"), good].concat());
    assert_eq!(decoder.next_reply(), Err(FrameError::Checksum));
    assert_eq!(decoder.next_reply().unwrap().unwrap().status, Status::Ok);
}

#[test]
fn a_resident_card_is_read_field_by_field() {
    let card = decode_card(&card_data(&resident()), false).unwrap();
    assert_eq!(card.kind, CardKind::Resident);
    assert_eq!(card.name, "林样例");
    assert_eq!((card.sex, card.nation.as_str()), (Sex::Female, "01"));
    assert_eq!(card.birth.to_string(), "1949-12-31");
    assert_eq!(card.address, "内蒙古自治区包头市昆都仑区示范路1号");
    assert_eq!(card.number, "11010519491231002X");
    assert_eq!(card.authority, "包头市公安局昆都仑区分局");
    assert_eq!(card.valid_to, ValidTo::LongTerm);
    assert_eq!(card.photo.bytes().len(), 1024);
}

#[test]
fn fingerprint_blocks_of_every_length_are_kept_as_they_are() {
    for (len, words) in [(0, "01 00 04 00 00 00"), (512, "01 00 04 00 02 00"), (1024, "01 00 04 00 04 00")] {
        let data = [&hex(words), &resident()[..], &[0; 1024], &vec![1; len]].concat();
        let card = decode_card(&data, true).unwrap();
        assert_eq!((card.photo.bytes(), card.fingerprints.bytes()), (&[0; 1024][..], &vec![1; len][..]));
        assert!(decode_card(&data, false).is_err(), "{len}");
    }
}

#[test]
fn the_newest_address_is_seventy_bytes_of_text_or_an_error() {
    let mut block = [0x20, 0x00].repeat(35);
    put(&mut block, 0, "内蒙古自治区包头市青山区样本街2号");
    assert_eq!(*decode_newest_address(&block).unwrap(), "内蒙古自治区包头市青山区样本街2号");
    assert_eq!(*decode_newest_address(&[0x20, 0x00].repeat(35)).unwrap(), "");
    assert_eq!(decode_newest_address(&block[2..]).err(), Some(CardError::Blocks));
    put(&mut block, 4, "\u{7}");
    assert_eq!(decode_newest_address(&block).err(), Some(CardError::NotText("newest-address")));
}

#[test]
fn absurd_fields_are_errors_that_name_the_field() {
    let cases: [(usize, &str, CardError); 9] = [
        (30, "7", CardError::NoSuchCode("sex")),
        (32, "57", CardError::NoSuchCode("nation")),
        (36, "19491331", CardError::NotADate("birth")),
        (36, "19491230", CardError::BirthDiffers),
        (122, "110105194912310020", CardError::Number),
        (188, "2015060 ", CardError::NotADate("valid-from")),
        (204, "永久", CardError::NotADate("valid-to")),
        (204, "20140601", CardError::Validity),
        (248, "Q", CardError::UnknownKind),
    ];
    for (at, text, error) in cases {
        let mut block = resident();
        put(&mut block, at, text);
        assert_eq!(decode_card(&card_data(&block), false), Err(error), "{at} {text}");
    }
    let mut block = resident();
    put(&mut block, 0, "\u{0000}");
    assert_eq!(decode_card(&card_data(&block), false), Err(CardError::NotText("name")));
    let mut block = resident();
    block[0..2].copy_from_slice(&0xD800_u16.to_le_bytes());
    assert_eq!(decode_card(&card_data(&block), false), Err(CardError::NotText("name")));
    let mut block = resident();
    put(&mut block, 0, "   ");
    assert_eq!(decode_card(&card_data(&block), false), Err(CardError::Empty("name")));
}

#[test]
fn the_flag_decides_on_the_layout_and_nothing_else() {
    let mut block = resident();
    put(&mut block, 122, "810000199408230021");
    put(&mut block, 36, "19940823");
    assert_eq!(decode_card(&card_data(&block), false).unwrap().kind, CardKind::Resident);
    put(&mut block, 32, "  ");
    put(&mut block, 220, "H12345678");
    put(&mut block, 238, "01");
    put(&mut block, 248, "J");
    let card = decode_card(&card_data(&block), false).unwrap();
    assert_eq!(card.kind, CardKind::HongKongMacauTaiwan);
    assert_eq!((card.pass_number.as_str(), card.issue_count.as_str()), ("H12345678", "01"));
}

#[test]
fn both_issues_of_the_foreigners_card_are_read() {
    let mut block = blank();
    for (at, text) in [
        (0, "SAMPLE, ALEX"),
        (120, "1"),
        (122, "CAN110080010101"),
        (152, "CAN"),
        (158, "样本"),
        (188, "20180101"),
        (204, "20271231"),
        (220, "19800101"),
        (236, "01"),
        (240, "1100"),
        (248, "I"),
    ] {
        put(&mut block, at, text);
    }
    let card = decode_card(&card_data(&block), false).unwrap();
    assert_eq!((card.kind, card.latin_name.as_str()), (CardKind::Foreigner2017, "SAMPLE, ALEX"));
    assert_eq!((card.nationality.as_str(), card.authority.as_str()), ("CAN", "1100"));

    let long_name = "ABCDEFGHIJKLMNOPQRSTUVWXYZ ABCDEFGH JKLMNOP";
    let mut block = blank();
    for (at, text) in [
        (0, "样本"),
        (30, "1"),
        (32, "00"),
        (36, "19880214"),
        (52, &long_name[..35]),
        (122, "830000199201300022"),
        (188, "20240101"),
        (204, "20331231"),
        (220, &long_name[35..]),
        (242, "CAN"),
        (248, "Y"),
    ] {
        put(&mut block, at, text);
    }
    assert_eq!(decode_card(&card_data(&block), false), Err(CardError::Number), "must begin with 9");
    put(&mut block, 122, "911124198802140015");
    let number_ok = (0..11).map(|n| "0123456789X".chars().nth(n).unwrap()).find(|check| {
        put(&mut block, 122, &format!("91112419880214001{check}"));
        decode_card(&card_data(&block), false).is_ok()
    });
    assert!(number_ok.is_some());
    let card = decode_card(&card_data(&block), false).unwrap();
    assert_eq!((card.kind, card.latin_name.as_str()), (CardKind::Foreigner2023, long_name));
}

#[test]
fn debug_shows_nothing_personal() {
    let card = decode_card(&card_data(&resident()), false).unwrap();
    let shown = format!("{card:?}");
    for secret in ["林", "1101", "1949", "内蒙古", "90"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic_the_decoder(chunks in vec(vec(any::<u8>(), 0..64), 0..64)) {
        let mut decoder = Decoder::new();
        for chunk in chunks {
            decoder.push(&chunk);
            let _ = decoder.next_reply();
            prop_assert!(decoder.pending() <= MAX_LEN + 14);
        }
    }

    #[test]
    fn random_blocks_never_panic_the_card_reader(data in vec(any::<u8>(), 0..2400), finger: bool) {
        let _ = decode_card(&data, finger);
    }
}
