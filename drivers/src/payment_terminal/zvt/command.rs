//! The commands of the cash register (protocols E5), as values.

use super::apdu::Apdu;
use super::bcd;

/// What we ask of the terminal. Amounts in fen, the password as six digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// 06 00: we are the register, with this configuration.
    Register {
        /// What the terminal leaves to us, bit by bit.
        config: u8,
        /// ISO 4217 number; `None` leaves the terminal's own.
        currency: Option<u16>,
    },
    /// 06 93: sign on at the host.
    Initialise,
    /// 06 01: a sale.
    Authorise {
        /// Amount.
        amount_fen: i64,
        /// ISO 4217 number.
        currency: Option<u16>,
    },
    /// 06 30: undo the sale with this receipt.
    Reverse {
        /// Receipt number.
        receipt: u16,
    },
    /// 06 31: pay back.
    Refund {
        /// Amount.
        amount_fen: i64,
        /// ISO 4217 number.
        currency: Option<u16>,
    },
    /// 06 20: the last transaction once more.
    RepeatReceipt,
    /// 06 50: close the batch.
    EndOfDay,
    /// 05 01: how are you?
    StatusEnquiry,
    /// 06 70: try the host.
    Diagnosis,
    /// 06 18: start again.
    Reset,
    /// 06 B0: give up what you work at.
    Abort,
    /// 06 02: we are no longer the register.
    LogOff,
    /// 80 00: received and understood.
    Accept,
    /// 84 83: we cannot do that.
    Refuse,
}

impl Command {
    /// The data unit. A number that has more digits than its field makes `None`.
    #[must_use]
    pub fn apdu(&self, password: u32) -> Option<Apdu> {
        let secret = bcd::encode::<3>(u64::from(password))?.to_vec();
        let (control, data) = match *self {
            Self::Register { config, currency } => {
                let currency = currency.map_or(Some(Vec::new()), plain_currency)?;
                ([0x06, 0x00], [secret, vec![config], currency].concat())
            }
            Self::Initialise => ([0x06, 0x93], secret),
            Self::Authorise { amount_fen, currency } => ([0x06, 0x01], money(amount_fen, currency)?),
            Self::Reverse { receipt } => {
                let number = bcd::encode::<2>(u64::from(receipt))?;
                ([0x06, 0x30], [secret, vec![0x87], number.to_vec()].concat())
            }
            Self::Refund { amount_fen, currency } => {
                ([0x06, 0x31], [secret, money(amount_fen, currency)?].concat())
            }
            Self::RepeatReceipt => ([0x06, 0x20], secret),
            Self::EndOfDay => ([0x06, 0x50], secret),
            Self::StatusEnquiry => ([0x05, 0x01], secret),
            Self::Diagnosis => ([0x06, 0x70], Vec::new()),
            Self::Reset => ([0x06, 0x18], Vec::new()),
            Self::Abort => ([0x06, 0xB0], Vec::new()),
            Self::LogOff => ([0x06, 0x02], Vec::new()),
            Self::Accept => ([0x80, 0x00], Vec::new()),
            Self::Refuse => ([0x84, 0x83], Vec::new()),
        };
        Some(Apdu { control, data })
    }
}

fn plain_currency(number: u16) -> Option<Vec<u8>> {
    bcd::encode::<2>(u64::from(number)).map(|bytes| bytes.to_vec())
}

fn money(amount_fen: i64, currency: Option<u16>) -> Option<Vec<u8>> {
    let mut data = vec![0x04];
    data.extend(bcd::encode::<6>(u64::try_from(amount_fen).ok()?)?);
    if let Some(number) = currency {
        data.push(0x49);
        data.extend(plain_currency(number)?);
    }
    Some(data)
}
