//! Header, bottom bar and overlay of every page.

use kiosk_ui::{self as ui, KioskWindow};
use slint::ComponentHandle;

use super::codes;
use crate::visit::{Frame, Overlay, Touch};

pub(super) fn connect(window: &KioskWindow, send: impl Fn(Touch) + Clone + 'static) {
    let actions = window.global::<ui::Actions>();
    let on = |touch: Touch| {
        let send = send.clone();
        move || send(touch.clone())
    };
    actions.on_home(on(Touch::Home));
    actions.on_back(on(Touch::Back));
    actions.on_help(on(Touch::Help));
    actions.on_close_overlay(on(Touch::CloseOverlay));
    actions.on_confirm_overlay(on(Touch::ConfirmOverlay));
    actions.on_extend(on(Touch::Extend));
    actions.on_log_in(on(Touch::LogIn));
    actions.on_open_lookup(on(Touch::OpenLookup));
    actions.on_open_basket(on(Touch::OpenBasket));
    let catalogue = send.clone();
    actions.on_open_catalogue(move |tile| catalogue(Touch::OpenCatalogue(tile.into())));
    actions.on_open_door(move |door| send(Touch::OpenDoor(door.into())));
}

pub(super) fn turn_to(window: &KioskWindow, page: ui::Page) {
    window.global::<ui::Frame>().set_page(page);
}

pub(super) fn show(window: &KioskWindow, view: &Frame) {
    let frame = window.global::<ui::Frame>();
    frame.set_hall_name((&view.hall_name).into());
    frame.set_kiosk_number((&view.kiosk_number).into());
    frame.set_link(if view.online { ui::Link::Connected } else { ui::Link::Offline });
    frame.set_simulated(view.simulated);
    let (month, day, weekday) = view.date;
    frame.set_month(month.into());
    frame.set_day(day.into());
    frame.set_weekday(weekday.into());
    frame.set_clock((&view.clock).into());
    frame.set_step(view.step.into());
    frame.set_countdown_s(view.countdown_s.map_or(-1, codes::seconds));
    frame.set_can_leave(view.can_leave);
    frame.set_can_back(view.can_back);
    frame.set_hotline((&view.hotline).into());
    frame.set_cash_window((&view.cash_window).into());
    frame.set_basket_count(codes::count(view.basket_count));
    frame.set_basket_total((&view.basket_total).into());
    let (overlay, reference) = overlay(&view.overlay);
    frame.set_overlay_reference(reference.into());
    frame.set_overlay(overlay);
}

fn overlay(overlay: &Overlay) -> (ui::Overlay, &str) {
    match overlay {
        Overlay::None => (ui::Overlay::None, ""),
        Overlay::IdleWarning => (ui::Overlay::IdleWarning, ""),
        Overlay::Help => (ui::Overlay::Help, ""),
        Overlay::PayAgain(reference) => (ui::Overlay::PayAgain, reference),
        Overlay::EndVisit => (ui::Overlay::EndVisit, ""),
    }
}
