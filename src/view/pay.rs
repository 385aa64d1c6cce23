//! Way to pay, on the bill and the basket page.

use kiosk_ui::{self as ui, KioskWindow};
use slint::ComponentHandle;

use super::codes;
use crate::visit::{HoldFault, PayView, Touch};

pub(super) fn connect(window: &KioskWindow, send: impl Fn(Touch) + Clone + 'static) {
    let pay = window.global::<ui::Pay>();
    let to = send.clone();
    pay.on_choose_method(move |method| to(Touch::ChooseMethod(method == ui::Method::PhoneCode)));
    let to = send.clone();
    pay.on_agree_paperless(move || to(Touch::AgreePaperless));
    let to = send.clone();
    pay.on_add_another(move || to(Touch::AddAnother));
    pay.on_go(move || send(Touch::Go));
}

pub(super) fn show(window: &KioskWindow, view: &PayView) {
    let pay = window.global::<ui::Pay>();
    pay.set_method(codes::method(view.phone_code));
    pay.set_busy(view.busy);
    let (fault, reference, line) = fault(&view.fault);
    pay.set_fault_reference(reference.into());
    pay.set_fault_line(line.into());
    pay.set_fault(fault);
    pay.set_obstacle(codes::obstacle(view.obstacle));
    pay.set_paperless(view.paperless);
    pay.set_paperless_agreed(view.paperless_agreed);
    pay.set_can_add(view.can_add);
}

/// The fault, the order that it names, the line that it names.
fn fault(fault: &HoldFault) -> (ui::HoldFault, &str, &str) {
    let fault = match fault {
        HoldFault::HeldElsewhere(reference) => return (ui::HoldFault::HeldElsewhere, reference, ""),
        HoldFault::HallAway(line) => return (ui::HoldFault::HallAway, "", line),
        HoldFault::None => ui::HoldFault::None,
        HoldFault::Changed => ui::HoldFault::Changed,
        HoldFault::Expired => ui::HoldFault::Expired,
        HoldFault::NothingOwed => ui::HoldFault::NothingOwed,
        HoldFault::BillerClosed => ui::HoldFault::BillerClosed,
        HoldFault::BillerSilent => ui::HoldFault::BillerSilent,
        HoldFault::HallError => ui::HoldFault::HallError,
        HoldFault::DayCut => ui::HoldFault::DayCut,
        HoldFault::DiskFull => ui::HoldFault::DiskFull,
        HoldFault::OfflineCap => ui::HoldFault::OfflineCap,
        HoldFault::AboveLimit => ui::HoldFault::AboveLimit,
    };
    (fault, "", "")
}
