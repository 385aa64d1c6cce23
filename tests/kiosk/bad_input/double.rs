//! Two fingers, two taps, the same again.

use std::time::Duration;

use hall::Misbehaviour;
use hall::sim::{Behaviour, Target};
use libtest_mimic::Trial;
use lucheng::visit::{HoldFault, Overlay, Page, Touch};

use super::{POWER, SHOP, TOP_UP, go_pay, hold_fault, reference};
use crate::actor::{Actor, Done, check, same, trial};
use crate::paying::{enter, finish, open, to_bill, to_outcome};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("bad_input::a_double_tap_pays_once", a_double_tap_pays_once),
        trial("bad_input::home_in_the_same_instant_does_not_lose_a_payment", home_does_not_lose_a_payment),
        trial("bad_input::pay_after_home_pays_nothing", pay_after_home_pays_nothing),
        trial("bad_input::the_same_within_ten_minutes_is_asked_about", the_same_again_is_asked_about),
        trial("bad_input::an_earlier_order_is_not_taken_for_this_one", an_earlier_order_is_not_this_one),
        trial("bad_input::a_lapsed_quote_is_asked_for_again", a_lapsed_quote_is_asked_for_again),
        trial("bad_input::a_changed_amount_is_shown_before_paying", a_changed_amount_is_shown_before_paying),
        trial("bad_input::a_visit_that_times_out_leaves_nothing", a_visit_that_times_out_leaves_nothing),
    ]
}

fn a_double_tap_pays_once() -> Done {
    let actor = Actor::usual()?;
    actor.stage.terminal.set_auto(true);
    to_bill(&actor, POWER.0, POWER.1)?;
    actor.force(&[Touch::Go, Touch::Go, Touch::Go]);
    actor.force(&[Touch::Go, Touch::Go]);
    to_outcome(&actor)?;
    same(actor.evidence()?.hall.len(), 1)?;
    actor.paid_once()
}

fn home_does_not_lose_a_payment() -> Done {
    let actor = Actor::usual()?;
    actor.stage.terminal.set_auto(true);
    to_bill(&actor, POWER.0, POWER.1)?;
    actor.force(&[Touch::Go, Touch::Home, Touch::Back, Touch::Finish]);
    check(!matches!(actor.page(), Page::Home(_) | Page::Account(_)), "the payment was left")?;
    to_outcome(&actor)?;
    actor.paid_once()
}

fn pay_after_home_pays_nothing() -> Done {
    let actor = Actor::usual()?;
    actor.stage.terminal.set_auto(true);
    to_bill(&actor, POWER.0, POWER.1)?;
    actor.force(&[Touch::Home, Touch::Go]);
    actor.rest()?;
    check(matches!(actor.page(), Page::Home(_)), "not home")?;
    actor.nothing_charged()
}

fn the_same_again_is_asked_about() -> Done {
    let actor = Actor::usual()?;
    actor.stage.terminal.set_auto(true);
    to_bill(&actor, TOP_UP.0, TOP_UP.1)?;
    actor.touch(Touch::Go)?;
    to_outcome(&actor)?;
    let first = reference(&actor)?;
    finish(&actor)?;
    to_bill(&actor, TOP_UP.0, TOP_UP.1)?;
    go_pay(&actor)?;
    same(actor.screen().frame.overlay, Overlay::PayAgain(first.clone()))?;
    actor.touch(Touch::CloseOverlay)?;
    actor.rest()?;
    actor.paid_once()?;
    go_pay(&actor)?;
    same(actor.screen().frame.overlay, Overlay::PayAgain(first))?;
    actor.touch(Touch::ConfirmOverlay)?;
    to_outcome(&actor)?;
    same(actor.evidence()?.billers.booked.len(), 2)?;
    actor.books_agree()
}

/// The biller of the resident before answers while the next payment waits for its hold.
fn an_earlier_order_is_not_this_one() -> Done {
    let actor = Actor::usual()?;
    let late = Target::Account { fee: TOP_UP.0.to_owned(), account: TOP_UP.1.to_owned() };
    to_bill(&actor, TOP_UP.0, TOP_UP.1)?;
    actor.touch(Touch::Go)?;
    actor.until("the terminal's question", |actor| actor.stage.terminal.waiting_for().is_some())?;
    actor.stage.hall.billers().script(late.clone(), Some(Behaviour::Silent { posts: true }));
    actor.stage.terminal.set_auto(true);
    actor.until_page("the outcome", |page| matches!(page, Page::Outcome(_)))?;
    let first = reference(&actor)?;
    finish(&actor)?;
    to_bill(&actor, SHOP.0, SHOP.1)?;
    actor.stage.hall.misbehave(Some(Misbehaviour::Slow { ms: 5_000 }));
    actor.touch(Touch::Go)?;
    actor.stage.hall.billers().script(late, None);
    actor.until("the first booking", |actor| is_booked(actor, &first))?;
    actor.stage.hall.misbehave(None);
    actor.until_page("the second outcome", |page| matches!(page, Page::Outcome(_)))?;
    check(reference(&actor)? != first, "the order of the resident before is shown")?;
    actor.rest()?;
    same(actor.evidence()?.billers.booked.len(), 2)?;
    actor.books_agree()
}

/// In the kiosk's own journal.
fn is_booked(actor: &Actor, reference: &str) -> bool {
    let id = reference.replace('-', "");
    let books = actor.evidence();
    books.is_ok_and(|books| {
        let mut orders = books.kiosk.iter().filter(|order| order.id == id);
        orders.any(|order| order.lines.iter().all(|line| line.state == "booked"))
    })
}

fn changes_by(actor: &Actor, (fee, account): (&str, &str), by_fen: i64) {
    let target = Target::Account { fee: fee.to_owned(), account: account.to_owned() };
    actor.stage.hall.billers().script(target, Some(Behaviour::AmountChanged { by_fen }));
}

fn amount(actor: &Actor) -> String {
    match actor.page() {
        Page::Bill(view, _) => view.amount,
        _ => String::new(),
    }
}

fn a_lapsed_quote_is_asked_for_again() -> Done {
    let actor = Actor::usual()?;
    actor.stage.terminal.set_auto(true);
    to_bill(&actor, POWER.0, POWER.1)?;
    actor.linger(Duration::from_secs(301))?;
    changes_by(&actor, POWER, 100);
    go_pay(&actor)?;
    same((hold_fault(&actor)?, amount(&actor).as_str()), (HoldFault::Changed, "117.63"))?;
    actor.nothing_charged()?;
    go_pay(&actor)?;
    to_outcome(&actor)?;
    same(actor.evidence()?.billers.booked_fen(), 11_763)?;
    actor.paid_once()
}

fn a_changed_amount_is_shown_before_paying() -> Done {
    let actor = Actor::usual()?;
    actor.stage.terminal.set_auto(true);
    to_bill(&actor, SHOP.0, SHOP.1)?;
    let before = amount(&actor);
    changes_by(&actor, SHOP, 250);
    go_pay(&actor)?;
    same(hold_fault(&actor)?, HoldFault::Expired)?;
    actor.rest()?;
    actor.nothing_charged()?;
    go_pay(&actor)?;
    same(hold_fault(&actor)?, HoldFault::Changed)?;
    check(amount(&actor) != before, "the old amount is shown")?;
    actor.nothing_charged()?;
    go_pay(&actor)?;
    to_outcome(&actor)?;
    actor.paid_once()
}

fn a_visit_that_times_out_leaves_nothing() -> Done {
    let actor = Actor::usual()?;
    let fresh = actor.screen();
    open(&actor, POWER.0)?;
    enter(&actor, POWER.1)?;
    actor.pass_until("the warning", Duration::from_secs(45), |actor| {
        actor.screen().frame.overlay == Overlay::IdleWarning
    })?;
    actor.pass_until("the end", Duration::from_secs(25), |actor| matches!(actor.page(), Page::Home(_)))?;
    let shown = format!("{:?}", actor.screen());
    check(!shown.contains("0101") && !shown.contains("116.63") && !shown.contains('*'), shown)?;
    same(actor.page(), fresh.page)?;
    same(actor.screen().frame.overlay, Overlay::None)
}
