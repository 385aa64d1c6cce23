use drivers::barcode_scanner::gm65::{Command, find_answer};
use drivers::barcode_scanner::text::{ScanError, Splitter, Tail};
use drivers::barcode_scanner::{PaymentCode, PaymentCodeError, ScannedCode, Wallet};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::hex;

const CODE: &str = "135112298638468293";

fn all(tail: Tail, bytes: &[u8]) -> Vec<Result<String, ScanError>> {
    let mut splitter = Splitter::new(tail, 64);
    let codes = bytes.iter().filter_map(|byte| splitter.push(*byte).transpose()).collect::<Vec<_>>();
    let rest = splitter.pause().transpose();
    codes.into_iter().chain(rest).map(|code| code.map(|code| code.text().to_owned())).collect()
}

#[test]
fn the_table_of_payment_codes_holds() {
    let code = |prefix: &str, digits: usize| format!("{prefix}{}", "7".repeat(digits - 2));
    for text in [CODE.to_owned()].into_iter().chain((10..=15).map(|n| code(&n.to_string(), 18))) {
        assert_eq!(PaymentCode::parse(&text).unwrap().wallet(), Wallet::WeChat);
    }
    for prefix in 25..=30 {
        for digits in 16..=24 {
            let text = code(&prefix.to_string(), digits);
            assert_eq!(PaymentCode::parse(&text).unwrap().wallet(), Wallet::Alipay);
        }
    }
    assert_eq!(PaymentCode::parse("289431869362714645").unwrap().wallet(), Wallet::Alipay);
    let union = PaymentCode::parse(&code("62", 19)).unwrap();
    assert_eq!((union.wallet(), union.digits()), (Wallet::UnionPay, code("62", 19).as_str()));
    for (wallet, prefix, digits) in [
        (Wallet::WeChat, "13", 17),
        (Wallet::WeChat, "13", 19),
        (Wallet::Alipay, "28", 15),
        (Wallet::Alipay, "28", 25),
        (Wallet::UnionPay, "62", 18),
        (Wallet::UnionPay, "62", 20),
    ] {
        let refused = PaymentCode::parse(&code(prefix, digits)).err();
        assert_eq!(refused, Some(PaymentCodeError::Length { wallet, digits }));
    }
    for prefix in ["00", "09", "16", "24", "31", "61", "63", "99"] {
        assert_eq!(PaymentCode::parse(&code(prefix, 18)).err(), Some(PaymentCodeError::UnknownWallet));
    }
    for text in
        ["", "1", "13511229863846829X", "１３511229863846829", "-35112298638468293", "13 5112298638468"]
    {
        assert_eq!(PaymentCode::parse(text).err(), Some(PaymentCodeError::NotDigits), "{text}");
    }
}

#[test]
fn no_code_is_shown_by_debug() {
    let code = ScannedCode::new(CODE.to_owned().into());
    let shown =
        format!("{code:?} {:?} {:?}", code.payment_code().unwrap(), PaymentCode::parse("1351122986384"));
    assert!(!shown.contains("35") && shown.contains("WeChat"), "{shown}");
}

#[test]
fn every_tail_ends_a_code_and_belongs_to_none() {
    let two = || vec![Ok(CODE.to_owned()), Ok("6901234567892".to_owned())];
    for (tail, end) in
        [(Tail::Cr, "\r"), (Tail::Lf, "\n"), (Tail::CrLf, "\r\n"), (Tail::Tab, "\t"), (Tail::None, "")]
    {
        let bytes = format!("{CODE}{end}6901234567892{end}");
        if tail != Tail::None {
            assert_eq!(all(tail, bytes.as_bytes()), two(), "{tail:?}");
            assert_eq!(all(Tail::Any, bytes.as_bytes()), two(), "{tail:?}");
        }
        assert_eq!(all(tail, format!("{CODE}{end}").as_bytes()), vec![Ok(CODE.to_owned())], "{tail:?}");
        assert_eq!(all(tail, end.repeat(3).as_bytes()), vec![], "{tail:?}");
    }
    assert_eq!(all(Tail::Any, CODE.as_bytes()), vec![Ok(CODE.to_owned())], "a pause ends it");
}

#[test]
fn a_code_cut_at_any_offset_is_an_error_where_a_tail_is_due() {
    for len in 1..CODE.len() {
        assert_eq!(all(Tail::CrLf, &CODE.as_bytes()[..len]), vec![Err(ScanError::Truncated(len))]);
    }
    let mut splitter = Splitter::new(Tail::Cr, 64);
    for byte in b"13511229" {
        assert_eq!(splitter.push(*byte), Ok(None));
    }
    assert!(splitter.pause().is_err() && !splitter.pending());
    let whole = all(Tail::Cr, format!("{CODE}\r").as_bytes());
    assert_eq!(whole, vec![Ok(CODE.to_owned())]);
}

#[test]
fn codes_are_bounded_and_what_follows_a_long_one_is_read() {
    let bytes = format!("{}\r{CODE}\r", "9".repeat(65));
    assert_eq!(all(Tail::Cr, bytes.as_bytes()), vec![Err(ScanError::TooLong(64)), Ok(CODE.to_owned())]);
}

#[test]
fn chinese_is_read_in_both_encodings_and_control_characters_in_none() {
    let text = "包头";
    assert_eq!(all(Tail::Cr, b"\xB0\xFC\xCD\xB7\r"), vec![Ok(text.to_owned())]);
    assert_eq!(all(Tail::Cr, format!("{text}\r").as_bytes()), vec![Ok(text.to_owned())]);
    assert_eq!(all(Tail::Cr, b"01069\x1D10A\r"), vec![Ok("01069\u{1D}10A".to_owned())]);
    for bytes in [&b"12\x0034\r"[..], b"12\x1B34\r", b"12\n34\r", b"12\xFF\r"] {
        assert_eq!(all(Tail::Cr, bytes), vec![Err(ScanError::NotText)], "{bytes:02X?}");
    }
}

#[test]
fn gm65_commands_have_the_bytes_of_the_sheet() {
    let set_9600 = Command::Write { address: 0x2A, data: vec![0x39, 0x01] };
    for (command, frame) in [
        (Command::trigger(), "7E 00 08 01 00 02 01 02 DA"),
        (Command::Save, "7E 00 09 01 00 00 00 DE C8"),
        (Command::query_baud(), "7E 00 07 01 00 2A 02 D8 0F"),
        (set_9600, "7E 00 08 02 00 2A 39 01 A7 EA"),
    ] {
        assert_eq!(command.encode(), hex(frame), "{}", command.name());
    }
}

#[test]
fn a_code_before_behind_and_anywhere_inside_an_answer_is_told_from_it() {
    let done = hex("02 00 00 01 00 33 31");
    for code in [&b"135112298638468293\r\n"[..], b"3\r", b"331\r\n", b"6901234567892"] {
        for at in 0..=done.len() {
            let mixed = [&done[..at], code, &done[at..]].concat();
            let found = find_answer(&mixed, 1).unwrap();
            assert_eq!((&found.data[..], &found.codes[..]), (&[0][..], code), "{at}");
        }
    }
}

#[test]
fn an_answer_cut_anywhere_or_with_any_flipped_bit_is_none() {
    let done = hex("02 00 00 01 00 33 31");
    for len in 0..done.len() {
        assert_eq!(find_answer(&done[..len], 1), None, "{len}");
    }
    for bit in 0..done.len() * 8 {
        let mut damaged = done.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(find_answer(&damaged, 1), None, "bit {bit}");
    }
    assert_eq!(find_answer(&done, 2), None, "of another length");
}

proptest! {
    #[test]
    fn random_bytes_never_panic_the_splitter(bytes in vec(any::<u8>(), 0..512), tail in 0..6_usize) {
        let tail = [Tail::Any, Tail::Cr, Tail::Lf, Tail::CrLf, Tail::Tab, Tail::None][tail];
        for code in all(tail, &bytes).into_iter().flatten() {
            prop_assert!(!code.is_empty() && !code.contains(['\r', '\n']));
        }
    }

    #[test]
    fn random_bytes_are_hardly_ever_an_answer(bytes in vec(any::<u8>(), 0..128)) {
        if let Some(found) = find_answer(&bytes, 1) {
            prop_assert_eq!(found.codes.len() + 7, bytes.len());
        }
    }
}
