//! The contract with the screens, on a window without a display.

use std::cell::RefCell;
use std::rc::Rc;

use kiosk_ui::{self as ui, KioskWindow};
use slint::{ComponentHandle, Model};

use super::{Poster, connect, show};
use crate::visit::*;

#[allow(clippy::unwrap_used, reason = "a test may fail loudly; clippy.toml reaches only #[test] functions")]
fn window() -> (KioskWindow, Rc<RefCell<Vec<Touch>>>) {
    i_slint_backend_testing::init_no_event_loop();
    let window = KioskWindow::new().unwrap();
    let touches = Rc::new(RefCell::new(Vec::new()));
    let seen = touches.clone();
    connect(&window, move |touch| seen.borrow_mut().push(touch));
    (window, touches)
}

fn screen(page: Page) -> Screen {
    let frame = Frame {
        hall_name: "市政务大厅".into(),
        kiosk_number: "07 号".into(),
        online: true,
        simulated: true,
        date: (11, 24, 2),
        clock: "10:26".into(),
        step: 0,
        countdown_s: None,
        can_leave: true,
        can_back: true,
        hotline: "0472-12345".into(),
        cash_window: "3 号窗口".into(),
        basket_count: 0,
        basket_total: String::new(),
        overlay: Overlay::None,
    };
    Screen { frame, page }
}

fn home(obstacle: Obstacle) -> Screen {
    let tile = |id: &str, obstacle| HomeTile {
        id: id.into(),
        name: id.into(),
        icon: id.into(),
        tint: id.into(),
        obstacle,
    };
    let tiles = vec![tile("water", Obstacle::None), tile("bus", obstacle)];
    screen(Page::Home(HomeView { fee_count: 36, tiles, reader_ready: true, terminal_blocked: false }))
}

fn my_bills() -> Screen {
    let bill = MyBill {
        id: "1".into(),
        name: "居民电费".into(),
        account: "0152703648".into(),
        period: "2026-10".into(),
        amount: "116.63".into(),
        icon: "power".into(),
        tint: "power".into(),
        selected: true,
        obstacle: Obstacle::None,
    };
    let (person, total) = ("王*国".into(), "116.63".into());
    screen(Page::MyBills(MyBillsView {
        person,
        bills: vec![bill],
        selected_count: 1,
        total,
        take_card: false,
    }))
}

fn unknown(attempt: u32) -> Screen {
    screen(Page::Unknown(UnknownView {
        reference: "BT07-001-00000318".into(),
        reversing: false,
        attempt,
        slip: SlipView::None,
        qr: "https://hall.example/o/BT0700100000318".into(),
        can_leave: false,
    }))
}

#[test]
fn each_thing_that_can_be_touched_is_one_touch() {
    let (window, touches) = window();
    window.global::<ui::Actions>().invoke_home();
    window.global::<ui::Actions>().invoke_open_door("ask".into());
    window.global::<ui::Account>().invoke_type("7".into());
    window.global::<ui::Pay>().invoke_choose_method(ui::Method::PhoneCode);
    window.global::<ui::Basket>().invoke_remove(-1);
    window.global::<ui::Basket>().invoke_remove(2);
    window.global::<ui::Unknown>().invoke_print();
    window.global::<ui::Result>().invoke_rate(5);
    window.global::<ui::Result>().invoke_slip_came_out(false);
    window.global::<ui::Result>().invoke_finish();
    let expected = [
        Touch::Home,
        Touch::OpenDoor("ask".into()),
        Touch::Key("7".into()),
        Touch::ChooseMethod(true),
        Touch::RemoveLine(2),
        Touch::PrintReference,
        Touch::Rate(5),
        Touch::SlipCameOut(false),
        Touch::Finish,
    ];
    assert_eq!(*touches.borrow(), expected);
}

#[test]
fn a_changed_tile_changes_its_row_and_keeps_the_list() {
    let (window, _) = window();
    let (free, blocked) = (home(Obstacle::None), home(Obstacle::CardWriterAbsent));
    show(&window, None, &free);
    let tiles = window.global::<ui::Home>().get_tiles();
    show(&window, Some(&free), &blocked);
    assert!(tiles == window.global::<ui::Home>().get_tiles(), "the same list");
    assert_eq!(tiles.row_data(1).unwrap().obstacle, ui::Obstacle::CardWriterAbsent);
    assert_eq!(tiles.row_count(), 2);
}

#[test]
fn a_page_that_is_left_keeps_nothing_of_the_resident() {
    let (window, _) = window();
    let bills = window.global::<ui::MyBills>();
    assert_eq!(bills.get_person(), "", "not even of the samples");
    show(&window, None, &my_bills());
    assert_eq!((bills.get_person().as_str(), bills.get_bills().row_count()), ("王*国", 1));
    assert_eq!(window.global::<ui::Frame>().get_page(), ui::Page::MyBills);
    show(&window, Some(&my_bills()), &home(Obstacle::None));
    assert_eq!((bills.get_person().as_str(), bills.get_bills().row_count()), ("", 0));
    assert_eq!(bills.get_total(), "");
}

#[test]
fn the_code_on_the_screen_reads_back_and_stays_while_its_text_stays() {
    let (window, _) = window();
    show(&window, None, &unknown(1));
    let image = window.global::<ui::Unknown>().get_qr();
    show(&window, Some(&unknown(1)), &unknown(2));
    assert!(image == window.global::<ui::Unknown>().get_qr(), "the same image");
    let pixels = image.to_rgb8().unwrap();
    let (side, all) = (pixels.width() as usize, pixels.as_slice());
    assert!((250..=330).contains(&side));
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| all[y * side + x].r);
    let (_, text) = picture.detect_grids().remove(0).decode().unwrap();
    assert_eq!(text, "https://hall.example/o/BT0700100000318");
}

#[test]
fn of_many_posted_screens_only_the_latest_is_shown() {
    let (window, _) = window();
    let (poster, inbox) = Poster::inline();
    std::thread::spawn(move || [unknown(1), unknown(2), unknown(3)].map(|screen| poster.post(screen)));
    while window.global::<ui::Unknown>().get_attempt() != 3 {
        inbox.draw(&window);
        std::thread::yield_now();
    }
    assert_eq!(inbox.take(), None);
}
