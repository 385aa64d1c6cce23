//! The fields of a MIS message (protocols E3): tag `DF xx`, a length as in BER, the value. DF06 holds further
//! fields, those of the receipt.

use encoding_rs::GBK;
use thiserror::Error;
use zeroize::Zeroize;

use crate::payment_terminal::card_number;
use crate::payment_terminal::money::fen_of;

/// First byte of every tag.
const DF: u8 = 0xDF;

/// Fields of one message; more is noise.
const MAX_FIELDS: usize = 128;

/// The second bytes of the tags.
pub mod tag {
    /// Packet: 00 transaction, 01 relay to the host, 02 result.
    pub const PACKET: u8 = 0x01;
    /// Type of the transaction, a number of the acquirer's.
    pub const TYPE: u8 = 0x02;
    /// Amount: twelve packed digits in fen, or text in yuan on a receipt.
    pub const AMOUNT: u8 = 0x03;
    /// Two random digits, sent back in the answer.
    pub const RANDOM: u8 = 0x04;
    /// Further fields: the receipt.
    pub const RECEIPT: u8 = 0x06;
    /// Result: two characters, or eight for an error of the terminal.
    pub const RESULT: u8 = 0x07;
    /// Trace number.
    pub const TRACE: u8 = 0x0A;
    /// Time.
    pub const TIME: u8 = 0x0B;
    /// Invoice number.
    pub const INVOICE: u8 = 0x10;
    /// Batch number.
    pub const BATCH: u8 = 0x11;
    /// Terminal number.
    pub const TERMINAL: u8 = 0x12;
    /// Date.
    pub const DATE: u8 = 0x17;
    /// Invoice number of the original.
    pub const ORIGINAL_INVOICE: u8 = 0x18;
    /// Trace number of the original.
    pub const ORIGINAL_TRACE: u8 = 0x19;
    /// Reference number of the bank, twelve characters.
    pub const REFERENCE: u8 = 0x1A;
    /// Card number.
    pub const CARD: u8 = 0x1E;
    /// Name of the card's kind, GBK.
    pub const CARD_NAME: u8 = 0x2C;
    /// Desk.
    pub const DESK: u8 = 0x46;
    /// Operator.
    pub const OPERATOR: u8 = 0x47;
    /// Our order number.
    pub const ORDER: u8 = 0x69;
    /// A payment code that the kiosk has scanned.
    pub const SCANNED_CODE: u8 = 0x6A;
    /// The order that a refund is about.
    pub const ORIGINAL_ORDER: u8 = 0x88;
}

/// A message that is no list of fields.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum FieldError {
    /// A tag that does not begin with DF.
    #[error("tag {0:02X}")]
    Tag(u8),
    /// A field ends before its length, or has none.
    #[error("a field is cut off")]
    CutOff,
    /// More fields than a message has.
    #[error("too many fields")]
    TooMany,
}

/// The fields of a message, in their order. Those of the receipt follow as if they stood outside.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(u8, Vec<u8>)>);

/// Card and code are not shown.
impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(tag, value)| (*tag, value.len()))).finish()
    }
}

impl Fields {
    /// No fields yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one more.
    #[must_use]
    pub fn with(mut self, tag: u8, value: impl Into<Vec<u8>>) -> Self {
        self.0.push((tag, value.into()));
        self
    }

    /// The first value under a tag.
    #[must_use]
    pub fn get(&self, tag: u8) -> Option<&[u8]> {
        self.0.iter().find(|(own, _)| *own == tag).map(|(_, value)| value.as_slice())
    }

    /// A value as text in GBK, trimmed; empty if there is none.
    #[must_use]
    pub fn text(&self, tag: u8) -> String {
        let (text, _) = GBK.decode_without_bom_handling(self.get(tag).unwrap_or_default());
        text.trim_matches(|c: char| c.is_whitespace() || c == '\0').to_owned()
    }

    /// The amount in fen: twelve packed digits, or `RMB  0.20`.
    #[must_use]
    pub fn amount_fen(&self) -> Option<i64> {
        let value = self.get(tag::AMOUNT)?;
        if value.len() == 6 && value.iter().all(|byte| byte >> 4 < 10 && byte & 15 < 10) {
            return value.iter().try_fold(0_i64, |sum, byte| {
                sum.checked_mul(100)?.checked_add(i64::from(byte >> 4) * 10 + i64::from(byte & 15))
            });
        }
        fen_of(self.text(tag::AMOUNT).strip_prefix("RMB")?.trim())
    }

    /// The bytes of the message.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (tag, value) in &self.0 {
            out.extend([DF, *tag]);
            let len = u16::try_from(value.len()).unwrap_or(u16::MAX);
            match len.to_be_bytes() {
                [0, short] if short < 0x80 => out.push(short),
                [0, middle] => out.extend([0x81, middle]),
                [high, low] => out.extend([0x82, high, low]),
            }
            out.extend_from_slice(value);
        }
        out
    }

    /// Reads a message. A card number is cut to what may be kept before anything else sees it.
    ///
    /// # Errors
    /// [`FieldError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, FieldError> {
        let mut fields = list(bytes)?;
        let receipts: Vec<Vec<u8>> =
            fields.extract_if(.., |(own, _)| *own == tag::RECEIPT).map(|f| f.1).collect();
        for receipt in receipts {
            // A relay packet carries a message of the host here, which is none of ours.
            fields.extend(list(&receipt).unwrap_or_default());
        }
        if fields.len() > MAX_FIELDS {
            return Err(FieldError::TooMany);
        }
        for (_, number) in fields.iter_mut().filter(|(own, _)| *own == tag::CARD) {
            let masked = std::str::from_utf8(number).ok().and_then(card_number::masked).unwrap_or_default();
            number.zeroize();
            *number = masked.into_bytes();
        }
        Ok(Self(fields))
    }
}

fn list(bytes: &[u8]) -> Result<Vec<(u8, Vec<u8>)>, FieldError> {
    let mut fields = Vec::new();
    let mut rest = bytes;
    while let Some((&first, after)) = rest.split_first() {
        if first != DF {
            return Err(FieldError::Tag(first));
        }
        let (&tag, after) = after.split_first().ok_or(FieldError::CutOff)?;
        let (len, after) = length(after).ok_or(FieldError::CutOff)?;
        let value = after.get(..len).ok_or(FieldError::CutOff)?;
        if fields.len() >= MAX_FIELDS {
            return Err(FieldError::TooMany);
        }
        fields.push((tag, value.to_vec()));
        rest = after.get(len..).unwrap_or_default();
    }
    Ok(fields)
}

fn length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    match bytes {
        [len, rest @ ..] if *len < 0x80 => Some((usize::from(*len), rest)),
        [0x81, len, rest @ ..] => Some((usize::from(*len), rest)),
        [0x82, high, low, rest @ ..] => Some((usize::from(u16::from_be_bytes([*high, *low])), rest)),
        _ => None,
    }
}
