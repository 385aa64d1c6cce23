//! An order report whose values have been checked.

use hall_api::{ChargeState, LineReport, OrderReport, Payment};
use kiosk_config::{BillKind, Catalogue};

use super::{LINES_MAX, TOTAL_MAX, content_hash};
use crate::money::Fen;
use crate::refusal::Refusal;
use crate::seal::{Seal, SealedAccount};

/// Longest order id: it must fit the terminal's reference field.
const ORDER_ID_CHARS_MAX: usize = 32;
/// Longest kiosk code; `BT07` is usual, a city with districts in the code needs a dozen.
const KIOSK_CHARS_MAX: usize = 32;
/// Longest account number, the bound of the catalogue's own rule.
const ACCOUNT_CHARS_MAX: usize = 32;
/// Longest free text of a report: an RFC 3339 time or a number of a payment channel.
const TEXT_CHARS_MAX: usize = 64;

/// A report that can be kept.
#[derive(Clone, Debug)]
pub struct CheckedOrder {
    /// The order.
    pub order_id: String,
    /// The kiosk.
    pub kiosk: String,
    /// What is paid.
    pub lines: Vec<CheckedLine>,
    /// Sum of the lines.
    pub total: Fen,
    /// Charged while the hall was away.
    pub offline: bool,
    /// Version of the report.
    pub version: u32,
    /// State of the charge.
    pub charge: ChargeState,
    /// Who charged.
    pub payment: Option<Payment>,
    /// The kiosk's clock.
    pub made_at: String,
    /// Identity of kiosk and lines, the same as of a hold.
    pub lines_hash: String,
    /// Identity of every immutable field.
    pub content_hash: String,
}

/// One line with the biller that is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedLine {
    /// Fee type.
    pub fee: String,
    /// The biller's code.
    pub biller: String,
    /// Account number.
    pub account: SealedAccount,
    /// Tariff item.
    pub tariff_item: Option<String>,
    /// Amount.
    pub amount: Fen,
    /// True when the line pays a bill that somebody else could pay too; false for a free top-up.
    pub keeps_bill: bool,
}

const fn invalid(field: &'static str, why: &'static str) -> Refusal {
    Refusal::Invalid { field, why }
}

/// At most 32 of `0-9A-Z`.
pub fn check_order_id(order_id: &str) -> Result<(), Refusal> {
    let known = order_id.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    let fits = (1..=ORDER_ID_CHARS_MAX).contains(&order_id.len());
    if known && fits { Ok(()) } else { Err(invalid("order_id", "1 to 32 of 0-9A-Z")) }
}

/// At most 32 letters, digits and hyphens.
pub fn check_kiosk(kiosk: &str) -> Result<(), Refusal> {
    let known = kiosk.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let fits = (1..=KIOSK_CHARS_MAX).contains(&kiosk.len());
    if known && fits { Ok(()) } else { Err(invalid("kiosk", "1 to 32 letters, digits, hyphens")) }
}

/// Neither empty nor longer than any account.
pub fn check_account(account: &str) -> Result<(), Refusal> {
    let fits = (1..=ACCOUNT_CHARS_MAX).contains(&account.chars().count());
    let clean = !account.chars().any(char::is_control);
    if fits && clean { Ok(()) } else { Err(invalid("account", "1 to 32 printable characters")) }
}

/// Checks every value of a report.
pub fn check_report(
    order_id: &str,
    report: OrderReport,
    catalogue: &Catalogue,
    seal: &Seal,
) -> Result<CheckedOrder, Refusal> {
    check_order_id(order_id)?;
    check_kiosk(&report.kiosk)?;
    check_texts(&report)?;
    check_total(&report)?;
    check_charge(report.charge, report.total_fen)?;
    let lines =
        report.lines.iter().map(|line| check_line(line, catalogue, seal)).collect::<Result<_, _>>()?;
    let lines_hash = seal.identity(&content_hash(&(&report.kiosk, &report.lines)));
    let content = content_hash(&(&report.kiosk, &report.lines, report.total_fen, report.offline));
    let content = seal.identity(&content);
    Ok(CheckedOrder {
        order_id: order_id.to_owned(),
        kiosk: report.kiosk,
        lines,
        total: Fen(report.total_fen),
        offline: report.offline,
        version: report.version,
        charge: report.charge,
        payment: report.payment,
        made_at: report.made_at,
        lines_hash,
        content_hash: content,
    })
}

fn check_texts(report: &OrderReport) -> Result<(), Refusal> {
    let fits = |text: &str| text.len() <= TEXT_CHARS_MAX;
    if !fits(&report.made_at) {
        return Err(invalid("made_at", "longer than 64 bytes"));
    }
    let Some(payment) = &report.payment else { return Ok(()) };
    let last4 = payment.card_last4.as_deref().unwrap_or_default();
    let texts = [&payment.channel_reference, &payment.method, &payment.scheme, &payment.terminal];
    let fitting = texts.iter().all(|text| fits(text));
    // A card number that slips into this field must not be kept.
    let short = last4.len() <= 4;
    if fitting && short { Ok(()) } else { Err(invalid("payment", "a text is too long")) }
}

fn check_total(report: &OrderReport) -> Result<(), Refusal> {
    if !(1..=LINES_MAX).contains(&report.lines.len()) {
        return Err(invalid("lines", "1 to 20 lines"));
    }
    if report.lines.iter().any(|line| line.amount_fen < 0) {
        return Err(invalid("amount_fen", "negative"));
    }
    match Fen::checked_sum(report.lines.iter().map(|line| Fen(line.amount_fen))) {
        Some(sum) if sum > TOTAL_MAX => Err(invalid("total_fen", "above what an order may have")),
        Some(sum) if sum == Fen(report.total_fen) => Ok(()),
        _ => Err(invalid("total_fen", "not the sum of the lines")),
    }
}

/// Nothing is charged for a total of zero, and only then is an order free.
const fn check_charge(charge: ChargeState, total_fen: i64) -> Result<(), Refusal> {
    match charge {
        ChargeState::Declined | ChargeState::Manual => Ok(()),
        ChargeState::Free if total_fen == 0 => Ok(()),
        ChargeState::Free => Err(invalid("charge", "free although the total is not zero")),
        _ if total_fen == 0 => Err(invalid("charge", "a total of zero is never charged")),
        _ => Ok(()),
    }
}

fn check_line(line: &LineReport, catalogue: &Catalogue, seal: &Seal) -> Result<CheckedLine, Refusal> {
    check_account(&line.account)?;
    let fee = catalogue.fee(&line.fee).ok_or(Refusal::UnknownFee)?;
    if line.tariff_item.as_ref().is_some_and(|item| item.len() > TEXT_CHARS_MAX) {
        return Err(invalid("tariff_item", "longer than 64 bytes"));
    }
    Ok(CheckedLine {
        fee: line.fee.clone(),
        biller: fee.biller.code.clone(),
        account: seal.account(&line.account),
        tariff_item: line.tariff_item.clone(),
        amount: Fen(line.amount_fen),
        keeps_bill: fee.bill != BillKind::FreeAmount,
    })
}
