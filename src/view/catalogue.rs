//! Catalogue page.

use kiosk_ui::{self as ui, KioskWindow};
use slint::ComponentHandle;

use super::codes;
use super::rows::refresh;
use crate::visit::{CatalogueView, FeeKind, FeeTile, Touch};

pub(super) fn connect(window: &KioskWindow, send: impl Fn(Touch) + Clone + 'static) {
    let catalogue = window.global::<ui::Catalogue>();
    let to = send.clone();
    catalogue.on_choose_group(move |group| to(Touch::ChooseGroup(group.into())));
    let to = send.clone();
    catalogue.on_choose_fee(move |fee| to(Touch::ChooseFee(fee.into())));
    let to = send.clone();
    catalogue.on_open_keyboard(move || to(Touch::OpenKeyboard));
    let to = send.clone();
    catalogue.on_type(move |key| to(Touch::Key(key.into())));
    catalogue.on_turn(move |sheets| send(Touch::Turn(sheets)));
}

pub(super) fn show(window: &KioskWindow, view: &CatalogueView) {
    let catalogue = window.global::<ui::Catalogue>();
    let groups = view.groups.iter().map(group).collect();
    refresh(&catalogue.get_groups(), groups, |groups| catalogue.set_groups(groups));
    refresh(&catalogue.get_fees(), view.fees.iter().map(tile).collect(), |fees| catalogue.set_fees(fees));
    catalogue.set_search((&view.search).into());
    catalogue.set_keyboard(view.keyboard);
    catalogue.set_sheet(codes::count(view.sheet));
    catalogue.set_sheets(codes::count(view.sheets));
}

pub(super) fn wipe(window: &KioskWindow) {
    window.global::<ui::Catalogue>().set_search("".into());
}

fn group((id, name, selected): &(String, String, bool)) -> ui::GroupTab {
    ui::GroupTab { id: id.into(), name: name.into(), selected: *selected }
}

fn tile(tile: &FeeTile) -> ui::FeeTile {
    ui::FeeTile {
        code: (&tile.code).into(),
        name: (&tile.name).into(),
        kind: kind(tile.kind),
        icon: (&tile.icon).into(),
        tint: (&tile.tint).into(),
        obstacle: codes::obstacle(tile.obstacle),
        obstacle_detail: (&tile.obstacle_detail).into(),
    }
}

const fn kind(kind: FeeKind) -> ui::FeeKind {
    match kind {
        FeeKind::Bill => ui::FeeKind::Bill,
        FeeKind::TopUp => ui::FeeKind::TopUp,
        FeeKind::Tariff => ui::FeeKind::Tariff,
        FeeKind::CardWrite => ui::FeeKind::CardWrite,
    }
}
