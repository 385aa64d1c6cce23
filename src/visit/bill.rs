//! A bill as the hall quotes it, and a line that the resident means to pay.

use crate::money::{Fen, Line, LineState};

/// What is owed on one account.
#[derive(Clone, PartialEq, Eq)]
pub struct Bill {
    /// Fee type.
    pub fee: String,
    /// Account number in full.
    pub account: String,
    /// Identity of the quote.
    pub quote_id: String,
    /// Owner as the biller masks it.
    pub owner_masked: String,
    /// Address as the biller masks it, may be empty.
    pub address_masked: String,
    /// Amount owed; zero or negative: nothing.
    pub amount_fen: i64,
    /// Another amount may be paid.
    pub partial: bool,
    /// Key of the catalogue's slip field, value.
    pub fields: Vec<(String, String)>,
    /// When the quote lapses, on the kiosk's monotonic clock.
    pub lapses_at_ms: u64,
}

impl std::fmt::Debug for Bill {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Bill")
            .field("fee", &self.fee)
            .field("amount_fen", &self.amount_fen)
            .finish_non_exhaustive()
    }
}

/// One line that the resident means to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Fee type.
    pub fee: String,
    /// Account number in full.
    pub account: String,
    /// Item of a tariff: key, name.
    pub tariff_item: Option<(String, String)>,
    /// What the hall quoted; none for tariffs and while the hall is away.
    pub bill: Option<Bill>,
    /// What will be paid.
    pub amount: Fen,
}

impl Draft {
    /// The whole bill.
    #[must_use]
    pub fn of(bill: Bill) -> Option<Self> {
        let amount = Fen::new(bill.amount_fen).ok().filter(|amount| amount.is_positive())?;
        let (fee, account) = (bill.fee.clone(), bill.account.clone());
        Some(Self { fee, account, tariff_item: None, bill: Some(bill), amount })
    }

    /// A bill that the district has abolished: registered without a payment.
    #[must_use]
    pub fn free(bill: Bill) -> Self {
        let (fee, account) = (bill.fee.clone(), bill.account.clone());
        Self { fee, account, tariff_item: None, bill: Some(bill), amount: Fen::ZERO }
    }

    /// The same account of the same fee.
    #[must_use]
    pub fn is_same_account(&self, other: &Self) -> bool {
        self.fee == other.fee && self.account == other.account
    }

    /// The account that a bill is about.
    #[must_use]
    pub fn is_of(&self, bill: &Bill) -> bool {
        self.fee == bill.fee && self.account == bill.account
    }

    /// Takes over a newer quote; false when the amount to be paid changed with it.
    pub fn renew(&mut self, bill: &Bill) -> bool {
        let whole = self.bill.as_ref().is_some_and(|old| old.amount_fen == self.amount.get());
        let before = self.amount;
        if let (true, Ok(amount)) = (whole, Fen::new(bill.amount_fen)) {
            self.amount = amount;
        }
        self.bill = Some(bill.clone());
        self.amount == before
    }

    /// The line of an order.
    #[must_use]
    pub fn line(&self) -> Line {
        let bill = self.bill.as_ref();
        Line {
            fee: self.fee.clone(),
            account: self.account.clone(),
            owner_masked: bill.map(|bill| bill.owner_masked.clone()).unwrap_or_default(),
            tariff_item: self.tariff_item.as_ref().map(|(key, _)| key.clone()),
            quote_id: bill.map(|bill| bill.quote_id.clone()),
            fields: bill.map(|bill| bill.fields.clone()).unwrap_or_default(),
            amount_fen: self.amount,
            state: LineState::Waiting,
            reference: None,
            reason: None,
            balance_fen: None,
        }
    }
}
