//! The codes that several pages share, from the visit's names to those of the screens.

use kiosk_ui as ui;

use crate::visit::{FeeHead, Obstacle, Page, SlipView};

pub(super) const fn page(page: &Page) -> ui::Page {
    match page {
        Page::Home(_) => ui::Page::Home,
        Page::Catalogue(_) => ui::Page::Catalogue,
        Page::Account(_) => ui::Page::Account,
        Page::Amount(_) => ui::Page::Amount,
        Page::Bill(..) => ui::Page::Bill,
        Page::Basket(..) => ui::Page::Basket,
        Page::Card(_) => ui::Page::Card,
        Page::MyBills(_) => ui::Page::MyBills,
        Page::Paying(_) => ui::Page::Paying,
        Page::Unknown(_) => ui::Page::Unknown,
        Page::Outcome(_) => ui::Page::Outcome,
        Page::Lookup(_) => ui::Page::Lookup,
        Page::Notice(_) => ui::Page::Notice,
        Page::OutOfService(_) => ui::Page::OutOfService,
    }
}

pub(super) const fn obstacle(obstacle: Obstacle) -> ui::Obstacle {
    match obstacle {
        Obstacle::None => ui::Obstacle::None,
        Obstacle::HallAway => ui::Obstacle::HallAway,
        Obstacle::PrinterAbsent => ui::Obstacle::PrinterAbsent,
        Obstacle::PaperOut => ui::Obstacle::PaperOut,
        Obstacle::CardWriterAbsent => ui::Obstacle::CardWriterAbsent,
        Obstacle::TerminalAbsent => ui::Obstacle::TerminalAbsent,
        Obstacle::TerminalBlocked => ui::Obstacle::TerminalBlocked,
        Obstacle::DayCut => ui::Obstacle::DayCut,
        Obstacle::ClosedHours => ui::Obstacle::ClosedHours,
        Obstacle::CameraAbsent => ui::Obstacle::CameraAbsent,
        Obstacle::PrintOnly => ui::Obstacle::PrintOnly,
        Obstacle::OfflineCap => ui::Obstacle::OfflineCap,
        Obstacle::ComingLater => ui::Obstacle::ComingLater,
        Obstacle::ReaderAbsent => ui::Obstacle::ReaderAbsent,
        Obstacle::BasketFull => ui::Obstacle::BasketFull,
    }
}

pub(super) const fn slip(slip: SlipView) -> ui::SlipState {
    match slip {
        SlipView::None => ui::SlipState::None,
        SlipView::Waiting => ui::SlipState::Waiting,
        SlipView::Printing => ui::SlipState::Printing,
        SlipView::Printed => ui::SlipState::Printed,
        SlipView::Interrupted => ui::SlipState::Interrupted,
        SlipView::Held => ui::SlipState::Held,
        SlipView::Doubtful => ui::SlipState::Doubtful,
        SlipView::Paperless => ui::SlipState::Paperless,
    }
}

pub(super) const fn method(phone_code: bool) -> ui::Method {
    if phone_code { ui::Method::PhoneCode } else { ui::Method::Card }
}

pub(super) fn fee_head(fee: &FeeHead) -> ui::FeeHead {
    ui::FeeHead {
        name: (&fee.name).into(),
        biller: (&fee.biller).into(),
        icon: (&fee.icon).into(),
        tint: (&fee.tint).into(),
    }
}

/// A number of things for the screens; a kiosk never shows as many as would not fit.
pub(super) fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Seconds for the screens.
pub(super) fn seconds(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
