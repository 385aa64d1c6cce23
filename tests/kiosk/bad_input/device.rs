//! A device fails.

use std::time::Duration;

use drivers::simulator::{PaperLevel, SamFault, Silence};
use libtest_mimic::Trial;
use lucheng::visit::{CardFault, Obstacle, Outcome, Page, SlipView, Touch};

use super::{POWER, reference};
use crate::actor::{Actor, Done, check, same, trial};
use crate::paying::{to_bill, to_outcome};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("bad_input::a_card_lifted_while_read_can_be_laid_again", a_card_lifted_while_read),
        trial("bad_input::a_silent_terminal_is_unknown_then_reversed", a_silent_terminal),
        trial("bad_input::a_terminal_dead_when_asked_charges_nothing", a_terminal_dead_when_asked),
        trial("bad_input::a_terminal_known_to_be_dead_is_not_offered", a_terminal_known_to_be_dead),
        trial("bad_input::a_silent_printer_gives_a_reference_on_the_screen", a_silent_printer),
        trial("bad_input::an_empty_printer_asks_before_paying", an_empty_printer_asks_before_paying),
        trial(
            "bad_input::an_empty_printer_closes_what_needs_paper",
            an_empty_printer_closes_what_needs_paper,
        ),
    ]
}

fn a_card_lifted_while_read() -> Done {
    let actor = Actor::usual()?;
    actor.touch(Touch::LogIn)?;
    actor.stage.reader.set_fault(Some(SamFault::CardLiftedMidRead));
    actor.stage.lay_card(0);
    actor
        .until_page("the fault", |page| matches!(page, Page::Card(view) if view.fault != CardFault::None))?;
    let fault = match actor.page() {
        Page::Card(view) => view.fault,
        page => return Err(format!("{page:?}").into()),
    };
    check(matches!(fault, CardFault::Lifted | CardFault::Unreadable), format!("{fault:?}"))?;
    check(!format!("{:?}", actor.screen()).contains("国"), "something of the card is shown")?;
    actor.stage.lay_card(0);
    actor.until_page("the bills", |page| matches!(page, Page::MyBills(_)))?;
    actor.nothing_charged()
}

fn a_silent_terminal() -> Done {
    let actor = Actor::usual()?;
    actor.stage.terminal.set_silence(Some(Silence::NoApproveNoAnswer));
    to_bill(&actor, POWER.0, POWER.1)?;
    actor.touch(Touch::Go)?;
    actor.until_page("the unknown outcome", |page| matches!(page, Page::Unknown(_)))?;
    let reference = reference(&actor)?;
    check(!reference.is_empty(), "no reference")?;
    actor.stage.terminal.set_silence(None);
    actor.pass_until("the end", Duration::from_secs(900), |actor| {
        actor.answer().is_some_and(|answer| answer.open.iter().all(|order| order.is_final()))
    })?;
    let given_back = |outcome: &Outcome| matches!(outcome, Outcome::Reversed | Outcome::Declined(_));
    let page = actor.page();
    check(matches!(&page, Page::Outcome(view) if given_back(&view.outcome)), format!("{page:?}"))?;
    actor.rest()?;
    actor.nothing_charged()
}

fn a_terminal_dead_when_asked() -> Done {
    let actor = Actor::usual()?;
    to_bill(&actor, POWER.0, POWER.1)?;
    actor.stage.terminal.set_silence(Some(Silence::Dead));
    actor.touch(Touch::Go)?;
    actor.until_page("an answer", |page| matches!(page, Page::Outcome(_) | Page::Unknown(_)))?;
    actor.stage.terminal.set_silence(None);
    actor.pass_until("the end", Duration::from_secs(900), |actor| {
        actor.answer().is_some_and(|answer| answer.open.iter().all(|order| order.is_final()))
    })?;
    actor.rest()?;
    actor.nothing_charged()
}

fn a_terminal_known_to_be_dead() -> Done {
    let actor = Actor::usual()?;
    to_bill(&actor, POWER.0, POWER.1)?;
    actor.stage.terminal.cut_cable();
    actor.until_page(
        "the loss of the terminal",
        |page| matches!(page, Page::Bill(_, ways) if ways.obstacle == Obstacle::TerminalAbsent),
    )?;
    actor.force(&[Touch::Go]);
    check(matches!(actor.page(), Page::Bill(_, ways) if !ways.busy), "something was begun")?;
    same(actor.evidence()?.hall.len(), 0)?;
    actor.nothing_charged()
}

/// Agrees to go without paper, pays, and has the reference on the screen.
fn pay_paperless(actor: &Actor) -> Done {
    actor.until_page("no paper", |page| matches!(page, Page::Bill(_, ways) if ways.paperless))?;
    actor.force(&[Touch::Go]);
    same(actor.evidence()?.hall.len(), 0)?;
    actor.touch(Touch::AgreePaperless)?;
    actor.touch(Touch::Go)?;
    to_outcome(actor)?;
    let Page::Outcome(view) = actor.page() else { return Err("no outcome".into()) };
    same((view.outcome, view.slip), (Outcome::Paid, SlipView::Paperless))?;
    check(!view.reference.is_empty() && view.qr.contains(&view.reference.replace('-', "")), view.qr)?;
    actor.paid_once()
}

fn a_silent_printer() -> Done {
    let actor = Actor::usual()?;
    actor.stage.terminal.set_auto(true);
    to_bill(&actor, POWER.0, POWER.1)?;
    actor.stage.printer.set_silent(true);
    pay_paperless(&actor)
}

fn an_empty_printer_asks_before_paying() -> Done {
    let actor = Actor::usual()?;
    actor.stage.terminal.set_auto(true);
    actor.stage.printer.set_paper(PaperLevel::Out);
    to_bill(&actor, POWER.0, POWER.1)?;
    pay_paperless(&actor)
}

fn an_empty_printer_closes_what_needs_paper() -> Done {
    let actor = Actor::usual()?;
    actor.stage.printer.set_paper(PaperLevel::Out);
    actor.touch(Touch::OpenCatalogue(String::new()))?;
    actor.touch(Touch::ChooseGroup("fines".to_owned()))?;
    actor.until("the tile", |actor| match actor.page() {
        Page::Catalogue(view) => {
            view.fees.iter().any(|fee| fee.code == "BT-V01" && fee.obstacle == Obstacle::PaperOut)
        }
        _ => false,
    })?;
    actor.force(&[Touch::ChooseFee("BT-V01".to_owned())]);
    check(matches!(actor.page(), Page::Catalogue(_)), "a closed tile opens")
}
