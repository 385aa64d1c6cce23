//! Visits in which something breaks, and the resident still knows what happened.

use std::time::Duration;

use drivers::simulator::{PrintedSlip, Silence};

use crate::visit::{Page, SlipView, Terminal};

use super::paying::{
    ELECTRICITY, books_agree, find_bill, go_pay, my_bills_button, open_fee, outcome, pay_button, slip_is,
};
use super::{Play, PlayError};

type Done = Result<(), PlayError>;

fn go_offline(play: &mut Play) -> Done {
    play.stage.hall.go_offline();
    play.until("the loss of the hall", |play| play.kiosk().is_some_and(|kiosk| !kiosk.online))
}

fn take_top_up(play: &mut Play) -> Done {
    open_fee(play, "话费", "移动话费")?;
    play.keys("13847200011")?;
    play.tap("下一步")?;
    play.page("the amount", |page| matches!(page, Page::Amount(_)))?;
    play.tap("¥50.00")?;
    play.picture("amount-offline")?;
    play.tap("下一步 ¥50.00")?;
    play.page("the bill", |page| matches!(page, Page::Bill(..)))?;
    play.picture("bill-offline")?;
    go_pay(play, "去支付 ¥50.00")?;
    play.stage.tap_card(0);
    play.page("the outcome", |page| matches!(page, Page::Outcome(_)))?;
    play.settle()
}

pub fn top_up_offline(play: &mut Play) -> Done {
    go_offline(play)?;
    play.picture("home-offline")?;
    play.tap("全部")?;
    play.picture("catalogue-offline")?;
    play.tap("首页")?;
    take_top_up(play)?;
    play.sees("已收款,待入账")?;
    play.picture("taken-not-booked")?;
    slip_is(play, "待入账凭条")?;
    play.check("the hall has heard nothing", play.evidence()?.hall.is_empty())?;
    play.check("one row waits", play.kiosk().is_some_and(|kiosk| kiosk.unsent == 1))?;
    books_agree(play)
}

pub fn hall_returns(play: &mut Play) -> Done {
    go_offline(play)?;
    take_top_up(play)?;
    play.tap("完成并退出")?;
    play.page("home", |page| matches!(page, Page::Home(_)))?;
    play.picture("home-offline")?;
    play.stage.hall.come_back().map_err(crate::demo::StageError::from)?;
    play.until("the return of the hall", |play| {
        play.kiosk().is_some_and(|kiosk| kiosk.online && kiosk.unsent == 0)
    })?;
    play.until("the booking", |play| play.evidence().is_ok_and(|books| books.billers.booked.len() == 1))?;
    play.until("rest", |play| {
        play.evidence().is_ok_and(|books| books.is_settled() && books.violation().is_none())
    })?;
    play.picture("home-online")?;
    play.check("nothing was printed by itself", play.stage.printer.printed().len() == 1)?;
    books_agree(play)
}

pub fn card_declined(play: &mut Play) -> Done {
    open_fee(play, "电费", "电费")?;
    find_bill(play, ELECTRICITY)?;
    go_pay(play, "去支付 ¥116.63")?;
    play.stage.terminal.decline("51");
    play.page("the outcome", |page| matches!(page, Page::Outcome(_)))?;
    play.settle()?;
    play.sees("未扣款")?;
    play.picture("declined")?;
    play.check("nothing was charged", play.evidence()?.acquirer.net_fen() == 0)?;
    play.tap("重新支付")?;
    play.page("the bill", |page| matches!(page, Page::Bill(..)))?;
    play.tap("手机付款码")?;
    go_pay(play, "去支付 ¥116.63")?;
    play.stage.show_code();
    outcome(play)?;
    play.sees("缴费成功")?;
    play.picture("paid-another-way")?;
    play.check("charged once", play.evidence()?.acquirer.net_fen() == 11_663)?;
    books_agree(play)
}

pub fn terminal_silent(play: &mut Play) -> Done {
    open_fee(play, "电费", "电费")?;
    find_bill(play, ELECTRICITY)?;
    play.stage.terminal.set_silence(Some(Silence::ApproveNoAnswer));
    play.stage.tap_card(0);
    play.tap("去支付 ¥116.63")?;
    play.page("the unknown outcome", |page| matches!(page, Page::Unknown(_)))?;
    play.picture("unknown")?;
    play.sees("按流水号查询")?;
    outcome(play)?;
    play.sees("缴费成功")?;
    play.picture("known-after-all")?;
    slip_is(play, "故障凭条")?;
    slip_is(play, "缴费凭条")?;
    play.check("charged once", play.evidence()?.acquirer.net_fen() == 11_663)?;
    books_agree(play)
}

pub fn terminal_unplugged(play: &mut Play) -> Done {
    open_fee(play, "电费", "电费")?;
    find_bill(play, ELECTRICITY)?;
    play.stage.terminal.set_silence(Some(Silence::ApproveNoAnswer));
    play.stage.tap_card(0);
    play.tap("去支付 ¥116.63")?;
    play.until("the charge", |play| play.evidence().is_ok_and(|books| books.acquirer.net_fen() == 11_663))?;
    play.stage.terminal.cut_cable();
    play.page("the unknown outcome", |page| matches!(page, Page::Unknown(_)))?;
    play.pass_until("the reversal", Duration::from_secs(200), |play| {
        matches!(play.screen().map(|screen| &screen.page), Some(Page::Unknown(view)) if view.reversing)
    })?;
    play.picture("reversing")?;
    play.stage.terminal.set_silence(None);
    play.stage.terminal.plug_cable();
    // The port is opened again in real time; the kiosk's clock must not run ahead of it.
    play.until("the return of the terminal", |play| {
        play.kiosk().is_some_and(|kiosk| kiosk.terminal != Terminal::Absent)
    })?;
    play.pass_until("the end of the reversal", Duration::from_secs(700), |play| {
        play.kiosk().is_some_and(|kiosk| kiosk.open.iter().all(|order| order.is_final()))
    })?;
    play.picture("reversed")?;
    play.check("nothing stays charged", play.evidence()?.acquirer.net_fen() == 0)?;
    play.check("nothing was booked", play.evidence()?.billers.booked.is_empty())?;
    books_agree(play)
}

pub fn paper_out(play: &mut Play) -> Done {
    open_fee(play, "电费", "电费")?;
    find_bill(play, ELECTRICITY)?;
    play.stage.printer.out_after_lines(6);
    go_pay(play, "去支付 ¥116.63")?;
    play.stage.tap_card(0);
    play.until("the stop of the printer", |play| slip(play) == Some(SlipView::Interrupted))?;
    play.picture("paper-out")?;
    play.check("the money is charged once", play.evidence()?.acquirer.net_fen() == 11_663)?;
    play.stage.printer.refill();
    play.until("the slip", |play| slip(play) == Some(SlipView::Printed))?;
    play.picture("printed-after-refill")?;
    slip_is(play, "补打")?;
    let printed = play.stage.printer.printed();
    let whole =
        |slip: &&PrintedSlip| slip.complete && slip.lines.iter().any(|line| line.text.contains("缴费凭条"));
    play.check("one whole slip", printed.iter().filter(whole).count() == 1)?;
    outcome(play)?;
    books_agree(play)
}

fn slip(play: &Play) -> Option<SlipView> {
    match play.screen().map(|screen| &screen.page) {
        Some(Page::Outcome(view)) => Some(view.slip),
        _ => None,
    }
}

pub fn printer_absent(play: &mut Play) -> Done {
    play.stage.printer.cut_cable();
    open_fee(play, "电费", "电费")?;
    find_bill(play, ELECTRICITY)?;
    play.until("the loss of the printer", |play| match play.screen().map(|screen| &screen.page) {
        Some(Page::Bill(_, ways)) => ways.paperless,
        _ => false,
    })?;
    play.picture("no-printer")?;
    play.tap("同意无纸凭条")?;
    go_pay(play, "去支付 ¥116.63")?;
    play.stage.tap_card(0);
    outcome(play)?;
    play.sees("缴费成功")?;
    play.picture("reference-on-the-screen")?;
    books_agree(play)
}

pub fn wrong_account(play: &mut Play) -> Done {
    open_fee(play, "电费", "电费")?;
    play.keys("0100")?;
    let refused = play.tap("查询账单").is_err();
    play.check("a short number asks nobody", refused)?;
    for attempt in 0..10 {
        play.tap("清空")?;
        play.keys(&format!("09999999{attempt:02}"))?;
        play.tap("查询账单")?;
        play.settle()?;
        if attempt == 0 {
            play.picture("unknown-number")?;
        }
        if attempt == 3 {
            play.picture("unknown-thrice")?;
        }
    }
    play.page("the end of the visit", |page| matches!(page, Page::Notice(_)))?;
    play.picture("too-many")?;
    play.pass(Duration::from_secs(31))?;
    play.page("home", |page| matches!(page, Page::Home(_)))?;
    play.check("nobody was charged", play.evidence()?.acquirer.charges.is_empty())
}

pub fn idle_timeout(play: &mut Play) -> Done {
    open_fee(play, "电费", "电费")?;
    find_bill(play, ELECTRICITY)?;
    play.pass(Duration::from_secs(41))?;
    play.picture("are-you-there")?;
    play.tap("再等一会儿")?;
    play.pass(Duration::from_secs(39))?;
    play.page("the bill", |page| matches!(page, Page::Bill(..)))?;
    play.pass(Duration::from_secs(21))?;
    play.page("home", |page| matches!(page, Page::Home(_)))?;
    play.picture("forgotten")?;
    let shown = format!("{:?}", play.screen());
    play.check("nothing of the resident stays", !shown.contains("0101") && !shown.contains("116.63"))
}

pub fn restart_and_look_up(play: &mut Play) -> Done {
    play.tap("刷身份证登录")?;
    play.stage.lay_card(0);
    play.page("the resident's bills", |page| matches!(page, Page::MyBills(_)))?;
    let first = match play.screen().map(|screen| &screen.page) {
        Some(Page::MyBills(view)) => view.bills.first().map(|bill| format!("{} ¥{}", bill.name, bill.amount)),
        _ => None,
    };
    play.tap(&first.unwrap_or_default())?;
    play.stage.reader.lift_card();
    let button = my_bills_button(play);
    play.tap(&button)?;
    play.page("the bill", |page| matches!(page, Page::Bill(..)))?;
    let button = pay_button(play);
    play.stage.terminal.set_silence(Some(Silence::ApproveNoAnswer));
    play.stage.tap_card(0);
    play.tap(&button)?;
    play.until("the charge", |play| {
        play.stage.hall.acquirer().books().is_ok_and(|books| books.net_fen() > 0)
    })?;
    play.picture("before-the-stop")?;
    play.stop();
    play.stage.terminal.set_silence(None);
    play.start()?;
    play.picture("after-the-start")?;
    play.pass_until("the booking", Duration::from_secs(120), |play| {
        play.evidence().is_ok_and(|books| books.billers.booked.len() == 1 && books.is_settled())
    })?;
    play.check("nothing was printed by itself", play.stage.printer.printed().is_empty())?;
    play.tap("查询上一笔结果")?;
    play.picture("look-up")?;
    play.tap("刷身份证查找")?;
    play.stage.lay_card(0);
    play.page("the earlier order", |page| matches!(page, Page::Outcome(_)))?;
    play.sees("缴费成功")?;
    play.picture("found")?;
    books_agree(play)
}
