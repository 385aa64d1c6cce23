//! Outcome page.

use kiosk_ui::{self as ui, KioskWindow};
use slint::ComponentHandle;

use super::rows::refresh;
use super::{codes, qr};
use crate::money::DeclineReason;
use crate::visit::{CaseView, LineOutcome, Outcome, OutcomeLine, OutcomeView, Touch};

pub(super) fn connect(window: &KioskWindow, send: impl Fn(Touch) + Clone + 'static) {
    let result = window.global::<ui::Result>();
    let on = |touch: Touch| {
        let send = send.clone();
        move || send(touch.clone())
    };
    result.on_dispute(on(Touch::Dispute));
    result.on_another(on(Touch::Another));
    result.on_retry(on(Touch::Retry));
    result.on_reprint(on(Touch::Reprint));
    result.on_finish(on(Touch::Finish));
    let to = send.clone();
    result.on_slip_came_out(move |came_out| to(Touch::SlipCameOut(came_out)));
    result.on_rate(move |stars| {
        if let Ok(stars) = u8::try_from(stars) {
            send(Touch::Rate(stars));
        }
    });
}

pub(super) fn show(window: &KioskWindow, view: &OutcomeView) {
    let result = window.global::<ui::Result>();
    let (outcome, reason) = outcome(view.outcome);
    result.set_outcome(outcome);
    result.set_reason(reason);
    refresh(&result.get_lines(), view.lines.iter().map(line).collect(), |lines| result.set_lines(lines));
    result.set_total((&view.total).into());
    result.set_capitals((&view.capitals).into());
    result.set_method(codes::method(view.phone_code));
    result.set_scheme((&view.scheme).into());
    result.set_card_last4((&view.card_last4).into());
    result.set_reference((&view.reference).into());
    result.set_slip(codes::slip(view.slip));
    result.set_slip_percent(view.slip_percent.into());
    result.set_rating(view.rating.into());
    result.set_can_dispute(view.can_dispute);
    let (case, case_no) = case(&view.case);
    result.set_case(case);
    result.set_case_no(case_no.into());
    result.set_can_retry(view.can_retry);
    result.set_can_reprint(view.can_reprint);
    qr::keep(&view.qr, &result.get_qr(), |image| result.set_qr(image));
    result.set_show_qr(!view.qr.is_empty());
}

pub(super) fn wipe(window: &KioskWindow) {
    let result = window.global::<ui::Result>();
    refresh(&result.get_lines(), Vec::new(), |lines| result.set_lines(lines));
    for set in [
        ui::Result::set_total,
        ui::Result::set_capitals,
        ui::Result::set_scheme,
        ui::Result::set_card_last4,
        ui::Result::set_reference,
        ui::Result::set_case_no,
    ] {
        set(&result, "".into());
    }
    result.set_show_qr(false);
    result.set_qr(slint::Image::default());
}

fn line(line: &OutcomeLine) -> ui::OutcomeLine {
    ui::OutcomeLine {
        name: (&line.name).into(),
        account: (&line.account).into(),
        amount: (&line.amount).into(),
        state: line_outcome(line.state),
        detail: (&line.detail).into(),
    }
}

fn case(case: &CaseView) -> (ui::CaseState, &str) {
    match case {
        CaseView::None => (ui::CaseState::None, ""),
        CaseView::Asked => (ui::CaseState::Asked, ""),
        CaseView::Opened(number) => (ui::CaseState::Opened, number),
        CaseView::Failed => (ui::CaseState::Failed, ""),
    }
}

const fn line_outcome(state: LineOutcome) -> ui::LineOutcome {
    match state {
        LineOutcome::Booking => ui::LineOutcome::Booking,
        LineOutcome::Booked => ui::LineOutcome::Booked,
        LineOutcome::Rejected => ui::LineOutcome::Rejected,
        LineOutcome::Refunding => ui::LineOutcome::Refunding,
        LineOutcome::Refunded => ui::LineOutcome::Refunded,
        LineOutcome::Manual => ui::LineOutcome::Manual,
        LineOutcome::Offline => ui::LineOutcome::Offline,
    }
}

const fn outcome(outcome: Outcome) -> (ui::Outcome, ui::DeclineReason) {
    let outcome = match outcome {
        Outcome::Declined(why) => return (ui::Outcome::Declined, reason(why)),
        Outcome::Paid => ui::Outcome::Paid,
        Outcome::Pending => ui::Outcome::Pending,
        Outcome::Partly => ui::Outcome::Partly,
        Outcome::Rejected => ui::Outcome::Rejected,
        Outcome::Reversed => ui::Outcome::Reversed,
        Outcome::Free => ui::Outcome::Free,
        Outcome::Refunding => ui::Outcome::Refunding,
    };
    (outcome, ui::DeclineReason::None)
}

const fn reason(reason: DeclineReason) -> ui::DeclineReason {
    match reason {
        DeclineReason::Canceled => ui::DeclineReason::Canceled,
        DeclineReason::TimedOut => ui::DeclineReason::TimedOut,
        DeclineReason::DeclinedByBank => ui::DeclineReason::DeclinedByBank,
        DeclineReason::InsufficientFunds => ui::DeclineReason::InsufficientFunds,
        DeclineReason::LimitExceeded => ui::DeclineReason::LimitExceeded,
        DeclineReason::TerminalBusy => ui::DeclineReason::TerminalBusy,
        DeclineReason::TerminalAbsent => ui::DeclineReason::TerminalAbsent,
        DeclineReason::GaveUp => ui::DeclineReason::GaveUp,
    }
}
