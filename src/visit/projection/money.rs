//! Bill, basket, paying and outcome as seen.

use crate::money::{Charge, Fen, Line, LineState, Method, Order, Payment, capitals};
use crate::person::mask_account;
use crate::visit::choosing::BASKET_MAX;
use crate::visit::state::{CaseState, OutcomeState, PayingState, UnknownState};
use crate::visit::{
    BasketLine, BasketView, BillView, CaseView, Draft, LineOutcome, Outcome, OutcomeLine, OutcomeView,
    PayView, PayingView, Printer, SlipView, UnknownView, Visit, World,
};

/// Labels of a bill that the screens word themselves.
const OWNER: &str = "@owner";
const ADDRESS: &str = "@address";
const ITEM: &str = "@item";

impl Visit {
    pub(super) fn bill_view(&self, draft: &Draft, world: &World) -> BillView {
        BillView {
            fee: self.fee_head(&draft.fee),
            rows: self.bill_rows(draft),
            amount: draft.amount.to_string(),
            capitals: capitals(draft.amount),
            partial: draft.bill.as_ref().is_some_and(|bill| bill.partial),
            free: !draft.amount.is_positive(),
            offline: !world.online,
        }
    }

    fn bill_rows(&self, draft: &Draft) -> Vec<(String, String)> {
        let Some(fee) = self.setting.fee(&draft.fee) else { return Vec::new() };
        let mut rows = vec![(fee.account.label.clone(), fee.account.grouped(&draft.account))];
        if let Some((_, name)) = &draft.tariff_item {
            rows.push((ITEM.to_owned(), name.clone()));
        }
        if let Some(bill) = &draft.bill {
            rows.push((OWNER.to_owned(), bill.owner_masked.clone()));
            rows.push((ADDRESS.to_owned(), bill.address_masked.clone()));
            let label =
                |key: &str| fee.slip_fields.iter().find(|field| field.key == key).map(|f| f.label.clone());
            rows.extend(bill.fields.iter().filter_map(|(key, value)| Some((label(key)?, value.clone()))));
        }
        rows.retain(|(_, value)| !value.is_empty());
        rows
    }

    pub(super) fn basket_view(&self) -> BasketView {
        let total = self.basket_total();
        BasketView {
            lines: self.basket.iter().map(|draft| self.basket_line(draft)).collect(),
            total: total.to_string(),
            capitals: capitals(total),
        }
    }

    fn basket_line(&self, draft: &Draft) -> BasketLine {
        let head = self.fee_head(&draft.fee);
        BasketLine {
            name: head.name,
            account: mask_account(&draft.account),
            amount: draft.amount.to_string(),
            icon: head.icon,
            tint: head.tint,
        }
    }

    pub(super) fn pay_view(&self, world: &World) -> PayView {
        PayView {
            phone_code: self.pay.phone_code,
            busy: self.pay.busy,
            fault: self.pay.fault.clone(),
            obstacle: self.pay_obstacle(world),
            paperless: world.printer != Printer::Ready,
            paperless_agreed: self.pay.paperless_agreed,
            can_add: self.basket.len() < BASKET_MAX && !self.pay.busy,
        }
    }

    pub(super) fn paying_view(&self, state: &PayingState, world: &World) -> PayingView {
        let limit_ms = self.setting.sale_timeout_ms.max(1);
        let left_ms = (state.since_ms + limit_ms).saturating_sub(world.now_ms).min(limit_ms);
        let permille = u16::try_from(left_ms.saturating_mul(1_000) / limit_ms).unwrap_or(1_000);
        PayingView {
            phone_code: state.order.method == Method::PhoneCode,
            stage: state.stage,
            remaining_s: u32::try_from(left_ms.div_ceil(1_000)).unwrap_or(u32::MAX),
            fraction: f32::from(permille) / 1_000.0,
            amount: total(&state.order).to_string(),
            what: self.what(&state.order),
        }
    }

    /// The one line of an order with its masked account, or the names of its lines.
    fn what(&self, order: &Order) -> String {
        match order.lines.as_slice() {
            [line] => {
                let label = self.setting.fee(&line.fee).map_or("", |fee| fee.account.label.as_str());
                format!("{} · {label} {}", self.setting.fee_name(&line.fee), mask_account(&line.account))
            }
            lines => {
                lines.iter().map(|line| self.setting.fee_name(&line.fee)).collect::<Vec<_>>().join(" · ")
            }
        }
    }

    pub(super) fn unknown_view(&self, state: &UnknownState) -> UnknownView {
        UnknownView {
            reference: state.order.id.grouped(),
            reversing: matches!(state.order.charge, Charge::Reversing(_)),
            attempt: match state.order.charge {
                Charge::Reversing(times) => times,
                // The question that is about to be asked counts.
                _ => state.queries.max(1),
            },
            slip: state.slip,
            qr: qr_text(&state.order),
            can_leave: !self.is_locked(),
        }
    }

    pub(super) fn outcome_view(&self, state: &OutcomeState) -> OutcomeView {
        let order = &state.order;
        let amount = total(order);
        let payment = payment(order);
        OutcomeView {
            outcome: outcome(order),
            lines: order.lines.iter().map(|line| self.outcome_line(line, order)).collect(),
            total: amount.to_string(),
            capitals: capitals(amount),
            phone_code: order.method == Method::PhoneCode,
            scheme: payment.map(|payment| payment.scheme.clone()).unwrap_or_default(),
            card_last4: payment.and_then(|payment| payment.card_last4.clone()).unwrap_or_default(),
            reference: order.id.grouped(),
            slip: state.slip,
            slip_percent: state.percent,
            qr: if state.slip == SlipView::Paperless { qr_text(order) } else { String::new() },
            rating: state.rating,
            can_dispute: matches!(order.charge, Charge::Charged(_)),
            case: case(&state.case),
            can_retry: matches!(order.charge, Charge::Declined(_)) && !self.basket.is_empty(),
            can_reprint: state.earlier && state.slip == SlipView::Held,
        }
    }

    fn outcome_line(&self, line: &Line, order: &Order) -> OutcomeLine {
        OutcomeLine {
            name: self.setting.fee_name(&line.fee).to_owned(),
            account: mask_account(&line.account),
            amount: line.amount_fen.to_string(),
            state: line_outcome(line, order),
            detail: line.reference.clone().unwrap_or_default(),
        }
    }
}

/// Text of the QR code by which an order is found again.
pub(crate) fn qr_text(order: &Order) -> String {
    format!("LUCHENG:ORDER:{}", order.id)
}

fn case(state: &CaseState) -> CaseView {
    match state {
        CaseState::None => CaseView::None,
        CaseState::Asked(_) => CaseView::Asked,
        CaseState::Opened(number) => CaseView::Opened(number.clone()),
        CaseState::Failed => CaseView::Failed,
    }
}

fn total(order: &Order) -> Fen {
    order.total().unwrap_or(Fen::ZERO)
}

const fn payment(order: &Order) -> Option<&Payment> {
    match &order.charge {
        Charge::Charged(payment) => Some(payment),
        _ => order.late_approval.as_ref(),
    }
}

/// One word for the whole order.
fn outcome(order: &Order) -> Outcome {
    match order.charge {
        Charge::Declined(reason) => Outcome::Declined(reason),
        Charge::Reversed => Outcome::Reversed,
        Charge::ReversalRefused | Charge::Manual => Outcome::Refunding,
        _ => lines_outcome(order),
    }
}

fn lines_outcome(order: &Order) -> Outcome {
    let all = |wanted: &[LineState]| order.lines.iter().all(|line| wanted.contains(&line.state));
    let any = |wanted: &[LineState]| order.lines.iter().any(|line| wanted.contains(&line.state));
    let back = [LineState::Rejected, LineState::Refunding, LineState::Refunded, LineState::Manual];
    match order.charge {
        Charge::Free if all(&[LineState::Booked]) => Outcome::Free,
        _ if all(&[LineState::Booked]) => Outcome::Paid,
        _ if all(&back) => Outcome::Rejected,
        _ if any(&back) => Outcome::Partly,
        _ => Outcome::Pending,
    }
}

const fn line_outcome(line: &Line, order: &Order) -> LineOutcome {
    match line.state {
        LineState::Waiting | LineState::Booking | LineState::Void if order.offline => LineOutcome::Offline,
        LineState::Waiting | LineState::Booking | LineState::Void => LineOutcome::Booking,
        LineState::Booked => LineOutcome::Booked,
        LineState::Rejected => LineOutcome::Rejected,
        LineState::Refunding => LineOutcome::Refunding,
        LineState::Refunded => LineOutcome::Refunded,
        LineState::Manual => LineOutcome::Manual,
    }
}
