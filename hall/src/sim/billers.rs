//! SIMULATED billers of the city, one per code of the catalogue, on books of their own.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kiosk_config::{BillKind, Catalogue, FeeType};

use super::bill::{first_amount, seed_of};
use super::biller_book::{BillerBook, BillerBooks, BookedRow};
use super::fields::Fields;
use super::opening::closed_for_s;
use super::owner::Owners;
use super::{Behaviour, SimError, Target};
use crate::clock::{Clock, business_date, hall_time};
use crate::money::Fen;
use crate::outside::{AccountKey, Bill, BillAnswer, BillerDesk, BookingAnswer, BookingRequest};
use crate::reconcile::BookedLine;

/// How long the hall waits for a biller. A resident waits three seconds gladly and ten at most;
/// a kiosk's own patience with the hall must be longer than this.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the first demo person owes for electricity, and where.
const SHOWN_BILL: (&str, Fen) = ("BT-E01", Fen(11_663));

/// All billers.
pub struct Billers {
    catalogue: Catalogue,
    owners: Owners,
    fields: Fields,
    clock: Arc<dyn Clock>,
    book: Mutex<BillerBook>,
    script: Mutex<HashMap<Target, Behaviour>>,
}

impl Billers {
    /// Opens or creates the books; `:memory:` are books that end with the program.
    pub fn open(book: &Path, catalogue: Catalogue, clock: Arc<dyn Clock>) -> Result<Self, SimError> {
        let book = Mutex::new(BillerBook::open(book)?);
        Ok(Self {
            catalogue,
            owners: Owners::new(),
            fields: Fields::new(),
            clock,
            book,
            script: Mutex::default(),
        })
    }

    /// Scripts a target from now on; `None` lets it behave as usual again.
    pub fn script(&self, target: Target, behaviour: Option<Behaviour>) {
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        match behaviour {
            Some(behaviour) => script.insert(target, behaviour),
            None => script.remove(&target),
        };
    }

    /// Lets every target behave as usual again.
    pub fn clear_script(&self) {
        self.script.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Every row, for tests and evidence.
    pub fn books(&self) -> Result<BillerBooks, SimError> {
        self.book().books()
    }

    fn book(&self) -> MutexGuard<'_, BillerBook> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn behaviour(&self, key: &AccountKey) -> Option<Behaviour> {
        let script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        let account = Target::Account { fee: key.fee.clone(), account: key.account.clone() };
        script.get(&account).or_else(|| script.get(&Target::Biller(key.biller.clone()))).cloned()
    }

    /// Lets a slow biller take its time. False when the hall has given up meanwhile.
    fn answers_in_time(&self, behaviour: Option<&Behaviour>) -> bool {
        let Some(Behaviour::Slow { ms }) = behaviour else { return true };
        let time = Duration::from_millis(*ms);
        self.clock.wait(time.min(PATIENCE));
        time < PATIENCE
    }

    fn closed_for_s(&self, fee: &FeeType, behaviour: Option<&Behaviour>) -> Option<u32> {
        closed_for_s(fee, behaviour, hall_time(self.clock.now()).time())
    }

    fn try_bill(&self, key: &AccountKey) -> Result<BillAnswer, SimError> {
        let behaviour = self.behaviour(key);
        let Some(fee) = self.catalogue.fee(&key.fee) else { return Ok(BillAnswer::UnknownAccount) };
        if let Some(retry_after_s) = self.closed_for_s(fee, behaviour.as_ref()) {
            return Ok(BillAnswer::Closed { retry_after_s });
        }
        if !self.answers_in_time(behaviour.as_ref()) || matches!(behaviour, Some(Behaviour::Silent { .. })) {
            return Ok(BillAnswer::Silent);
        }
        self.state_bill(fee, key, behaviour.as_ref())
    }

    fn state_bill(
        &self,
        fee: &FeeType,
        key: &AccountKey,
        behaviour: Option<&Behaviour>,
    ) -> Result<BillAnswer, SimError> {
        let seed = seed_of(&key.fee, &key.account);
        let Some(owner) = self.owners.owner(&self.catalogue, &key.fee, &key.account, seed) else {
            return Ok(BillAnswer::UnknownAccount);
        };
        let Some(owed) = self.owed(fee, key)? else { return Ok(BillAnswer::NothingOwed) };
        let amount = match behaviour {
            Some(Behaviour::ZeroBill) => Fen::ZERO,
            Some(Behaviour::NegativeBill) => owed.checked_neg().unwrap_or_default().min(Fen(-1)),
            Some(Behaviour::AmountChanged { by_fen }) => owed.checked_add(Fen(*by_fen)).unwrap_or(owed),
            _ => owed,
        };
        let partial = matches!(fee.bill, BillKind::FreeAmount | BillKind::Queried { partial: true });
        let fields = self.fields.of(fee, amount, seed);
        let (owner_masked, address_masked) = (owner.name, owner.address);
        Ok(BillAnswer::Stated(Bill { owner_masked, address_masked, amount, partial, fields }))
    }

    /// What is owed now; none when an exact bill is paid, or the tariff has no such item.
    fn owed(&self, fee: &FeeType, key: &AccountKey) -> Result<Option<Fen>, SimError> {
        let book = self.book();
        let (times, paid) = book.paid(key)?;
        let settled = times > 0 || book.is_paid_elsewhere(key)?;
        Ok(match fee.bill {
            BillKind::FreeAmount => Some(Fen::ZERO),
            BillKind::Tariff if settled => None,
            BillKind::Tariff => self.tariff_price(fee, key),
            BillKind::Queried { partial: false } if settled => None,
            BillKind::Queried { partial: true } if book.is_paid_elsewhere(key)? => Some(Fen::ZERO),
            BillKind::Queried { .. } => {
                let left = self.first_bill(fee, key).checked_sub(paid).unwrap_or_default();
                Some(left.max(Fen::ZERO))
            }
        })
    }

    fn first_bill(&self, fee: &FeeType, key: &AccountKey) -> Fen {
        let (shown_fee, shown) = SHOWN_BILL;
        if key.fee == shown_fee && self.owners.is_first_persons(shown_fee, &key.account) {
            return shown;
        }
        first_amount(fee, seed_of(&key.fee, &key.account))
    }

    fn tariff_price(&self, fee: &FeeType, key: &AccountKey) -> Option<Fen> {
        let tariff = fee.tariff_on(business_date(self.clock.now()))?;
        tariff.item(key.tariff_item.as_deref()?).map(|item| Fen(item.amount_fen))
    }

    fn try_book(&self, request: &BookingRequest) -> Result<BookingAnswer, SimError> {
        let key = &request.key;
        let behaviour = self.behaviour(key);
        let Some(fee) = self.catalogue.fee(&key.fee) else { return self.reject(request, "UNKNOWN_FEE") };
        if let Some(retry_after_s) = self.closed_for_s(fee, behaviour.as_ref()) {
            return Ok(BookingAnswer::Closed { retry_after_s });
        }
        let answer = match &behaviour {
            Some(Behaviour::Silent { posts: false }) => return Ok(BookingAnswer::Silent),
            Some(Behaviour::RejectAfterPayment { reason }) => self.reject(request, reason)?,
            Some(Behaviour::AlreadyPaidElsewhere) => {
                self.book().pay_elsewhere(key)?;
                self.reject(request, "ALREADY_PAID")?
            }
            _ => self.book_or_reject(fee, request)?,
        };
        // The book is written first: an answer that comes too late was still carried out.
        let silent =
            matches!(behaviour, Some(Behaviour::Silent { .. })) || !self.answers_in_time(behaviour.as_ref());
        Ok(if silent { BookingAnswer::Silent } else { answer })
    }

    fn book_or_reject(&self, fee: &FeeType, request: &BookingRequest) -> Result<BookingAnswer, SimError> {
        let key = &request.key;
        let seed = seed_of(&key.fee, &key.account);
        if self.owners.owner(&self.catalogue, &key.fee, &key.account, seed).is_none() {
            return self.reject(request, "UNKNOWN_ACCOUNT");
        }
        let Some(owed) = self.owed(fee, key)? else { return self.reject(request, "ALREADY_PAID") };
        if fee.bill == (BillKind::Queried { partial: false }) && !is_amount(fee, request.amount, owed) {
            return self.reject(request, "AMOUNT_DIFFERS");
        }
        let balance = self.balance_after(fee, request)?;
        let reference = self.book().add_booking(request, balance)?;
        Ok(BookingAnswer::Booked { reference, balance })
    }

    fn reject(&self, request: &BookingRequest, reason: &str) -> Result<BookingAnswer, SimError> {
        self.book().add_rejection(request, reason)?;
        Ok(BookingAnswer::Rejected { reason: reason.to_owned() })
    }

    /// Balance where accounts have one: those that residents pay into as they like.
    fn balance_after(&self, fee: &FeeType, request: &BookingRequest) -> Result<Option<Fen>, SimError> {
        if !matches!(fee.bill, BillKind::FreeAmount | BillKind::Queried { partial: true }) {
            return Ok(None);
        }
        let (_, paid) = self.book().paid(&request.key)?;
        let together = paid.checked_add(request.amount);
        Ok(together.and_then(|sum| sum.checked_sub(self.first_bill(fee, &request.key))))
    }

    fn try_find(&self, request: &BookingRequest) -> Result<BookingAnswer, SimError> {
        let behaviour = self.behaviour(&request.key);
        if !self.answers_in_time(behaviour.as_ref()) || matches!(behaviour, Some(Behaviour::Silent { .. })) {
            return Ok(BookingAnswer::Silent);
        }
        let book = self.book();
        if let Some(row) = book.booking(request)? {
            let balance = row.balance_fen.map(Fen);
            return Ok(BookingAnswer::Booked { reference: row.reference, balance });
        }
        let rejected = book.rejection(request)?;
        Ok(rejected.map_or(BookingAnswer::NotFound, |row| BookingAnswer::Rejected { reason: row.reason }))
    }
}

impl BillerDesk for Billers {
    fn bill(&self, key: &AccountKey) -> BillAnswer {
        self.try_bill(key).unwrap_or_else(|error| {
            tracing::error!(%error, "a simulated biller failed");
            BillAnswer::Silent
        })
    }

    fn accounts_of(&self, id_number: &str) -> Vec<AccountKey> {
        let key = |(code, account): (String, String)| {
            let fee = self.catalogue.fee(&code)?;
            let queried = matches!(fee.bill, BillKind::Queried { .. });
            queried.then(|| AccountKey {
                biller: fee.biller.code.clone(),
                fee: code,
                account,
                tariff_item: None,
            })
        };
        self.owners.accounts_of(id_number).into_iter().filter_map(key).collect()
    }

    fn book(&self, request: &BookingRequest) -> BookingAnswer {
        self.try_book(request).unwrap_or_else(|error| {
            tracing::error!(%error, "a simulated biller failed");
            BookingAnswer::Silent
        })
    }

    fn find(&self, request: &BookingRequest) -> BookingAnswer {
        self.try_find(request).unwrap_or_else(|error| {
            tracing::error!(%error, "a simulated biller failed");
            BookingAnswer::Silent
        })
    }

    fn booked(&self) -> Option<Vec<BookedLine>> {
        let books = self.books().map_err(|error| tracing::error!(%error, "no biller's file")).ok()?;
        let line = |row: BookedRow| BookedLine {
            order_id: row.order_id,
            line: row.line,
            amount_fen: row.amount_fen,
        };
        Some(books.booked.into_iter().map(line).collect())
    }
}

/// The exact bill, or nothing where the district has abolished the charge.
fn is_amount(fee: &FeeType, amount: Fen, owed: Fen) -> bool {
    amount == owed || (amount == Fen::ZERO && fee.resident_service)
}
