//! What must hold of orders and of the teller, whatever happens.

mod arrows;
mod books;
mod outside;
mod storm;
mod teller;

use super::{Charge, Fen, Line, LineState, Method, Order, OrderId, Payment};

/// An order as it is written down: one line per amount.
fn order(number: u64, amounts: &[i64], method: Method) -> Order {
    Order {
        id: OrderId::new("BT07", 1, number).unwrap(),
        lines: amounts.iter().map(|fen| line(*fen)).collect(),
        method,
        offline: false,
        made_at: "2026-11-24T10:26:05+08:00".to_owned(),
        payer: None,
        charge: Charge::Intended,
        late_approval: None,
        version: 1,
    }
}

fn line(fen: i64) -> Line {
    Line {
        fee: "BT-E01".to_owned(),
        account: "0101234567890".to_owned(),
        owner_masked: String::new(),
        tariff_item: None,
        quote_id: None,
        fields: Vec::new(),
        amount_fen: Fen::new(fen).unwrap(),
        state: LineState::Waiting,
        reference: None,
        reason: None,
        balance_fen: None,
    }
}

fn payment(reference: &str) -> Payment {
    Payment {
        channel_reference: reference.to_owned(),
        method: Method::Card,
        scheme: "UNIONPAY".to_owned(),
        card_last4: Some("0017".to_owned()),
        terminal: "SIM00001".to_owned(),
    }
}
