//! Bills of one person.

use kiosk_ui::{self as ui, KioskWindow};
use slint::ComponentHandle;

use super::codes;
use super::rows::refresh;
use crate::visit::{MyBill, MyBillsView, Touch};

pub(super) fn connect(window: &KioskWindow, send: impl Fn(Touch) + Clone + 'static) {
    let my_bills = window.global::<ui::MyBills>();
    let to = send.clone();
    my_bills.on_toggle(move |bill| to(Touch::ToggleBill(bill.into())));
    my_bills.on_go(move || send(Touch::Go));
}

pub(super) fn show(window: &KioskWindow, view: &MyBillsView) {
    let my_bills = window.global::<ui::MyBills>();
    my_bills.set_person((&view.person).into());
    refresh(&my_bills.get_bills(), view.bills.iter().map(bill).collect(), |bills| my_bills.set_bills(bills));
    my_bills.set_selected_count(codes::count(view.selected_count));
    my_bills.set_total((&view.total).into());
    my_bills.set_take_card(view.take_card);
}

pub(super) fn wipe(window: &KioskWindow) {
    let my_bills = window.global::<ui::MyBills>();
    my_bills.set_person("".into());
    refresh(&my_bills.get_bills(), Vec::new(), |bills| my_bills.set_bills(bills));
    my_bills.set_total("".into());
}

fn bill(bill: &MyBill) -> ui::MyBill {
    ui::MyBill {
        id: (&bill.id).into(),
        name: (&bill.name).into(),
        account: (&bill.account).into(),
        period: (&bill.period).into(),
        amount: (&bill.amount).into(),
        icon: (&bill.icon).into(),
        tint: (&bill.tint).into(),
        selected: bill.selected,
        obstacle: codes::obstacle(bill.obstacle),
    }
}
