//! Home, catalogue, account, amount and a person's bills as seen.

use kiosk_config::{BillKind, FeeType, HomeTile as TileData, Need, TileNote};

use crate::money::{Fen, capitals};
use crate::visit::choosing::{BASKET_MAX, SHEET};
use crate::visit::setting::pad;
use crate::visit::state::{AccountState, AmountState, CatalogueState};
use crate::visit::{
    AccountView, AmountChoice, AmountView, Bill, CatalogueView, FeeHead, FeeKind, FeeTile, HomeTile,
    HomeView, MyBill, MyBillsView, Obstacle, Terminal, Visit, World, obstacle,
};

/// Fields that say for what time a bill is.
const PERIOD_KEYS: [&str; 5] = ["period", "season", "year", "school-year", "month"];

impl Visit {
    pub(super) fn home_view(&self, world: &World) -> HomeView {
        let catalogue = &self.setting.catalogue;
        HomeView {
            fee_count: catalogue.enabled().filter(|fee| has_devices(fee, world)).count(),
            tiles: catalogue.home.iter().map(|tile| self.home_tile(tile, world)).collect(),
            reader_ready: world.reader_ready,
            terminal_blocked: world.terminal == Terminal::Blocked,
        }
    }

    /// A tile is closed only when every fee behind it is.
    fn home_tile(&self, tile: &TileData, world: &World) -> HomeTile {
        let fees = self.setting.catalogue.in_tile(&tile.tile).filter(|fee| fee.enabled);
        let mut obstacles = fees.map(|fee| obstacle(fee, &self.setting, world).0);
        let first = obstacles.next().unwrap_or(Obstacle::ComingLater);
        let open = first == Obstacle::None || obstacles.any(|other| other == Obstacle::None);
        HomeTile {
            id: tile.tile.clone(),
            name: tile.name.clone(),
            icon: tile.icon.clone(),
            tint: tile.tint.clone(),
            obstacle: if open { Obstacle::None } else { first },
        }
    }

    pub(super) fn catalogue_view(&self, state: &CatalogueState, world: &World) -> CatalogueView {
        let all = state.search.is_empty();
        let selected = |id: &str| all && state.group == id;
        let listed = self.listed().into_iter().skip(state.sheet * SHEET).take(SHEET);
        CatalogueView {
            groups: self
                .setting
                .catalogue
                .groups
                .iter()
                .map(|group| (group.id.clone(), group.name.clone(), selected(&group.id)))
                .collect(),
            fees: listed.map(|fee| self.fee_tile(fee, world)).collect(),
            search: state.search.to_uppercase(),
            keyboard: state.keyboard,
            sheet: state.sheet,
            sheets: self.sheets(),
        }
    }

    fn fee_tile(&self, fee: &FeeType, world: &World) -> FeeTile {
        let (mut why, obstacle_detail) = obstacle(fee, &self.setting, world);
        if why == Obstacle::None && self.basket.len() >= BASKET_MAX {
            why = Obstacle::BasketFull;
        }
        FeeTile {
            code: fee.code.clone(),
            name: fee.tile_text().to_owned(),
            kind: fee_kind(fee),
            icon: fee.icon.clone(),
            tint: fee.tint.clone(),
            obstacle: why,
            obstacle_detail,
        }
    }

    pub(super) fn fee_head(&self, code: &str) -> FeeHead {
        self.setting.fee(code).map_or_else(FeeHead::default, |fee| FeeHead {
            name: fee.name.clone(),
            biller: fee.biller.name.clone(),
            icon: fee.icon.clone(),
            tint: fee.tint.clone(),
        })
    }

    pub(super) fn account_view(&self, state: &AccountState, world: &World) -> AccountView {
        let fee = self.setting.fee(&state.fee);
        let rule = fee.map(|fee| &fee.account);
        let length = state.typed.chars().count();
        let min = rule.map_or(0, |rule| rule.min_len);
        let top_up = fee.is_some_and(|fee| !matches!(fee.bill, BillKind::Queried { .. }) || !world.online);
        AccountView {
            fee: self.fee_head(&state.fee),
            label: rule.map(|rule| rule.label.clone()).unwrap_or_default(),
            hint: rule.map(|rule| rule.hint.clone()).unwrap_or_default(),
            typed: rule.map(|rule| rule.grouped(&state.typed)).unwrap_or_default(),
            missing: min.saturating_sub(length),
            keypad: pad(rule.map(|rule| rule.keypad).unwrap_or_default()),
            fault: state.fault,
            can_go: length >= min && length > 0 && state.ticket.is_none(),
            busy: state.ticket.is_some(),
            reader_ready: world.reader_ready && world.online,
            top_up,
        }
    }

    pub(super) fn amount_view(&self, state: &AmountState, world: &World) -> AmountView {
        let fee = self.setting.fee(&state.fee);
        let amount = self.chosen_amount(state, world);
        let text = |fen: i64| Fen::new(fen).unwrap_or(Fen::ZERO).to_string();
        let is_tariff = fee.is_some_and(|fee| fee.bill == BillKind::Tariff);
        AmountView {
            fee: self.fee_head(&state.fee),
            account: fee.map(|fee| fee.account.grouped(&state.account)).unwrap_or_default(),
            choices: fee.map(|fee| self.choices(fee, state, world)).unwrap_or_default(),
            typing: fee.is_some_and(|fee| !is_tariff && !fee.amount.choices_only),
            typed: state.typed.clone(),
            amount: amount.map(|amount| amount.to_string()).unwrap_or_default(),
            capitals: amount.map(capitals).unwrap_or_default(),
            min: text(fee.map_or(0, |fee| fee.amount.min_fen)),
            max: text(fee.map_or(0, |fee| fee.amount.max_fen)),
            step: text(fee.map_or(1, |fee| fee.amount.step_fen)),
            fault: state.fault,
            cap: text(self.setting.site.offline.per_line_fen),
            offline: !world.online,
            can_go: state.ticket.is_none() && amount.is_some_and(|amount| is_tariff || amount.is_positive()),
        }
    }

    fn choices(&self, fee: &FeeType, state: &AmountState, world: &World) -> Vec<AmountChoice> {
        let selected = |key: &str| state.chosen.as_deref() == Some(key);
        let choice = |key: String, name: &str, fen: i64| AmountChoice {
            selected: selected(&key),
            key,
            name: name.to_owned(),
            amount: Fen::new(fen).unwrap_or(Fen::ZERO).to_string(),
        };
        let date = world.local.date();
        match fee.tariff_on(date).filter(|_| fee.bill == BillKind::Tariff) {
            Some(tariff) => {
                let free = self.setting.site.is_free(fee, date);
                let fen = |amount_fen| if free { 0 } else { amount_fen };
                tariff
                    .items
                    .iter()
                    .map(|item| choice(item.key.clone(), &item.name, fen(item.amount_fen)))
                    .collect()
            }
            None => fee.amount.choices_fen.iter().map(|fen| choice(fen.to_string(), "", *fen)).collect(),
        }
    }

    pub(super) fn my_bills_view(&self, bills: &[(Bill, bool)], world: &World) -> MyBillsView {
        let chosen = || bills.iter().filter(|(_, selected)| *selected);
        let total = Fen::sum(chosen().filter_map(|(bill, _)| Fen::new(bill.amount_fen).ok()));
        MyBillsView {
            person: self.person_masked(),
            bills: bills.iter().map(|(bill, selected)| self.my_bill(bill, *selected, world)).collect(),
            selected_count: chosen().count(),
            total: total.unwrap_or(Fen::ZERO).to_string(),
            take_card: self.card_present,
        }
    }

    fn my_bill(&self, bill: &Bill, selected: bool, world: &World) -> MyBill {
        let fee = self.setting.fee(&bill.fee);
        let of_time = |(key, _): &&(String, String)| PERIOD_KEYS.contains(&key.as_str());
        let period = bill.fields.iter().find(of_time).map(|(_, value)| value.clone()).unwrap_or_default();
        MyBill {
            id: bill.quote_id.clone(),
            name: fee.map(|fee| fee.name.clone()).unwrap_or_default(),
            account: fee.map(|fee| fee.account.grouped(&bill.account)).unwrap_or_default(),
            period,
            amount: Fen::new(bill.amount_fen).unwrap_or(Fen::ZERO).to_string(),
            icon: fee.map(|fee| fee.icon.clone()).unwrap_or_default(),
            tint: fee.map(|fee| fee.tint.clone()).unwrap_or_default(),
            selected,
            obstacle: fee.map_or(Obstacle::ComingLater, |fee| obstacle(fee, &self.setting, world).0),
        }
    }
}

/// Whether this kiosk has what the fee needs, now or after a repair.
fn has_devices(fee: &FeeType, world: &World) -> bool {
    let writer = world.card_writer.then_some(Need::CardWriter);
    let available: Vec<Need> = writer.into_iter().chain([Need::Printer]).collect();
    fee.is_payable(&available)
}

fn fee_kind(fee: &FeeType) -> FeeKind {
    match fee.note() {
        TileNote::QueryBill | TileNote::PrintOnly => FeeKind::Bill,
        TileNote::TopUp => FeeKind::TopUp,
        TileNote::WriteCard => FeeKind::CardWrite,
        TileNote::Tariff => FeeKind::Tariff,
    }
}
