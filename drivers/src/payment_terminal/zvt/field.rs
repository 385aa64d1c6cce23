//! The fields of a status information 04 0F, which the sheet calls BMPs (protocols M).

use thiserror::Error;

use super::bcd;
use crate::payment_terminal::card_number;

/// Digits and marks of the longest card number.
const MAX_CARD_BYTES: usize = 12;

/// What a status information says; what it leaves out is `None`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// 27: 0 is yes.
    pub result: Option<u8>,
    /// 04, in fen.
    pub amount_fen: Option<i64>,
    /// 0B.
    pub trace: Option<u32>,
    /// 0C, `hhmmss`.
    pub time: Option<u32>,
    /// 0D, `MMDD`.
    pub date: Option<u16>,
    /// 22, cut to first six and last four.
    pub card: Option<String>,
    /// 29.
    pub terminal_id: Option<String>,
    /// 87.
    pub receipt: Option<u16>,
    /// 49, ISO 4217 number.
    pub currency: Option<u16>,
    /// 8B, the name of the card's kind.
    pub card_name: Option<String>,
    /// 60: how many transactions the batch holds and what they come to.
    pub totals: Option<Totals>,
}

/// The card is not shown.
impl std::fmt::Debug for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Status")
            .field("result", &self.result)
            .field("amount_fen", &self.amount_fen)
            .field("receipt", &self.receipt)
            .finish_non_exhaustive()
    }
}

/// The sums of a closed batch over all kinds of cards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many transactions.
    pub count: u32,
    /// What they come to, in fen.
    pub net_fen: i64,
}

/// Data that are no fields.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum FieldError {
    /// A field ends before its length.
    #[error("field {0:02X} is cut off")]
    CutOff(u8),
    /// A field holds something else than its digits.
    #[error("field {0:02X} is no number")]
    NoNumber(u8),
}

/// Reads the fields of a status information. An unknown field ends the reading of the rest.
///
/// # Errors
/// [`FieldError`].
pub fn parse(data: &[u8]) -> Result<Status, FieldError> {
    let mut status = Status::default();
    let mut rest = data;
    while let Some((&tag, after)) = rest.split_first() {
        let Some((skip, len)) = extent(tag, after) else {
            return if known(tag) { Err(FieldError::CutOff(tag)) } else { Ok(status) };
        };
        let value = after.get(skip..skip + len).ok_or(FieldError::CutOff(tag))?;
        take(&mut status, tag, value).ok_or(FieldError::NoNumber(tag))?;
        rest = after.get(skip + len..).unwrap_or_default();
    }
    Ok(status)
}

fn known(tag: u8) -> bool {
    extent(tag, &[0xF0, 0xF0, 0xF0]).is_some() || tag == 0x06
}

/// Bytes before the value, and bytes of the value.
fn extent(tag: u8, after: &[u8]) -> Option<(usize, usize)> {
    Some(match tag {
        0x19 | 0x27 | 0x8A | 0x8C | 0x01 | 0x02 | 0x05 => (0, 1),
        0x0D | 0x0E | 0x17 | 0x87 | 0x49 => (0, 2),
        0x0B | 0x0C | 0x37 | 0xAA => (0, 3),
        0x29 => (0, 4),
        0x04 => (0, 6),
        0x3B | 0xBA => (0, 8),
        0x2A => (0, 15),
        0x22 | 0x23 | 0x24 | 0x8B | 0x2D => (2, decimal(after.get(..2)?)?),
        0x3C | 0x60 => (3, decimal(after.get(..3)?)?),
        0x06 => ber(after)?,
        _ => return None,
    })
}

/// `Fx Fy Fz` as `xyz`; some leave the F out.
fn decimal(bytes: &[u8]) -> Option<usize> {
    bytes.iter().try_fold(0, |sum, byte| {
        let digit = usize::from(byte & 15);
        (matches!(byte >> 4, 0 | 15) && digit < 10).then_some(sum * 10 + digit)
    })
}

/// The length of a TLV container, by the rules of BER.
fn ber(after: &[u8]) -> Option<(usize, usize)> {
    match after {
        [len, ..] if *len < 0x80 => Some((1, usize::from(*len))),
        [0x81, len, ..] => Some((2, usize::from(*len))),
        [0x82, high, low, ..] => Some((3, usize::from(u16::from_be_bytes([*high, *low])))),
        _ => None,
    }
}

fn take(status: &mut Status, tag: u8, value: &[u8]) -> Option<()> {
    match tag {
        0x27 => status.result = value.first().copied(),
        0x04 => status.amount_fen = Some(i64::try_from(bcd::decode(value)?).ok()?),
        0x0B => status.trace = Some(u32::try_from(bcd::decode(value)?).ok()?),
        0x0C => status.time = Some(u32::try_from(bcd::decode(value)?).ok()?),
        0x0D => status.date = Some(u16::try_from(bcd::decode(value)?).ok()?),
        0x87 => status.receipt = Some(u16::try_from(bcd::decode(value)?).ok()?),
        0x49 => status.currency = Some(u16::try_from(bcd::decode(value)?).ok()?),
        0x29 => status.terminal_id = Some(value.iter().map(|byte| format!("{byte:02X}")).collect()),
        0x22 => status.card = card(value),
        0x8B => status.card_name = Some(text(value)),
        0x60 => status.totals = Some(totals(value)?),
        _ => {}
    }
    Some(())
}

/// Half bytes: digits, `E` for a masked place, `F` to fill.
fn card(value: &[u8]) -> Option<String> {
    let halves = value.iter().take(MAX_CARD_BYTES).flat_map(|byte| [byte >> 4, byte & 15]);
    let number: String = halves
        .take_while(|half| *half != 15)
        .filter_map(|half| if half == 14 { Some('*') } else { char::from_digit(u32::from(half), 10) })
        .collect();
    card_number::masked(&number)
}

/// Printable ASCII, without the zero that ends it.
fn text(value: &[u8]) -> String {
    let shown = value.iter().filter(|byte| byte.is_ascii_graphic() || **byte == b' ');
    shown.map(|&byte| char::from(byte)).collect::<String>().trim().to_owned()
}

/// First and last receipt, then a count and an amount for each of seven kinds of cards.
fn totals(value: &[u8]) -> Option<Totals> {
    let kinds = value.get(4..)?.chunks_exact(7);
    kinds.into_iter().try_fold(Totals::default(), |sum, kind| {
        let (count, amount) = kind.split_first()?;
        let amount = i64::try_from(bcd::decode(amount)?).ok()?;
        Some(Totals { count: sum.count + u32::from(*count), net_fen: sum.net_fen.checked_add(amount)? })
    })
}
