//! The hall answers wrongly, late, or says no.

use std::time::Duration;

use hall::Misbehaviour;
use hall_api::{Hold, HoldLine, HoldRequest, Quote, QuoteRequest};
use libtest_mimic::{Failed, Trial};
use lucheng::visit::{AccountFault, CaseView, HoldFault, Page, Touch};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{SHOP, account_fault, go_pay, hold_fault};
use crate::actor::{Actor, Done, Setting, check, same, trial};
use crate::paying::{enter, open, to_bill, to_outcome};

/// Everything that a hall may answer instead of an answer.
const MISBEHAVIOURS: [Misbehaviour; 6] = [
    Misbehaviour::Status(400),
    Misbehaviour::Status(404),
    Misbehaviour::Status(500),
    Misbehaviour::Status(503),
    Misbehaviour::Garbage,
    Misbehaviour::Slow { ms: 3_000 },
];

pub fn trials() -> Vec<Trial> {
    vec![
        trial(
            "bad_input::a_hall_that_fails_while_quoting_is_named",
            a_hall_that_fails_while_quoting_is_named,
        ),
        trial("bad_input::a_hall_that_fails_while_holding_charges_nothing", a_hall_that_fails_while_holding),
        trial("bad_input::a_bill_held_by_another_kiosk_names_its_order", a_bill_held_by_another_kiosk),
        trial(
            "bad_input::a_case_that_was_not_opened_says_so_and_can_be_asked_again",
            a_case_that_was_not_opened_says_so,
        ),
        trial("bad_input::a_full_disk_refuses_before_the_card", a_full_disk_refuses_before_the_card),
    ]
}

fn impatient() -> Result<Actor, Failed> {
    Actor::with(&Setting { hall_timeout_ms: 2_000, ..Setting::default() })
}

/// Waits until the hall is well again for the kiosk too, and until it has heard of everything.
fn recover(actor: &Actor) -> Done {
    actor.stage.hall.misbehave(None);
    actor.until("the hall", |actor| actor.answer().is_some_and(|answer| answer.online))?;
    actor.rest()
}

fn a_hall_that_fails_while_quoting_is_named() -> Done {
    let actor = impatient()?;
    for misbehaviour in MISBEHAVIOURS {
        open(&actor, SHOP.0)?;
        actor.stage.hall.misbehave(Some(misbehaviour));
        enter(&actor, SHOP.1)?;
        let fault = account_fault(&actor)?;
        let named = matches!(fault, AccountFault::HallError | AccountFault::HallAway);
        check(named, format!("{misbehaviour:?} gives {fault:?}"))?;
        recover(&actor)?;
        go_to_bill(&actor)?;
        actor.touch(Touch::Home)?;
    }
    actor.nothing_charged()
}

fn a_hall_that_fails_while_holding() -> Done {
    let actor = impatient()?;
    actor.stage.terminal.set_auto(true);
    to_bill(&actor, SHOP.0, SHOP.1)?;
    for misbehaviour in MISBEHAVIOURS {
        actor.stage.hall.misbehave(Some(misbehaviour));
        go_pay(&actor)?;
        let fault = hold_fault(&actor)?;
        let named = matches!(fault, HoldFault::HallError | HoldFault::HallAway(_));
        check(named, format!("{misbehaviour:?} gives {fault:?}"))?;
        actor.nothing_charged()?;
        recover(&actor)?;
        actor.nothing_charged()?;
        actor.linger(Duration::from_secs(1))?;
    }
    // Every hold that was taken unseen has been let go: the bill can be paid.
    go_to_terminal(&actor)?;
    to_outcome(&actor)?;
    actor.paid_once()
}

/// What the kiosk asked while the hall was unwell may still end without an answer and put the hall away for a
/// moment: somebody touches the button again, as a resident would, until there is a bill.
fn go_to_bill(actor: &Actor) -> Done {
    actor.until("the bill", |actor| match actor.page() {
        Page::Account(view) if view.busy => false,
        Page::Account(_) => {
            actor.force(&[Touch::Go]);
            false
        }
        page => matches!(page, Page::Bill(..)),
    })
}

/// The same from the bill to the terminal.
fn go_to_terminal(actor: &Actor) -> Done {
    actor.until("the terminal", |actor| match actor.page() {
        Page::Bill(_, ways) if ways.busy => false,
        Page::Bill(..) => {
            actor.force(&[Touch::Go]);
            false
        }
        _ => true,
    })
}

fn a_bill_held_by_another_kiosk() -> Done {
    let actor = Actor::usual()?;
    actor.stage.terminal.set_auto(true);
    to_bill(&actor, SHOP.0, SHOP.1)?;
    hold_elsewhere(&actor.stage.hall.url())?;
    go_pay(&actor)?;
    let fault = hold_fault(&actor)?;
    let HoldFault::HeldElsewhere(reference) = &fault else { return Err(format!("{fault:?}").into()) };
    same(reference.replace('-', ""), OTHER.replace('-', ""))?;
    actor.rest()?;
    actor.nothing_charged()
}

fn a_case_that_was_not_opened_says_so() -> Done {
    let actor = impatient()?;
    actor.stage.terminal.set_auto(true);
    to_bill(&actor, SHOP.0, SHOP.1)?;
    go_pay(&actor)?;
    to_outcome(&actor)?;
    actor.stage.hall.misbehave(Some(Misbehaviour::Status(500)));
    actor.touch(Touch::Dispute)?;
    until_case(&actor, "words about the case", |case| *case == CaseView::Failed)?;
    recover(&actor)?;
    actor.touch(Touch::Dispute)?;
    until_case(
        &actor,
        "the case's number",
        |case| matches!(case, CaseView::Opened(number) if !number.is_empty()),
    )?;
    actor.paid_once()
}

fn until_case(actor: &Actor, what: &str, is: impl Fn(&CaseView) -> bool) -> Done {
    actor.until_page(what, |page| matches!(page, Page::Outcome(view) if is(&view.case)))
}

/// The order of the other kiosk.
const OTHER: &str = "BT08-001-00000001";

fn hold_elsewhere(url: &str) -> Done {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (kiosk, site) = ("BT08".to_owned(), "city-hall".to_owned());
    let (fee, account) = (SHOP.0.to_owned(), SHOP.1.to_owned());
    let request = QuoteRequest { kiosk: kiosk.clone(), site: site.clone(), fee, account, tariff_item: None };
    let quote: Quote = runtime.block_on(send(reqwest::Method::POST, format!("{url}/v1/quotes"), &request))?;
    let line = HoldLine {
        quote_id: Some(quote.quote_id),
        fee: quote.fee,
        account: quote.account,
        tariff_item: None,
        amount_fen: quote.amount_fen,
    };
    let request = HoldRequest { kiosk, site, lines: vec![line], pay_again: false };
    let id = lucheng::money::OrderId::parse(OTHER)?;
    let held: Hold =
        runtime.block_on(send(reqwest::Method::PUT, format!("{url}/v1/holds/{id}"), &request))?;
    same(held.total_fen, quote.amount_fen)
}

async fn send<T: DeserializeOwned>(
    method: reqwest::Method,
    url: String,
    body: &impl Serialize,
) -> Result<T, Failed> {
    // Wanted even for plain HTTP; whoever comes second keeps the first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build()?;
    let answer = client.request(method, url).json(body).send().await?;
    Ok(answer.error_for_status()?.json().await?)
}

fn a_full_disk_refuses_before_the_card() -> Done {
    let actor = Actor::with(&Setting { reserve_bytes: Some(u64::MAX), ..Setting::default() })?;
    actor.stage.terminal.set_auto(true);
    to_bill(&actor, SHOP.0, SHOP.1)?;
    go_pay(&actor)?;
    same(hold_fault(&actor)?, HoldFault::DiskFull)?;
    same(actor.stage.terminal.waiting_for(), None)?;
    same(actor.evidence()?.hall.len(), 0)?;
    actor.nothing_charged()
}
