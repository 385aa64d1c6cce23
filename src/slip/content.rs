//! What stands on a slip. Accounts and owners are masked before they get here.

use std::ops::Deref;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::money::{Fen, Method};

/// What a slip is, in its largest letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Heading {
    /// 缴费凭条: everything on it is in the billers' books.
    Receipt,
    /// 待入账凭条: charged, not yet booked.
    Pending,
    /// 退款凭条: the money goes or went back.
    Refund,
    /// 故障凭条: nobody knows yet.
    Trouble,
}

/// Where a line stands, as the resident is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// In the biller's book.
    Booked,
    /// The hall has to book it.
    Booking,
    /// The biller refused; a refund follows.
    Rejected,
    /// The money is on its way back.
    Refunding,
    /// The money went back.
    Refunded,
    /// The charge was taken back before anything was booked.
    Reversed,
    /// The terminal has not said whether it charged.
    Unknown,
    /// The charge is being taken back.
    Reversing,
    /// A person looks at it.
    Manual,
}

impl Standing {
    /// The slip on which such a line belongs.
    #[must_use]
    pub const fn heading(self) -> Heading {
        match self {
            Self::Booked => Heading::Receipt,
            Self::Booking => Heading::Pending,
            Self::Rejected | Self::Refunding | Self::Refunded | Self::Reversed => Heading::Refund,
            Self::Unknown | Self::Reversing | Self::Manual => Heading::Trouble,
        }
    }
}

/// Which print of the same slip this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edition {
    /// The first.
    Original,
    /// A later one; 2 is the first of them.
    Reprint(u32),
}

/// With what was paid, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidBy {
    /// How.
    pub method: Method,
    /// Scheme as the terminal names it; empty while the terminal has not said.
    pub scheme: String,
    /// Last four digits of the card; none for codes.
    pub last4: Option<String>,
}

/// One line of an order on paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlipLine {
    /// Name of the fee.
    pub name: String,
    /// Who is paid.
    pub biller: String,
    /// What the biller calls the account, such as 户号.
    pub account_label: String,
    /// The account, masked.
    pub account_masked: String,
    /// The owner, masked; empty when the biller was not asked.
    pub owner_masked: String,
    /// Label and value of what the bill said.
    pub fields: Vec<(String, String)>,
    /// Amount of the line.
    pub amount: Fen,
    /// Where it stands.
    pub standing: Standing,
    /// The biller's number, once booked.
    pub biller_reference: Option<String>,
    /// The acquirer's number of the refund, once refunded.
    pub refund_reference: Option<String>,
    /// Balance after booking, where the biller says it.
    pub balance: Option<Fen>,
    /// Stable code of a rejection.
    pub reason: Option<String>,
}

/// Everything on a slip but its heading, which follows from the lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlipContent {
    /// Name of the hall.
    pub hall: String,
    /// Code of the kiosk, the front of its order ids.
    pub kiosk_code: String,
    /// Number of the kiosk in the hall.
    pub kiosk_number: String,
    /// The order id as people read it.
    pub order_ref: String,
    /// The acquirer's transaction number, once known.
    pub channel_reference: Option<String>,
    /// Local time of the order, `2026-11-24 10:26:05`.
    pub made_at: String,
    /// With what was paid; none when nothing had to be paid.
    pub payment: Option<PaidBy>,
    /// The lines, at least one, all for the same heading.
    pub lines: Vec<SlipLine>,
    /// Sum of the whole order, of which other lines may be on other slips.
    pub order_total: Fen,
    /// Where the invoices come from.
    pub invoice: Vec<String>,
    /// Telephone for help.
    pub hotline: String,
    /// Which print it is.
    pub edition: Edition,
    /// Devices or hall are simulated: no money moved.
    pub simulated: bool,
    /// Text of the QR code that leads to the order; empty: none.
    pub qr: String,
}

/// Why there is no such slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SlipError {
    /// Nothing to print.
    #[error("a slip needs a line")]
    Empty,
    /// Its lines belong on different slips.
    #[error("lines that stand differently do not share a slip")]
    Mixed,
    /// The sum is beyond what is ever handled.
    #[error("the sum of the slip is beyond ten million yuan")]
    Total,
}

/// A slip that may be printed: its lines belong together. Read it like its [`SlipContent`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "SlipContent", into = "SlipContent")]
pub struct Slip {
    heading: Heading,
    total: Fen,
    content: SlipContent,
}

impl Slip {
    /// The slip of this content; also when it comes back from storage.
    pub fn new(content: SlipContent) -> Result<Self, SlipError> {
        let heading = content.lines.first().ok_or(SlipError::Empty)?.standing.heading();
        if content.lines.iter().any(|line| line.standing.heading() != heading) {
            return Err(SlipError::Mixed);
        }
        let total = Fen::sum(content.lines.iter().map(|line| line.amount)).map_err(|_| SlipError::Total)?;
        Ok(Self { heading, total, content })
    }

    /// What it is.
    #[must_use]
    pub const fn heading(&self) -> Heading {
        self.heading
    }

    /// Sum of its lines.
    #[must_use]
    pub const fn total(&self) -> Fen {
        self.total
    }

    /// The same slip as its next print, marked 补打. No number on it changes.
    #[must_use]
    pub fn again(&self) -> Self {
        let edition = match self.edition {
            Edition::Original => Edition::Reprint(2),
            Edition::Reprint(times) => Edition::Reprint(times.saturating_add(1)),
        };
        Self { content: SlipContent { edition, ..self.content.clone() }, ..*self }
    }
}

impl Deref for Slip {
    type Target = SlipContent;

    fn deref(&self) -> &SlipContent {
        &self.content
    }
}

impl TryFrom<SlipContent> for Slip {
    type Error = SlipError;

    fn try_from(content: SlipContent) -> Result<Self, SlipError> {
        Self::new(content)
    }
}

impl From<Slip> for SlipContent {
    fn from(slip: Slip) -> Self {
        slip.content
    }
}
