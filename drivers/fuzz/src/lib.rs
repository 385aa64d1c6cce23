//! One function per parser. A function takes any bytes and must come back: it may not panic, loop or grow
//! without bound. Where a parser has a rule that holds for all input, the function checks it.
//!
//! The fuzzer and, on a stable compiler, the replay of the seeds in `tests/it/fuzz_seeds.rs` run the same
//! functions; `seeds/<name>/` has the inputs, from the vectors of the protocol sheet.

use drivers::barcode_scanner::text::Splitter;
use drivers::barcode_scanner::{PaymentCode, gm65, text};
use drivers::id_reader::number;
use drivers::id_reader::sam_v::{codec as sam_v, text_block};
use drivers::payment_terminal::ecr_hub::{frame, message};
use drivers::payment_terminal::money;
use drivers::receipt_printer::escpos::codec as escpos;
use drivers::simulator::FaultScript;

/// Takes any bytes.
pub type Parser = fn(&[u8]);

/// Every function with its name, which is that of its folder of seeds and of its fuzz target.
pub const PARSERS: [(&str, Parser); 10] = [
    ("sam_v_frames", sam_v_frames),
    ("sam_v_card", sam_v_card),
    ("id_number", id_number),
    ("escpos_status", escpos_status),
    ("ecr_hub_frames", ecr_hub_frames),
    ("ecr_hub_message", ecr_hub_message),
    ("scanner_text", scanner_text),
    ("gm65_answer", gm65_answer),
    ("amount", amount),
    ("fault_script", fault_script),
];

/// Frames of an ID reader, whole and in pieces: the pieces give what the whole gives.
pub fn sam_v_frames(bytes: &[u8]) {
    let replies = |parts: &mut dyn Iterator<Item = &[u8]>| {
        let mut decoder = sam_v::Decoder::new();
        let mut found = Vec::new();
        for part in parts {
            decoder.push(part);
            // Each frame or error takes at least one byte away, so this ends.
            for _ in 0..=bytes.len() {
                match decoder.next_reply() {
                    Ok(None) => break,
                    Ok(Some(reply)) => found.push(Some(reply.data.len())),
                    Err(_) => found.push(None),
                }
            }
        }
        found
    };
    let whole = replies(&mut std::iter::once(bytes));
    let pieces = replies(&mut bytes.chunks(1));
    let good = |found: Vec<Option<usize>>| found.into_iter().flatten().count();
    // A buffer that overflows drops bytes, which pieces do later than the whole.
    if bytes.len() < 2048 {
        assert_eq!(good(whole), good(pieces));
    }
}

/// The blocks of a card: text, photo, fingerprints, newest address.
pub fn sam_v_card(bytes: &[u8]) {
    let _ = text_block::decode_text(bytes);
    let _ = text_block::decode_card(bytes, false);
    let _ = text_block::decode_card(bytes, true);
    let _ = text_block::decode_newest_address(bytes);
}

/// An ID number: one that is accepted has a date of birth and the digit that belongs to it.
pub fn id_number(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = number::birth_of(&text);
    if number::is_citizen_number(&text) {
        assert!(number::check_digit_ok(&text));
    }
}

/// The answers of a printer, byte by byte.
pub fn escpos_status(bytes: &[u8]) {
    let mut parser = escpos::StatusParser::new();
    let events = bytes.iter().filter_map(|byte| parser.push(*byte)).count();
    assert!(events <= bytes.len(), "an event takes at least one byte");
    let answer = |place: usize| bytes.get(place).copied();
    let _ = escpos::real_time_status([answer(0), answer(1), answer(2), answer(3)]);
}

/// Frames of a payment terminal; one that is accepted is the same again when it is encoded and decoded.
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

/// The message in a frame.
pub fn ecr_hub_message(bytes: &[u8]) {
    let _ = message::decode(bytes);
}

/// What a scanner sends, with each tail.
pub fn scanner_text(bytes: &[u8]) {
    let tails = [text::Tail::Any, text::Tail::Cr, text::Tail::CrLf, text::Tail::Tab, text::Tail::None];
    for tail in tails {
        let mut splitter = Splitter::new(tail, 128);
        for byte in bytes {
            if let Ok(Some(code)) = splitter.push(*byte) {
                assert!(code.text().len() <= 3 * 128);
                let _ = code.payment_code();
            }
        }
        let _ = splitter.pause();
    }
    if let Ok(code) = PaymentCode::parse(&String::from_utf8_lossy(bytes)) {
        assert!((16..=24).contains(&code.digits().len()));
    }
}

/// The answer of a module in the middle of codes.
pub fn gm65_answer(bytes: &[u8]) {
    let wanted = gm65::Command::trigger().answer_bytes();
    let _ = gm65::find_answer(bytes, wanted);
    let _ = gm65::find_answer(bytes, usize::from(bytes.first().copied().unwrap_or(0)));
}

/// An amount in the words of a terminal: one that is read is written the same way, but for zeros.
pub fn amount(bytes: &[u8]) {
    if let Some(fen) = money::fen_of(&String::from_utf8_lossy(bytes)) {
        assert_eq!(money::fen_of(&money::yuan_text(fen)), Some(fen));
    }
}

/// A script of faults: every mistake has a line of the text.
pub fn fault_script(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Err(findings) = FaultScript::parse(&text) {
        assert!(!findings.is_empty());
        let lines = text.split('\n').count();
        assert!(findings.iter().all(|finding| (1..=lines).contains(&finding.line)));
    }
}
