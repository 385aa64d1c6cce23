//! Random orders, reports and billers; the books of the outside world decide what is right.

use std::collections::BTreeMap;

use hall::sim::{Behaviour, ReversalAnswer};
use hall_api::{ChargeState, LineReport, LineState, OrderReport, OrderStatus};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::bench::{Bench, is_final, line, report_of};
use crate::place::Kind;

tests![whatever_happens_money_is_booked_once_or_given_back];

/// How the terminal's side of an order goes.
#[derive(Clone, Copy, Debug)]
enum Charge {
    Charged,
    UnknownThenCharged,
    Declined,
    Reversed,
    DeclinedThenReversed,
    ReversalRefused,
}

#[derive(Clone, Debug)]
struct Plan {
    orders: Vec<(Charge, Vec<usize>)>,
    scripts: Vec<(usize, Behaviour)>,
    /// Places in the list of all reports, in the order of sending; some twice, some never.
    sent: Vec<prop::sample::Index>,
}

const ACCOUNTS: [(&str, &str, i64); 5] = [
    ("BT-E01", "0101234567890", 11_663),
    ("BT-W01", "60012345", 5_210),
    ("BT-G01", "3001234567", 12_000),
    ("BT-P01", "13847200011", 10_000),
    ("BT-P02", "18647200012", 5_000),
];

fn charges() -> impl Strategy<Value = Charge> {
    prop_oneof![
        3 => Just(Charge::Charged),
        2 => Just(Charge::UnknownThenCharged),
        1 => Just(Charge::Declined),
        1 => Just(Charge::Reversed),
        1 => Just(Charge::DeclinedThenReversed),
        1 => Just(Charge::ReversalRefused),
    ]
}

fn behaviours() -> impl Strategy<Value = Behaviour> {
    prop_oneof![
        Just(Behaviour::Slow { ms: 20 }),
        Just(Behaviour::Slow { ms: 60_000 }),
        Just(Behaviour::Closed { retry_after_s: 1 }),
        Just(Behaviour::DayCut),
        any::<bool>().prop_map(|posts| Behaviour::Silent { posts }),
        Just(Behaviour::RejectAfterPayment { reason: "ACCOUNT_CLOSED".to_owned() }),
        Just(Behaviour::AlreadyPaidElsewhere),
    ]
}

fn plans() -> impl Strategy<Value = Plan> {
    let order = (charges(), prop::collection::vec(0..ACCOUNTS.len(), 1..4));
    let orders = prop::collection::vec(order, 1..5);
    let scripts = prop::collection::vec((0..ACCOUNTS.len(), behaviours()), 0..4);
    let sent = prop::collection::vec(any::<prop::sample::Index>(), 0..16);
    (orders, scripts, sent).prop_map(|(orders, scripts, sent)| Plan { orders, scripts, sent })
}

fn lines_of(accounts: &[usize]) -> Vec<LineReport> {
    accounts.iter().map(|&place| ACCOUNTS[place]).map(|(fee, account, fen)| line(fee, account, fen)).collect()
}

/// Does what the terminal does, and gives the reports that the kiosk makes of it.
fn charge(bench: &Bench, order_id: &str, how: Charge, accounts: &[usize]) -> Vec<OrderReport> {
    use ChargeState::{Charged, Declined, ReversalRefused, Reversed, Reversing, Unknown};
    let total_fen = lines_of(accounts).iter().map(|line| line.amount_fen).sum();
    let reverse = || bench.hall.acquirer().reverse(order_id).unwrap();
    if !matches!(how, Charge::Declined) {
        bench.approve(order_id, total_fen);
    }
    let charges = match how {
        Charge::Charged => vec![Charged],
        Charge::UnknownThenCharged => vec![Unknown, Charged],
        Charge::Declined => vec![Unknown, Declined],
        Charge::Reversed if reverse() == ReversalAnswer::Reversed => vec![Unknown, Reversing, Reversed],
        Charge::DeclinedThenReversed if reverse() == ReversalAnswer::Reversed => {
            vec![Declined, Reversing, Reversed]
        }
        Charge::Reversed | Charge::DeclinedThenReversed => vec![Reversing, ReversalRefused],
        Charge::ReversalRefused => {
            bench.hall.acquirer().settle().unwrap();
            assert_eq!(reverse(), ReversalAnswer::AlreadySettled);
            vec![Unknown, Reversing, ReversalRefused]
        }
    };
    (1..).zip(charges).map(|(version, charge)| report_of(lines_of(accounts), charge, version)).collect()
}

async fn carry_out(bench: &Bench, plan: &Plan) -> Vec<(String, OrderReport)> {
    for (place, behaviour) in &plan.scripts {
        let (fee, account, _) = ACCOUNTS[*place];
        bench.script_account(fee, account, Some(behaviour.clone()));
    }
    let mut reports = Vec::new();
    let mut last = Vec::new();
    for (number, (how, accounts)) in plan.orders.iter().enumerate() {
        let order_id = format!("A{number}");
        let made = charge(bench, &order_id, *how, accounts);
        last.extend(made.last().cloned().map(|report| (order_id.clone(), report)));
        reports.extend(made.into_iter().map(|report| (order_id.clone(), report)));
    }
    for place in &plan.sent {
        let (order_id, report) = &reports[place.index(reports.len())];
        bench.report(order_id, report).await.unwrap();
    }
    last
}

/// Compares the hall's word on each line with the books of the outside world.
fn assert_told_right(bench: &Bench, orders: &[(OrderStatus, OrderReport)]) -> i64 {
    let refunds = bench.hall.acquirer().books().unwrap().refunds;
    let mut manual_fen = 0;
    for (order, report) in orders {
        for (status, line) in order.lines.iter().zip(&report.lines) {
            let booked = bench.times_booked(&order.order_id, status.line);
            let refund = refunds.iter().find(|row| row.order_id == order.order_id && row.line == status.line);
            assert_eq!(booked, usize::from(status.state == LineState::Booked));
            assert_eq!(refund.is_some(), status.state == LineState::Refunded);
            assert!(refund.is_none_or(|row| row.amount_fen == line.amount_fen));
            manual_fen += if status.state == LineState::Manual { line.amount_fen } else { 0 };
        }
    }
    manual_fen
}

async fn play(plan: Plan, on: Kind) {
    let bench = Bench::fresh(on);
    let last = carry_out(&bench, &plan).await;
    bench.hall.billers().clear_script();
    let mut ended = BTreeMap::new();
    for (order_id, report) in last {
        bench.report(&order_id, &report).await.unwrap();
        let order = bench.until(&order_id, |order| {
            order.version == report.version && order.lines.iter().all(|line| is_final(line.state))
        });
        ended.insert(order_id.clone(), (order.await, report));
    }
    let orders: Vec<(OrderStatus, OrderReport)> = ended.into_values().collect();
    let manual_fen = assert_told_right(&bench, &orders);
    bench.assert_books_agree(manual_fen);
}

/// Goal: whatever is duplicated, reordered, stale or silent, money is booked once or given
/// back. Method: random plans; the books of the simulated outside world are the judge.
async fn whatever_happens_money_is_booked_once_or_given_back(on: Kind) {
    let config = ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() };
    // The runner waits for each plan, which this thread's own runtime may not.
    let playing = tokio::task::spawn_blocking(move || {
        TestRunner::new(config).run(&plans(), |plan| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(play(plan, on));
            Ok(())
        })
    });
    playing.await.unwrap().unwrap();
}
