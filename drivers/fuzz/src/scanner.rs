//! What a scanner sends.

use drivers::barcode_scanner::text::Splitter;
use drivers::barcode_scanner::{PaymentCode, gm65, text};

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
