//! A slip as lines of paper, in the order in which the resident reads them.

use super::paper::Paper;
use super::{Edition, PaperLine, Slip, SlipLine, words};
use crate::money::{Fen, capitals};

/// Lays a slip out for paper of so many Latin columns, 32 or 48 on common printers.
#[must_use]
pub fn layout(slip: &Slip, columns: u8) -> Vec<PaperLine> {
    let mut paper = Paper::new(columns);
    top(&mut paper, slip);
    for line in &slip.lines {
        paper.rule();
        item(&mut paper, line, slip.payment.is_some());
    }
    paper.rule();
    sum(&mut paper, slip);
    paper.rule();
    foot(&mut paper, slip);
    paper.finish()
}

fn top(paper: &mut Paper, slip: &Slip) {
    paper.title(words::title(slip.heading()));
    if let Edition::Reprint(_) = slip.edition {
        paper.center(words::REPRINT, true);
    }
    if slip.simulated {
        paper.center(words::SIMULATED, true);
    }
    paper.center(&slip.hall, false);
    paper.row(words::DEVICE, &format!("{} {}", slip.kiosk_number, slip.kiosk_code));
    paper.row(words::ORDER, &slip.order_ref);
    optional(paper, words::CHANNEL, slip.channel_reference.as_deref());
    paper.row(words::TIME, &slip.made_at);
}

fn item(paper: &mut Paper, line: &SlipLine, charged: bool) {
    paper.left(&line.name, true);
    paper.row(words::BILLER, &line.biller);
    let label = if line.account_label.is_empty() { words::ACCOUNT } else { &line.account_label };
    paper.row(label, &line.account_masked);
    optional(paper, words::OWNER, Some(line.owner_masked.as_str()).filter(|owner| !owner.is_empty()));
    for (label, value) in &line.fields {
        paper.row(label, value);
    }
    paper.row(words::AMOUNT, &yuan(line.amount));
    paper.row(words::STATE, words::state(line.standing, charged));
    optional(paper, words::REASON, line.reason.as_deref().map(words::reason).as_deref());
    optional(paper, words::BILLER_REFERENCE, line.biller_reference.as_deref());
    optional(paper, words::REFUND_REFERENCE, line.refund_reference.as_deref());
    optional(paper, words::BALANCE, line.balance.map(yuan).as_deref());
}

fn sum(paper: &mut Paper, slip: &Slip) {
    paper.row(words::total(slip.heading()), &yuan(slip.total()));
    paper.right(&capitals(slip.total()));
    if slip.order_total != slip.total() {
        paper.row(words::ORDER_TOTAL, &yuan(slip.order_total));
    }
    paper.row(words::PAID_BY, &words::paid_by(slip.payment.as_ref()));
}

fn foot(paper: &mut Paper, slip: &Slip) {
    for sentence in advice(slip) {
        paper.left(sentence, true);
    }
    paper.left(words::NO_VOUCHER, false);
    for sentence in &slip.invoice {
        paper.left(sentence, false);
    }
    let number = match slip.edition {
        Edition::Original => 1,
        Edition::Reprint(number) => number,
    };
    paper.row(words::HOTLINE, &slip.hotline);
    paper.center(&words::print_number(number), false);
    if !slip.qr.is_empty() {
        paper.qr(&slip.qr);
    }
}

/// What concerns any of the lines, each sentence once.
fn advice(slip: &Slip) -> Vec<&'static str> {
    let mut sentences = Vec::new();
    for sentence in slip.lines.iter().filter_map(|line| words::advice(line.standing)) {
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    sentences
}

fn optional(paper: &mut Paper, label: &str, value: Option<&str>) {
    if let Some(value) = value {
        paper.row(label, value);
    }
}

fn yuan(amount: Fen) -> String {
    format!("{}{amount}", words::YUAN)
}
