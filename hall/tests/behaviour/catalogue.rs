//! The whole catalogue can be paid.

use hall_api::{ChargeState, HoldLine, LineReport, LineState};
use kiosk_config::{BillKind, Catalogue, FeeType};

use crate::bench::{Bench, report_of, states};
use crate::place::Kind;

tests![
    every_enabled_fee_can_be_quoted_held_and_booked_by_its_sample_account,
    every_account_of_the_demo_residents_is_known_to_its_biller,
];

/// Quotes and holds the sample account of a fee, as a kiosk does; none for fees without a payment.
async fn held_line(bench: &Bench, fee: &FeeType, order_id: &str) -> Option<LineReport> {
    let account = fee.account.sample.clone();
    let priced = fee.tariffs.last().and_then(|tariff| tariff.items.iter().find(|item| item.amount_fen > 0));
    let tariff_item = priced.map(|item| item.key.clone());
    let quote = bench.quote(&fee.code, &account, tariff_item.as_deref()).await;
    let quote = quote.unwrap_or_else(|problem| panic!("{}: {problem:?}", fee.code));
    if fee.print_only {
        return None;
    }
    let free = fee.bill == BillKind::FreeAmount;
    let choice = fee.amount.choices_fen.first().copied().unwrap_or(fee.amount.min_fen);
    let amount_fen = if free { choice } else { quote.amount_fen };
    assert!(amount_fen > 0, "{}", fee.code);
    let quote_id = (!free).then_some(quote.quote_id);
    let line = HoldLine { quote_id, fee: fee.code.clone(), account, tariff_item, amount_fen };
    let hold = bench.hold(order_id, vec![line.clone()]).await;
    let hold = hold.unwrap_or_else(|problem| panic!("{}: {problem:?}", fee.code));
    assert_eq!(hold.total_fen, amount_fen);
    Some(LineReport { fee: line.fee, account: line.account, tariff_item: line.tariff_item, amount_fen })
}

async fn every_enabled_fee_can_be_quoted_held_and_booked_by_its_sample_account(on: Kind) {
    let bench = Bench::fresh(on);
    let catalogue = Catalogue::load(None).unwrap();
    let mut orders = Vec::new();
    for (number, fee) in catalogue.enabled().enumerate() {
        let order_id = format!("A{number}");
        if let Some(line) = held_line(&bench, fee, &order_id).await {
            let report = report_of(vec![line], ChargeState::Charged, 1);
            bench.approve(&order_id, report.total_fen);
            bench.report(&order_id, &report).await.unwrap();
            orders.push(order_id);
        }
    }
    assert!(orders.len() >= 36);
    for order_id in &orders {
        assert_eq!(states(&bench.until_final(order_id).await), [LineState::Booked], "{order_id}");
    }
    assert_eq!(bench.hall.billers().books().unwrap().booked.len(), orders.len());
    bench.assert_books_agree(0);
}

async fn every_account_of_the_demo_residents_is_known_to_its_biller(on: Kind) {
    let bench = Bench::fresh(on);
    let catalogue = Catalogue::load(None).unwrap();
    for person in kiosk_config::demo_people() {
        for (code, account) in &person.accounts {
            let fee = catalogue.fee(code).unwrap();
            let item = fee.tariffs.last().map(|tariff| tariff.items[0].key.clone());
            let quote = bench.quote(code, account, item.as_deref()).await.unwrap();
            assert!(quote.owner_masked.starts_with('*') || person.name.chars().count() == 1, "{code}");
        }
    }
}
