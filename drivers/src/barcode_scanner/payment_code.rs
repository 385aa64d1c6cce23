//! The codes by which a wallet pays (protocols F): digits only, the wallet told by the first two.

use std::fmt;

use thiserror::Error;
use zeroize::Zeroizing;

/// Whose code it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wallet {
    /// 18 digits, 10 to 15 first.
    WeChat,
    /// 16 to 24 digits, 25 to 30 first.
    Alipay,
    /// 19 digits, 62 first.
    UnionPay,
}

impl Wallet {
    fn of(prefix: u8) -> Option<Self> {
        match prefix {
            10..=15 => Some(Self::WeChat),
            25..=30 => Some(Self::Alipay),
            62 => Some(Self::UnionPay),
            _ => None,
        }
    }

    const fn lengths(self) -> std::ops::RangeInclusive<usize> {
        match self {
            Self::WeChat => 18..=18,
            Self::Alipay => 16..=24,
            Self::UnionPay => 19..=19,
        }
    }
}

/// Why a text is no payment code. Says nothing of the text.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PaymentCodeError {
    /// Something else than ASCII digits, or fewer than two.
    #[error("not a number")]
    NotDigits,
    /// No wallet has this prefix.
    #[error("no wallet has this prefix")]
    UnknownWallet,
    /// The wallet's codes have another length.
    #[error("{digits} digits are no code of {wallet:?}")]
    Length {
        /// The wallet that the prefix names.
        wallet: Wallet,
        /// How many digits there are.
        digits: usize,
    },
}

/// A code that pays once. A used one is worth nothing, also after a failure: ask for a fresh code before a
/// new order.
#[derive(Clone, PartialEq, Eq)]
pub struct PaymentCode {
    wallet: Wallet,
    digits: Zeroizing<String>,
}

impl PaymentCode {
    /// Reads a code.
    ///
    /// # Errors
    /// [`PaymentCodeError`].
    pub fn parse(text: &str) -> Result<Self, PaymentCodeError> {
        let prefix = text.get(..2).filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
        let prefix = prefix.and_then(|prefix| prefix.parse().ok()).ok_or(PaymentCodeError::NotDigits)?;
        let wallet = Wallet::of(prefix).ok_or(PaymentCodeError::UnknownWallet)?;
        if !wallet.lengths().contains(&text.len()) {
            return Err(PaymentCodeError::Length { wallet, digits: text.len() });
        }
        Ok(Self { wallet, digits: Zeroizing::new(text.to_owned()) })
    }

    /// Whose code it is.
    #[must_use]
    pub const fn wallet(&self) -> Wallet {
        self.wallet
    }

    /// The digits, for a terminal that has a field for them. Never log them.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.digits
    }
}

impl fmt::Debug for PaymentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PaymentCode({:?})", self.wallet)
    }
}
