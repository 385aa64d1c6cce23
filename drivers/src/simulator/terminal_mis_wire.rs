//! Frames and fields of the simulated MIS terminal, written a second time from the sheet (protocols E3).

/// Bytes kept while a frame is incomplete.
const MAX_PENDING: usize = 4096;

/// What the register sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Ack,
    Nak,
    GiveUp,
    Message(Vec<(u8, Vec<u8>)>),
    Damaged,
}

/// The frame of some fields.
pub(super) fn framed(fields: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let data = listed(fields);
    let mut covered = packed(&format!("{:04}", data.len()));
    covered.extend(data);
    covered.push(0x03);
    let check = covered.iter().fold(0, |sum, byte| sum ^ byte);
    [vec![0x02], covered, vec![check]].concat()
}

/// Fields one after the other.
pub(super) fn listed(fields: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (tag, value) in fields {
        out.extend([0xDF, *tag]);
        let [high, low] = u16::try_from(value.len()).unwrap_or(0).to_be_bytes();
        match (high, low) {
            (0, 0..=0x7F) => out.push(low),
            (0, _) => out.extend([0x81, low]),
            _ => out.extend([0x82, high, low]),
        }
        out.extend(value);
    }
    out
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
        let single = match pending.first()? {
            0x02 => return framed_message(pending),
            0x06 => Some(Heard::Ack),
            0x15 => Some(Heard::Nak),
            0x04 => Some(Heard::GiveUp),
            _ => None,
        };
        pending.remove(0);
        if single.is_some() {
            return single;
        }
    }
}

fn framed_message(pending: &mut Vec<u8>) -> Option<Heard> {
    let digits = [*pending.get(1)?, *pending.get(2)?];
    let len = usize::try_from(unpacked(&digits)).ok().filter(|len| *len <= 1024);
    let Some(len) = len else {
        pending.remove(0);
        return Some(Heard::Damaged);
    };
    let frame = pending.get(..len + 5)?.to_vec();
    pending.drain(..frame.len());
    Some(match frame.as_slice() {
        [0x02, covered @ .., check] if covered.iter().fold(0, |sum, byte| sum ^ byte) == *check => {
            let data = covered.get(2..covered.len() - 1).unwrap_or_default();
            unlisted(data).map_or(Heard::Damaged, Heard::Message)
        }
        _ => Heard::Damaged,
    })
}

fn unlisted(mut data: &[u8]) -> Option<Vec<(u8, Vec<u8>)>> {
    let mut fields = Vec::new();
    while !data.is_empty() {
        let (tag, len, rest) = match data {
            [0xDF, tag, 0x81, len, rest @ ..] => (*tag, usize::from(*len), rest),
            [0xDF, tag, 0x82, high, low, rest @ ..] => {
                (*tag, usize::from(*high) << 8 | usize::from(*low), rest)
            }
            [0xDF, tag, len, rest @ ..] if *len < 0x80 => (*tag, usize::from(*len), rest),
            _ => return None,
        };
        fields.push((tag, rest.get(..len)?.to_vec()));
        data = rest.get(len..)?;
    }
    Some(fields)
}

/// Packed digits of `text`, which has an even number of them.
pub(super) fn packed(text: &str) -> Vec<u8> {
    let half = |at: usize| text.as_bytes().get(at).map_or(0, |byte| byte & 15);
    (0..text.len() / 2).map(|pair| (half(2 * pair) << 4) | half(2 * pair + 1)).collect()
}

/// The number in packed digits.
pub(super) fn unpacked(bytes: &[u8]) -> i64 {
    bytes.iter().fold(0, |sum, byte| sum * 100 + i64::from(byte >> 4) * 10 + i64::from(byte & 15))
}
