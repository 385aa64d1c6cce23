//! Page of a kiosk that serves nobody.

use kiosk_ui::{self as ui, KioskWindow};
use slint::ComponentHandle;

use crate::visit::{OutOfService, OutOfServiceView};

pub(super) fn show(window: &KioskWindow, view: &OutOfServiceView) {
    let service = window.global::<ui::Service>();
    service.set_reason(reason(view.reason));
    service.set_reference((&view.reference).into());
}

const fn reason(reason: OutOfService) -> ui::OutOfService {
    match reason {
        OutOfService::None => ui::OutOfService::None,
        OutOfService::Starting => ui::OutOfService::Starting,
        OutOfService::StorageFull => ui::OutOfService::StorageFull,
        OutOfService::StorageFailed => ui::OutOfService::StorageFailed,
        OutOfService::Configuration => ui::OutOfService::Configuration,
        OutOfService::Maintenance => ui::OutOfService::Maintenance,
    }
}
