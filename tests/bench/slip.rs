//! From the terminal's approval to the printer: how long the kiosk itself takes.
//!
//! The hall is away, so nobody else is waited for; the wires are pseudo-terminals, which cost no time. What
//! is measured ends when the whole slip is cut, so it is more than the time to its first byte.

#![allow(
    dead_code,
    missing_docs,
    clippy::expect_used,
    reason = "the actor of the tests has more than this needs"
)]

#[path = "../kiosk/actor.rs"]
mod actor;
#[path = "../kiosk/offer.rs"]
mod offer;
#[path = "../kiosk/paying.rs"]
mod paying;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use drivers::simulator::SimEvent;
use libtest_mimic::Failed;
use lucheng::visit::{Page, Touch};

use actor::Actor;
use paying::{enter, open};

const ROUNDS: usize = 30;
const TARGET_MS: f64 = 20.0;
/// A telephone and its top-up in fen, within the caps of an absent hall.
const TOP_UP: (&str, &str, i64) = ("BT-P01", "13847200011", 5_000);

fn main() -> Result<ExitCode, Failed> {
    let mut times = (0..ROUNDS).map(|_| round()).collect::<Result<Vec<_>, _>>()?;
    times.sort_unstable();
    let ms = |percent: usize| {
        times.get((times.len() - 1) * percent / 100).map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
    };
    println!("approval to a cut slip, {ROUNDS} payments: p50 {:.2} ms  p99 {:.2} ms", ms(50), ms(99));
    let met = ms(99) <= TARGET_MS;
    println!("{}  p99, target <= {TARGET_MS} ms", if met { "met   " } else { "MISSED" });
    Ok(if met { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn round() -> Result<Duration, Failed> {
    let actor = Actor::usual()?;
    actor.stage.hall.go_offline();
    actor.until("the loss of the hall", |actor| !actor.screen().frame.online)?;
    open(&actor, TOP_UP.0)?;
    enter(&actor, TOP_UP.1)?;
    actor.touch(Touch::ChooseAmount(TOP_UP.2.to_string()))?;
    actor.touch(Touch::Go)?;
    actor.touch(Touch::Go)?;
    actor.until("the terminal", |actor| actor.stage.terminal.waiting_for().is_some())?;
    drop(actor.stage.terminal.take_events());
    actor.stage.tap_card(0);
    let approved =
        seen(|| actor.stage.terminal.take_events(), |event| matches!(event, SimEvent::Approved { .. }))?;
    let cut = seen(|| actor.stage.printer.take_events(), |event| matches!(event, SimEvent::Slip { .. }))?;
    actor.until_page("the outcome", |page| matches!(page, Page::Outcome(_)))?;
    Ok(cut - approved)
}

/// When such an event came; looked for without a pause.
fn seen(events: impl Fn() -> Vec<SimEvent>, is: impl Fn(&SimEvent) -> bool) -> Result<Instant, Failed> {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(20) {
        if events().iter().any(&is) {
            return Ok(Instant::now());
        }
        std::thread::yield_now();
    }
    Err("an event did not come".into())
}
