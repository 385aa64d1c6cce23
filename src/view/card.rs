//! ID card page.

use kiosk_ui::{self as ui, KioskWindow};
use slint::ComponentHandle;

use crate::visit::{CardFault, CardView};

pub(super) fn show(window: &KioskWindow, view: &CardView) {
    let card = window.global::<ui::Card>();
    card.set_reading(view.reading);
    card.set_fault(fault(view.fault));
    card.set_take_away(view.take_away);
}

const fn fault(fault: CardFault) -> ui::CardFault {
    match fault {
        CardFault::None => ui::CardFault::None,
        CardFault::Lifted => ui::CardFault::Lifted,
        CardFault::Unreadable => ui::CardFault::Unreadable,
        CardFault::Unsupported => ui::CardFault::Unsupported,
        CardFault::Expired => ui::CardFault::Expired,
        CardFault::ReaderAbsent => ui::CardFault::ReaderAbsent,
        CardFault::HallAway => ui::CardFault::HallAway,
        CardFault::HallError => ui::CardFault::HallError,
    }
}
