//! Slips as the resident would hold them, and what must be true of all slips of any order.

use proptest::prelude::*;

use super::*;
use crate::money::{Charge, DeclineReason, Fen, Line, LineState, Method, Order, OrderId, Payment};

fn fen(fen: i64) -> Fen {
    Fen::new(fen).unwrap()
}

fn line(fee: &str, account: &str, amount: i64, state: LineState) -> Line {
    Line {
        fee: fee.into(),
        account: account.into(),
        owner_masked: "王*国".into(),
        tariff_item: None,
        quote_id: None,
        fields: vec![("period".into(), "2026-10".into())],
        amount_fen: fen(amount),
        state,
        reference: (state == LineState::Booked).then(|| "8800123".into()),
        reason: (state == LineState::Rejected).then(|| "ALREADY_PAID".into()),
        balance_fen: (state == LineState::Booked).then_some(2_500),
    }
}

fn payment() -> Payment {
    Payment {
        channel_reference: "261124102605000318".into(),
        method: Method::Card,
        scheme: "UNIONPAY".into(),
        card_last4: Some("4417".into()),
        terminal: "15020001".into(),
    }
}

fn order(charge: Charge, lines: Vec<Line>) -> Order {
    Order {
        id: OrderId::new("BT07", 1, 318).unwrap(),
        lines,
        method: Method::Card,
        offline: false,
        made_at: "2026-11-24T10:26:05+08:00".into(),
        payer: None,
        charge,
        late_approval: None,
        version: 3,
    }
}

fn fee(name: &str, biller: &str, label: &str) -> FeeFacts {
    FeeFacts {
        name: name.into(),
        biller: biller.into(),
        account_label: label.into(),
        labels: [("period".to_owned(), "账期".to_owned())].into(),
        items: [].into(),
        invoice: "发票请向收费单位索取。".into(),
    }
}

fn facts() -> SlipFacts {
    SlipFacts {
        hall: "市政务大厅".into(),
        kiosk_code: "BT07".into(),
        kiosk_number: "07号".into(),
        hotline: "0472-12345".into(),
        made_at: "2026-11-24 10:26:05".into(),
        simulated: false,
        qr: "https://hall.example/o/BT0700100000318".into(),
        fees: [
            ("BT-E01".into(), fee("居民电费", "内蒙古电力(集团)有限责任公司包头供电局", "户号")),
            ("BT-W01".into(), fee("自来水费", "包头市供水总公司", "户号")),
            ("BT-P01".into(), fee("移动话费充值", "中国移动包头分公司", "手机号")),
        ]
        .into(),
    }
}

/// The paper as plain text.
fn text(lines: &[PaperLine], columns: usize) -> String {
    let shown = |line: &PaperLine| match line {
        PaperLine::Text { text, align: Align::Left, .. } => text.clone(),
        PaperLine::Text { text, .. } => format!("{}{text}", " ".repeat((columns - line.columns()) / 2)),
        PaperLine::Rule => "-".repeat(columns),
        PaperLine::Qr { data } => format!("[{data}]"),
        PaperLine::Feed(_) => String::new(),
    };
    lines.iter().map(shown).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

fn basket() -> Order {
    order(
        Charge::Charged(payment()),
        vec![
            line("BT-E01", "0152703648", 11_663, LineState::Booked),
            line("BT-W01", "30124455", 5_210, LineState::Booked),
            line("BT-P01", "13804720001", 5_000, LineState::Rejected),
        ],
    )
}

#[test]
fn a_receipt_of_one_line_fits_narrow_paper() {
    let one =
        order(Charge::Charged(payment()), vec![line("BT-E01", "0152703648", 11_663, LineState::Booked)]);
    let slips = slips_for(&one, &SlipFacts { simulated: true, ..facts() }).unwrap();
    assert_eq!(text(&layout(&slips[0], 32), 32), include_str!("golden/one_line_32.txt").trim_end());
}

#[test]
fn a_basket_of_which_one_line_was_refused_makes_a_receipt_and_a_refund() {
    let slips = slips_for(&basket(), &facts()).unwrap();
    assert_eq!(slips.iter().map(Slip::heading).collect::<Vec<_>>(), [Heading::Receipt, Heading::Refund]);
    let paper: Vec<_> = slips.iter().map(|slip| text(&layout(slip, 48), 48)).collect();
    assert_eq!(paper.join("\n\n"), include_str!("golden/basket_48.txt").trim_end());
}

#[test]
fn a_reprint_is_marked_and_numbered() {
    let slip = slips_for(&basket(), &facts()).unwrap().remove(0);
    let paper = text(&layout(&slip.again().again(), 48), 48);
    assert!(paper.contains("【补打】") && paper.contains("第3次打印"), "{paper}");
}

#[test]
fn a_stored_slip_cannot_come_back_as_another() {
    let slip = slips_for(&basket(), &facts()).unwrap().remove(0);
    let stored = serde_json::to_string(&slip).unwrap();
    assert_eq!(serde_json::from_str::<Slip>(&stored).unwrap(), slip);
    let forged = stored.replacen("\"standing\":\"booked\"", "\"standing\":\"booking\"", 1);
    assert!(serde_json::from_str::<Slip>(&forged).is_err());
}

#[test]
fn an_unknown_outcome_asks_not_to_pay_again_and_names_no_success() {
    let lines = vec![line("BT-E01", "0152703648", 11_663, LineState::Waiting)];
    let slip = slips_for(&order(Charge::Unknown, lines), &facts()).unwrap().remove(0);
    let paper = text(&layout(&slip, 48), 48);
    assert!(paper.contains("请勿重复支付") && paper.contains("BT07-001-00000318"), "{paper}");
    assert!(!paper.contains("缴费凭条") && !paper.contains("已入账"), "{paper}");
}

#[test]
fn what_costs_nothing_is_a_receipt_without_a_payment() {
    let lines = vec![line("BT-E01", "0152703648", 0, LineState::Booked)];
    let slip = slips_for(&order(Charge::Free, lines), &facts()).unwrap().remove(0);
    let paper = text(&layout(&slip, 48), 48);
    assert_eq!(slip.heading(), Heading::Receipt);
    assert!(paper.contains("￥0.00") && paper.contains("零元整") && paper.contains("无需支付"), "{paper}");
}

#[test]
fn a_biller_cannot_command_the_printer() {
    let mut facts = facts();
    facts.hall = "市政务\u{1b}@大厅\u{1d}V\0".into();
    let slip = slips_for(&basket(), &facts).unwrap().remove(0);
    let paper = format!("{:?}", layout(&slip, 32));
    assert!(
        paper.contains("市政务@大厅V") && !paper.contains("\\u{1b}") && !paper.contains("\\0"),
        "{paper}"
    );
}

fn any_charge() -> impl Strategy<Value = Charge> {
    prop_oneof![
        Just(Charge::Intended),
        Just(Charge::Charging),
        Just(Charge::Declined(DeclineReason::Canceled)),
        Just(Charge::Charged(payment())),
        Just(Charge::Unknown),
        Just(Charge::Reversing(2)),
        Just(Charge::Reversed),
        Just(Charge::ReversalRefused),
        Just(Charge::Manual),
    ]
}

fn any_lines() -> impl Strategy<Value = Vec<Line>> {
    use LineState as L;
    let states =
        vec![L::Waiting, L::Booking, L::Booked, L::Rejected, L::Refunding, L::Refunded, L::Manual, L::Void];
    let one = (prop::sample::select(states), 1..100_000_i64, "[0-9]{1,20}");
    prop::collection::vec(
        one.prop_map(|(state, amount, account)| line("BT-E01", &account, amount, state)),
        1..8,
    )
}

proptest! {
    #[test]
    fn every_moved_fen_is_on_exactly_one_slip_and_receipts_hold_only_what_is_booked(
        charge in any_charge(), lines in any_lines(), columns in 24..=48_u8,
    ) {
        let order = order(charge, lines);
        let slips = slips_for(&order, &facts()).unwrap();
        let told = order.money_moved() || order.charge == Charge::Reversed;
        let owed = if told { order.total().unwrap() } else { Fen::ZERO };
        prop_assert_eq!(Fen::sum(slips.iter().map(Slip::total)).unwrap(), owed);
        let lines: usize = slips.iter().map(|slip| slip.lines.len()).sum();
        prop_assert_eq!(lines, if told { order.lines.len() } else { 0 });
        for slip in &slips {
            let receipt = slip.heading() == Heading::Receipt;
            prop_assert!(slip.lines.iter().all(|line| (line.standing == Standing::Booked) == receipt));
            let paper = layout(slip, columns);
            prop_assert_eq!(text(&paper, usize::from(columns)).contains("缴费凭条"), receipt);
            for line in &paper {
                prop_assert!(line.columns() <= usize::from(columns));
            }
        }
    }
}
