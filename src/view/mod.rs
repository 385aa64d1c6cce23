//! Slint globals ↔ visit; the only user of `kiosk-ui`. One file per page.
//!
//! [`connect`] turns every callback of `ui/api.slint` into a [`Touch`]. [`show`] carries a [`Screen`] to the
//! globals: pages that did not change are not touched, lists are changed row by row, so that an idle screen
//! repaints nothing but the clock. What a page held of a resident is wiped from its global when it is left.
//! Other threads hand screens over through a [`Poster`].

mod account;
mod activity;
mod amount;
mod basket;
mod bill;
mod card;
mod catalogue;
mod codes;
mod frame;
mod glass;
mod home;
mod lookup;
mod my_bills;
mod notice;
mod out_of_service;
mod outcome;
#[cfg(feature = "demo")]
mod paper;
mod pay;
mod paying;
mod poster;
mod qr;
mod rows;
#[cfg(all(test, feature = "demo"))]
mod tests;
mod unknown;

pub use glass::{DESIGN, Extent, Room, place, prepare};
#[cfg(feature = "demo")]
pub use paper::paper;
pub use poster::{Inbox, Poster};

use kiosk_ui::KioskWindow;

use crate::visit::{Page, Screen, Touch};

/// Wires every callback of the window to a touch, and wipes the samples that the screens are drawn with.
pub fn connect(window: &KioskWindow, send: impl Fn(Touch) + Clone + 'static) {
    activity::connect(window, send.clone());
    frame::connect(window, send.clone());
    catalogue::connect(window, send.clone());
    account::connect(window, send.clone());
    amount::connect(window, send.clone());
    bill::connect(window, send.clone());
    basket::connect(window, send.clone());
    pay::connect(window, send.clone());
    my_bills::connect(window, send.clone());
    paying::connect(window, send.clone());
    unknown::connect(window, send.clone());
    outcome::connect(window, send.clone());
    lookup::connect(window, send);
    wipe_all(window);
}

/// Shows a screen; `old` is what the window shows already.
pub fn show(window: &KioskWindow, old: Option<&Screen>, new: &Screen) {
    let old_page = old.map(|screen| &screen.page);
    if let Some(left) = old_page.filter(|page| !same_kind(page, &new.page)) {
        wipe(window, left);
    }
    if old_page != Some(&new.page) {
        show_page(window, &new.page);
    }
    if old.map(|screen| &screen.frame) != Some(&new.frame) {
        frame::show(window, &new.frame);
    }
    frame::turn_to(window, codes::page(&new.page));
}

fn same_kind(one: &Page, other: &Page) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

fn show_page(window: &KioskWindow, page: &Page) {
    match page {
        Page::Home(view) => home::show(window, view),
        Page::Catalogue(view) => catalogue::show(window, view),
        Page::Account(view) => account::show(window, view),
        Page::Amount(view) => amount::show(window, view),
        Page::Bill(view, ways) => {
            bill::show(window, view);
            pay::show(window, ways);
        }
        Page::Basket(view, ways) => {
            basket::show(window, view);
            pay::show(window, ways);
        }
        Page::Card(view) => card::show(window, view),
        Page::MyBills(view) => my_bills::show(window, view),
        Page::Paying(view) => paying::show(window, view),
        Page::Unknown(view) => unknown::show(window, view),
        Page::Outcome(view) => outcome::show(window, view),
        Page::Lookup(view) => lookup::show(window, view),
        Page::Notice(view) => notice::show(window, view),
        Page::OutOfService(view) => out_of_service::show(window, view),
    }
}

/// Nothing of a resident stays in the global of a page that is left.
fn wipe(window: &KioskWindow, page: &Page) {
    match page {
        Page::Catalogue(_) => catalogue::wipe(window),
        Page::Account(_) => account::wipe(window),
        Page::Amount(_) => amount::wipe(window),
        Page::Bill(..) => bill::wipe(window),
        Page::Basket(..) => basket::wipe(window),
        Page::MyBills(_) => my_bills::wipe(window),
        Page::Paying(_) => paying::wipe(window),
        Page::Unknown(_) => unknown::wipe(window),
        Page::Outcome(_) => outcome::wipe(window),
        Page::Lookup(_) => lookup::wipe(window),
        Page::Home(_) | Page::Card(_) | Page::Notice(_) | Page::OutOfService(_) => {}
    }
}

fn wipe_all(window: &KioskWindow) {
    for wipe in [
        catalogue::wipe,
        account::wipe,
        amount::wipe,
        bill::wipe,
        basket::wipe,
        my_bills::wipe,
        paying::wipe,
        unknown::wipe,
        outcome::wipe,
        lookup::wipe,
    ] {
        wipe(window);
    }
}
