//! Basket page.

use kiosk_ui::{self as ui, KioskWindow};
use slint::ComponentHandle;

use super::rows::refresh;
use crate::visit::{BasketLine, BasketView, Touch};

pub(super) fn connect(window: &KioskWindow, send: impl Fn(Touch) + Clone + 'static) {
    window.global::<ui::Basket>().on_remove(move |line| {
        if let Ok(line) = usize::try_from(line) {
            send(Touch::RemoveLine(line));
        }
    });
}

pub(super) fn show(window: &KioskWindow, view: &BasketView) {
    let basket = window.global::<ui::Basket>();
    refresh(&basket.get_lines(), view.lines.iter().map(line).collect(), |lines| basket.set_lines(lines));
    basket.set_total((&view.total).into());
    basket.set_capitals((&view.capitals).into());
}

pub(super) fn wipe(window: &KioskWindow) {
    let basket = window.global::<ui::Basket>();
    refresh(&basket.get_lines(), Vec::new(), |lines| basket.set_lines(lines));
    basket.set_total("".into());
    basket.set_capitals("".into());
}

fn line(line: &BasketLine) -> ui::BasketLine {
    ui::BasketLine {
        name: (&line.name).into(),
        account: (&line.account).into(),
        amount: (&line.amount).into(),
        icon: (&line.icon).into(),
        tint: (&line.tint).into(),
    }
}
