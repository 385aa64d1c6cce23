//! The comparison.

use std::collections::{BTreeMap, HashMap};

use hall_api::{ChargeState, LineState};
use serde::{Deserialize, Serialize};

use super::{BookedLine, HallLine, HallOrder, SettledOrder};

/// How two sides differ. What does not differ (平) is counted only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// 长款: the channel took money that the hall does not know of, or that no biller has.
    Surplus,
    /// 短款: a biller or the hall has money that the channel did not take.
    Shortage,
    /// 金额不符: both have it, with other amounts.
    AmountDiffers,
    /// 重复: a side has it more than once.
    Duplicate,
    /// 状态不符: both have it, and it came to another end.
    StateDiffers,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// How.
    pub class: Class,
    /// The kiosk; none where the hall does not know the order.
    pub kiosk: Option<String>,
    /// The order.
    pub order_id: String,
    /// The line; none for the whole order.
    pub line: Option<u32>,
    /// What the hall says, in fen.
    pub ours_fen: i64,
    /// What the other side says, in fen.
    pub theirs_fen: i64,
}

/// The outcome of one comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Orders that agree on all sides, or are under way as they should be.
    pub even: u64,
    /// Everything else, by order and line.
    pub differences: Vec<Difference>,
}

/// Compares the three sides.
#[must_use]
pub fn reconcile(channel: Vec<SettledOrder>, hall: &[HallOrder], billers: Vec<BookedLine>) -> Report {
    let mut sides = Sides { channel: HashMap::new(), billers: BTreeMap::new() };
    for row in channel {
        sides.channel.entry(row.order_id.clone()).or_default().push(row);
    }
    for row in billers {
        sides.billers.entry((row.order_id.clone(), row.line)).or_default().push(row.amount_fen);
    }
    let mut report = Report::default();
    for order in hall {
        let found = sides.compare(order);
        report.even = report.even.saturating_add(u64::from(found.is_empty()));
        report.differences.extend(found);
    }
    report.differences.extend(sides.unknown());
    report.differences.sort_by(|one, other| key(one).cmp(&key(other)));
    report
}

fn key(difference: &Difference) -> (&str, Option<u32>, Class) {
    (&difference.order_id, difference.line, difference.class)
}

/// What the hall's orders have not been compared with yet.
struct Sides {
    channel: HashMap<String, Vec<SettledOrder>>,
    billers: BTreeMap<(String, u32), Vec<i64>>,
}

impl Sides {
    fn compare(&mut self, order: &HallOrder) -> Vec<Difference> {
        let rows = self.channel.remove(&order.order_id).unwrap_or_default();
        let mut found: Vec<Difference> = with_channel(order, &rows).into_iter().collect();
        let has_money = rows.iter().any(|row| row.taken_fen > 0);
        for (number, line) in (0..).zip(&order.lines) {
            let booked = self.billers.remove(&(order.order_id.clone(), number)).unwrap_or_default();
            let class = with_biller(*line, &booked, has_money);
            found.extend(class.map(|class| Difference {
                line: Some(number),
                ours_fen: line.amount_fen,
                theirs_fen: sum(booked.iter().copied()),
                ..about(order, class)
            }));
        }
        found
    }

    /// What the other sides have and the hall does not know.
    fn unknown(self) -> Vec<Difference> {
        let taken = self.channel.into_iter().filter_map(|(order_id, rows)| {
            let theirs_fen = sum(rows.iter().map(|row| row.taken_fen.saturating_sub(row.refunded_fen)));
            (theirs_fen != 0).then(|| stranger(Class::Surplus, order_id, None, theirs_fen))
        });
        let booked = self.billers.into_iter().map(|((order_id, line), amounts)| {
            stranger(Class::Shortage, order_id, Some(line), sum(amounts.into_iter()))
        });
        taken.chain(booked).collect()
    }
}

const fn stranger(class: Class, order_id: String, line: Option<u32>, theirs_fen: i64) -> Difference {
    Difference { class, kiosk: None, order_id, line, ours_fen: 0, theirs_fen }
}

fn about(order: &HallOrder, class: Class) -> Difference {
    let (kiosk, order_id) = (Some(order.kiosk.clone()), order.order_id.clone());
    Difference { class, kiosk, order_id, line: None, ours_fen: 0, theirs_fen: 0 }
}

fn sum(amounts: impl Iterator<Item = i64>) -> i64 {
    amounts.fold(0, i64::saturating_add)
}

fn with_channel(order: &HallOrder, rows: &[SettledOrder]) -> Option<Difference> {
    let taken = sum(rows.iter().map(|row| row.taken_fen));
    let refunded = sum(rows.iter().map(|row| row.refunded_fen));
    let class = class_of_charge(order, (rows.len(), taken, refunded))?;
    let ours_fen = order.taken_fen().unwrap_or(order.total_fen).saturating_sub(order.refunded_fen());
    Some(Difference { ours_fen, theirs_fen: taken.saturating_sub(refunded), ..about(order, class) })
}

fn class_of_charge(order: &HallOrder, (rows, taken, refunded): (usize, i64, i64)) -> Option<Class> {
    match order.taken_fen() {
        _ if rows > 1 && taken > 0 => Some(Class::Duplicate),
        // Under way, and nothing was taken; a charge that nobody settled by now is not.
        None => (taken > 0).then_some(Class::StateDiffers),
        Some(0) if taken == 0 => None,
        // The terminal confirmed the reversal, and the settlement still has the charge.
        Some(0) if order.charge == ChargeState::Reversed => Some(Class::StateDiffers),
        Some(0) => Some(Class::Surplus),
        Some(_) if taken == 0 => Some(Class::Shortage),
        Some(ours) if ours != taken => Some(Class::AmountDiffers),
        // A refund may have been made and its answer be on the way.
        Some(_) if order.is_refunding() && refunded >= order.refunded_fen() => None,
        Some(_) => (refunded != order.refunded_fen()).then_some(Class::StateDiffers),
    }
}

fn with_biller(line: HallLine, booked: &[i64], has_money: bool) -> Option<Class> {
    match (line.state, booked) {
        // Nothing was to be booked, or its answer is on the way, whatever it is.
        (LineState::Booked, []) if line.amount_fen != 0 => Some(Class::Surplus),
        (_, []) => None,
        (_, [_, _, ..]) => Some(Class::Duplicate),
        (LineState::Booked | LineState::Booking, [theirs]) => {
            (*theirs != line.amount_fen).then_some(Class::AmountDiffers)
        }
        (_, [_]) if has_money => Some(Class::StateDiffers),
        (_, [_]) => Some(Class::Shortage),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn order(order_id: &str, charge: ChargeState, state: LineState) -> HallOrder {
        let lines = vec![HallLine { state, amount_fen: 500 }];
        HallOrder { kiosk: "BT07".to_owned(), order_id: order_id.to_owned(), charge, total_fen: 500, lines }
    }

    fn taken(order_id: &str, taken_fen: i64, refunded_fen: i64) -> SettledOrder {
        SettledOrder { order_id: order_id.to_owned(), taken_fen, refunded_fen }
    }

    fn booked(order_id: &str, amount_fen: i64) -> BookedLine {
        BookedLine { order_id: order_id.to_owned(), line: 0, amount_fen }
    }

    /// Goal: every seeded difference gets its class, and nothing else gets any. Each row: the hall's
    /// order, the channel's rows, the biller's rows, and the classes that a clerk would give.
    #[test]
    fn every_difference_has_its_class() {
        use ChargeState::{Charged, Declined, Reversed, Reversing, Unknown};
        use LineState::{Booked, Booking, Refunded, Refunding, Void, Waiting};
        type Row<'a> = (ChargeState, LineState, &'a [(i64, i64)], &'a [i64], &'a [Class]);
        let rows: [Row<'_>; 20] = [
            (Charged, Booked, &[(500, 0)], &[500], &[]),
            (Charged, Booking, &[(500, 0)], &[], &[]),
            (Charged, Booking, &[(500, 0)], &[500], &[]),
            (Charged, Refunded, &[(500, 500)], &[], &[]),
            (Charged, Refunding, &[(500, 500)], &[], &[]),
            (Charged, Refunding, &[(500, 0)], &[], &[]),
            (Declined, Void, &[], &[], &[]),
            (Reversed, Void, &[(0, 0)], &[], &[]),
            (Unknown, Waiting, &[], &[], &[]),
            (Declined, Void, &[(500, 0)], &[], &[Class::Surplus]),
            (Charged, Booked, &[(500, 0)], &[], &[Class::Surplus]),
            (Charged, Booked, &[], &[500], &[Class::Shortage]),
            (Declined, Void, &[], &[500], &[Class::Shortage]),
            (Charged, Booked, &[(400, 0)], &[500], &[Class::AmountDiffers]),
            (Charged, Booked, &[(500, 0)], &[501], &[Class::AmountDiffers]),
            (Charged, Booked, &[(500, 0), (500, 0)], &[500], &[Class::Duplicate]),
            (Charged, Booked, &[(500, 0)], &[500, 500], &[Class::Duplicate]),
            (Reversed, Void, &[(500, 0)], &[], &[Class::StateDiffers]),
            (Charged, Refunded, &[(500, 0)], &[], &[Class::StateDiffers]),
            (Reversing, Waiting, &[(500, 0)], &[500], &[Class::StateDiffers, Class::StateDiffers]),
        ];
        for (charge, state, channel, biller, expected) in rows {
            let channel = channel.iter().map(|(took, back)| taken("A1", *took, *back)).collect();
            let biller = biller.iter().map(|fen| booked("A1", *fen)).collect();
            let report = reconcile(channel, &[order("A1", charge, state)], biller);
            let classes: Vec<Class> = report.differences.iter().map(|found| found.class).collect();
            assert_eq!(classes, expected, "{charge:?} {state:?}");
            assert_eq!(report.even, u64::from(expected.is_empty()));
        }
    }

    #[test]
    fn what_the_hall_does_not_know_is_found_on_either_side() {
        let report = reconcile(vec![taken("A9", 300, 0), taken("A8", 0, 0)], &[], vec![booked("A7", 200)]);
        let found: Vec<_> = report
            .differences
            .iter()
            .map(|found| (found.class, found.order_id.as_str(), found.theirs_fen))
            .collect();
        assert_eq!(found, [(Class::Shortage, "A7", 200), (Class::Surplus, "A9", 300)]);
    }

    proptest! {
        /// Goal: a day without faults is even, in any order of the files.
        #[test]
        fn a_day_without_faults_is_even(count in 0_usize..60, seed in any::<prop::sample::Index>()) {
            let hall: Vec<HallOrder> = (0..count)
                .map(|number| order(&format!("A{number}"), ChargeState::Charged, LineState::Booked))
                .collect();
            let mut channel: Vec<_> = hall.iter().map(|order| taken(&order.order_id, 500, 0)).collect();
            let mut billers: Vec<_> = hall.iter().map(|order| booked(&order.order_id, 500)).collect();
            if count > 0 {
                channel.rotate_left(seed.index(count));
                billers.reverse();
            }
            let report = reconcile(channel, &hall, billers);
            prop_assert_eq!(report, Report { even: count as u64, differences: Vec::new() });
        }
    }
}
