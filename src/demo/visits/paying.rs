//! Visits in which paying goes as it should.

use crate::visit::{CaseView, Page, SlipView};

use super::{Play, PlayError, PlaySettings};

/// The electricity account of the first invented person; its bill is 116.63.
pub const ELECTRICITY: &str = "0101234567890";
const WATER: &str = "60012345";
const GAS: &str = "3001234567";
const PHONE: &str = "13847200011";

type Done = Result<(), PlayError>;

/// From home to the account page of a fee, through its tile.
pub fn open_fee(play: &mut Play, tile: &str, fee: &str) -> Done {
    play.tap(tile)?;
    play.page("the catalogue", |page| matches!(page, Page::Catalogue(_)))?;
    play.tap(fee)?;
    play.page("the account page", |page| matches!(page, Page::Account(_)))
}

/// Types an account and waits for its bill.
pub fn find_bill(play: &mut Play, account: &str) -> Done {
    play.keys(account)?;
    play.tap("查询账单")?;
    play.page("the bill", |page| matches!(page, Page::Bill(..)))
}

/// Touches the way to the terminal and waits until the terminal wants a card.
pub fn go_pay(play: &mut Play, button: &str) -> Done {
    play.tap(button)?;
    play.until("the terminal's question", |play| play.stage.terminal.waiting_for().is_some())?;
    play.page("the paying page", |page| matches!(page, Page::Paying(_)))
}

/// Waits for the last page, its slip, and every book to come to rest.
pub fn outcome(play: &mut Play) -> Done {
    play.page("the outcome", |page| matches!(page, Page::Outcome(_)))?;
    // The hall books in real time: the kiosk's clock must not run ahead of it, or the slip says 待入账.
    play.until("the booking", |play| {
        play.kiosk().is_some_and(|kiosk| kiosk.unsent == 0 && kiosk.open.iter().all(|order| order.is_final()))
    })?;
    play.settle()
}

/// Every invariant of money, on everybody's books.
pub fn books_agree(play: &Play) -> Done {
    let books = play.evidence()?;
    match books.violation() {
        Some(violation) => Err(PlayError::Wrong(violation)),
        None => Ok(()),
    }
}

/// The slip on the screen is out, with this heading on paper.
pub fn slip_is(play: &Play, heading: &str) -> Done {
    let printed = play.stage.printer.printed();
    let heads =
        |slip: &drivers::simulator::PrintedSlip| slip.lines.iter().any(|line| line.text.contains(heading));
    play.check(
        &format!("a whole slip says {heading}"),
        printed.iter().any(|slip| slip.complete && heads(slip)),
    )
}

pub fn pay_electricity(play: &mut Play) -> Done {
    play.picture("home")?;
    open_fee(play, "电费", "电费")?;
    play.picture("account")?;
    find_bill(play, ELECTRICITY)?;
    play.sees("116.63")?;
    play.picture("bill")?;
    go_pay(play, "去支付 ¥116.63")?;
    play.picture("paying")?;
    play.stage.tap_card(0);
    outcome(play)?;
    play.sees("缴费成功")?;
    play.picture("success")?;
    slip_is(play, "缴费凭条")?;
    slip_is(play, "壹佰壹拾陆元陆角叁分")?;
    let books = play.evidence()?;
    play.check("the acquirer kept 116.63", books.acquirer.net_fen() == 11_663)?;
    play.check("the biller booked 116.63", books.billers.booked_fen() == 11_663)?;
    books_agree(play)?;
    play.tap("非常满意")?;
    play.picture("rated")?;
    play.tap("完成并退出")?;
    play.page("home", |page| matches!(page, Page::Home(_)))?;
    play.picture("home-again")
}

pub fn pay_by_code(play: &mut Play) -> Done {
    open_fee(play, "水费", "水费")?;
    find_bill(play, WATER)?;
    play.tap("手机付款码")?;
    play.picture("bill")?;
    let button = pay_button(play);
    go_pay(play, &button)?;
    play.picture("paying-by-code")?;
    play.stage.show_code();
    outcome(play)?;
    play.sees("缴费成功")?;
    play.picture("success")?;
    slip_is(play, "缴费凭条")?;
    books_agree(play)
}

/// The label of the button that pays what is on the page.
pub fn pay_button(play: &Play) -> String {
    let amount = play.screen().map(|screen| match &screen.page {
        Page::Bill(view, _) => view.amount.clone(),
        Page::Basket(view, _) => view.total.clone(),
        _ => String::new(),
    });
    format!("去支付 ¥{}", amount.unwrap_or_default())
}

/// The label of the button that pays the chosen bills of a person.
pub fn my_bills_button(play: &Play) -> String {
    match play.screen().map(|screen| &screen.page) {
        Some(Page::MyBills(view)) if view.selected_count > 1 => format!("合并缴费 ¥{}", view.total),
        Some(Page::MyBills(view)) => format!("缴费 ¥{}", view.total),
        _ => String::new(),
    }
}

pub fn pay_basket(play: &mut Play) -> Done {
    use hall::sim::{Behaviour, Target};
    let gas = Target::Account { fee: "BT-G01".to_owned(), account: GAS.to_owned() };
    let closed = Behaviour::RejectAfterPayment { reason: "ACCOUNT_CLOSED".to_owned() };
    play.stage.hall.billers().script(gas, Some(closed));

    open_fee(play, "水费", "水费")?;
    find_bill(play, WATER)?;
    play.tap("加入合并缴费")?;
    play.page("the catalogue", |page| matches!(page, Page::Catalogue(_)))?;
    play.picture("one-in-the-basket")?;
    play.tap("燃气费")?;
    find_bill(play, GAS)?;
    play.tap("加入合并缴费")?;
    play.tap("通讯")?;
    play.tap("移动话费")?;
    play.keys(PHONE)?;
    play.tap("下一步")?;
    play.page("the amount", |page| matches!(page, Page::Amount(_)))?;
    play.tap("¥100.00")?;
    play.picture("amount")?;
    play.tap("下一步 ¥100.00")?;
    play.page("the bill", |page| matches!(page, Page::Bill(..)))?;
    play.tap("加入合并缴费")?;
    let chip = match play.screen() {
        Some(screen) => format!("合并缴费 3 笔 ¥{}", screen.frame.basket_total),
        None => String::new(),
    };
    play.tap(&chip)?;
    play.page("the basket", |page| matches!(page, Page::Basket(..)))?;
    play.picture("basket")?;
    let button = pay_button(play);
    go_pay(play, &button)?;
    play.stage.tap_card(0);
    outcome(play)?;
    play.sees("部分缴费成功")?;
    play.picture("partly")?;
    slip_is(play, "缴费凭条")?;
    slip_is(play, "退款凭条")?;
    let books = play.evidence()?;
    play.check("two lines are booked", books.billers.booked.len() == 2)?;
    play.check("one line is refunded", books.acquirer.refunds.len() == 1)?;
    books_agree(play)
}

pub fn my_bills(play: &mut Play) -> Done {
    play.tap("刷身份证登录")?;
    play.page("the card page", |page| matches!(page, Page::Card(_)))?;
    play.picture("card")?;
    play.stage.lay_card(0);
    play.page("the resident's bills", |page| matches!(page, Page::MyBills(_)))?;
    play.picture("my-bills")?;
    let labels: Vec<String> = match play.screen().map(|screen| &screen.page) {
        Some(Page::MyBills(view)) => {
            view.bills.iter().take(2).map(|bill| format!("{} ¥{}", bill.name, bill.amount)).collect()
        }
        _ => Vec::new(),
    };
    play.check("there are bills of two billers", labels.len() == 2)?;
    labels.iter().try_for_each(|label| play.tap(label))?;
    play.picture("two-chosen")?;
    play.stage.reader.lift_card();
    let button = my_bills_button(play);
    play.tap(&button)?;
    play.page("the basket", |page| matches!(page, Page::Basket(..)))?;
    let button = pay_button(play);
    go_pay(play, &button)?;
    play.stage.tap_card(0);
    outcome(play)?;
    play.sees("缴费成功")?;
    play.picture("success")?;
    play.check("both lines are booked", play.evidence()?.billers.booked.len() == 2)?;
    books_agree(play)
}

pub fn wrong_payee(play: &mut Play) -> Done {
    open_fee(play, "电费", "电费")?;
    find_bill(play, ELECTRICITY)?;
    go_pay(play, "去支付 ¥116.63")?;
    play.stage.tap_card(1);
    outcome(play)?;
    play.tap("缴错了")?;
    play.until("the case", |play| match play.screen().map(|screen| &screen.page) {
        Some(Page::Outcome(view)) => matches!(view.case, CaseView::Opened(_)),
        _ => false,
    })?;
    play.picture("case-opened")?;
    play.sees("工单号")?;
    books_agree(play)
}

pub fn in_the_mining_district(settings: &mut PlaySettings) {
    settings.site = "baiyun".to_owned();
}

pub fn zero_tariff(play: &mut Play) -> Done {
    play.tap("全部")?;
    play.tap("规费")?;
    play.picture("catalogue")?;
    play.tap("居住证工本费")?;
    let sample = sample_of("BT-Z05");
    play.keys(&sample)?;
    play.tap("下一步")?;
    play.page("the tariff", |page| matches!(page, Page::Amount(_)))?;
    let first = match play.screen().map(|screen| &screen.page) {
        Some(Page::Amount(view)) => {
            view.choices.first().map(|choice| choice.name.clone()).unwrap_or_default()
        }
        _ => String::new(),
    };
    play.tap(&first)?;
    play.picture("zero-amount")?;
    play.tap("下一步 ¥0.00")?;
    play.page("the bill", |page| matches!(page, Page::Bill(..)))?;
    play.picture("nothing-to-pay")?;
    play.tap("确认登记")?;
    outcome(play)?;
    play.sees("无需缴费")?;
    play.picture("registered")?;
    play.check("the acquirer was never asked", play.evidence()?.acquirer.charges.is_empty())?;
    play.check(
        "the slip is out",
        matches!(play.screen().map(|screen| &screen.page),
        Some(Page::Outcome(view)) if view.slip == SlipView::Printed),
    )?;
    books_agree(play)
}

/// An account that satisfies the rule of a fee.
pub fn sample_of(fee: &str) -> String {
    let catalogue = kiosk_config::Catalogue::embedded();
    catalogue.fee(fee).map(|fee| fee.account.sample.clone()).unwrap_or_default()
}
