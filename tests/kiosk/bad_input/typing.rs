//! What is typed.

use hall::sim::{Behaviour, Target};
use kiosk_config::Catalogue;
use libtest_mimic::Trial;
use lucheng::visit::{AccountFault, AmountFault, Notice, Page, Touch};

use super::{POWER, account_fault};
use crate::actor::{Actor, Done, check, same, trial};
use crate::paying::{enter, open, to_bill};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("bad_input::a_wrong_length_asks_nobody", a_wrong_length_asks_nobody),
        trial("bad_input::a_letter_is_no_digit", a_letter_is_no_digit),
        trial("bad_input::a_wrong_check_digit_or_date_is_named", a_wrong_check_digit_or_date_is_named),
        trial(
            "bad_input::unknown_and_not_this_biller_read_the_same",
            unknown_and_not_this_biller_read_the_same,
        ),
        trial("bad_input::ten_unknown_numbers_end_the_visit", ten_unknown_numbers_end_the_visit),
        trial("bad_input::an_exact_bill_of_nothing_is_not_paid", an_exact_bill_of_nothing_is_not_paid),
        trial("bad_input::a_bill_of_nothing_may_be_paid_ahead", a_bill_of_nothing_may_be_paid_ahead),
        trial("bad_input::amounts_keep_to_their_bounds", amounts_keep_to_their_bounds),
    ]
}

fn a_wrong_length_asks_nobody() -> Done {
    let actor = Actor::usual()?;
    open(&actor, POWER.0)?;
    actor.keys("010123456")?;
    check(matches!(actor.page(), Page::Account(view) if !view.can_go && view.missing == 1), "9 of 10 pass")?;
    actor.force(&[Touch::Go]);
    same(account_fault(&actor)?, AccountFault::TooShort(10))?;
    actor.keys("78901234")?;
    check(matches!(actor.page(), Page::Account(view) if view.typed.replace(' ', "").len() == 13), "too long")
}

fn a_letter_is_no_digit() -> Done {
    let actor = Actor::usual()?;
    open(&actor, POWER.0)?;
    actor.keys("0101A2蒙3-4 5;x")?;
    check(
        matches!(actor.page(), Page::Account(view) if view.typed == "0101 2345"),
        format!("{:?}", actor.page()),
    )
}

fn a_wrong_check_digit_or_date_is_named() -> Done {
    let actor = Actor::usual()?;
    open(&actor, "BT-I02")?;
    enter(&actor, "150203195808120029")?;
    same(account_fault(&actor)?, AccountFault::BadCheckDigit)?;
    actor.touch(Touch::Key("clear".to_owned()))?;
    enter(&actor, "150202196502301239")?;
    check(
        matches!(account_fault(&actor)?, AccountFault::BadDate | AccountFault::BadCheckDigit),
        "30 February passes",
    )?;
    same(actor.evidence()?.hall.len(), 0)
}

/// Somebody else's number and nobody's number give the same page, so that numbers cannot be tried out.
fn unknown_and_not_this_biller_read_the_same() -> Done {
    let catalogue = Catalogue::embedded();
    let other = catalogue.fee("BT-G01").map(|fee| fee.account.sample.clone()).ok_or("no gas")?;
    let pages = [other, "3999999999".to_owned()].map(|account| {
        let actor = Actor::usual()?;
        open(&actor, "BT-W01")?;
        enter(&actor, &account)?;
        match actor.page() {
            Page::Account(view) => Ok(lucheng::visit::AccountView { typed: String::new(), ..view }),
            page => Err(libtest_mimic::Failed::from(format!("{page:?}"))),
        }
    });
    let [other, nobody] = pages;
    let (other, nobody) = (other?, nobody?);
    same(other.fault, AccountFault::Unknown)?;
    same(other, nobody)
}

fn ten_unknown_numbers_end_the_visit() -> Done {
    let actor = Actor::usual()?;
    open(&actor, POWER.0)?;
    for attempt in 0..9 {
        enter(&actor, &format!("09999999{attempt:02}"))?;
        let wanted = if attempt < 2 { AccountFault::Unknown } else { AccountFault::UnknownThrice };
        same(account_fault(&actor)?, wanted)?;
        actor.touch(Touch::Key("clear".to_owned()))?;
    }
    enter(&actor, "0999999999")?;
    check(matches!(actor.page(), Page::Notice(view) if view.notice == Notice::TooManyUnknown), "no end")?;
    actor.touch(Touch::Go)?;
    check(matches!(actor.page(), Page::Home(_)), "not home")?;
    actor.nothing_charged()
}

fn script(actor: &Actor, (fee, account): (&str, &str), behaviour: Behaviour) {
    let target = Target::Account { fee: fee.to_owned(), account: account.to_owned() };
    actor.stage.hall.billers().script(target, Some(behaviour));
}

fn an_exact_bill_of_nothing_is_not_paid() -> Done {
    let actor = Actor::usual()?;
    for behaviour in [Behaviour::ZeroBill, Behaviour::NegativeBill] {
        script(&actor, ("BT-H02", "71012346"), behaviour);
        open(&actor, "BT-H02")?;
        enter(&actor, "71012346")?;
        same(account_fault(&actor)?, AccountFault::NothingOwed)?;
        actor.touch(Touch::Home)?;
    }
    actor.nothing_charged()
}

fn a_bill_of_nothing_may_be_paid_ahead() -> Done {
    let actor = Actor::usual()?;
    for behaviour in [Behaviour::ZeroBill, Behaviour::NegativeBill] {
        script(&actor, POWER, behaviour);
        open(&actor, POWER.0)?;
        enter(&actor, POWER.1)?;
        check(matches!(actor.page(), Page::Amount(view) if !view.can_go), format!("{:?}", actor.page()))?;
        actor.keys("0.00")?;
        actor.force(&[Touch::Go]);
        check(matches!(actor.page(), Page::Amount(_)), "zero is paid")?;
        actor.touch(Touch::Home)?;
    }
    actor.nothing_charged()
}

fn amounts_keep_to_their_bounds() -> Done {
    let actor = Actor::usual()?;
    to_bill(&actor, "BT-T01", "8472001234567890")?;
    actor.touch(Touch::ChangeAmount)?;
    let faults =
        [("9", AmountFault::BelowMin), ("1201", AmountFault::AboveMax), ("20.50", AmountFault::OffStep)];
    for (typed, wanted) in faults {
        actor.touch(Touch::Key("clear".to_owned()))?;
        actor.keys(typed)?;
        actor.force(&[Touch::Go]);
        check(
            matches!(actor.page(), Page::Amount(view) if view.fault == wanted),
            format!("{:?}", actor.page()),
        )?;
    }
    actor.touch(Touch::Key("clear".to_owned()))?;
    actor.keys("20.5.0..5")?;
    check(
        matches!(actor.page(), Page::Amount(view) if view.typed == "20.50"),
        format!("{:?}", actor.page()),
    )?;
    actor.nothing_charged()
}
