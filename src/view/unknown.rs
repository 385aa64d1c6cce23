//! Page of an outcome not yet known.

use kiosk_ui::{self as ui, KioskWindow};
use slint::ComponentHandle;

use super::{codes, qr};
use crate::visit::{Touch, UnknownView};

pub(super) fn connect(window: &KioskWindow, send: impl Fn(Touch) + Clone + 'static) {
    let unknown = window.global::<ui::Unknown>();
    let to = send.clone();
    unknown.on_print(move || to(Touch::PrintReference));
    unknown.on_leave(move || send(Touch::Finish));
}

pub(super) fn show(window: &KioskWindow, view: &UnknownView) {
    let unknown = window.global::<ui::Unknown>();
    let stage = if view.reversing { ui::UnknownStage::Reversing } else { ui::UnknownStage::Querying };
    unknown.set_stage(stage);
    unknown.set_attempt(codes::seconds(view.attempt));
    unknown.set_slip(codes::slip(view.slip));
    unknown.set_can_leave(view.can_leave);
    qr::keep(&view.qr, &unknown.get_qr(), |image| unknown.set_qr(image));
    unknown.set_reference((&view.reference).into());
}

pub(super) fn wipe(window: &KioskWindow) {
    let unknown = window.global::<ui::Unknown>();
    unknown.set_reference("".into());
    unknown.set_qr(slint::Image::default());
}
