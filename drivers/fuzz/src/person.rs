//! What an ID card reader sends.

use drivers::id_reader::number;
use drivers::id_reader::sam_v::{SamId, codec as sam_v, text_block};

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

/// The blocks of a card: text, photo, fingerprints, newest address; and the id of the SAM.
pub fn sam_v_card(bytes: &[u8]) {
    let _ = text_block::decode_text(bytes);
    let _ = text_block::decode_card(bytes, false);
    let _ = text_block::decode_card(bytes, true);
    let _ = text_block::decode_newest_address(bytes);
    if let Some(id) = SamId::parse(bytes) {
        assert_eq!(bytes.len(), 16);
        assert!(id.to_string().len() >= 5);
    }
}

/// An ID number: one that is accepted has a date of birth and the digit that belongs to it.
pub fn id_number(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = number::birth_of(&text);
    if number::is_citizen_number(&text) {
        assert!(number::check_digit_ok(&text));
    }
}
