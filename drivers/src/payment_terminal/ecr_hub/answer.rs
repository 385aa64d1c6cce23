//! What an answer of the terminal means. Only a sure yes is a yes and only a sure no is a no.

use super::message::{Response, ResponseData};
use super::settings::EcrHubSettings;
use crate::payment_terminal::money::fen_of;
use crate::payment_terminal::settlement::Settlement;
use crate::payment_terminal::{
    Approval, Decline, PayMethod, QueryOutcome, Sale, SaleOutcome, UnknownReason, card_number,
};

/// The terminal works on another request.
pub(super) const BUSY: &str = "BUSY";
/// The terminal gave the order up because it was asked to.
pub(super) const CLOSED: &str = "CLOSED";
/// The terminal cannot make sense of the request.
pub(super) const INVALID: &str = "INVALID_PARAMETER";
/// The terminal does not know such requests.
pub(super) const UNKNOWN_TOPIC: &str = "UNKNOWN_TOPIC";
/// The terminal never heard of the order.
pub(super) const NOT_FOUND: &str = "ORDER_NOT_FOUND";

/// Words for bank cards in `pay_scenario` and `pay_method_category`.
pub(super) const BANKCARD: &str = "BANKCARD";

/// What an answer says of an order.
#[derive(Debug)]
pub(super) enum Verdict {
    Approved,
    Declined(String),
    Canceled,
    InProgress,
    NotFound,
    Unclear(String),
}

/// Reads the answer to a sale: `success` speaks of the payment.
pub(super) fn of_sale(answer: &Response, settings: &EcrHubSettings) -> Verdict {
    let code = answer.error_msg.as_str();
    let is_final = settings.final_declines.iter().any(|known| known == code);
    match (answer.success, status_of(answer)) {
        (true, "2") if code.is_empty() => Verdict::Approved,
        (_, "3") => Verdict::Canceled,
        (_, "0" | "9") if code.is_empty() => Verdict::InProgress,
        (false, "1" | "") if code == CLOSED && is_final => Verdict::Canceled,
        (false, "1") => Verdict::Declined(code.to_owned()),
        (false, "") if is_final => Verdict::Declined(code.to_owned()),
        _ => Verdict::Unclear(code.to_owned()),
    }
}

/// Reads the answer to a query: `success` speaks of the query, the status of the payment.
pub(super) fn of_query(answer: &Response) -> Verdict {
    let code = answer.error_msg.as_str();
    match (status_of(answer), code) {
        ("2", "") if answer.success => Verdict::Approved,
        ("3", _) => Verdict::Canceled,
        ("1", CLOSED) => Verdict::Canceled,
        ("1", _) => Verdict::Declined(code.to_owned()),
        ("0" | "9", _) | ("", BUSY) => Verdict::InProgress,
        ("", NOT_FOUND) => Verdict::NotFound,
        _ => Verdict::Unclear(code.to_owned()),
    }
}

fn status_of(answer: &Response) -> &str {
    answer.biz_data.as_ref().map_or("", |data| data.trans_status.as_str())
}

/// The order that an answer names; empty if none.
pub(super) fn order_of(answer: &Response) -> &str {
    answer.biz_data.as_ref().map_or("", |data| data.merchant_order_no.as_str())
}

/// The approval inside an answer; `None` without an amount, or with two amounts that differ.
pub(super) fn approval(answer: &Response) -> Option<Approval> {
    let data = answer.biz_data.as_ref()?;
    let method = if data.pay_scenario == BANKCARD { PayMethod::Card } else { PayMethod::PhoneCode };
    Some(Approval {
        order: data.merchant_order_no.clone(),
        amount_fen: amount(data)?,
        trans_no: first_given(&data.pay_channel_trans_no, &data.trans_no),
        method,
        scheme: data.pay_method_id.clone(),
        card_last4: if method == PayMethod::Card { card_number::last4(&data.user) } else { None },
        terminal_id: data.terminal_sn.clone(),
        ended_at: data.end_time.clone(),
    })
}

fn amount(data: &ResponseData) -> Option<i64> {
    if !data.currency.is_empty() && data.currency != super::message::CURRENCY {
        return None;
    }
    match (data.order_amount.as_str(), data.paid_amount.as_str()) {
        ("", paid) => fen_of(paid),
        (asked, "") => fen_of(asked),
        (asked, paid) => fen_of(asked).filter(|fen| Some(*fen) == fen_of(paid)),
    }
}

fn first_given(first: &str, second: &str) -> String {
    if first.is_empty() { second.to_owned() } else { first.to_owned() }
}

/// `None` means that the terminal is still at work.
pub(super) fn sale_outcome(
    response: &Response,
    sale: &Sale,
    settings: &EcrHubSettings,
) -> Option<SaleOutcome> {
    Some(match of_sale(response, settings) {
        Verdict::InProgress => return None,
        Verdict::Approved => approved(approval(response), sale),
        Verdict::Canceled => SaleOutcome::Declined(Decline::Canceled),
        Verdict::Declined(code) if code == BUSY => SaleOutcome::Declined(Decline::Busy),
        Verdict::Declined(code) => SaleOutcome::Declined(Decline::Refused(code)),
        Verdict::NotFound => SaleOutcome::Unknown(UnknownReason::Unclear(NOT_FOUND.to_owned())),
        Verdict::Unclear(code) => SaleOutcome::Unknown(UnknownReason::Unclear(code)),
    })
}

/// An approval counts only for our order and our amount.
fn approved(approval: Option<Approval>, sale: &Sale) -> SaleOutcome {
    match approval {
        Some(approval) if approval.order != sale.order => SaleOutcome::Unknown(UnknownReason::Crossed),
        Some(approval) if approval.amount_fen == sale.amount_fen => SaleOutcome::Approved(approval),
        _ => SaleOutcome::Unknown(UnknownReason::AmountMismatch),
    }
}

pub(super) fn query_outcome(verdict: Verdict, response: &Response) -> QueryOutcome {
    match verdict {
        Verdict::Approved => approval(response).map_or(QueryOutcome::NoAnswer, QueryOutcome::Approved),
        Verdict::Declined(code) => QueryOutcome::Declined(Decline::Refused(code)),
        Verdict::Canceled => QueryOutcome::Canceled,
        Verdict::InProgress => QueryOutcome::InProgress,
        Verdict::NotFound => QueryOutcome::NotFound,
        Verdict::Unclear(_) => QueryOutcome::NoAnswer,
    }
}

pub(super) fn trans_type(response: &Response) -> &str {
    response.biz_data.as_ref().map_or("", |data| data.trans_type.as_str())
}

/// The batch that an answer speaks of.
pub(super) fn settlement(response: &Response) -> Settlement {
    let Some(data) = response.biz_data.as_ref() else {
        return Settlement::default();
    };
    let batch = Some(data.trans_no.clone()).filter(|batch| !batch.is_empty());
    Settlement { batch, count: None, net_fen: fen_of(&data.order_amount) }
}
