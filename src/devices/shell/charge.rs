//! `pay`, `query` and `reverse`: money, and a record of it.

use std::path::Path;
use std::time::Duration;

use drivers::CancelToken;
use drivers::payment_terminal::{
    Approval, PayMethod, PaymentTerminal, QueryOutcome, ReversalOutcome, Sale, SaleOutcome,
    order_is_well_formed,
};
use drivers::port::PortCounters;
use serde_json::{Value, json};

use crate::money::{Fen, Method};

use super::ledger::{Entry, Ledger, Step};
use super::open::{Place, pause};
use super::{Ending, Report, ShellError, with};

/// How often an unknown outcome is asked for before the command ends without it: as the kiosk does before it
/// reverses.
const QUERIES: u32 = 5;

/// Between two such questions.
const QUERY_PAUSE: Duration = Duration::from_secs(4);

/// Between two signs of life meanwhile.
const IDLE: Duration = Duration::from_millis(100);

/// What is to be charged.
#[derive(Clone, Debug)]
pub struct PayOrder {
    /// Order number.
    pub order: String,
    /// Amount.
    pub amount: Fen,
    /// Card or code.
    pub method: Method,
}

/// A terminal beside the record of what was charged with it.
pub struct Charging {
    place: Place,
    terminal: Box<dyn PaymentTerminal>,
    ledger: Ledger,
}

impl Charging {
    /// Opens the record in `state`, then the terminal.
    pub fn open(place: Place, state: &Path) -> Result<Self, ShellError> {
        let ledger = Ledger::open(state)?;
        let terminal = place.terminal(&PortCounters::new())?;
        Ok(Self { place, terminal, ledger })
    }

    /// Orders whose outcome nobody has seen yet.
    #[must_use]
    pub fn unresolved(&self) -> Vec<String> {
        self.ledger.unresolved().into_iter().map(|entry| entry.order.clone()).collect()
    }

    /// Charges an order once. An order that was begun before is asked about, not charged again.
    pub fn pay(&mut self, pay: &PayOrder) -> Result<Report, ShellError> {
        let amount_fen = pay.amount.get();
        let method = match pay.method {
            Method::Card => PayMethod::Card,
            Method::PhoneCode => PayMethod::PhoneCode,
        };
        let sale = Sale { order: pay.order.clone(), amount_fen, method };
        if !sale.is_well_formed() {
            return Err(ShellError::BadOrder);
        }
        if let Some(entry) = self.ledger.last(&sale.order) {
            if entry.amount_fen != amount_fen {
                let (order, amount_fen) = (sale.order, entry.amount_fen);
                return Err(ShellError::OtherAmount { order, amount_fen });
            }
            return match entry.step {
                Step::Charging => self.find_out(&sale),
                step => Ok(recorded(&sale, step)),
            };
        }
        self.write(&sale, Step::Charging)?;
        match self.terminal.sale(&sale, &CancelToken::new(), &mut |_| {}) {
            SaleOutcome::Approved(approval) => self.approved(&sale, &approval),
            SaleOutcome::Declined(why) => self.declined(&sale, json!(why)),
            SaleOutcome::Unknown(_) => self.find_out(&sale),
        }
    }

    /// Asks until the terminal knows, or says that nobody does.
    fn find_out(&mut self, sale: &Sale) -> Result<Report, ShellError> {
        let pause_time = QUERY_PAUSE / self.place.profile.divide_waits.max(1);
        for _ in 0..QUERIES {
            match self.terminal.query(&sale.order) {
                QueryOutcome::Approved(approval) => return self.approved(sale, &approval),
                QueryOutcome::Declined(why) => return self.declined(sale, json!(why)),
                QueryOutcome::Canceled => return self.declined(sale, json!("canceled")),
                // The terminal may not have taken the request yet: this is no answer to rely on.
                QueryOutcome::InProgress | QueryOutcome::NotFound | QueryOutcome::NoAnswer => {}
            }
            self.rest(pause_time);
        }
        Ok(unknown(sale))
    }

    /// Lets time pass without losing the link.
    fn rest(&mut self, time: Duration) {
        let mut left = time;
        while !left.is_zero() {
            let step = left.min(IDLE);
            // A link that is lost shows itself in the next question.
            let _ = self.terminal.idle();
            pause(step);
            left -= step;
        }
    }

    fn approved(&mut self, sale: &Sale, approval: &Approval) -> Result<Report, ShellError> {
        if approval.amount_fen != sale.amount_fen {
            let Report { ending, json, text } = unknown(sale);
            let json = with(json, "terminal-says-fen", Value::from(approval.amount_fen));
            return Ok(Report { ending, json, text });
        }
        self.write(sale, Step::Approved)?;
        let json = outcome(sale, "approved", Value::Bool(true));
        let json = with(json, "reference", Value::from(approval.trans_no.as_str()));
        let json = with(json, "scheme", Value::from(approval.scheme.as_str()));
        let json = with(json, "card-last4", json!(approval.card_last4));
        let text =
            format!("{}: charged {} fen, reference {}", sale.order, sale.amount_fen, approval.trans_no);
        Ok(Report::new(Ending::Done, json, text))
    }

    fn declined(&mut self, sale: &Sale, why: Value) -> Result<Report, ShellError> {
        self.write(sale, Step::Declined)?;
        let text = format!("{}: not charged: {why}", sale.order);
        let json = with(outcome(sale, "declined", Value::Bool(false)), "why", why);
        Ok(Report::new(Ending::Failed, json, text))
    }

    fn write(&mut self, sale: &Sale, step: Step) -> Result<(), ShellError> {
        let entry = Entry { order: sale.order.clone(), amount_fen: sale.amount_fen, step };
        Ok(self.ledger.write(entry)?)
    }

    /// Asks what the terminal knows of an order, and notes it if the order is ours.
    pub fn query(&mut self, order: &str) -> Result<Report, ShellError> {
        if !order_is_well_formed(order) {
            return Err(ShellError::BadOrder);
        }
        let answer = self.terminal.query(order);
        let (ending, step, charged) = match &answer {
            QueryOutcome::Approved(_) => (Ending::Done, Some(Step::Approved), Value::Bool(true)),
            QueryOutcome::Declined(_) => (Ending::Done, Some(Step::Declined), Value::Bool(false)),
            QueryOutcome::Canceled => (Ending::Done, Some(Step::Reversed), Value::Bool(false)),
            QueryOutcome::NotFound => (Ending::Done, None, Value::Null),
            QueryOutcome::InProgress | QueryOutcome::NoAnswer => (Ending::Unknown, None, Value::Null),
        };
        self.note(order, step)?;
        let text = format!("{order}: {}", said(&answer));
        let json = json!({ "order": order, "charged": charged, "answer": answer });
        Ok(Report::new(ending, json, text))
    }

    /// Takes a charge back.
    pub fn reverse(&mut self, order: &str) -> Result<Report, ShellError> {
        if !order_is_well_formed(order) {
            return Err(ShellError::BadOrder);
        }
        let answer = self.terminal.reverse(order);
        let (ending, step) = match &answer {
            ReversalOutcome::Reversed => (Ending::Done, Some(Step::Reversed)),
            ReversalOutcome::Refused(_) => (Ending::Failed, None),
            ReversalOutcome::NotReversedYet | ReversalOutcome::NoAnswer => (Ending::Unknown, None),
        };
        self.note(order, step)?;
        let text = format!("{order}: {answer:?}");
        Ok(Report::new(ending, json!({ "order": order, "answer": answer }), text))
    }

    fn note(&mut self, order: &str, step: Option<Step>) -> Result<(), ShellError> {
        let known = self.ledger.last(order).cloned();
        if let (Some(step), Some(entry)) = (step, known)
            && entry.step != step
        {
            self.ledger.write(Entry { step, ..entry })?;
        }
        Ok(())
    }
}

fn outcome(sale: &Sale, word: &str, charged: Value) -> Value {
    json!({ "order": sale.order, "amount-fen": sale.amount_fen, "outcome": word, "charged": charged })
}

fn recorded(sale: &Sale, step: Step) -> Report {
    let (ending, word, charged) = match step {
        Step::Approved => (Ending::Done, "approved", true),
        Step::Declined | Step::Charging => (Ending::Failed, "declined", false),
        Step::Reversed => (Ending::Failed, "reversed", false),
    };
    let json = with(outcome(sale, word, Value::Bool(charged)), "recorded", Value::Bool(true));
    let text = format!("{}: {word} already, nothing was asked of the terminal", sale.order);
    Report::new(ending, json, text)
}

fn unknown(sale: &Sale) -> Report {
    let text = format!(
        "{0}: NOT KNOWN whether {1} fen were charged; ask again with `query --order {0}` or take it back \
         with `reverse --order {0}`",
        sale.order, sale.amount_fen
    );
    Report::new(Ending::Unknown, outcome(sale, "unknown", Value::Null), text)
}

/// Nothing of the card is in it.
fn said(answer: &QueryOutcome) -> String {
    match answer {
        QueryOutcome::Approved(approval) => {
            format!("charged {} fen, reference {}", approval.amount_fen, approval.trans_no)
        }
        other => format!("{other:?}"),
    }
}
