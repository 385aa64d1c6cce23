//! The power fails at every durable commit of one payment, before and after it reaches the disk.
//!
//! The kiosk is a process of its own and kills itself with SIGKILL; devices and hall live here and survive
//! it. A second process goes on with the same journal. Then every book is read. `LUCHENG_KILL_TABLE=FILE`
//! keeps one row per death.

mod stand;

use std::collections::BTreeSet;
use std::io::Write;

use drivers::simulator::Silence;
use libtest_mimic::{Failed, Trial};

use stand::{Death, Durable, Moment, Stand};

/// More commits than a payment can have.
const COMMITS_MAX: u64 = 60;
/// Fewer would mean that something is not written down.
const COMMITS_MIN: u64 = 10;

/// One test per moment, and one in which the terminal approves and never says so.
pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("crash::a_kill_before_any_commit_loses_no_money", || every_commit(Moment::Before)),
        Trial::test("crash::a_kill_after_any_commit_loses_no_money", || every_commit(Moment::After)),
        Trial::test("crash::a_kill_while_the_terminal_keeps_its_approval_to_itself_loses_no_money", silent),
    ]
}

fn every_commit(moment: Moment) -> Result<(), Failed> {
    let mut seen = BTreeSet::new();
    for commit in 1..COMMITS_MAX {
        let stand = Stand::set(None)?;
        let Some(at_death) = stand.pay_and_die(Death { commit, moment })? else {
            return enough(commit - 1, &seen);
        };
        let after = stand.resume()?;
        seen.extend(after.steps.iter().cloned());
        note(&format!("{commit:>2} {moment:<6}"), &at_death, &after, &stand)?;
        check(Death { commit, moment }, &stand, &at_death, &after)?;
    }
    Err("the payment never ends".into())
}

fn enough(commits: u64, seen: &BTreeSet<String>) -> Result<(), Failed> {
    let missing = ["intend", "charge", "approve", "progress"].iter().find(|step| !seen.contains(**step));
    match missing {
        _ if commits < COMMITS_MIN => Err(format!("only {commits} commits").into()),
        Some(step) => Err(format!("no run came to the step {step}").into()),
        None => Ok(()),
    }
}

/// Dies when the charge is written down and the terminal's word is not: just behind one, and just before the
/// next.
fn silent() -> Result<(), Failed> {
    let mut between = 0;
    for commit in 1..COMMITS_MAX {
        let deaths = [Moment::Before, Moment::After].map(|moment| Death { commit, moment });
        for death in deaths {
            let stand = Stand::set(Some(Silence::ApproveNoAnswer))?;
            let at_death =
                stand.pay_and_die(death)?.ok_or("the payment ended before its charge was known")?;
            if at_death.steps.last().is_some_and(|step| step == "charge") {
                between += 1;
                stand.speak();
                let after = stand.resume()?;
                note(&format!("{commit:>2} {:<6} silent", death.moment), &at_death, &after, &stand)?;
                check(death, &stand, &at_death, &after)?;
            } else if between > 0 {
                return Ok(());
            }
        }
    }
    Err("the payment never ends".into())
}

/// Everything that must be true once the second process has ended.
fn check(death: Death, stand: &Stand, at_death: &Durable, after: &Durable) -> Result<(), Failed> {
    let books = stand.books()?;
    let charged = after.charge == "charged";
    let asked = at_death.has("charge");
    let paper = stand.stage.printer.printed().len();
    let rules = [
        ("the books agree", books.violation().is_none()),
        ("nothing is left to be done", books.is_settled() && after.unsent == 0 && after.is_final),
        ("what was kept is booked", books.acquirer.net_fen() == books.billers.booked_fen()),
        ("at most one charge", books.acquirer.charges.len() <= 1),
        ("booked if it is charged", charged == (books.billers.booked.len() == 1)),
        ("charged if its approval was durable", charged || !at_death.has("approve")),
        ("never asked if that was not durable", asked || books.acquirer.charges.is_empty()),
        ("declined if it was only intended", asked || !at_death.has("intend") || after.charge == "declined"),
        ("nothing is printed by itself", after.copies == at_death.copies && paper <= after.copies),
        (
            "no slip is on its way",
            after.slips.iter().all(|state| !["due", "printing"].contains(&state.as_str())),
        ),
    ];
    match rules.into_iter().find(|(_, holds)| !holds) {
        Some((rule, _)) => {
            Err(format!("{death:?}: not so: {rule}; {at_death:?}, then {after:?}, {books:?}").into())
        }
        None => Ok(()),
    }
}

/// A row for `tests/proofs/kill_every_step.sh`.
fn note(death: &str, at_death: &Durable, after: &Durable, stand: &Stand) -> Result<(), Failed> {
    let Some(file) = std::env::var_os("LUCHENG_KILL_TABLE") else { return Ok(()) };
    let books = stand.books()?;
    let (kept, booked) = (books.acquirer.net_fen(), books.billers.booked_fen());
    let last = at_death.steps.last().map_or("-", String::as_str);
    let slips = if after.slips.is_empty() { "-".to_owned() } else { after.slips.join("+") };
    let row = format!(
        "{death:<16} {last:<10} {:<10} -> {:<10} {kept:>6} {booked:>6} {slips}\n",
        at_death.charge, after.charge
    );
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file)?;
    Ok(file.write_all(row.as_bytes())?)
}
