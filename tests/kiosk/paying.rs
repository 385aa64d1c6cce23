//! The ways through the screens that many tests go.

use kiosk_config::{Catalogue, FeeType};
use libtest_mimic::Failed;
use lucheng::visit::{Page, Screen, SlipView, Touch};

use crate::actor::{Actor, Done, check};

/// Opens the account page of a fee from home, as a resident would find it.
pub fn open_fee(actor: &Actor, catalogue: &Catalogue, fee: &FeeType) -> Done {
    open_list(actor, catalogue, fee)?;
    while !is_listed(actor, fee) {
        actor.touch(Touch::Turn(1))?;
        let last = matches!(actor.page(), Page::Catalogue(view) if view.sheet + 1 >= view.sheets);
        check(is_listed(actor, fee) || !last, format!("{} is on no sheet", fee.code))?;
    }
    actor.touch(Touch::ChooseFee(fee.code.clone()))?;
    check(matches!(actor.page(), Page::Account(_)), format!("{} has no account page", fee.code))
}

/// Opens the list of fees that has this one: by its tile on the home page, or by its group.
pub fn open_list(actor: &Actor, catalogue: &Catalogue, fee: &FeeType) -> Done {
    if catalogue.home.iter().any(|tile| tile.tile == fee.tile && tile.group == fee.group) {
        return actor.touch(Touch::OpenCatalogue(fee.tile.clone()));
    }
    actor.touch(Touch::OpenCatalogue(String::new()))?;
    let Page::Catalogue(view) = actor.page() else { return Err("there is no catalogue".into()) };
    let selected = view.groups.iter().any(|(id, _, selected)| *selected && *id == fee.group);
    if selected { Ok(()) } else { actor.touch(Touch::ChooseGroup(fee.group.clone())) }
}

fn is_listed(actor: &Actor, fee: &FeeType) -> bool {
    matches!(actor.page(), Page::Catalogue(view) if view.fees.iter().any(|tile| tile.code == fee.code))
}

/// Opens a fee of the embedded catalogue by its code.
pub fn open(actor: &Actor, code: &str) -> Result<FeeType, Failed> {
    let catalogue = Catalogue::embedded();
    let fee = catalogue.fee(code).ok_or("no such fee")?.clone();
    open_fee(actor, &catalogue, &fee)?;
    Ok(fee)
}

/// Types an account, asks, and waits for the answer.
pub fn enter(actor: &Actor, account: &str) -> Done {
    actor.keys(account)?;
    actor.touch(Touch::Go)?;
    actor.until("the answer", |actor| !matches!(actor.page(), Page::Account(view) if view.busy))
}

/// To the bill page of a fee, through its amount page when there is one.
pub fn to_bill(actor: &Actor, code: &str, account: &str) -> Done {
    let fee = open(actor, code)?;
    enter(actor, account)?;
    pass_amount(actor, &fee)?;
    check(matches!(actor.page(), Page::Bill(..)), format!("no bill: {:?}", actor.page()))
}

/// Chooses the first amount, or types the smallest.
pub fn pass_amount(actor: &Actor, fee: &FeeType) -> Done {
    let Page::Amount(view) = actor.page() else { return Ok(()) };
    match view.choices.first() {
        Some(choice) => actor.touch(Touch::ChooseAmount(choice.key.clone()))?,
        None => actor.keys(&yuan(fee.amount.min_fen))?,
    }
    actor.touch(Touch::Go)?;
    actor.until_page("the bill", |page| !matches!(page, Page::Amount(view) if !view.can_go))
}

/// An amount as it is typed.
pub fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// Waits for the last page, its slip, and the end of everything.
pub fn to_outcome(actor: &Actor) -> Done {
    actor.until_page("the outcome", |page| matches!(page, Page::Outcome(_)))?;
    actor.rest()?;
    actor.until_page("the slip", |page| {
        matches!(page, Page::Outcome(view) if !matches!(view.slip, SlipView::Waiting | SlipView::Printing))
    })
}

/// Ends the visit.
pub fn finish(actor: &Actor) -> Result<Screen, Failed> {
    actor.touch(Touch::Finish)?;
    check(matches!(actor.page(), Page::Home(_)), "not home again")?;
    Ok(actor.screen())
}
