//! Quotes: what is owed, with an identity and an expiry.

use std::sync::Arc;

use hall_api::{PersonBills, PersonBillsRequest, Quote, QuoteRequest};
use kiosk_config::FeeType;

use super::{Desk, outside};
use crate::money::Fen;
use crate::order::{check_account, check_kiosk};
use crate::outside::{AccountKey, Bill, BillAnswer};
use crate::refusal::Refusal;
use crate::store::{self, NewQuote};

/// A quote stands five minutes at most: the resident pays the price of the moment.
const QUOTE_VALID_MS: u64 = 5 * 60 * 1_000;

/// Bills of one person in one answer; more do not fit the pages of a kiosk.
const PERSON_BILLS_MAX: usize = 50;

impl Desk {
    /// Asks the biller what is owed.
    pub(crate) async fn quote(self: &Arc<Self>, request: QuoteRequest) -> Result<Quote, Refusal> {
        check_kiosk(&request.kiosk)?;
        check_account(&request.account)?;
        let key = account_key(self.fee(&request.fee)?, request.account, request.tariff_item)?;
        let bills = self.ask_bills(&request.site, std::slice::from_ref(&key)).await;
        let bill = bills.into_iter().next().unwrap_or(Err(Refusal::Interrupted))?;
        self.keep_quote(request.kiosk, key, bill).await
    }

    /// Asks every biller of one person; billers that do not answer are left out.
    pub(crate) async fn person_bills(
        self: &Arc<Self>,
        request: PersonBillsRequest,
    ) -> Result<PersonBills, Refusal> {
        check_kiosk(&request.kiosk)?;
        let desk = Arc::clone(self);
        let mut keys = outside(move || desk.billers.accounts_of(&request.id_number)).await?;
        keys.retain(|key| self.fee(&key.fee).is_ok());
        keys.truncate(PERSON_BILLS_MAX);
        let bills = self.ask_bills(&request.site, &keys).await;
        let mut owed: Vec<(AccountKey, Bill)> =
            keys.into_iter().zip(bills).filter_map(|(key, bill)| Some((key, bill.ok()?))).collect();
        owed.retain(|(_, bill)| bill.amount > Fen::ZERO);
        owed.sort_by_key(|(_, bill)| std::cmp::Reverse(bill.amount));
        let mut quotes = Vec::with_capacity(owed.len());
        for (key, bill) in owed {
            quotes.push(self.keep_quote(request.kiosk.clone(), key, bill).await?);
        }
        Ok(PersonBills { quotes })
    }

    /// The bills at one site, or why there are none, in the order of the keys. All billers are asked
    /// at once, so that a basket waits no longer than for the slowest of them.
    pub(super) async fn ask_bills(
        self: &Arc<Self>,
        site: &str,
        keys: &[AccountKey],
    ) -> Vec<Result<Bill, Refusal>> {
        let ask = |key: &AccountKey| {
            let (desk, key) = (Arc::clone(self), key.clone());
            tokio::task::spawn_blocking(move || desk.billers.bill(&key))
        };
        let asked: Vec<_> = keys.iter().map(ask).collect();
        let mut bills = Vec::with_capacity(keys.len());
        for (key, answer) in keys.iter().zip(asked) {
            let answer = answer.await.map_err(|_| Refusal::Interrupted);
            bills.push(answer.and_then(|answer| self.bill_at(site, key, answer)));
        }
        bills
    }

    fn bill_at(&self, site: &str, key: &AccountKey, answer: BillAnswer) -> Result<Bill, Refusal> {
        match answer {
            BillAnswer::Stated(bill) if self.is_abolished(site, &key.fee) => {
                Ok(Bill { amount: Fen::ZERO, partial: false, ..bill })
            }
            BillAnswer::Stated(bill) => Ok(bill),
            BillAnswer::NothingOwed => Err(Refusal::NothingOwed),
            BillAnswer::UnknownAccount => Err(Refusal::UnknownAccount),
            BillAnswer::Closed { retry_after_s } => Err(Refusal::BillerClosed { retry_after_s }),
            BillAnswer::Silent => Err(Refusal::BillerSilent),
        }
    }

    async fn keep_quote(&self, kiosk: String, key: AccountKey, bill: Bill) -> Result<Quote, Refusal> {
        let now_ms = self.now_ms();
        let lapses_ms = now_ms.saturating_add_unsigned(QUOTE_VALID_MS);
        let (amount, partial) = (bill.amount, bill.partial);
        let quote = NewQuote { kiosk, key: self.seal.key(&key), amount, partial, lapses_ms };
        let quote_id = self.store.run(move |session| store::add_quote(session, &quote)).await?;
        Ok(Quote {
            quote_id,
            fee: key.fee,
            account: key.account,
            owner_masked: bill.owner_masked,
            address_masked: bill.address_masked,
            amount_fen: amount.0,
            partial,
            fields: bill.fields,
            valid_ms: QUOTE_VALID_MS,
        })
    }
}

/// The account at the biller of a fee; a tariff item where, and only where, there is a tariff.
pub(super) fn account_key(
    fee: &FeeType,
    account: String,
    tariff_item: Option<String>,
) -> Result<AccountKey, Refusal> {
    if tariff_item.is_some() == fee.tariffs.is_empty() {
        return Err(Refusal::Invalid {
            field: "tariff_item",
            why: "needed by fees with a tariff, and only by them",
        });
    }
    Ok(AccountKey { biller: fee.biller.code.clone(), fee: fee.code.clone(), account, tariff_item })
}
