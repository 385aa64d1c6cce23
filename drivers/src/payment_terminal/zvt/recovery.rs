//! What became of an order: the last receipt against our note of the sale (protocols M).

use super::command::Command;
use super::driver::Zvt;
use super::field::Status;
use super::memory::{Entry, Fate, LastReceipt};
use super::run::{End, Reply};
use crate::cancel::CancelToken;
use crate::payment_terminal::{
    Approval, Decline, PayMethod, QueryOutcome, ReversalOutcome, Sale, SaleOutcome, card_number,
    order_is_well_formed,
};
use crate::port::Line;

/// The end of the terminal's books.
#[derive(Debug)]
pub(super) enum Books {
    Empty,
    Last(Box<Status>),
    Busy,
    NoAnswer,
}

/// What a status says of an order.
#[derive(Debug)]
pub(super) enum Found {
    Charged(Box<Fate>),
    Declined(u8),
    /// The last receipt is the one from before: the sale never reached the books.
    Nothing,
    /// Charged and undone.
    Undone,
    OtherAmount,
    /// No yes and no no. With a receipt it is in the books all the same.
    Unclear {
        code: String,
        receipt: Option<u16>,
    },
}

impl<L: Line> Zvt<L> {
    /// 06 20.
    pub(super) fn read_books(&mut self) -> Books {
        let reply = self.run_alone(&Command::RepeatReceipt, self.settings.command_timeout_ms);
        match (reply.end, reply.status) {
            (End::Completed, Some(status)) => Books::Last(Box::new(status)),
            (End::Aborted(code) | End::Refused(code), None) => self.books_without_status(code),
            // The last transaction was itself a refusal; some terminals end its copy as they ended it.
            (End::Aborted(_), Some(status)) => Books::Last(Box::new(status)),
            _ => Books::NoAnswer,
        }
    }

    fn books_without_status(&self, code: u8) -> Books {
        if Self::is_in(&self.settings.busy_results, code) {
            Books::Busy
        } else if Self::is_in(&self.settings.empty_results, code) {
            Books::Empty
        } else {
            Books::NoAnswer
        }
    }

    pub(super) fn judge(&self, entry: &Entry, status: &Status) -> Found {
        let Some(receipt) = status.receipt else {
            return self.judge_unnumbered(entry, status.result);
        };
        if entry.before == LastReceipt::Number(receipt) {
            return Found::Nothing;
        }
        if status.amount_fen.is_some_and(|fen| fen != entry.amount_fen) {
            return Found::OtherAmount;
        }
        if status.currency.is_some_and(|number| number != self.settings.currency) {
            return Found::OtherAmount;
        }
        match status.result {
            Some(0) => {
                let approval = approval(entry, status, receipt);
                Found::Charged(Box::new(Fate::Charged { receipt, approval }))
            }
            Some(code) if Self::is_in(&self.settings.already_reversed_results, code) => Found::Undone,
            Some(code) if !Self::is_in(&self.settings.unclear_results, code) => Found::Declined(code),
            code => {
                let code = code.map(|code| format!("{code:02X}")).unwrap_or_default();
                Found::Unclear { code, receipt: Some(receipt) }
            }
        }
    }

    /// Only refusals take no number: what ends with one ends without a charge of ours.
    fn judge_unnumbered(&self, entry: &Entry, result: Option<u8>) -> Found {
        match result {
            Some(code) if code != 0 && !Self::is_in(&self.settings.unclear_results, code) => {
                let old = entry.before == LastReceipt::Unnumbered;
                if old { Found::Nothing } else { Found::Declined(code) }
            }
            code => {
                let code = code.map(|code| format!("{code:02X}")).unwrap_or_default();
                Found::Unclear { code, receipt: None }
            }
        }
    }

    /// Writes down what was found and says it as the answer to a query.
    pub(super) fn conclude(&mut self, entry: &Entry, found: Found) -> QueryOutcome {
        match found {
            Found::Charged(fate) => {
                self.memory.conclude(&entry.order, *fate);
                self.memory.find(&entry.order).map_or(QueryOutcome::NoAnswer, |entry| told(&entry.fate))
            }
            Found::Declined(code) => {
                let code = format!("{code:02X}");
                self.memory.conclude(&entry.order, Fate::Declined { code: code.clone() });
                QueryOutcome::Declined(Decline::Refused(code))
            }
            Found::Nothing => QueryOutcome::NotFound,
            Found::Undone => {
                self.memory.conclude(&entry.order, Fate::Undone);
                QueryOutcome::Canceled
            }
            Found::Unclear { receipt, .. } => {
                if let Some(receipt) = receipt {
                    self.memory.conclude(&entry.order, Fate::Doubtful { receipt });
                }
                QueryOutcome::InProgress
            }
            Found::OtherAmount => QueryOutcome::NoAnswer,
        }
    }

    pub(super) fn look_up(&mut self, order: &str) -> QueryOutcome {
        let Some(entry) = self.memory.find(order).cloned() else {
            return if self.memory.is_complete() { QueryOutcome::NotFound } else { QueryOutcome::NoAnswer };
        };
        if !entry.fate.is_open() {
            return told(&entry.fate);
        }
        if self.prepare().is_err() {
            return if self.busy { QueryOutcome::InProgress } else { QueryOutcome::NoAnswer };
        }
        match self.read_books() {
            Books::Empty if entry.before == LastReceipt::Empty => QueryOutcome::NotFound,
            Books::Last(status) => {
                let found = self.judge(&entry, &status);
                self.conclude(&entry, found)
            }
            Books::Busy => QueryOutcome::InProgress,
            Books::Empty | Books::NoAnswer => QueryOutcome::NoAnswer,
        }
    }

    pub(super) fn undo(&mut self, order: &str) -> ReversalOutcome {
        match self.look_up(order) {
            QueryOutcome::Approved(_) => self.undo_charged(order),
            QueryOutcome::InProgress if self.is_doubtful(order) => self.undo_charged(order),
            QueryOutcome::Canceled | QueryOutcome::Declined(_) => ReversalOutcome::Reversed,
            // The terminal is at rest and its books end where they ended before the sale.
            QueryOutcome::NotFound => {
                self.memory.conclude(order, Fate::Undone);
                ReversalOutcome::Reversed
            }
            QueryOutcome::InProgress => {
                // What it works at may be our sale: it is asked to stop, and the result is found next time.
                self.run_alone(&Command::Abort, self.settings.close_timeout_ms);
                ReversalOutcome::NotReversedYet
            }
            QueryOutcome::NoAnswer => ReversalOutcome::NoAnswer,
        }
    }

    fn is_doubtful(&self, order: &str) -> bool {
        self.memory.find(order).is_some_and(|entry| entry.fate.receipt().is_some())
    }

    fn undo_charged(&mut self, order: &str) -> ReversalOutcome {
        let Some(receipt) = self.memory.find(order).and_then(|entry| entry.fate.receipt()) else {
            return ReversalOutcome::Refused("SETTLED".to_owned());
        };
        if !self.memory.is_newest_with(order, receipt) {
            return ReversalOutcome::Refused("RECEIPT_REUSED".to_owned());
        }
        if self.prepare().is_err() {
            return ReversalOutcome::NoAnswer;
        }
        let reply = self.run_alone(&Command::Reverse { receipt }, self.settings.settlement_timeout_ms);
        let outcome = self.reversal_outcome(&reply, receipt);
        if outcome == ReversalOutcome::Reversed {
            self.memory.conclude(order, Fate::Undone);
        }
        outcome
    }

    fn reversal_outcome(&self, reply: &Reply, receipt: u16) -> ReversalOutcome {
        let status = reply.status.as_ref();
        let code = match (reply.end, status.and_then(|status| status.result)) {
            (End::Completed, Some(0)) => {
                // Only a receipt of its own says that this is not a late answer about the sale. Without one
                // the next try is told that it is done already.
                let own = status.and_then(|status| status.receipt).is_some_and(|number| number != receipt);
                return if own { ReversalOutcome::Reversed } else { ReversalOutcome::NotReversedYet };
            }
            (End::Aborted(_), Some(code)) if code != 0 => code,
            (End::Aborted(code) | End::Refused(code), None) => code,
            (End::Silent | End::LinkLost, _) => return ReversalOutcome::NoAnswer,
            _ => return ReversalOutcome::NotReversedYet,
        };
        if Self::is_in(&self.settings.already_reversed_results, code) {
            ReversalOutcome::Reversed
        } else if Self::is_in(&self.settings.final_reversal_refusals, code) {
            ReversalOutcome::Refused(format!("{code:02X}"))
        } else {
            ReversalOutcome::NotReversedYet
        }
    }

    /// 06 31, written down and found again like a sale.
    pub(super) fn pay_back(&mut self, order: &str, number: &str, amount_fen: i64) -> ReversalOutcome {
        let sale = Sale { order: number.to_owned(), amount_fen, method: PayMethod::Card };
        if !sale.is_well_formed() || !order_is_well_formed(order) || number == order {
            return ReversalOutcome::Refused("INVALID".to_owned());
        }
        let before = match self.memory.find(number).map(|entry| entry.before) {
            Some(before) => match self.look_up(number) {
                QueryOutcome::NotFound => Ok(before),
                QueryOutcome::Approved(_) => return ReversalOutcome::Reversed,
                QueryOutcome::Declined(Decline::Refused(code)) => return ReversalOutcome::Refused(code),
                QueryOutcome::NoAnswer => return ReversalOutcome::NoAnswer,
                _ => return ReversalOutcome::NotReversedYet,
            },
            None if self.prepare().is_err() => return ReversalOutcome::NoAnswer,
            None => self.note(&sale),
        };
        let Ok(before) = before else {
            return ReversalOutcome::NotReversedYet;
        };
        let command = Command::Refund { amount_fen, currency: Some(self.settings.currency) };
        match self.charge(&command, &sale, before, &CancelToken::new(), &mut |_| {}) {
            SaleOutcome::Approved(_) => ReversalOutcome::Reversed,
            SaleOutcome::Declined(Decline::Refused(code)) => ReversalOutcome::Refused(code),
            SaleOutcome::Declined(_) => {
                self.memory.forget(number);
                ReversalOutcome::NotReversedYet
            }
            SaleOutcome::Unknown(_) => ReversalOutcome::NoAnswer,
        }
    }
}

fn told(fate: &Fate) -> QueryOutcome {
    match fate {
        Fate::Open | Fate::Doubtful { .. } => QueryOutcome::NoAnswer,
        Fate::Charged { approval, .. } | Fate::Settled { approval } => {
            QueryOutcome::Approved(approval.clone())
        }
        Fate::Declined { code } => QueryOutcome::Declined(Decline::Refused(code.clone())),
        Fate::Undone => QueryOutcome::Canceled,
    }
}

fn approval(entry: &Entry, status: &Status, receipt: u16) -> Approval {
    let trace = status.trace.map(|trace| format!("{trace:06}-")).unwrap_or_default();
    let ended_at = match (status.date, status.time) {
        (Some(date), Some(time)) => format!("{date:04} {time:06}"),
        _ => String::new(),
    };
    Approval {
        order: entry.order.clone(),
        amount_fen: entry.amount_fen,
        trans_no: format!("{trace}{receipt:04}"),
        // The wire does not tell.
        method: entry.method,
        scheme: status.card_name.clone().unwrap_or_default(),
        card_last4: status.card.as_deref().and_then(card_number::last4),
        terminal_id: status.terminal_id.clone().unwrap_or_default(),
        ended_at,
    }
}
