//! Paying page.

use kiosk_ui::{self as ui, KioskWindow};
use slint::ComponentHandle;

use super::codes;
use crate::visit::{PayStage, PayingView, Touch};

pub(super) fn connect(window: &KioskWindow, send: impl Fn(Touch) + Clone + 'static) {
    window.global::<ui::Paying>().on_cancel(move || send(Touch::CancelPayment));
}

pub(super) fn show(window: &KioskWindow, view: &PayingView) {
    let paying = window.global::<ui::Paying>();
    paying.set_method(codes::method(view.phone_code));
    paying.set_stage(stage(view.stage));
    paying.set_remaining_s(codes::seconds(view.remaining_s));
    paying.set_fraction(view.fraction);
    paying.set_amount((&view.amount).into());
    paying.set_what((&view.what).into());
}

pub(super) fn wipe(window: &KioskWindow) {
    let paying = window.global::<ui::Paying>();
    paying.set_amount("".into());
    paying.set_what("".into());
}

const fn stage(stage: PayStage) -> ui::PayStage {
    match stage {
        PayStage::Preparing => ui::PayStage::Preparing,
        PayStage::Waiting => ui::PayStage::Waiting,
        PayStage::Processing => ui::PayStage::Processing,
        PayStage::Canceling => ui::PayStage::Canceling,
    }
}
