//! What printers answer.

use drivers::document_printer::ipp::IppFault;
use drivers::document_printer::ipp::message::Answer;
use drivers::receipt_printer::escpos::codec as escpos;

/// The answers of a printer, byte by byte.
pub fn escpos_status(bytes: &[u8]) {
    let mut parser = escpos::StatusParser::new();
    let events = bytes.iter().filter_map(|byte| parser.push(*byte)).count();
    assert!(events <= bytes.len(), "an event takes at least one byte");
    let answer = |place: usize| bytes.get(place).copied();
    let _ = escpos::real_time_status([answer(0), answer(1), answer(2), answer(3)]);
}

/// The body of an A4 printer's answer. The printer's refusal is told from an answer that is none.
pub fn ipp_answer(bytes: &[u8]) {
    match Answer::parse(bytes.to_vec()) {
        Ok(answer) => {
            let _ = answer.printer();
            // Each job takes a group of its own, which takes at least its delimiter.
            assert!(answer.jobs().count() <= bytes.len());
        }
        Err(fault) => assert!(matches!(fault, IppFault::Malformed | IppFault::Refused(0x0100..))),
    }
}
