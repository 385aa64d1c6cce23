//! Touches reach what is shown, and nothing that is disabled or covered.

use std::{cell::Cell, rc::Rc};

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery, init_no_event_loop};
use kiosk_ui::{Actions, Catalogue, Frame, KioskWindow, Overlay, Page, Pay};
use slint::{ComponentHandle, PhysicalSize, platform::PointerEventButton};

fn window(page: Page) -> KioskWindow {
    init_no_event_loop();
    let window = KioskWindow::new().unwrap();
    window.window().set_size(PhysicalSize::new(1080, 1920));
    window.global::<Frame>().set_page(page);
    window.show().unwrap();
    window
}

fn button(window: &KioskWindow, label: &str) -> ElementHandle {
    let label = label.to_string();
    ElementQuery::from_root(window)
        .match_descendants()
        .match_accessible_role(AccessibleRole::Button)
        .match_predicate(move |e| e.accessible_label().is_some_and(|l| l == label.as_str()))
        .find_first()
        .expect("the page shows this button")
}

fn counter() -> (Rc<Cell<u32>>, Rc<Cell<u32>>) {
    let count = Rc::new(Cell::new(0));
    (count.clone(), count)
}

#[test]
fn a_touched_tile_opens_its_fees_and_a_grey_one_nothing() {
    let window = window(Page::Home);
    let (count, seen) = counter();
    window.global::<Actions>().on_open_catalogue(move |_| count.set(count.get() + 1));
    button(&window, "公交卡").mock_single_click(PointerEventButton::Left);
    assert_eq!(seen.get(), 0);
    button(&window, "电费").mock_single_click(PointerEventButton::Left);
    assert_eq!(seen.get(), 1);
}

#[test]
fn an_overlay_covers_the_page() {
    let window = window(Page::Bill);
    let (count, seen) = counter();
    window.global::<Pay>().on_go(move || count.set(count.get() + 1));
    let pay = button(&window, "去支付 ¥116.63");
    pay.mock_single_click(PointerEventButton::Left);
    assert_eq!(seen.get(), 1);
    window.global::<Frame>().set_overlay(Overlay::IdleWarning);
    pay.mock_single_click(PointerEventButton::Left);
    assert_eq!(seen.get(), 1);
    let (count, seen) = counter();
    window.global::<Actions>().on_extend(move || count.set(count.get() + 1));
    button(&window, "再等一会儿").mock_single_click(PointerEventButton::Left);
    assert_eq!(seen.get(), 1);
}

#[test]
fn every_page_can_be_shown_and_names_its_targets() {
    let window = window(Page::Home);
    window.global::<Catalogue>().set_sheets(2);
    let pages = [
        Page::Home,
        Page::Catalogue,
        Page::Account,
        Page::Amount,
        Page::Bill,
        Page::Basket,
        Page::Card,
        Page::MyBills,
        Page::Paying,
        Page::Unknown,
        Page::Outcome,
        Page::Lookup,
        Page::Notice,
        Page::OutOfService,
    ];
    for page in pages {
        window.global::<Frame>().set_page(page);
        let buttons = ElementQuery::from_root(&window)
            .match_descendants()
            .match_accessible_role(AccessibleRole::Button)
            .find_all();
        for button in buttons {
            let label = button.accessible_label().unwrap_or_default();
            assert!(!label.is_empty(), "{page:?}: a button has no words");
            assert!(button.size().height >= 100.0, "{page:?}: {label} is lower than a fingertip");
        }
    }
}
