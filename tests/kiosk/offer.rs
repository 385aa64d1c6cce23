//! What a screen offers to touch, as its page draws it.

use lucheng::visit::{CardFault, CaseView, Frame, Obstacle, Overlay, Page, PayView, Screen, SlipView, Touch};

/// True when a finger finds this on the screen.
pub fn offers(screen: &Screen, touch: &Touch) -> bool {
    let frame = &screen.frame;
    match (&frame.overlay, touch) {
        (_, Touch::Anything) => true,
        (Overlay::None, Touch::Home) => frame.can_leave,
        (Overlay::None, Touch::Back) => frame.can_back,
        (Overlay::None, Touch::Help) => true,
        (Overlay::None, Touch::OpenBasket) => frame.basket_count > 0,
        (Overlay::None, touch) => page_offers(frame, &screen.page, touch),
        (_, touch) => matches!(touch, Touch::CloseOverlay | Touch::ConfirmOverlay | Touch::Extend),
    }
}

fn page_offers(frame: &Frame, page: &Page, touch: &Touch) -> bool {
    match page {
        Page::Home(view) => match touch {
            Touch::OpenCatalogue(tile) => tile.is_empty() || view.tiles.iter().any(|own| own.id == *tile),
            Touch::LogIn => view.reader_ready && frame.online,
            Touch::OpenLookup => true,
            _ => false,
        },
        Page::Catalogue(view) => match touch {
            Touch::ChooseGroup(id) => view.groups.iter().any(|(own, _, _)| own == id),
            Touch::ChooseFee(code) => {
                view.fees.iter().any(|fee| fee.code == *code && fee.obstacle == Obstacle::None)
            }
            Touch::Turn(_) => view.sheets > 1,
            Touch::OpenKeyboard => !view.keyboard,
            Touch::Key(_) => view.keyboard,
            _ => false,
        },
        Page::Bill(_, ways) | Page::Basket(_, ways) => pay_offers(page, ways, touch),
        Page::Outcome(view) => match touch {
            Touch::Finish | Touch::Another | Touch::Rate(_) => true,
            Touch::Dispute => view.can_dispute && matches!(view.case, CaseView::None | CaseView::Failed),
            Touch::Retry => view.can_retry,
            Touch::Reprint => view.can_reprint,
            Touch::SlipCameOut(_) => view.slip == SlipView::Doubtful,
            _ => false,
        },
        page => entry_offers(page, touch),
    }
}

fn entry_offers(page: &Page, touch: &Touch) -> bool {
    match (page, touch) {
        (Page::Account(view), Touch::Go) => view.can_go,
        (Page::Account(view), Touch::Key(_)) => !view.busy,
        (Page::Account(view), Touch::UseCard) => view.reader_ready,
        (Page::Amount(view), Touch::Go) => view.can_go,
        (Page::Amount(view), Touch::Key(_)) => view.typing,
        (Page::Amount(view), Touch::ChooseAmount(key)) => view.choices.iter().any(|own| own.key == *key),
        (Page::Card(view), Touch::Go) => matches!(view.fault, CardFault::HallAway | CardFault::HallError),
        (Page::MyBills(view), Touch::ToggleBill(id)) => view.bills.iter().any(|own| own.id == *id),
        (Page::MyBills(view), Touch::Go) => view.selected_count > 0,
        (Page::Lookup(view), Touch::Go) => view.can_go,
        (Page::Unknown(view), Touch::Finish) => view.can_leave,
        (Page::Paying(_), Touch::CancelPayment)
        | (Page::Lookup(_), Touch::Key(_) | Touch::UseCard)
        | (Page::Unknown(_), Touch::PrintReference)
        | (Page::Notice(_), Touch::Go) => true,
        _ => false,
    }
}

fn pay_offers(page: &Page, ways: &PayView, touch: &Touch) -> bool {
    match touch {
        Touch::Go => {
            !ways.busy && ways.obstacle == Obstacle::None && (!ways.paperless || ways.paperless_agreed)
        }
        Touch::ChooseMethod(_) => !ways.busy,
        Touch::AgreePaperless => ways.paperless,
        Touch::AddAnother => ways.can_add,
        Touch::ChangeAmount => matches!(page, Page::Bill(view, _) if view.partial),
        Touch::NotMine => matches!(page, Page::Bill(..)) && !ways.busy,
        Touch::RemoveLine(line) => matches!(page, Page::Basket(view, _) if *line < view.lines.len()),
        _ => false,
    }
}
