//! Frames and fields of the simulated ZVT terminal, written a second time from the sheet (protocols E5, M).

/// Bytes kept while a frame is incomplete.
const MAX_PENDING: usize = 4096;

/// What the register sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Ack,
    Nak,
    Unit(Vec<u8>),
    Damaged,
}

/// The bytes of a frame.
pub(super) fn framed(unit: &[u8]) -> Vec<u8> {
    let mut out = vec![0x10, 0x02];
    out.extend(unit.iter().flat_map(|&byte| if byte == 0x10 { vec![0x10, 0x10] } else { vec![byte] }));
    out.extend([0x10, 0x03]);
    out.extend(checksum(unit).to_le_bytes());
    out
}

/// The reflected polynomial 0x8408 from 0, over the unit and 03, bit by bit.
fn checksum(unit: &[u8]) -> u16 {
    unit.iter().chain(&[0x03]).fold(0, |sum, &byte| {
        (0..8).fold(sum ^ u16::from(byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0x8408 } else { sum >> 1 })
    })
}

/// Adds bytes, up to the bound.
pub(super) fn collect(pending: &mut Vec<u8>, bytes: &[u8]) {
    pending.extend_from_slice(bytes);
    let excess = pending.len().saturating_sub(MAX_PENDING);
    pending.drain(..excess);
}

/// Takes the next thing out of what has arrived.
pub(super) fn take(pending: &mut Vec<u8>) -> Option<Heard> {
    loop {
        match pending.as_slice() {
            [] | [0x10] => return None,
            [0x06, ..] => {
                pending.remove(0);
                return Some(Heard::Ack);
            }
            [0x15, ..] => {
                pending.remove(0);
                return Some(Heard::Nak);
            }
            [0x10, 0x02, rest @ ..] => {
                let (unit, used) = unescape(rest)?;
                pending.drain(..2 + used);
                return Some(unit.map_or(Heard::Damaged, Heard::Unit));
            }
            _ => drop(pending.remove(0)),
        }
    }
}

/// The unit up to its end and how many bytes that took; no unit when it is damaged.
fn unescape(bytes: &[u8]) -> Option<(Option<Vec<u8>>, usize)> {
    let mut unit = Vec::new();
    let mut at = 0;
    loop {
        match (*bytes.get(at)?, bytes.get(at + 1)) {
            (0x10, Some(0x10)) => {
                unit.push(0x10);
                at += 2;
            }
            (0x10, Some(0x03)) => {
                let sum = [*bytes.get(at + 2)?, *bytes.get(at + 3)?];
                let good = u16::from_le_bytes(sum) == checksum(&unit);
                return Some((good.then_some(unit), at + 4));
            }
            (0x10, None) => return None,
            (0x10, Some(_)) => return Some((None, at)),
            (byte, _) => {
                unit.push(byte);
                at += 1;
            }
        }
    }
}

/// A unit of control bytes and data.
pub(super) fn unit(control: [u8; 2], data: &[u8]) -> Vec<u8> {
    let mut out = control.to_vec();
    let len = u16::try_from(data.len()).unwrap_or(u16::MAX);
    match len.to_le_bytes() {
        [low, 0] if low < 255 => out.push(low),
        [low, high] => out.extend([0xFF, low, high]),
    }
    out.extend(data);
    out
}

/// Packed digits of `text`, which has an even number of them.
pub(super) fn packed(text: &str) -> Vec<u8> {
    let half = |at: usize| text.as_bytes().get(at).map_or(0, |byte| byte & 15);
    (0..text.len() / 2).map(|pair| half(2 * pair) << 4 | half(2 * pair + 1)).collect()
}

/// The number in packed digits.
pub(super) fn unpacked(bytes: &[u8]) -> i64 {
    bytes.iter().fold(0, |sum, byte| sum * 100 + i64::from(byte >> 4) * 10 + i64::from(byte & 15))
}

/// `Fx Fy` before a value of two-digit length.
pub(super) fn two_digit_length(value: &[u8]) -> Vec<u8> {
    let len = u8::try_from(value.len()).unwrap_or(99).min(99);
    [vec![0xF0 | (len / 10), 0xF0 | (len % 10)], value.to_vec()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frames_of_the_sheet_hold() {
        let sale = [0x06, 0x01, 0x0A, 4, 0, 0, 0, 1, 0x10, 0, 0x49, 0x09, 0x78];
        let frame = [0x10, 2, 6, 1, 0x0A, 4, 0, 0, 0, 1, 0x10, 0x10, 0, 0x49, 9, 0x78, 0x10, 3, 0xF2, 0xFF];
        assert_eq!(framed(&sale), frame);
        let mut pending = [&[0x55, 0x06][..], &frame, &[0x15]].concat();
        assert_eq!(take(&mut pending), Some(Heard::Ack));
        assert_eq!(take(&mut pending), Some(Heard::Unit(sale.to_vec())));
        assert_eq!(take(&mut pending), Some(Heard::Nak));
        assert_eq!(take(&mut pending), None);
    }
}
