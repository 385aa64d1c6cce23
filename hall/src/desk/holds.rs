//! Holds: bills kept for one order until it ends.

use std::sync::Arc;

use hall_api::{Hold, HoldLine, HoldRequest, LineReport};
use kiosk_config::BillKind;

use super::Desk;
use super::price::{check_amount, check_price};
use super::quotes::account_key;
use crate::money::Fen;
use crate::order::{LINES_MAX, TOTAL_MAX, check_account, check_kiosk, check_order_id, content_hash};
use crate::outside::AccountKey;
use crate::refusal::Refusal;
use crate::seal::SealedKey;
use crate::store::{self, HeldLine, KnownQuote, NewHold};

impl Desk {
    /// Prices each line again and keeps its bill, unless somebody else is paying it.
    pub(crate) async fn hold(
        self: &Arc<Self>,
        order_id: String,
        request: HoldRequest,
    ) -> Result<Hold, Refusal> {
        let keys = self.keys_of(&order_id, &request)?;
        let hold = self.new_hold(order_id, &request, &keys)?;
        if let Some(total) = self.replayed(&hold).await? {
            return Ok(Hold { order_id: hold.order_id, total_fen: total.0 });
        }
        self.price_again(&request, &hold, &keys).await?;
        let (order_id, pay_again, now_ms) = (hold.order_id.clone(), request.pay_again, self.now_ms());
        let total =
            self.store.run(move |session| store::claim_hold(session, &hold, pay_again, now_ms)).await?;
        Ok(Hold { order_id, total_fen: total.0 })
    }

    fn new_hold(
        &self,
        order_id: String,
        request: &HoldRequest,
        keys: &[AccountKey],
    ) -> Result<NewHold, Refusal> {
        let lines =
            request.lines.iter().zip(keys).map(|(line, key)| self.held_line(&request.site, line, key));
        let lines: Vec<HeldLine> = lines.collect::<Result<_, _>>()?;
        refuse_same_bill(&lines)?;
        let total = Fen::checked_sum(lines.iter().map(|line| line.amount))
            .filter(|total| *total <= TOTAL_MAX)
            .ok_or(Refusal::Invalid { field: "amount_fen", why: "the sum is too large" })?;
        let lines_hash = self.seal.identity(&content_hash(&(&request.kiosk, reported_lines(request))));
        Ok(NewHold { kiosk: request.kiosk.clone(), order_id, lines_hash, total, lines })
    }

    /// Checks what can be checked without a price, and says whose accounts they are.
    fn keys_of(&self, order_id: &str, request: &HoldRequest) -> Result<Vec<AccountKey>, Refusal> {
        check_order_id(order_id)?;
        check_kiosk(&request.kiosk)?;
        if !(1..=LINES_MAX).contains(&request.lines.len()) {
            return Err(Refusal::Invalid { field: "lines", why: "1 to 20 lines" });
        }
        request.lines.iter().map(|line| self.key_of(line)).collect()
    }

    fn key_of(&self, line: &HoldLine) -> Result<AccountKey, Refusal> {
        let fee = self.fee(&line.fee)?;
        check_account(&line.account)?;
        account_key(fee, line.account.clone(), line.tariff_item.clone())
    }

    fn held_line(&self, site: &str, line: &HoldLine, key: &AccountKey) -> Result<HeldLine, Refusal> {
        let fee = self.fee(&line.fee)?;
        check_amount(fee, line, self.is_abolished(site, &fee.code))?;
        let key = self.seal.key(key);
        Ok(HeldLine { key, amount: Fen(line.amount_fen), keeps_bill: fee.bill != BillKind::FreeAmount })
    }

    /// The same order again needs no new prices, and no biller.
    async fn replayed(&self, hold: &NewHold) -> Result<Option<Fen>, Refusal> {
        let order_id = hold.order_id.clone();
        let known = self.store.look(move |session| store::hold_of(session, &order_id)).await?;
        match known {
            None => Ok(None),
            Some((hash, total, false)) if hash == hold.lines_hash => Ok(Some(total)),
            Some((_, _, true)) => Err(Refusal::Conflict { what: "the order has ended" }),
            Some(_) => Err(Refusal::Conflict { what: "lines" }),
        }
    }

    async fn price_again(
        self: &Arc<Self>,
        request: &HoldRequest,
        hold: &NewHold,
        keys: &[AccountKey],
    ) -> Result<(), Refusal> {
        let mut quotes = Vec::with_capacity(keys.len());
        for (line, held) in request.lines.iter().zip(&hold.lines) {
            quotes.push(self.confirmed_quote(&request.kiosk, line, &held.key).await?);
        }
        let bills = self.ask_bills(&request.site, keys).await;
        for ((line, quote), bill) in request.lines.iter().zip(quotes).zip(bills) {
            let bill = bill?;
            if let Some(quote) = quote {
                check_price(self.fee(&line.fee)?, line, &quote, &bill)?;
            }
        }
        Ok(())
    }

    /// The quote that the resident confirmed; a free top-up has none.
    async fn confirmed_quote(
        &self,
        kiosk: &str,
        line: &HoldLine,
        key: &SealedKey,
    ) -> Result<Option<KnownQuote>, Refusal> {
        match &line.quote_id {
            Some(quote_id) => self.standing_quote(kiosk, quote_id, key).await.map(Some),
            None if self.fee(&line.fee)?.bill == BillKind::FreeAmount => Ok(None),
            None => Err(Refusal::Invalid { field: "quote_id", why: "this fee is paid by quote only" }),
        }
    }

    async fn standing_quote(
        &self,
        kiosk: &str,
        quote_id: &str,
        key: &SealedKey,
    ) -> Result<KnownQuote, Refusal> {
        let (kiosk, quote_id) = (kiosk.to_owned(), quote_id.to_owned());
        let found = self.store.look(move |session| store::quote_by_id(session, &kiosk, &quote_id)).await?;
        let quote = found.ok_or(Refusal::QuoteExpired { why: "this kiosk has no such quote" })?;
        match () {
            () if quote.key != *key => {
                Err(Refusal::Invalid { field: "quote_id", why: "the quote of another bill" })
            }
            () if quote.lapses_ms <= self.now_ms() => Err(Refusal::QuoteExpired { why: "it lapsed" }),
            () => Ok(quote),
        }
    }
}

/// Lines in the shape in which the order will report them, for the shared identity.
fn reported_lines(request: &HoldRequest) -> Vec<LineReport> {
    let reported = |line: &HoldLine| LineReport {
        fee: line.fee.clone(),
        account: line.account.clone(),
        tariff_item: line.tariff_item.clone(),
        amount_fen: line.amount_fen,
    };
    request.lines.iter().map(reported).collect()
}

/// One basket does not pay one bill twice.
fn refuse_same_bill(lines: &[HeldLine]) -> Result<(), Refusal> {
    let bills: Vec<&SealedKey> = lines.iter().filter(|line| line.keeps_bill).map(|line| &line.key).collect();
    let twice =
        bills.iter().enumerate().any(|(place, key)| bills.iter().take(place).any(|other| other == key));
    if twice { Err(Refusal::Invalid { field: "lines", why: "two lines pay the same bill" }) } else { Ok(()) }
}
