//! What an answer of the terminal means. Only a sure yes is a yes and only a sure no is a no.

use super::field::{Fields, tag};
use super::settings::MisResults;
use crate::payment_terminal::{
    Approval, Decline, PayMethod, QueryOutcome, Sale, SaleOutcome, Settlement, UnknownReason, card_number,
};

/// Yes.
const GOOD: &str = "00";

/// What DF07 says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Good,
    Declined(String),
    Canceled,
    Reversed,
    Busy,
    NotFound,
    SignOnFirst(String),
    Unclear(String),
}

pub(super) fn verdict(fields: &Fields, results: &MisResults) -> Verdict {
    let code = fields.text(tag::RESULT);
    let is_in = |list: &[String]| list.contains(&code);
    let is_two_digits = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_digit());
    match () {
        () if code == GOOD => Verdict::Good,
        () if is_in(&results.unclear) => Verdict::Unclear(code),
        () if is_in(&results.not_found) => Verdict::NotFound,
        () if is_in(&results.canceled) => Verdict::Canceled,
        () if is_in(&results.reversed) => Verdict::Reversed,
        () if is_in(&results.busy) => Verdict::Busy,
        () if is_in(&results.sign_on_first) => Verdict::SignOnFirst(code),
        () if is_two_digits || is_in(&results.declines) => Verdict::Declined(code),
        () => Verdict::Unclear(code),
    }
}

/// The approval inside an answer; `None` without an amount.
pub(super) fn approval(fields: &Fields, order: &str) -> Option<Approval> {
    let card = fields.text(tag::CARD);
    let reference = [tag::REFERENCE, tag::TRACE].map(|tag| fields.text(tag));
    Some(Approval {
        order: order.to_owned(),
        amount_fen: fields.amount_fen()?,
        trans_no: reference.into_iter().find(|number| !number.is_empty()).unwrap_or_default(),
        method: if card.is_empty() { PayMethod::PhoneCode } else { PayMethod::Card },
        scheme: fields.text(tag::CARD_NAME),
        card_last4: card_number::last4(&card),
        terminal_id: fields.text(tag::TERMINAL),
        ended_at: format!("{} {}", fields.text(tag::DATE), fields.text(tag::TIME)).trim().to_owned(),
    })
}

pub(super) fn sale_outcome(fields: &Fields, sale: &Sale, results: &MisResults) -> SaleOutcome {
    match verdict(fields, results) {
        Verdict::Good => match approval(fields, &sale.order) {
            Some(approval) if approval.amount_fen == sale.amount_fen => {
                SaleOutcome::Approved(Approval { method: sale.method, ..approval })
            }
            _ => SaleOutcome::Unknown(UnknownReason::AmountMismatch),
        },
        Verdict::Declined(code) | Verdict::SignOnFirst(code) => SaleOutcome::Declined(Decline::Refused(code)),
        Verdict::Canceled => SaleOutcome::Declined(Decline::Canceled),
        Verdict::Busy => SaleOutcome::Declined(Decline::Busy),
        Verdict::Reversed | Verdict::NotFound => {
            SaleOutcome::Unknown(UnknownReason::Unclear(fields.text(tag::RESULT)))
        }
        Verdict::Unclear(code) => SaleOutcome::Unknown(UnknownReason::Unclear(code)),
    }
}

/// The answer to a query speaks of the order; so does a result that came late.
pub(super) fn query_outcome(fields: &Fields, order: &str, results: &MisResults) -> QueryOutcome {
    match verdict(fields, results) {
        Verdict::Good => approval(fields, order).map_or(QueryOutcome::NoAnswer, QueryOutcome::Approved),
        Verdict::Declined(code) => QueryOutcome::Declined(Decline::Refused(code)),
        Verdict::Canceled | Verdict::Reversed => QueryOutcome::Canceled,
        Verdict::NotFound => QueryOutcome::NotFound,
        Verdict::Busy | Verdict::Unclear(_) => QueryOutcome::InProgress,
        Verdict::SignOnFirst(_) => QueryOutcome::NoAnswer,
    }
}

/// The batch that an answer speaks of.
pub(super) fn settlement(fields: &Fields) -> Settlement {
    let batch = Some(fields.text(tag::BATCH)).filter(|batch| !batch.is_empty());
    Settlement { batch, count: None, net_fen: fields.amount_fen() }
}
