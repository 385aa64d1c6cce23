//! A sale: what the books ended with, a note of ours, the request, the result.

use super::command::Command;
use super::driver::Zvt;
use super::field::Status;
use super::memory::{Entry, Fate, LastReceipt};
use super::recovery::{Books, Found};
use super::run::{End, Reply, Run};
use crate::cancel::CancelToken;
use crate::payment_terminal::ack_link::Repeat;
use crate::payment_terminal::{
    Decline, LateResult, NotSent, QueryOutcome, Sale, SaleOutcome, SaleProgress, UnknownReason,
};
use crate::port::Line;

impl<L: Line> Zvt<L> {
    pub(super) fn sell(
        &mut self,
        sale: &Sale,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(SaleProgress),
    ) -> SaleOutcome {
        let not_sent = |why| SaleOutcome::Declined(Decline::NotSent(why));
        if !sale.is_well_formed() {
            return not_sent(NotSent::BadSale);
        }
        if cancel.is_canceled() {
            return not_sent(NotSent::Canceled);
        }
        progress(SaleProgress::Connecting);
        if self.prepare().is_err() {
            return if self.busy { SaleOutcome::Declined(Decline::Busy) } else { not_sent(NotSent::NoLink) };
        }
        // The same number twice is the same sale: it is asked about, never made again.
        if self.memory.find(&sale.order).is_some() {
            return SaleOutcome::Unknown(UnknownReason::Unclear("DUPLICATE".to_owned()));
        }
        let before = match self.note(sale) {
            Ok(before) => before,
            Err(decline) => return SaleOutcome::Declined(decline),
        };
        if cancel.is_canceled() {
            self.memory.conclude(&sale.order, Fate::Undone);
            return not_sent(NotSent::Canceled);
        }
        let currency = Some(self.settings.currency);
        let command = Command::Authorise { amount_fen: sale.amount_fen, currency };
        self.charge(&command, sale, before, cancel, progress)
    }

    /// Asks for the last receipt and writes the order down beside it. Until both are done nothing is sent.
    pub(super) fn note(&mut self, sale: &Sale) -> Result<LastReceipt, Decline> {
        let before = match self.read_books() {
            Books::Empty => LastReceipt::Empty,
            Books::Last(status) => {
                let Some(last) = last_receipt(&status) else {
                    return Err(Decline::NotSent(NotSent::NotPrepared));
                };
                self.resolve_last(&status);
                last
            }
            Books::Busy => return Err(Decline::Busy),
            Books::NoAnswer => return Err(Decline::NotSent(NotSent::NotPrepared)),
        };
        let Sale { order, amount_fen, method } = sale.clone();
        let entry = Entry { order, amount_fen, method, before, fate: Fate::Open };
        self.memory.note(entry).map(|()| before).map_err(|error| {
            tracing::error!(%error, "sale not sent");
            Decline::NotSent(NotSent::NotPrepared)
        })
    }

    /// The order before may still be open; the last receipt tells, and after the next sale it no longer
    /// would.
    fn resolve_last(&mut self, status: &Status) {
        let Some(entry) = self.memory.last().filter(|entry| entry.fate.is_open()).cloned() else {
            return;
        };
        let found = self.judge(&entry, status);
        let outcome = self.conclude(&entry, found);
        if matches!(outcome, QueryOutcome::Approved(_) | QueryOutcome::Declined(_)) {
            self.keep_late(LateResult { order: entry.order, outcome });
        }
    }

    /// Sends a sale or refund that is written down, once, and judges its result.
    pub(super) fn charge(
        &mut self,
        command: &Command,
        sale: &Sale,
        before: LastReceipt,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(SaleProgress),
    ) -> SaleOutcome {
        let stale_receipt = match before {
            LastReceipt::Number(receipt) => Some(receipt),
            LastReceipt::Empty | LastReceipt::Unnumbered => None,
        };
        let run = Run {
            repeat: Repeat::OnlyIfUnread,
            timeout_ms: self.settings.sale_timeout_ms,
            ends_accepted: false,
            cancel: Some(cancel),
            progress,
            stale_receipt,
        };
        let reply = self.run(command, run);
        self.outcome(sale, &reply)
    }

    fn outcome(&mut self, sale: &Sale, reply: &Reply) -> SaleOutcome {
        let unclear = |code: String| SaleOutcome::Unknown(UnknownReason::Unclear(code));
        let result = reply.status.as_ref().and_then(|status| status.result);
        match (reply.end, reply.status.as_ref()) {
            (End::Completed, Some(status)) if result == Some(0) => self.approved(sale, status),
            (End::Aborted(code), _) if result != Some(0) => self.declined(sale, result.unwrap_or(code)),
            (End::Refused(code), _) => self.refused(sale, code),
            (End::Completed | End::Accepted | End::Aborted(_), _) => {
                unclear(result.map(|code| format!("{code:02X}")).unwrap_or_default())
            }
            (End::Silent, _) => SaleOutcome::Unknown(UnknownReason::Silence),
            (End::LinkLost, _) => SaleOutcome::Unknown(UnknownReason::LinkLost),
        }
    }

    fn approved(&mut self, sale: &Sale, status: &Status) -> SaleOutcome {
        let Some(entry) = self.memory.find(&sale.order).cloned() else {
            return SaleOutcome::Unknown(UnknownReason::Crossed);
        };
        match self.judge(&entry, status) {
            Found::Charged(fate) => match self.conclude(&entry, Found::Charged(fate)) {
                QueryOutcome::Approved(approval) => SaleOutcome::Approved(approval),
                _ => SaleOutcome::Unknown(UnknownReason::Crossed),
            },
            Found::OtherAmount => SaleOutcome::Unknown(UnknownReason::AmountMismatch),
            Found::Nothing | Found::Declined(_) | Found::Undone => {
                SaleOutcome::Unknown(UnknownReason::Crossed)
            }
            Found::Unclear { code, .. } => SaleOutcome::Unknown(UnknownReason::Unclear(code)),
        }
    }

    /// A no counts when the books confirm that nothing new is in them: an end has no number of its own, and
    /// may be the late end of something else.
    fn declined(&mut self, sale: &Sale, code: u8) -> SaleOutcome {
        let word = format!("{code:02X}");
        let unclear = SaleOutcome::Unknown(UnknownReason::Unclear(word.clone()));
        if Self::is_in(&self.settings.unclear_results, code) {
            return unclear;
        }
        match self.look_up(&sale.order) {
            QueryOutcome::NotFound | QueryOutcome::Declined(_) => {
                self.memory.conclude(&sale.order, Fate::Declined { code: word.clone() });
                let canceled = Self::is_in(&self.settings.cancel_results, code);
                SaleOutcome::Declined(if canceled { Decline::Canceled } else { Decline::Refused(word) })
            }
            _ => unclear,
        }
    }

    /// 84 xx as the first answer: the terminal has not taken the request up.
    fn refused(&mut self, sale: &Sale, code: u8) -> SaleOutcome {
        let word = format!("{code:02X}");
        self.memory.conclude(&sale.order, Fate::Declined { code: word.clone() });
        let busy = Self::is_in(&self.settings.busy_results, code);
        SaleOutcome::Declined(if busy { Decline::Busy } else { Decline::Refused(word) })
    }
}

/// What a status of the last transaction says; `None` for a yes without a number, which cannot be told apart
/// from the next one.
fn last_receipt(status: &Status) -> Option<LastReceipt> {
    match (status.receipt, status.result) {
        (Some(receipt), _) => Some(LastReceipt::Number(receipt)),
        (None, Some(code)) if code != 0 => Some(LastReceipt::Unnumbered),
        (None, _) => None,
    }
}
