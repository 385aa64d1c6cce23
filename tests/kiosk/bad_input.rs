//! Everything a resident, a device or the hall can do wrong, played through the real actor: the screen says
//! what happened, and the books of acquirer and billers agree.

mod device;
mod double;
mod file;
mod hall;
mod offline;
mod typing;

use libtest_mimic::{Failed, Trial};
use lucheng::visit::{AccountFault, HoldFault, Overlay, Page, Touch};

use crate::actor::{Actor, Done};

/// Electricity of the first invented person: a bill, another amount may be paid, taken offline.
const POWER: (&str, &str) = ("BT-E01", "0101234567890");
/// Electricity of a shop: never offline.
const SHOP: (&str, &str) = ("BT-E02", "0209876543210");
/// A mobile top-up: the amount is chosen from a list, taken offline.
const TOP_UP: (&str, &str) = ("BT-P01", "13847200011");

pub fn trials() -> Vec<Trial> {
    [typing::trials(), double::trials(), hall::trials(), device::trials(), offline::trials(), file::trials()]
        .into_iter()
        .flatten()
        .collect()
}

/// What the account page says.
fn account_fault(actor: &Actor) -> Result<AccountFault, Failed> {
    match actor.page() {
        Page::Account(view) => Ok(view.fault),
        page => Err(format!("not the account page: {page:?}").into()),
    }
}

/// What the page with the button to pay says.
fn hold_fault(actor: &Actor) -> Result<HoldFault, Failed> {
    match actor.page() {
        Page::Bill(_, ways) | Page::Basket(_, ways) => Ok(ways.fault),
        page => Err(format!("not a page to pay on: {page:?}").into()),
    }
}

/// Touches the button to pay and waits until the kiosk has an answer to that.
fn go_pay(actor: &Actor) -> Done {
    actor.touch(Touch::Go)?;
    actor.until("an answer to paying", |actor| {
        let busy = matches!(actor.page(), Page::Bill(_, ways) | Page::Basket(_, ways) if ways.busy);
        !busy || actor.screen().frame.overlay != Overlay::None
    })
}

/// The reference of the order on the page.
fn reference(actor: &Actor) -> Result<String, Failed> {
    match actor.page() {
        Page::Outcome(view) => Ok(view.reference),
        Page::Unknown(view) => Ok(view.reference),
        page => Err(format!("no order on {page:?}").into()),
    }
}
