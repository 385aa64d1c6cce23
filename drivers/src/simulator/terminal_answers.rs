//! The messages of the simulated ECR-Hub terminal (protocols E4 and M).

use super::bank::{BankRefund, BankReversal, BankTotals};
use super::terminal_desk::{Finished, Order, Stand};
use super::terminal_wire::{HubRequest, HubRequestBiz, HubResponse, HubResponseBiz};

/// Serial number of the simulated terminal.
const SERIAL: &str = "SIM00001";

/// The code for a reversal that the bank did not carry out.
pub(super) fn reversal_code(said: BankReversal, known: bool) -> Option<&'static str> {
    match said {
        BankReversal::NotFound if !known => Some("ORDER_NOT_FOUND"),
        BankReversal::Reversed | BankReversal::NotFound => None,
        BankReversal::AlreadySettled => Some("ALREADY_SETTLED"),
        BankReversal::NoAnswer => Some("HOST_TIMEOUT"),
    }
}

/// The code for a refund that the bank did not carry out.
pub(super) fn refund_code(said: BankRefund) -> Option<&'static str> {
    match said {
        BankRefund::Refunded => None,
        BankRefund::Refused => Some("NOT_REFUNDABLE"),
        BankRefund::NoAnswer => Some("HOST_TIMEOUT"),
    }
}

/// The result of a sale. Where the terminal does not know either, it says so by giving no status.
pub(super) fn result(request: &HubRequest, finished: &Finished) -> HubResponse {
    let order = &finished.order;
    let charged = order.stand == Stand::Charged;
    let mut answer = of_order(request, charged, &order.code, &finished.name, order);
    if order.stand == Stand::Open
        && let Some(biz) = answer.biz_data.as_mut()
    {
        biz.trans_status.clear();
    }
    answer
}

/// A refusal that names the order but gives it no status.
pub(super) fn refusal(request: &HubRequest, code: &str) -> HubResponse {
    let biz = request.biz_data.clone().unwrap_or_default();
    let named = HubResponseBiz {
        merchant_order_no: biz.merchant_order_no,
        trans_type: biz.trans_type,
        ..HubResponseBiz::default()
    };
    HubResponse { biz_data: Some(named), ..answer(request, false, code) }
}

/// A yes that is about no order.
pub(super) fn plain(request: &HubRequest) -> HubResponse {
    answer(request, true, "")
}

/// A reversal or refund under its own number has gone through.
pub(super) fn done(request: &HubRequest, biz: &HubRequestBiz) -> HubResponse {
    let named = HubResponseBiz {
        merchant_order_no: biz.merchant_order_no.clone(),
        order_amount: biz.order_amount.clone(),
        trans_type: biz.trans_type.clone(),
        terminal_sn: SERIAL.to_owned(),
        trans_status: "2".to_owned(),
        ..HubResponseBiz::default()
    };
    HubResponse { biz_data: Some(named), ..answer(request, true, "") }
}

/// The batch is closed: its number and what it comes to.
pub(super) fn settlement(request: &HubRequest, totals: Option<BankTotals>) -> HubResponse {
    let Some(totals) = totals else {
        return refusal(request, "HOST_TIMEOUT");
    };
    let batch = HubResponseBiz {
        order_amount: yuan(totals.net_fen),
        trans_no: totals.batch,
        currency: "CNY".to_owned(),
        terminal_sn: SERIAL.to_owned(),
        ..HubResponseBiz::default()
    };
    HubResponse { biz_data: Some(batch), ..answer(request, true, "") }
}

/// An order as the terminal knows it.
pub(super) fn of_order(
    request: &HubRequest,
    success: bool,
    code: &str,
    name: &str,
    order: &Order,
) -> HubResponse {
    let trans_type = request.biz_data.as_ref().map(|biz| biz.trans_type.clone()).unwrap_or_default();
    let amount = yuan(order.amount_fen);
    let charged = order.stand == Stand::Charged;
    let biz = HubResponseBiz {
        merchant_order_no: name.to_owned(),
        paid_amount: if charged { amount.clone() } else { String::new() },
        order_amount: amount,
        trans_no: if order.bank_no.is_empty() { String::new() } else { format!("T{}", order.bank_no) },
        currency: "CNY".to_owned(),
        trans_type,
        terminal_sn: SERIAL.to_owned(),
        pay_scenario: if order.by_card { "BANKCARD" } else { "QR_B_SCAN_C" }.to_owned(),
        trans_status: status(order.stand).to_owned(),
        pay_channel_trans_no: order.bank_no.clone(),
        user: order.card.clone(),
        end_time: order.ended.clone(),
        pay_method_id: order.scheme.clone(),
    };
    HubResponse { biz_data: Some(biz), ..answer(request, success, code) }
}

fn status(stand: Stand) -> &'static str {
    match stand {
        Stand::Open => "0",
        Stand::Declined => "1",
        Stand::Charged => "2",
        Stand::Undone => "3",
    }
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

fn answer(request: &HubRequest, success: bool, code: &str) -> HubResponse {
    HubResponse {
        topic: request.topic.clone(),
        msg_id: request.msg_id.clone(),
        app_id: request.app_id.clone(),
        timestamp: request.timestamp.clone(),
        success,
        error_msg: code.to_owned(),
        biz_data: None,
    }
}
