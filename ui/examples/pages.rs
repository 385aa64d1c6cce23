//! Draws every page, some in several states, to PNG files:
//! `cargo run -p kiosk-ui --example pages -- DIR [NAME…]`.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a tool for the developer's eyes

use std::{fs::File, io::BufWriter, path::Path, rc::Rc};

use i_slint_backend_testing::{AccessibleRole, ElementQuery, TestingBackend, TestingBackendOptions};
use kiosk_ui::*;
use slint::{
    ComponentHandle, Global, Image, ModelRc, PhysicalSize, Rgb8Pixel, SharedPixelBuffer, SharedString,
    VecModel, Window,
};

fn save(window: &Window, path: &Path) {
    let picture = window.take_snapshot().expect("the software renderer draws");
    let mut encoder =
        png::Encoder::new(BufWriter::new(File::create(path).unwrap()), picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header().unwrap().write_image_data(picture.as_bytes()).unwrap();
}

fn model<T: Clone + 'static>(items: impl IntoIterator<Item = T>) -> ModelRc<T> {
    Rc::new(VecModel::from_iter(items)).into()
}

fn text(s: &str) -> SharedString {
    s.into()
}

/// A chequered square in place of a QR code.
fn square(modules: u32) -> Image {
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(modules, modules);
    for (i, pixel) in pixels.make_mut_slice().iter_mut().enumerate() {
        let (x, y) = (i as u32 % modules / 6, i as u32 / modules / 6);
        *pixel = if (x * x + y * 3 + x * y) % 3 == 0 {
            Rgb8Pixel::new(0, 0, 0)
        } else {
            Rgb8Pixel::new(255, 255, 255)
        };
    }
    Image::from_rgb8(pixels)
}

fn page(w: &KioskWindow, page: Page, step: i32, countdown: i32) {
    let frame = Frame::get(w);
    frame.set_page(page);
    frame.set_step(step);
    frame.set_countdown_s(countdown);
}

/// One line for each thing that can be touched: where it is, what it is called, and what is wrong with it.
fn touchables(w: &KioskWindow) -> String {
    let mut lines = Vec::new();
    for element in ElementQuery::from_root(w).match_descendants().find_all() {
        let Some(role) = element.accessible_role() else { continue };
        if matches!(
            role,
            AccessibleRole::None | AccessibleRole::Text | AccessibleRole::Image | AccessibleRole::ListItem
        ) {
            continue;
        }
        let (at, size) = (element.absolute_position(), element.size());
        let label = element.accessible_label().unwrap_or_default();
        let mut faults = String::new();
        if label.is_empty() {
            faults.push_str(" NO-LABEL");
        }
        if size.height < 100.0 && role != AccessibleRole::ProgressIndicator {
            faults.push_str(" LOW");
        }
        if at.x < 0.0 || at.y < 0.0 || at.x + size.width > 1080.0 || at.y + size.height > 1920.0 {
            faults.push_str(" OUTSIDE");
        }
        let off = if element.accessible_enabled() == Some(false) { " off" } else { "" };
        let line =
            format!("  {role:?} {label:?} {}x{}+{}+{}{off}{faults}\n", size.width, size.height, at.x, at.y);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.concat()
}

type Scene = (&'static str, fn(&KioskWindow));

fn scenes() -> Vec<Scene> {
    vec![
        ("home", |w| page(w, Page::Home, 0, -1)),
        ("home-busy", |w| {
            page(w, Page::Home, 0, -1);
            Home::get(w).set_terminal_blocked(true);
            Home::get(w).set_reader_ready(false);
            Frame::get(w).set_link(Link::Offline);
            Frame::get(w).set_basket_count(2);
            Frame::get(w).set_basket_total(text("172.10"));
        }),
        ("catalogue", |w| {
            page(w, Page::Catalogue, 0, 85);
            fill_catalogue(w);
        }),
        ("catalogue-search", |w| {
            page(w, Page::Catalogue, 0, 85);
            fill_catalogue(w);
            Catalogue::get(w).set_keyboard(true);
            Catalogue::get(w).set_search(text("DF"));
        }),
        ("catalogue-none", |w| {
            page(w, Page::Catalogue, 0, 85);
            Catalogue::get(w).set_fees(model([]));
            Catalogue::get(w).set_keyboard(true);
            Catalogue::get(w).set_search(text("QQ"));
        }),
        ("account", |w| page(w, Page::Account, 2, 78)),
        ("account-fault", |w| {
            page(w, Page::Account, 2, 15);
            Account::get(w).set_fault(AccountFault::UnknownThrice);
            Account::get(w).set_missing(0);
            Account::get(w).set_typed(text("0152 7036 48"));
            Account::get(w).set_can_go(true);
            Account::get(w).set_reader_ready(false);
        }),
        ("account-x", |w| {
            page(w, Page::Account, 2, 78);
            Account::get(w).set_keypad(Keypad::DigitsX);
            Account::get(w).set_label(text("身份证号"));
            Account::get(w).set_hint(text("18 位,末位可能是 X"));
            Account::get(w).set_typed(text("150203 1953"));
            Account::get(w).set_missing(8);
            Account::get(w).set_fault(AccountFault::HallAway);
        }),
        ("account-letters", |w| {
            page(w, Page::Account, 2, 78);
            Account::get(w).set_keypad(Keypad::Letters);
            Account::get(w).set_label(text("项目代码"));
            Account::get(w).set_hint(text("在缴款通知书上,字母和数字"));
        }),
        ("account-busy", |w| {
            page(w, Page::Account, 2, 78);
            Account::get(w).set_typed(text(""));
            Account::get(w).set_missing(10);
            Account::get(w).set_busy(true);
        }),
        ("amount", |w| page(w, Page::Amount, 3, 70)),
        ("amount-many", |w| {
            page(w, Page::Amount, 3, 70);
            let amounts = ["10.00", "20.00", "30.00", "50.00", "100.00", "200.00", "300.00", "500.00"];
            Amount::get(w).set_choices(model(amounts.map(|a| AmountChoice {
                key: text(a),
                name: text(""),
                amount: text(a),
                selected: false,
            })));
            Amount::get(w).set_typed(text("88"));
            Amount::get(w).set_amount(text("88.00"));
            Amount::get(w).set_capitals(text("人民币捌拾捌元整"));
            Amount::get(w).set_step(text("1.00"));
            Amount::get(w).set_offline(true);
        }),
        ("amount-tariff", |w| {
            page(w, Page::Amount, 3, 70);
            let grades = [("换领", "20.00"), ("遗失补领", "40.00"), ("临时身份证", "10.00")];
            Amount::get(w).set_choices(model(grades.map(|(n, a)| AmountChoice {
                key: text(n),
                name: text(n),
                amount: text(a),
                selected: a == "40.00",
            })));
            Amount::get(w).set_typing(false);
            Amount::get(w).set_fault(AmountFault::AboveMax);
        }),
        ("bill", |w| page(w, Page::Bill, 3, 64)),
        ("bill-fault", |w| {
            page(w, Page::Bill, 3, 64);
            Bill::get(w).set_partial(true);
            Pay::get(w).set_fault(HoldFault::HeldElsewhere);
            Pay::get(w).set_fault_reference(text("BT03-1-000122"));
            Pay::get(w).set_method(Method::PhoneCode);
            let rows = ["户号", "户名", "用热地址", "采暖季", "面积", "单价", "违约金", "上次缴费"];
            Bill::get(w).set_rows(model(
                rows.map(|r| Row { label: text(r), value: text("昆都仑区 友谊大街 ***号") }),
            ));
        }),
        ("bill-paperless", |w| {
            page(w, Page::Bill, 3, 64);
            Pay::get(w).set_paperless(true);
            Pay::get(w).set_obstacle(Obstacle::PaperOut);
        }),
        ("bill-free", |w| {
            page(w, Page::Bill, 3, 64);
            Bill::get(w).set_free(true);
            Bill::get(w).set_amount(text("0.00"));
        }),
        ("basket", |w| page(w, Page::Basket, 3, 64)),
        ("basket-many", |w| {
            page(w, Page::Basket, 3, 64);
            let line = BasketLine {
                name: text("自来水费"),
                account: text("3012 4455"),
                amount: text("52.10"),
                icon: text("water"),
                tint: text("water"),
            };
            Basket::get(w).set_lines(model(vec![line; 7]));
        }),
        ("card", |w| page(w, Page::Card, 0, 58)),
        ("card-fault", |w| {
            page(w, Page::Card, 2, 58);
            kiosk_ui::Card::get(w).set_fault(CardFault::Lifted);
        }),
        ("card-away", |w| {
            page(w, Page::Card, 0, 58);
            kiosk_ui::Card::get(w).set_take_away(true);
        }),
        ("my-bills", |w| page(w, Page::MyBills, 0, 58)),
        ("paying", |w| page(w, Page::Paying, 4, -1)),
        ("paying-code", |w| {
            page(w, Page::Paying, 4, -1);
            Paying::get(w).set_method(Method::PhoneCode);
            Paying::get(w).set_stage(PayStage::Processing);
            Paying::get(w).set_fraction(0.3);
        }),
        ("unknown", |w| page(w, Page::Unknown, 4, -1)),
        ("unknown-leave", |w| {
            page(w, Page::Unknown, 4, 30);
            Unknown::get(w).set_stage(UnknownStage::Reversing);
            Unknown::get(w).set_slip(SlipState::Held);
            Unknown::get(w).set_qr(square(174));
            Unknown::get(w).set_can_leave(true);
        }),
        ("outcome", |w| page(w, Page::Outcome, 5, 29)),
        ("outcome-pending", |w| {
            page(w, Page::Outcome, 5, 29);
            Frame::get(w).set_link(Link::Offline);
            Result::get(w).set_outcome(Outcome::Pending);
            Result::get(w).set_lines(model([OutcomeLine {
                name: text("居民电费"),
                account: text("0152 **** 48"),
                amount: text("116.63"),
                state: LineOutcome::Offline,
                detail: text(""),
            }]));
            Result::get(w).set_slip(SlipState::Interrupted);
            Result::get(w).set_rating(5);
            Result::get(w).set_case_no(text("BT07-C-0012"));
        }),
        ("outcome-partly", |w| {
            page(w, Page::Outcome, 5, 29);
            Result::get(w).set_outcome(Outcome::Partly);
            let states = [LineOutcome::Booked, LineOutcome::Refunding, LineOutcome::Booking];
            Result::get(w).set_lines(model(states.map(|state| OutcomeLine {
                name: text("管道天然气费"),
                account: text("2200 **** 88"),
                amount: text("120.00"),
                state,
                detail: text(""),
            })));
            Result::get(w).set_slip(SlipState::Doubtful);
        }),
        ("outcome-qr", |w| {
            page(w, Page::Outcome, 5, 29);
            Result::get(w).set_slip(SlipState::Paperless);
            Result::get(w).set_show_qr(true);
            Result::get(w).set_qr(square(222));
        }),
        ("outcome-reprint", |w| {
            page(w, Page::Outcome, 5, 29);
            Result::get(w).set_slip(SlipState::Held);
            Result::get(w).set_can_reprint(true);
        }),
        ("outcome-declined", |w| {
            page(w, Page::Outcome, 4, 29);
            Result::get(w).set_outcome(Outcome::Declined);
            Result::get(w).set_reason(DeclineReason::InsufficientFunds);
            Result::get(w).set_can_retry(true);
            Result::get(w).set_can_dispute(false);
            Result::get(w).set_slip(SlipState::None);
        }),
        ("lookup", |w| page(w, Page::Lookup, 0, 58)),
        ("lookup-fault", |w| {
            page(w, Page::Lookup, 0, 58);
            Lookup::get(w).set_typed(text("BT07-1-0003"));
            Lookup::get(w).set_fault(LookupFault::Unknown);
            Lookup::get(w).set_can_go(true);
        }),
        ("notice", |w| {
            page(w, Page::Notice, 0, 28);
            NoticePage::get(w).set_door(text("read"));
        }),
        ("notice-left", |w| {
            page(w, Page::Notice, 0, 28);
            NoticePage::get(w).set_notice(Notice::CardLeft);
        }),
        ("out-of-service", |w| {
            page(w, Page::OutOfService, 0, -1);
            Service::get(w).set_reason(OutOfService::StorageFull);
            Service::get(w).set_reference(text("BT07-M-0007"));
        }),
        ("overlay-idle", |w| {
            page(w, Page::Bill, 3, 18);
            Frame::get(w).set_overlay(kiosk_ui::Overlay::IdleWarning);
        }),
        ("overlay-help", |w| {
            page(w, Page::Catalogue, 0, 58);
            Frame::get(w).set_overlay(kiosk_ui::Overlay::Help);
        }),
        ("overlay-again", |w| {
            page(w, Page::Bill, 3, 58);
            Frame::get(w).set_overlay(kiosk_ui::Overlay::PayAgain);
            Frame::get(w).set_overlay_reference(text("BT07-1-000311"));
        }),
        ("overlay-end", |w| {
            page(w, Page::Bill, 3, 58);
            Frame::get(w).set_overlay(kiosk_ui::Overlay::EndVisit);
        }),
    ]
}

fn fill_catalogue(w: &KioskWindow) {
    let names = ["水电气热", "通讯", "交通出行", "教育", "社保医保", "罚没", "规费", "其他"];
    Catalogue::get(w).set_groups(model(names.map(|n| GroupTab {
        id: text(n),
        name: text(n),
        selected: n == "水电气热",
    })));
    let fees = [
        ("自来水费", FeeKind::Bill, "water", "water", Obstacle::None),
        ("居民电费", FeeKind::Bill, "power", "power", Obstacle::None),
        ("电卡充值", FeeKind::CardWrite, "power", "power", Obstacle::CardWriterAbsent),
        ("管道天然气费", FeeKind::Bill, "gas", "gas", Obstacle::None),
        ("企业(一般工商业)电费", FeeKind::Bill, "power", "power", Obstacle::None),
        ("居民采暖费", FeeKind::Bill, "heat", "heat", Obstacle::DayCut),
        ("热计量补差", FeeKind::Bill, "heat", "heat", Obstacle::HallAway),
        ("物业服务费", FeeKind::Bill, "home", "transport", Obstacle::None),
        ("有线电视收视费", FeeKind::TopUp, "tv", "day", Obstacle::None),
        ("身份证工本费", FeeKind::Tariff, "id-card", "", Obstacle::None),
        ("自来水费(惠民水务)", FeeKind::Bill, "water", "water", Obstacle::ComingLater),
        ("城市基础设施配套费", FeeKind::Bill, "fund", "", Obstacle::PrintOnly),
    ];
    Catalogue::get(w).set_fees(model(fees.map(|(name, kind, icon, tint, obstacle)| FeeTile {
        code: text(name),
        name: text(name),
        kind,
        icon: text(icon),
        tint: text(tint),
        obstacle,
        obstacle_detail: text("00:30"),
    })));
    Catalogue::get(w).set_sheets(2);
}

fn main() {
    let mut args = std::env::args().skip(1);
    let dir = args.next().unwrap_or_else(|| "/tmp/pages".into());
    let only: Vec<String> = args.collect();
    std::fs::create_dir_all(&dir).unwrap();
    let options = TestingBackendOptions {
        mock_time: true,
        renderer_name: Some("software".into()),
        ..Default::default()
    };
    slint::platform::set_platform(Box::new(TestingBackend::new(options))).unwrap();
    for (name, set) in scenes() {
        if !only.is_empty() && !only.iter().any(|o| name.starts_with(o.as_str())) {
            continue;
        }
        let window = KioskWindow::new().unwrap();
        window.window().set_size(PhysicalSize::new(1080, 1920));
        set(&window);
        window.show().unwrap();
        save(window.window(), &Path::new(&dir).join(format!("{name}.png")));
        print!("{name}\n{}", touchables(&window));
    }
    if only.is_empty() || only.iter().any(|o| o == "dock") {
        let dock = DockWindow::new().unwrap();
        dock.window().set_size(PhysicalSize::new(720, 1000));
        dock.show().unwrap();
        save(dock.window(), &Path::new(&dir).join("dock.png"));
    }
}
