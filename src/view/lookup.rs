//! Page that finds an earlier order.

use kiosk_ui::{self as ui, KioskWindow};
use slint::ComponentHandle;

use crate::visit::{LookupFault, LookupView, Touch};

pub(super) fn connect(window: &KioskWindow, send: impl Fn(Touch) + Clone + 'static) {
    let lookup = window.global::<ui::Lookup>();
    let to = send.clone();
    lookup.on_type(move |key| to(Touch::Key(key.into())));
    let to = send.clone();
    lookup.on_go(move || to(Touch::Go));
    lookup.on_use_card(move || send(Touch::UseCard));
}

pub(super) fn show(window: &KioskWindow, view: &LookupView) {
    let lookup = window.global::<ui::Lookup>();
    lookup.set_typed((&view.typed).into());
    lookup.set_can_go(view.can_go);
    lookup.set_reader_ready(view.reader_ready);
    lookup.set_fault(fault(view.fault));
}

pub(super) fn wipe(window: &KioskWindow) {
    window.global::<ui::Lookup>().set_typed("".into());
}

const fn fault(fault: LookupFault) -> ui::LookupFault {
    match fault {
        LookupFault::None => ui::LookupFault::None,
        LookupFault::BadShape => ui::LookupFault::BadShape,
        LookupFault::Unknown => ui::LookupFault::Unknown,
        LookupFault::HallAway => ui::LookupFault::HallAway,
    }
}
