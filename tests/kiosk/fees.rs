//! Every fee that this kiosk can finish is paid once, found by its initials, reached in four touches.

use std::fs;

use kiosk_config::{Catalogue, FeeType, SiteProfile};
use libtest_mimic::{Failed, Trial};
use lucheng::visit::{Outcome, Page, SlipView, Touch};

use crate::actor::{Actor, Done, Setting, check, same, trial};
use crate::paying::{enter, finish, open_fee, pass_amount, to_outcome};

/// At least so many fees need nothing but printer and terminal.
const PAYABLE_MIN: usize = 36;
/// From home to the account page.
const TOUCHES_MAX: usize = 4;

/// A fee that no program contains.
const NEW_FEE: &str = r#"
code = "BT-Q99"
group = "other"
order = 90
name = "测试费"
icon = "home"
tint = "day"
tile = "other"
bill = { queried = { partial = false } }
refund = "auto"
invoice = "发票请在收费单位营业厅或线上渠道开具。"

[biller]
code = "new-biller"
name = "新收费单位"

[account]
label = "编号"
hint = "在通知单上"
pattern = '^\d{6}$'
min_len = 6
max_len = 6
sample = "990099"

[amount]
min_fen = 100
max_fen = 10000
"#;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("fees::every_payable_fee_is_paid_once", every_payable_fee_is_paid_once),
        trial("fees::every_fee_is_found_by_its_initials", every_fee_is_found_by_its_initials),
        trial("fees::services_to_residents_are_free_in_150206", services_to_residents_are_free_in_150206),
    ]
}

fn every_payable_fee_is_paid_once() -> Done {
    let overrides = tempfile::tempdir()?;
    fs::create_dir(overrides.path().join("catalogue"))?;
    fs::write(overrides.path().join("catalogue/BT-Q99.toml"), NEW_FEE)?;
    let catalogue = load(overrides.path())?;
    let fees: Vec<&FeeType> = payable(&catalogue).collect();
    check(fees.len() > PAYABLE_MIN, format!("only {} fees are payable", fees.len()))?;
    check(fees.iter().any(|fee| fee.code == "BT-Q99"), "the new fee is not payable")?;
    let actor = Actor::with(&Setting { override_dir: Some(overrides.path()), ..Setting::default() })?;
    actor.stage.terminal.set_auto(true);
    fees.iter().try_for_each(|fee| named(fee, pay_once(&actor, &catalogue, fee)))?;
    same(actor.evidence()?.billers.booked.len(), fees.len())?;
    actor.books_agree()
}

fn load(overrides: &std::path::Path) -> Result<Catalogue, Failed> {
    Catalogue::load(Some(overrides)).map_err(|findings| format!("{findings:?}").into())
}

/// What needs no card writer, camera or permit writer, and takes money.
fn payable(catalogue: &Catalogue) -> impl Iterator<Item = &FeeType> {
    catalogue.enabled().filter(|fee| fee.is_payable(&[kiosk_config::Need::Printer]))
}

fn named(fee: &FeeType, done: Done) -> Done {
    done.map_err(|why| format!("{} {}: {}", fee.code, fee.name, why.message().unwrap_or_default()).into())
}

fn pay_once(actor: &Actor, catalogue: &Catalogue, fee: &FeeType) -> Done {
    reach(actor, catalogue, fee)?;
    enter(actor, &fee.account.sample)?;
    pass_amount(actor, fee)?;
    actor.touch(Touch::Go)?;
    to_outcome(actor)?;
    let Page::Outcome(view) = actor.page() else { return Err("no outcome".into()) };
    same(view.slip, SlipView::Printed)?;
    let wanted = if view.total == "0.00" { Outcome::Free } else { Outcome::Paid };
    same(view.outcome, wanted)?;
    booked_once(actor, fee)?;
    finish(actor).map(drop)
}

fn reach(actor: &Actor, catalogue: &Catalogue, fee: &FeeType) -> Done {
    actor.take_touches();
    open_fee(actor, catalogue, fee)?;
    let touches = actor.take_touches();
    check(touches <= TOUCHES_MAX, format!("{touches} touches to the account page"))
}

/// In the biller's book, in the hall's, and on one whole slip.
fn booked_once(actor: &Actor, fee: &FeeType) -> Done {
    let books = actor.evidence()?;
    let rows =
        books.billers.booked.iter().filter(|row| row.fee == fee.code && row.account == fee.account.sample);
    let orders: Vec<&str> = rows.map(|row| row.order_id.as_str()).collect();
    let [order] = orders.as_slice() else { return Err(format!("booked as {orders:?}").into()) };
    same(books.hall.iter().filter(|known| known.order_id == *order).count(), 1)?;
    let printed = actor.stage.printer.printed();
    let text = |line: &drivers::simulator::PrintedLine| line.text.contains("缴费凭条");
    let slips = printed.iter().filter(|slip| slip.complete && slip.lines.iter().any(text));
    same(slips.count(), books.billers.booked.len())?;
    actor.books_agree()
}

fn every_fee_is_found_by_its_initials() -> Done {
    let catalogue = Catalogue::embedded();
    let actor = Actor::usual()?;
    catalogue.enabled().try_for_each(|fee| named(fee, find(&actor, fee)))
}

fn find(actor: &Actor, fee: &FeeType) -> Done {
    let initials = fee.initials.first().ok_or("no initials")?;
    actor.touch(Touch::OpenCatalogue(String::new()))?;
    actor.touch(Touch::OpenKeyboard)?;
    actor.keys(&initials.to_uppercase())?;
    let Page::Catalogue(view) = actor.page() else { return Err("no catalogue".into()) };
    check(view.fees.iter().any(|tile| tile.code == fee.code), format!("{initials} finds {:?}", view.fees))?;
    actor.touch(Touch::Home)
}

fn services_to_residents_are_free_in_150206() -> Done {
    let sites = SiteProfile::load(None).map_err(|findings| format!("{findings:?}"))?;
    check(sites.iter().any(|site| site.code == "baiyun" && site.division == "150206"), "no such site")?;
    let catalogue = Catalogue::embedded();
    let actor = Actor::with(&Setting { site: "baiyun", ..Setting::default() })?;
    let services: Vec<&FeeType> = payable(&catalogue).filter(|fee| fee.resident_service).collect();
    check(services.len() >= 4, "too few services to residents")?;
    services.iter().try_for_each(|fee| named(fee, register(&actor, &catalogue, fee)))?;
    same(actor.evidence()?.acquirer.charges.len(), 0)?;
    same(actor.evidence()?.billers.booked_fen(), 0)
}

fn register(actor: &Actor, catalogue: &Catalogue, fee: &FeeType) -> Done {
    reach(actor, catalogue, fee)?;
    enter(actor, &fee.account.sample)?;
    pass_amount(actor, fee)?;
    check(matches!(actor.page(), Page::Bill(view, _) if view.free && view.amount == "0.00"), "not free")?;
    actor.touch(Touch::Go)?;
    to_outcome(actor)?;
    let Page::Outcome(view) = actor.page() else { return Err("no outcome".into()) };
    same((view.outcome, view.total.as_str(), view.slip), (Outcome::Free, "0.00", SlipView::Printed))?;
    same(actor.stage.terminal.waiting_for(), None)?;
    booked_once(actor, fee)?;
    finish(actor).map(drop)
}
