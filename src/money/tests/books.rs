//! The invariants of `design/money.md`, measured on the books of others.

use std::collections::BTreeMap;

use super::outside::{Outside, Row};
use crate::money::{Charge, LineState, Order, OrderId};

/// The first thing that is wrong.
pub fn violation(journal: &BTreeMap<OrderId, Order>, outside: &Outside) -> Option<String> {
    let unknown = outside.acquirer.keys().find(|id| !journal.contains_key(*id));
    if let Some(id) = unknown {
        return Some(format!("the acquirer knows {id}, the journal does not"));
    }
    if let Some((line, _)) = outside.booked.iter().find(|(_, times)| **times > 1) {
        return Some(format!("{line:?} is booked twice"));
    }
    journal.values().find_map(|order| wrong(order, outside))
}

fn wrong(order: &Order, outside: &Outside) -> Option<String> {
    let total = order.total().unwrap().get();
    let charged = matches!(outside.acquirer.get(&order.id), Some(Row::Approved { .. }));
    let (booked, refunded) = (
        lines(order, |at| is_booked(order, at, outside)),
        lines(order, |at| is_refunded(order, at, outside)),
    );
    let kept = if charged { total - refunded } else { 0 };
    let open = lines(order, |at| !is_booked(order, at, outside) && !is_refunded(order, at, outside));
    let holds = match order.charge {
        Charge::Intended | Charge::Reversed => kept == 0 && booked == 0,
        Charge::Declined(_) => booked == 0 && (kept == 0 || outside.contradicted.contains(&order.id)),
        Charge::Charging | Charge::Unknown | Charge::Reversing(_) => booked == 0 && refunded == 0,
        Charge::Free => kept == 0 && total == 0 && lines_agree(order, outside),
        Charge::Charged(_) if outside.overcharged.contains(&order.id) => false,
        Charge::Charged(_) => charged && kept == booked + open && lines_agree(order, outside),
        Charge::ReversalRefused => charged && booked == 0 && kept == open && lines_agree(order, outside),
        Charge::Manual => true,
    };
    (!holds).then(|| format!("kept {kept}, booked {booked}, refunded {refunded}, open {open}: {order:?}"))
}

fn lines(order: &Order, of: impl Fn(usize) -> bool) -> i64 {
    let lines = order.lines.iter().enumerate().filter(|(at, _)| of(*at));
    lines.map(|(_, line)| line.amount_fen.get()).sum()
}

fn is_booked(order: &Order, at: usize, outside: &Outside) -> bool {
    outside.booked.contains_key(&(order.id.clone(), at))
}

fn is_refunded(order: &Order, at: usize, outside: &Outside) -> bool {
    outside.refunded.contains(&(order.id.clone(), at))
}

/// The kiosk may lag behind the hall; it never says what is not so.
fn lines_agree(order: &Order, outside: &Outside) -> bool {
    order.lines.iter().enumerate().all(|(at, line)| match line.state {
        LineState::Booked => is_booked(order, at, outside),
        LineState::Refunded => is_refunded(order, at, outside),
        LineState::Booking | LineState::Rejected | LineState::Refunding | LineState::Manual => true,
        LineState::Waiting | LineState::Void => false,
    })
}
