//! What the simulated ZVT terminal says of an order (protocols M).

use super::terminal_desk::{Order, Stand};
use super::terminal_zvt_wire::{self as wire, packed};

/// Number of the simulated terminal.
const TERMINAL: &str = "52500001";

/// Codes of the sheet.
const CANCELED: u8 = 0x6C;
pub(super) const NO_HOST: u8 = 0xA1;
pub(super) const REVERSED_BEFORE: u8 = 0xB4;
pub(super) const NOT_REVERSIBLE: u8 = 0xB5;
const REFUSED: u8 = 0x05;

pub(super) fn receipt_name(receipt: u16) -> String {
    format!("ZVT{receipt:04}")
}

/// The amount behind BMP 04.
pub(super) fn amount(data: &[u8]) -> i64 {
    match data {
        [0x04, digits @ ..] => digits.get(..6).map_or(0, wire::unpacked),
        _ => 0,
    }
}

pub(super) fn result_of(order: &Order) -> u8 {
    match (order.stand, order.code.as_str()) {
        (Stand::Charged, _) => 0,
        (Stand::Undone, _) => REVERSED_BEFORE,
        (Stand::Open, _) => NO_HOST,
        (Stand::Declined, "CLOSED" | "TIMEOUT") => CANCELED,
        (Stand::Declined, code) => u8::from_str_radix(code, 16).unwrap_or(REFUSED),
    }
}

pub(super) fn status(code: u8, order: &Order, receipt: Option<u16>) -> Vec<u8> {
    let mut data = vec![0x27, code, 0x04];
    data.extend(packed(&format!("{:012}", order.amount_fen)));
    data.extend([0x49, 0x01, 0x56, 0x0C, 0x10, 0x20, 0x30, 0x0D, 0x11, 0x24]);
    if !order.card.is_empty() {
        // A star is a half byte E, an odd end is filled with F.
        let filled = format!("{}{}", order.card, if order.card.len() % 2 == 1 { "?" } else { "" });
        let digits = packed(&filled.replace('*', ">"));
        data.push(0x22);
        data.extend(wire::two_digit_length(&digits));
    }
    if let Some(number) = receipt {
        data.push(0x87);
        data.extend(packed(&format!("{number:04}")));
        data.push(0x0B);
        data.extend(packed(&format!("{number:06}")));
    }
    data.push(0x29);
    data.extend(packed(TERMINAL));
    if !order.scheme.is_empty() {
        data.push(0x8B);
        data.extend(wire::two_digit_length(format!("{}\0", order.scheme).as_bytes()));
    }
    data
}
