//! Between an order of the kiosk and its report to the hall.

use hall_api::{ChargeState, LineReport, LineStatus, OrderReport, OrderStatus};

use crate::money::{Charge, Line, LineProgress, LineState, Method, Order, Payment};

/// The order as the hall hears of it.
#[must_use]
pub fn report(order: &Order, kiosk: &str) -> OrderReport {
    OrderReport {
        kiosk: kiosk.to_owned(),
        lines: order.lines.iter().map(line_report).collect(),
        total_fen: order.lines.iter().map(|line| line.amount_fen.get()).fold(0, i64::saturating_add),
        offline: order.offline,
        version: order.version,
        charge: charge_state(&order.charge),
        payment: payment(order).map(wire_payment),
        made_at: order.made_at.clone(),
    }
}

/// What the hall's answer says about the lines.
#[must_use]
pub fn progress(status: &OrderStatus) -> Vec<LineProgress> {
    status.lines.iter().filter_map(line_progress).collect()
}

fn line_report(line: &Line) -> LineReport {
    LineReport {
        fee: line.fee.clone(),
        account: line.account.clone(),
        tariff_item: line.tariff_item.clone(),
        amount_fen: line.amount_fen.get(),
    }
}

/// An order that was not asked of the terminal yet is never in the outbox; were it, nobody could know its
/// outcome.
const fn charge_state(charge: &Charge) -> ChargeState {
    match charge {
        Charge::Intended | Charge::Charging | Charge::Unknown => ChargeState::Unknown,
        Charge::Declined(_) => ChargeState::Declined,
        Charge::Free => ChargeState::Free,
        Charge::Charged(_) => ChargeState::Charged,
        Charge::Reversing(_) => ChargeState::Reversing,
        Charge::Reversed => ChargeState::Reversed,
        Charge::ReversalRefused => ChargeState::ReversalRefused,
        Charge::Manual => ChargeState::Manual,
    }
}

/// Who charged what, where it is known: an approval in time, or one that came late.
const fn payment(order: &Order) -> Option<&Payment> {
    match &order.charge {
        Charge::Charged(payment) => Some(payment),
        _ => order.late_approval.as_ref(),
    }
}

fn wire_payment(payment: &Payment) -> hall_api::Payment {
    hall_api::Payment {
        channel_reference: payment.channel_reference.clone(),
        method: match payment.method {
            Method::Card => "card".to_owned(),
            Method::PhoneCode => "phone-code".to_owned(),
        },
        scheme: payment.scheme.clone(),
        card_last4: payment.card_last4.clone(),
        terminal: payment.terminal.clone(),
    }
}

fn line_progress(status: &LineStatus) -> Option<LineProgress> {
    Some(LineProgress {
        line: usize::try_from(status.line).ok()?,
        state: line_state(status.state),
        reference: status.refund_reference.clone().or_else(|| status.biller_reference.clone()),
        reason: status.reason.clone(),
        balance_fen: status.balance_fen,
    })
}

const fn line_state(state: hall_api::LineState) -> LineState {
    match state {
        hall_api::LineState::Waiting => LineState::Waiting,
        hall_api::LineState::Booking => LineState::Booking,
        hall_api::LineState::Booked => LineState::Booked,
        hall_api::LineState::Rejected => LineState::Rejected,
        hall_api::LineState::Refunding => LineState::Refunding,
        hall_api::LineState::Refunded => LineState::Refunded,
        hall_api::LineState::Manual => LineState::Manual,
        hall_api::LineState::Void => LineState::Void,
    }
}
