//! The commands of an electronic purse (protocols H, after JR/T 0025 and its urban relatives).

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::apdu::{ApduError, Command};

/// Which of the two applications of the standard; P2 of balance and load.
pub const PURSE: u8 = 0x02;

/// Selects a file by its identifier.
#[must_use]
pub fn select(file: u16) -> Command {
    Command::new("select", [0x00, 0xA4, 0x00, 0x00], &file.to_be_bytes(), None)
}

/// Presents a PIN, as packed digits or as characters.
#[must_use]
pub fn verify_pin(pin: &[u8]) -> Command {
    Command::new("verify PIN", [0x00, 0x20, 0x00, 0x00], pin, None)
}

/// Reads the public file 15 whole.
#[must_use]
pub fn read_public_file() -> Command {
    Command::new("read file 15", [0x00, 0xB0, 0x95, 0x00], &[], Some(0))
}

/// Asks for the balance.
#[must_use]
pub fn get_balance() -> Command {
    Command::new("get balance", [0x80, 0x5C, 0x00, PURSE], &[], Some(4))
}

/// Opens a load; writes nothing.
#[must_use]
pub fn initialize_load(key_index: u8, amount_fen: u32, terminal: [u8; 6]) -> Command {
    let mut data = vec![key_index];
    data.extend(amount_fen.to_be_bytes());
    data.extend(terminal);
    Command::new("initialize load", [0x80, 0x50, 0x00, PURSE], &data, Some(16))
}

/// Writes a load that the issuer approved.
#[must_use]
pub fn credit_load(date: [u8; 4], time: [u8; 3], mac2: [u8; 4]) -> Command {
    let data = [date.as_slice(), &time, &mac2].concat();
    Command::new("credit load", [0x80, 0x52, 0x00, 0x00], &data, Some(4))
}

/// The number printed on a card and held in its file 15. Debug shows the last four digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct CardNumber(String);

impl CardNumber {
    /// Packed digits of file 15.
    ///
    /// # Errors
    /// [`ApduError::Data`] if the file is shorter or holds something else than digits there.
    pub fn parse(file: &[u8], offset: usize, bytes: usize) -> Result<Self, ApduError> {
        let wrong = ApduError::Data { what: "read file 15", got: file.len() };
        let packed = file.get(offset..offset.saturating_add(bytes)).filter(|packed| !packed.is_empty());
        let mut number = Self(String::with_capacity(bytes * 2));
        for nibble in packed.ok_or(wrong)?.iter().flat_map(|byte| [byte >> 4, byte & 0x0F]) {
            number.0.push(char::from_digit(nibble.into(), 10).ok_or(wrong)?);
        }
        Ok(number)
    }

    /// All digits. Never log them.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.0.len().saturating_sub(4);
        write!(f, "CardNumber(…{})", self.0.get(last..).unwrap_or_default())
    }
}

/// The balance in fen.
///
/// # Errors
/// [`ApduError::Data`] unless four bytes.
pub fn parse_balance(data: &[u8]) -> Result<u32, ApduError> {
    let balance = data.try_into().map(u32::from_be_bytes);
    balance.map_err(|_| ApduError::Data { what: "get balance", got: data.len() })
}

/// What the card says when a load is opened, all of it for the issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct LoadChallenge {
    /// Balance before the load.
    pub balance_fen: u32,
    /// Counter of online transactions before the load.
    pub counter: u16,
    /// Which version of the load key.
    pub key_version: u8,
    /// Which algorithm.
    pub algorithm: u8,
    /// Fresh for this load.
    pub random: [u8; 4],
    /// Proves to the issuer that the card is genuine.
    pub mac1: [u8; 4],
}

impl LoadChallenge {
    /// Reads the answer to [`initialize_load`].
    ///
    /// # Errors
    /// [`ApduError::Data`] unless sixteen bytes.
    pub fn parse(data: &[u8]) -> Result<Self, ApduError> {
        let wrong = ApduError::Data { what: "initialize load", got: data.len() };
        let [b0, b1, b2, b3, c0, c1, key_version, algorithm, r0, r1, r2, r3, m0, m1, m2, m3] =
            <[u8; 16]>::try_from(data).map_err(|_| wrong)?;
        Ok(Self {
            balance_fen: u32::from_be_bytes([b0, b1, b2, b3]),
            counter: u16::from_be_bytes([c0, c1]),
            key_version,
            algorithm,
            random: [r0, r1, r2, r3],
            mac1: [m0, m1, m2, m3],
        })
    }
}
