//! Bill page.

use kiosk_ui::{self as ui, KioskWindow};
use slint::ComponentHandle;

use super::codes;
use super::rows::refresh;
use crate::visit::{BillView, Touch};

pub(super) fn connect(window: &KioskWindow, send: impl Fn(Touch) + Clone + 'static) {
    let bill = window.global::<ui::Bill>();
    let to = send.clone();
    bill.on_change_amount(move || to(Touch::ChangeAmount));
    bill.on_not_mine(move || send(Touch::NotMine));
}

pub(super) fn show(window: &KioskWindow, view: &BillView) {
    let bill = window.global::<ui::Bill>();
    bill.set_fee(codes::fee_head(&view.fee));
    refresh(&bill.get_rows(), view.rows.iter().map(row).collect(), |rows| bill.set_rows(rows));
    bill.set_amount((&view.amount).into());
    bill.set_capitals((&view.capitals).into());
    bill.set_partial(view.partial);
    bill.set_free(view.free);
    bill.set_offline(view.offline);
}

pub(super) fn wipe(window: &KioskWindow) {
    let bill = window.global::<ui::Bill>();
    refresh(&bill.get_rows(), Vec::new(), |rows| bill.set_rows(rows));
    bill.set_amount("".into());
    bill.set_capitals("".into());
}

fn row((label, value): &(String, String)) -> ui::Row {
    ui::Row { label: label.into(), value: value.into() }
}
