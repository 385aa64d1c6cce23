//! The hall is away.

use libtest_mimic::{Failed, Trial};
use lucheng::visit::{AmountFault, HoldFault, LineOutcome, Obstacle, Outcome, Page, Touch};

use super::{POWER, SHOP, TOP_UP, go_pay, hold_fault};
use crate::actor::{Actor, Done, check, same, trial};
use crate::paying::{enter, finish, open, to_bill};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("bad_input::offline_a_tile_that_needs_the_hall_says_so", a_tile_that_needs_the_hall_says_so),
        trial("bad_input::offline_a_top_up_is_taken_and_booked_later", a_top_up_is_taken_and_booked_later),
        trial("bad_input::offline_one_line_has_a_cap", one_line_has_a_cap),
        trial("bad_input::offline_the_kiosk_has_a_cap", the_kiosk_has_a_cap),
        trial("bad_input::offline_a_basket_is_refused_whole_naming_the_line", a_basket_is_refused_whole),
        trial("bad_input::offline_on_the_bill_page_names_the_fee", gone_on_the_bill_page),
    ]
}

fn go_offline(actor: &Actor) -> Done {
    actor.stage.hall.go_offline();
    actor.until("the loss of the hall", |actor| !actor.screen().frame.online)
}

/// The hall returns; everything is booked once.
fn come_back(actor: &Actor) -> Done {
    actor.stage.hall.come_back()?;
    actor.until("the return of the hall", |actor| actor.screen().frame.online)?;
    actor.rest()?;
    actor.books_agree()
}

fn a_tile_that_needs_the_hall_says_so() -> Done {
    let actor = Actor::usual()?;
    go_offline(&actor)?;
    actor.touch(Touch::OpenCatalogue("power".to_owned()))?;
    let Page::Catalogue(view) = actor.page() else { return Err("no catalogue".into()) };
    let shop = view.fees.iter().find(|fee| fee.code == SHOP.0).ok_or("no such tile")?;
    same(shop.obstacle, Obstacle::HallAway)?;
    actor.force(&[Touch::ChooseFee(SHOP.0.to_owned())]);
    check(matches!(actor.page(), Page::Catalogue(_)), "it opens all the same")?;
    let home = view.fees.iter().find(|fee| fee.code == POWER.0).ok_or("no such tile")?;
    same(home.obstacle, Obstacle::None)
}

/// Chooses an amount of the top-up; the page that follows.
fn choose(actor: &Actor, fen: i64) -> Result<Page, Failed> {
    open(actor, TOP_UP.0)?;
    enter(actor, TOP_UP.1)?;
    actor.touch(Touch::ChooseAmount(fen.to_string()))?;
    actor.touch(Touch::Go)?;
    Ok(actor.page())
}

/// Takes an amount offline, to the end of its visit.
fn take(actor: &Actor, fen: i64) -> Done {
    let page = choose(actor, fen)?;
    check(matches!(&page, Page::Bill(view, _) if view.offline), format!("{page:?}"))?;
    actor.touch(Touch::Go)?;
    actor.until_page("the outcome", |page| matches!(page, Page::Outcome(_)))?;
    actor.until("quiet", |actor| actor.answer().is_some_and(|answer| answer.quiet))
}

fn heads(actor: &Actor, heading: &str) -> usize {
    let printed = actor.stage.printer.printed();
    let headed = |slip: &&drivers::simulator::PrintedSlip| {
        slip.complete && slip.lines.iter().any(|line| line.text.contains(heading))
    };
    printed.iter().filter(headed).count()
}

fn a_top_up_is_taken_and_booked_later() -> Done {
    let actor = Actor::usual()?;
    actor.stage.terminal.set_auto(true);
    go_offline(&actor)?;
    take(&actor, 5_000)?;
    let Page::Outcome(view) = actor.page() else { return Err("no outcome".into()) };
    same(view.outcome, Outcome::Pending)?;
    check(view.lines.iter().all(|line| line.state == LineOutcome::Offline), "not called offline")?;
    same((heads(&actor, "待入账凭条"), heads(&actor, "缴费凭条")), (1, 0))?;
    actor.books_agree()?;
    finish(&actor)?;
    come_back(&actor)?;
    actor.paid_once()
}

fn one_line_has_a_cap() -> Done {
    let actor = Actor::usual()?;
    go_offline(&actor)?;
    let page = choose(&actor, 30_000)?;
    check(
        matches!(&page, Page::Amount(view) if view.fault == AmountFault::AboveOfflineCap),
        format!("{page:?}"),
    )?;
    actor.nothing_charged()
}

/// Ten times 200.00 fill the 2,000.00 of this kiosk; not a fen more is taken.
fn the_kiosk_has_a_cap() -> Done {
    let actor = Actor::usual()?;
    actor.stage.terminal.set_auto(true);
    go_offline(&actor)?;
    for _ in 0..10 {
        take(&actor, 20_000)?;
        finish(&actor)?;
    }
    let page = choose(&actor, 1_000)?;
    check(
        matches!(&page, Page::Amount(view) if view.fault == AmountFault::AboveOfflineCap),
        format!("{page:?}"),
    )?;
    same(actor.evidence()?.acquirer.net_fen(), 200_000)?;
    come_back(&actor)?;
    same(actor.evidence()?.billers.booked_fen(), 200_000)
}

fn a_basket_is_refused_whole() -> Done {
    let actor = Actor::usual()?;
    actor.stage.terminal.set_auto(true);
    to_bill(&actor, TOP_UP.0, TOP_UP.1)?;
    actor.touch(Touch::AddAnother)?;
    actor.touch(Touch::ChooseGroup("utilities".to_owned()))?;
    while !crate::offer::offers(&actor.screen(), &Touch::ChooseFee(SHOP.0.to_owned())) {
        actor.touch(Touch::Turn(1))?;
    }
    actor.touch(Touch::ChooseFee(SHOP.0.to_owned()))?;
    enter(&actor, SHOP.1)?;
    actor.touch(Touch::Go)?;
    check(matches!(actor.page(), Page::Basket(view, _) if view.lines.len() == 2), "no basket of two")?;
    go_offline(&actor)?;
    go_pay(&actor)?;
    same(hold_fault(&actor)?, HoldFault::HallAway("企业(一般工商业)电费".to_owned()))?;
    actor.nothing_charged()
}

fn gone_on_the_bill_page() -> Done {
    let actor = Actor::usual()?;
    actor.stage.terminal.set_auto(true);
    to_bill(&actor, SHOP.0, SHOP.1)?;
    go_offline(&actor)?;
    go_pay(&actor)?;
    check(matches!(hold_fault(&actor)?, HoldFault::HallAway(name) if !name.is_empty()), "not named")?;
    actor.nothing_charged()?;
    actor.touch(Touch::Home)?;
    actor.stage.hall.come_back()?;
    actor.until("the return of the hall", |actor| actor.screen().frame.online)?;
    to_bill(&actor, POWER.0, POWER.1)?;
    go_offline(&actor)?;
    check(matches!(actor.page(), Page::Bill(view, _) if view.offline), "the page does not say so")?;
    actor.touch(Touch::Go)?;
    actor.until_page("the outcome", |page| matches!(page, Page::Outcome(_)))?;
    actor.until("quiet", |actor| actor.answer().is_some_and(|answer| answer.quiet))?;
    same(heads(&actor, "待入账凭条"), 1)?;
    come_back(&actor)?;
    actor.paid_once()
}
