//! A page that only says something.

use kiosk_ui::{self as ui, KioskWindow};
use slint::ComponentHandle;

use crate::visit::{Notice, NoticeView};

pub(super) fn show(window: &KioskWindow, view: &NoticeView) {
    let page = window.global::<ui::NoticePage>();
    page.set_notice(notice(view.notice));
    page.set_door((&view.door).into());
}

const fn notice(notice: Notice) -> ui::Notice {
    match notice {
        Notice::ComingLater => ui::Notice::ComingLater,
        Notice::TooManyUnknown => ui::Notice::TooManyUnknown,
        Notice::NothingOwed => ui::Notice::NothingOwed,
        Notice::NoOpenBills => ui::Notice::NoOpenBills,
        Notice::NoEarlierOrder => ui::Notice::NoEarlierOrder,
        Notice::CardLeft => ui::Notice::CardLeft,
    }
}
