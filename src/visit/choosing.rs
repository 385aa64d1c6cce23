//! Choosing what to pay: catalogue, amounts, a person's bills, the basket.

use kiosk_config::{BillKind, FeeType, Offline};

use crate::money::Fen;

use super::state::{AccountState, AmountState, CatalogueState};
use super::{
    AccountFault, AmountFault, Bill, Draft, Effect, HallRefusal, Notice, Obstacle, State, Ticket, Touch,
    Visit, World, obstacle, offline_admits,
};

/// Most lines of one basket; the hall takes 20, one screen shows 8.
pub(super) const BASKET_MAX: usize = 8;
/// Unknown numbers after which the page says where to find the right one.
const UNKNOWN_HINT: u32 = 3;
/// Tiles on one sheet of the catalogue.
pub(super) const SHEET: usize = 12;

impl Visit {
    pub(super) fn open_catalogue(&mut self, tile: String) -> Vec<Effect> {
        let catalogue = &self.setting.catalogue;
        let group = catalogue.home.iter().find(|home| home.tile == tile).map(|home| home.group.clone());
        let first = catalogue.groups.first().map(|group| group.id.clone());
        let group = group.or(first).unwrap_or_default();
        self.enter(State::Catalogue(CatalogueState { group, tile, ..CatalogueState::default() }))
    }

    pub(super) fn touched_catalogue(&mut self, touch: Touch, world: &World) -> Vec<Effect> {
        let sheets = self.sheets();
        let State::Catalogue(state) = &mut self.state else { return Vec::new() };
        match touch {
            Touch::ChooseGroup(group) => *state = CatalogueState { group, ..CatalogueState::default() },
            Touch::OpenKeyboard => state.keyboard = true,
            Touch::Turn(by) => {
                let forward = by > 0;
                let next = if forward { state.sheet + 1 } else { state.sheet.saturating_sub(1) };
                state.sheet = next.min(sheets.saturating_sub(1));
            }
            Touch::ChooseFee(code) => return self.choose_fee(code, world),
            _ => {}
        }
        Vec::new()
    }

    /// Fees that the catalogue page lists now.
    pub(super) fn listed(&self) -> Vec<&FeeType> {
        let State::Catalogue(state) = &self.state else { return Vec::new() };
        let catalogue = &self.setting.catalogue;
        if !state.search.is_empty() {
            return catalogue.search(&state.search).into_iter().filter(|fee| fee.enabled).collect();
        }
        if !state.tile.is_empty() {
            return catalogue.in_tile(&state.tile).filter(|fee| fee.enabled).collect();
        }
        catalogue.in_group(&state.group).filter(|fee| fee.enabled).collect()
    }

    /// Sheets of tiles, at least one.
    pub(super) fn sheets(&self) -> usize {
        self.listed().len().div_ceil(SHEET).max(1)
    }

    fn choose_fee(&mut self, code: String, world: &World) -> Vec<Effect> {
        let Some(fee) = self.setting.fee(&code) else { return Vec::new() };
        if obstacle(fee, &self.setting, world).0 != Obstacle::None || self.basket.len() >= BASKET_MAX {
            return Vec::new();
        }
        let (typed, fault) = (String::new(), AccountFault::None);
        self.enter(State::Account(AccountState { fee: code, typed, fault, ticket: None }))
    }

    /// The account is typed: ask for its bill, or for the amount.
    pub(super) fn account_entered(&mut self, world: &World) -> Vec<Effect> {
        let State::Account(state) = &self.state else { return Vec::new() };
        let Some(fee) = self.setting.fee(&state.fee) else { return Vec::new() };
        if state.ticket.is_some() {
            return Vec::new();
        }
        let account = match fee.account.check(&state.typed) {
            Ok(account) => account.as_str().to_owned(),
            Err(fault) => return self.account_fault(super::typing::account_fault(fault)),
        };
        let fee_code = fee.code.clone();
        let asks_hall = world.online && fee.bill != BillKind::Tariff;
        if asks_hall {
            return self.ask_quote(fee_code, account);
        }
        if !world.online && fee.offline == Offline::Refuse {
            return self.account_fault(AccountFault::HallAway);
        }
        self.ask_amount(fee_code, account, None)
    }

    fn ask_quote(&mut self, fee: String, account: String) -> Vec<Effect> {
        let ticket = self.next_ticket();
        if let State::Account(state) = &mut self.state {
            state.ticket = Some(ticket);
            state.fault = AccountFault::None;
        }
        vec![Effect::AskQuote { ticket, fee, account, tariff_item: None }]
    }

    fn ask_amount(&mut self, fee: String, account: String, bill: Option<Bill>) -> Vec<Effect> {
        let (chosen, typed, fault) = (None, String::new(), AmountFault::None);
        self.enter(State::Amount(AmountState { fee, account, bill, chosen, typed, fault, ticket: None }))
    }

    fn account_fault(&mut self, fault: AccountFault) -> Vec<Effect> {
        if let State::Account(state) = &mut self.state {
            state.fault = fault;
            state.ticket = None;
        }
        Vec::new()
    }

    pub(super) fn quoted(
        &mut self,
        ticket: Ticket,
        answer: Result<Bill, HallRefusal>,
        world: &World,
    ) -> Vec<Effect> {
        if self.pay.ticket == Some(ticket) {
            return self.quoted_again(answer);
        }
        if matches!(&self.state, State::Amount(state) if state.ticket == Some(ticket)) {
            return self.tariff_quoted(answer);
        }
        let State::Account(state) = &mut self.state else { return Vec::new() };
        if state.ticket != Some(ticket) {
            return Vec::new();
        }
        state.ticket = None;
        // The countdown does not run while the hall is asked.
        self.touched_ms = world.now_ms;
        match answer {
            Ok(bill) => self.bill_known(bill, world),
            Err(refusal) => self.not_quoted(refusal),
        }
    }

    fn bill_known(&mut self, bill: Bill, world: &World) -> Vec<Effect> {
        let Some(fee) = self.setting.fee(&bill.fee) else { return Vec::new() };
        let abolished = self.setting.site.is_free(fee, world.local.date());
        match fee.bill {
            BillKind::Queried { .. } if abolished && bill.amount_fen == 0 => {
                self.enter(State::Bill(Draft::free(bill)))
            }
            BillKind::Queried { partial } if bill.amount_fen <= 0 && !(partial || bill.partial) => {
                self.account_fault(AccountFault::NothingOwed)
            }
            BillKind::Queried { .. } => match Draft::of(bill.clone()) {
                Some(draft) => self.enter(State::Bill(draft)),
                None => self.ask_amount(bill.fee.clone(), bill.account.clone(), Some(bill)),
            },
            BillKind::FreeAmount | BillKind::Tariff => {
                self.ask_amount(bill.fee.clone(), bill.account.clone(), Some(bill))
            }
        }
    }

    fn not_quoted(&mut self, refusal: HallRefusal) -> Vec<Effect> {
        let State::Account(state) = &self.state else { return Vec::new() };
        let Some(fee) = self.setting.fee(&state.fee) else { return Vec::new() };
        let may_prepay = matches!(fee.bill, BillKind::FreeAmount | BillKind::Queried { partial: true });
        let (code, account) = (fee.code.clone(), state.typed.clone());
        match refusal {
            HallRefusal::Unknown => self.account_unknown(),
            HallRefusal::NothingOwed if may_prepay => self.ask_amount(code, account, None),
            HallRefusal::NothingOwed => self.account_fault(AccountFault::NothingOwed),
            HallRefusal::BillerClosed => self.account_fault(AccountFault::BillerClosed),
            HallRefusal::BillerSilent => self.account_fault(AccountFault::BillerSilent),
            HallRefusal::Away => self.account_fault(AccountFault::HallAway),
            HallRefusal::Failed => self.account_fault(AccountFault::HallError),
        }
    }

    /// Somebody may be trying numbers that are not theirs: after enough of them the visit ends.
    fn account_unknown(&mut self) -> Vec<Effect> {
        self.unknown_accounts += 1;
        if self.unknown_accounts >= self.setting.account_tries {
            let effects = self.end();
            self.state = State::Notice(Notice::TooManyUnknown, String::new());
            return effects;
        }
        let often = self.unknown_accounts >= UNKNOWN_HINT;
        self.account_fault(if often { AccountFault::UnknownThrice } else { AccountFault::Unknown })
    }

    pub(super) fn choose_amount(&mut self, key: String) -> Vec<Effect> {
        if let State::Amount(state) = &mut self.state {
            state.chosen = Some(key);
            state.typed.clear();
            state.fault = AmountFault::None;
        }
        Vec::new()
    }

    /// The amount that the page stands for now; none while nothing is chosen or typed.
    pub(super) fn chosen_amount(&self, state: &AmountState, world: &World) -> Option<Fen> {
        let fee = self.setting.fee(&state.fee)?;
        let Some(key) = &state.chosen else { return Fen::parse(&state.typed).ok() };
        if fee.bill != BillKind::Tariff {
            return Fen::new(key.parse().ok()?).ok();
        }
        let item = fee.tariff_on(world.local.date())?.item(key)?;
        let free = self.setting.site.is_free(fee, world.local.date());
        if free { Some(Fen::ZERO) } else { Fen::new(item.amount_fen).ok() }
    }

    pub(super) fn amount_entered(&mut self, world: &World) -> Vec<Effect> {
        let State::Amount(state) = &self.state else { return Vec::new() };
        let Some(fee) = self.setting.fee(&state.fee) else { return Vec::new() };
        let Some(amount) = self.chosen_amount(state, world) else { return Vec::new() };
        let fault = self.amount_fault(fee, amount, world);
        if fault != AmountFault::None {
            if let State::Amount(state) = &mut self.state {
                state.fault = fault;
            }
            return Vec::new();
        }
        if fee.bill == BillKind::Tariff {
            return self.ask_tariff();
        }
        let (fee, account) = (state.fee.clone(), state.account.clone());
        let draft = Draft { fee, account, tariff_item: None, bill: state.bill.clone(), amount };
        self.enter(State::Bill(draft))
    }

    /// A tariff item is quoted like a bill: the resident sees whose account it is before paying.
    fn ask_tariff(&mut self) -> Vec<Effect> {
        let ticket = self.next_ticket();
        let State::Amount(state) = &mut self.state else { return Vec::new() };
        if state.ticket.is_some() {
            return Vec::new();
        }
        state.ticket = Some(ticket);
        let (fee, account, tariff_item) = (state.fee.clone(), state.account.clone(), state.chosen.clone());
        vec![Effect::AskQuote { ticket, fee, account, tariff_item }]
    }

    /// A refusal belongs to the account: its page says why.
    fn tariff_quoted(&mut self, answer: Result<Bill, HallRefusal>) -> Vec<Effect> {
        let State::Amount(state) = &mut self.state else { return Vec::new() };
        state.ticket = None;
        match answer {
            Ok(bill) => {
                let chosen = state.chosen.clone();
                self.tariff_known(bill, chosen.as_deref())
            }
            Err(refusal) => {
                if let Some(account @ State::Account(_)) = self.history.pop() {
                    self.state = account;
                }
                self.not_quoted(refusal)
            }
        }
    }

    fn tariff_known(&mut self, bill: Bill, key: Option<&str>) -> Vec<Effect> {
        let item = self.setting.fee(&bill.fee).and_then(|fee| {
            let newest_first = fee.tariffs.iter().rev();
            newest_first.filter_map(|tariff| tariff.item(key?)).next()
        });
        let tariff_item = item.map(|item| (item.key.clone(), item.name.clone()));
        let (Ok(amount), Some(tariff_item)) = (Fen::new(bill.amount_fen), tariff_item) else {
            return Vec::new();
        };
        let (fee, account) = (bill.fee.clone(), bill.account.clone());
        self.enter(State::Bill(Draft {
            fee,
            account,
            tariff_item: Some(tariff_item),
            bill: Some(bill),
            amount,
        }))
    }

    fn amount_fault(&self, fee: &FeeType, amount: Fen, world: &World) -> AmountFault {
        // A tariff names its amounts; zero is one of them where the district has abolished the fee.
        if fee.bill != BillKind::Tariff
            && let Err(fault) = fee.amount.check(amount.get())
        {
            return super::typing::amount_fault(fault);
        }
        let before = self.basket_total();
        match offline_admits(fee, amount, before, &self.setting, world) {
            Ok(()) => AmountFault::None,
            Err(_) => AmountFault::AboveOfflineCap,
        }
    }

    pub(super) fn change_amount(&mut self) -> Vec<Effect> {
        let State::Bill(draft) = &self.state else { return Vec::new() };
        let Draft { fee, account, bill, .. } = draft.clone();
        if self.pay.busy || !bill.as_ref().is_some_and(|bill| bill.partial) {
            return Vec::new();
        }
        self.ask_amount(fee, account, bill)
    }

    pub(super) fn toggle_bill(&mut self, id: &str) -> Vec<Effect> {
        let State::MyBills(bills) = &mut self.state else { return Vec::new() };
        let chosen = bills.iter().filter(|(_, selected)| *selected).count();
        if let Some((_, selected)) = bills.iter_mut().find(|(bill, _)| bill.quote_id == id) {
            *selected = !*selected && chosen < BASKET_MAX;
        }
        Vec::new()
    }

    /// One chosen bill goes to its page, several go into the basket.
    pub(super) fn bills_chosen(&mut self) -> Vec<Effect> {
        let State::MyBills(bills) = &self.state else { return Vec::new() };
        let chosen: Vec<Draft> = bills
            .iter()
            .filter(|(_, selected)| *selected)
            .filter_map(|(bill, _)| Draft::of(bill.clone()))
            .collect();
        match chosen.as_slice() {
            [] => Vec::new(),
            [draft] if self.basket.is_empty() => self.enter(State::Bill(draft.clone())),
            _ => {
                chosen.into_iter().for_each(|draft| self.put_into_basket(draft));
                self.enter(State::Basket)
            }
        }
    }

    /// The same account twice is one line, with the newer amount.
    pub(super) fn put_into_basket(&mut self, draft: Draft) {
        self.basket.retain(|line| !line.is_same_account(&draft));
        if self.basket.len() < BASKET_MAX {
            self.basket.push(draft);
        }
    }

    pub(super) fn remove_line(&mut self, line: usize) -> Vec<Effect> {
        if matches!(self.state, State::Basket) && !self.pay.busy && line < self.basket.len() {
            self.basket.remove(line);
            self.pay.fault = super::HoldFault::None;
        }
        if self.basket.is_empty() && matches!(self.state, State::Basket) { self.back() } else { Vec::new() }
    }

    pub(super) fn basket_total(&self) -> Fen {
        Fen::sum(self.basket.iter().map(|draft| draft.amount)).unwrap_or(Fen::ZERO)
    }
}
