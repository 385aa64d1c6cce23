//! Which lines of an order go on which slip.

use std::collections::BTreeMap;

use super::{Edition, Heading, PaidBy, Slip, SlipContent, SlipError, SlipLine, Standing};
use crate::money::{Charge, Fen, Line, LineState, Order, Payment};
use crate::person::mask_account;

/// What a slip says beside the order itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlipFacts {
    /// Name of the hall.
    pub hall: String,
    /// Code of the kiosk.
    pub kiosk_code: String,
    /// Number of the kiosk in the hall.
    pub kiosk_number: String,
    /// Telephone for help.
    pub hotline: String,
    /// Local time of the order, `2026-11-24 10:26:05`.
    pub made_at: String,
    /// Devices or hall are simulated.
    pub simulated: bool,
    /// Text of the QR code that leads to the order.
    pub qr: String,
    /// The fees of the order by their code.
    pub fees: BTreeMap<String, FeeFacts>,
}

/// What the catalogue says about a fee.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeeFacts {
    /// Name of the fee.
    pub name: String,
    /// Who is paid.
    pub biller: String,
    /// What the biller calls the account.
    pub account_label: String,
    /// Label of each key of [`Line::fields`]; a key without one is its own label.
    pub labels: BTreeMap<String, String>,
    /// Name of each tariff item.
    pub items: BTreeMap<String, String>,
    /// Where the invoice comes from.
    pub invoice: String,
}

/// The slips of an order as it stands, booked lines first. None while or after nothing was charged.
pub fn slips_for(order: &Order, facts: &SlipFacts) -> Result<Vec<Slip>, SlipError> {
    let lines: Vec<_> =
        order.lines.iter().filter_map(|line| Some((line, standing(&order.charge, line.state)?))).collect();
    let mut slips = Vec::new();
    for heading in [Heading::Receipt, Heading::Pending, Heading::Refund, Heading::Trouble] {
        let here: Vec<_> =
            lines.iter().filter(|(_, standing)| standing.heading() == heading).copied().collect();
        if !here.is_empty() {
            slips.push(Slip::new(content(order, facts, &here)?)?);
        }
    }
    Ok(slips)
}

/// Where a line stands for the resident: first the charge decides, then the line.
const fn standing(charge: &Charge, line: LineState) -> Option<Standing> {
    match charge {
        Charge::Intended | Charge::Declined(_) => None,
        Charge::Charging | Charge::Unknown => Some(Standing::Unknown),
        Charge::Reversing(_) => Some(Standing::Reversing),
        Charge::Reversed => Some(Standing::Reversed),
        Charge::Manual => Some(Standing::Manual),
        Charge::Free | Charge::Charged(_) | Charge::ReversalRefused => Some(match line {
            LineState::Waiting | LineState::Booking => Standing::Booking,
            LineState::Booked => Standing::Booked,
            LineState::Rejected => Standing::Rejected,
            LineState::Refunding => Standing::Refunding,
            LineState::Refunded => Standing::Refunded,
            // A charged line is never void; should one be, a person has to see it.
            LineState::Manual | LineState::Void => Standing::Manual,
        }),
    }
}

fn content(order: &Order, facts: &SlipFacts, lines: &[(&Line, Standing)]) -> Result<SlipContent, SlipError> {
    let payment = payment(order);
    Ok(SlipContent {
        hall: facts.hall.clone(),
        kiosk_code: facts.kiosk_code.clone(),
        kiosk_number: facts.kiosk_number.clone(),
        order_ref: order.id.grouped(),
        channel_reference: payment.map(|paid| paid.channel_reference.clone()),
        made_at: facts.made_at.clone(),
        payment: (!matches!(order.charge, Charge::Free)).then(|| paid_by(order, payment)),
        lines: lines.iter().map(|(line, standing)| slip_line(line, *standing, facts)).collect(),
        order_total: order.total().map_err(|_| SlipError::Total)?,
        invoice: invoices(lines, facts),
        hotline: facts.hotline.clone(),
        edition: Edition::Original,
        simulated: facts.simulated,
        qr: facts.qr.clone(),
    })
}

/// What the terminal said about the charge; after a reversal, about the charge that was taken back.
fn payment(order: &Order) -> Option<&Payment> {
    match &order.charge {
        Charge::Charged(payment) => Some(payment),
        _ => order.late_approval.as_ref(),
    }
}

fn paid_by(order: &Order, payment: Option<&Payment>) -> PaidBy {
    PaidBy {
        method: payment.map_or(order.method, |paid| paid.method),
        scheme: payment.map(|paid| paid.scheme.clone()).unwrap_or_default(),
        last4: payment.and_then(|paid| paid.card_last4.clone()),
    }
}

fn slip_line(line: &Line, standing: Standing, facts: &SlipFacts) -> SlipLine {
    let fee = facts.fees.get(&line.fee).cloned().unwrap_or_default();
    let label = |key: &String| fee.labels.get(key).unwrap_or(key).clone();
    let reference = |wanted| line.reference.clone().filter(|_| standing == wanted);
    SlipLine {
        name: name(line, &fee),
        account_masked: mask_account(&line.account),
        owner_masked: line.owner_masked.clone(),
        fields: line.fields.iter().map(|(key, value)| (label(key), value.clone())).collect(),
        amount: line.amount_fen,
        standing,
        biller_reference: reference(Standing::Booked),
        refund_reference: reference(Standing::Refunded),
        balance: line.balance_fen.and_then(|fen| Fen::new(fen).ok()),
        reason: line.reason.clone(),
        biller: fee.biller,
        account_label: fee.account_label,
    }
}

fn name(line: &Line, fee: &FeeFacts) -> String {
    let name = if fee.name.is_empty() { &line.fee } else { &fee.name };
    match line.tariff_item.as_ref().and_then(|item| fee.items.get(item)) {
        Some(item) => format!("{name} {item}"),
        None => name.clone(),
    }
}

/// Each sentence once, and only for what is or will be booked: there is no invoice for a refund.
fn invoices(lines: &[(&Line, Standing)], facts: &SlipFacts) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    for (line, standing) in lines {
        let due = matches!(standing, Standing::Booked | Standing::Booking);
        let sentence =
            facts.fees.get(&line.fee).map(|fee| &fee.invoice).filter(|text| due && !text.is_empty());
        if let Some(sentence) = sentence.filter(|text| !sentences.contains(text)) {
            sentences.push(sentence.clone());
        }
    }
    sentences
}
