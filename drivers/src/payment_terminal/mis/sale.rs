//! One sale from its request to its result.

use std::time::Instant;

use super::answer;
use super::driver::{GIVE_UP, Mis, answers};
use super::field::{Fields, tag};
use super::request;
use crate::cancel::CancelToken;
use crate::payment_terminal::ack_link::{Repeat, Sent};
use crate::payment_terminal::{
    Decline, NotSent, PayMethod, Sale, SaleOutcome, SaleProgress, ScannedCode, UnknownReason,
};
use crate::port::Line;
use crate::status::DeviceError;
use crate::timing::deadline_ms;

/// How often the screen's cancel is looked at while waiting: a finger does not feel 50 ms.
const CANCEL_POLL_MS: u64 = 50;

impl<L: Line> Mis<L> {
    pub(super) fn sell(
        &mut self,
        sale: &Sale,
        code: Option<&ScannedCode>,
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
        if self.prepare().is_err() || self.is_away() {
            return not_sent(NotSent::NoLink);
        }
        let Some(request) = self.sale_request(sale, code) else {
            let has_field = code.is_none() || !self.settings.types.code_sale.is_empty();
            return not_sent(if has_field { NotSent::BadSale } else { NotSent::NoCodeField });
        };
        // From here on bytes may be at the terminal, so only an answer can say no.
        self.run(&request, sale, cancel, progress).unwrap_or(SaleOutcome::Unknown(UnknownReason::LinkLost))
    }

    /// A terminal that does not answer an enquiry gets no sale.
    fn is_away(&mut self) -> bool {
        use crate::payment_terminal::PaymentTerminal;
        self.probe().is_err()
    }

    /// `None` for an amount that does not fit, or a type that the terminal does not have.
    fn sale_request(&mut self, sale: &Sale, code: Option<&ScannedCode>) -> Option<Fields> {
        let by_code = code.is_some() || sale.method == PayMethod::PhoneCode;
        let types = &self.settings.types;
        let kind = if by_code { types.code_sale.clone() } else { types.sale.clone() };
        if kind.is_empty() {
            return None;
        }
        let request = self.request(&kind).with(tag::ORDER, sale.order.as_str());
        let request = request::with_amount(request, sale.amount_fen)?;
        Some(code.map_or(request.clone(), |code| request::with_code(request, code)))
    }

    fn run(
        &mut self,
        request: &Fields,
        sale: &Sale,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(SaleProgress),
    ) -> Result<SaleOutcome, DeviceError> {
        progress(SaleProgress::Sent);
        let sent = self.link.send(&request.encode(), Repeat::OnlyIfUnread)?;
        let mut deadline = deadline_ms(match sent {
            Sent::Received => self.settings.sale_timeout_ms,
            // It may have the request all the same, and then answers or not.
            Sent::Unconfirmed => self.settings.close_timeout_ms,
        });
        let mut closing = sent == Sent::Unconfirmed;
        if !closing {
            progress(SaleProgress::Accepted);
        }
        loop {
            let poll = deadline_ms(CANCEL_POLL_MS).min(deadline);
            if let Some(answer) = self.receive(poll)?
                && let Some(outcome) = self.result(request, &answer, sale)
            {
                return Ok(outcome);
            }
            let expired = Instant::now() >= deadline;
            if closing && expired {
                return Ok(SaleOutcome::Unknown(UnknownReason::Silence));
            }
            if !closing && (expired || cancel.is_canceled()) {
                closing = true;
                deadline = deadline_ms(self.settings.close_timeout_ms);
                progress(SaleProgress::CancelRequested);
                self.link.write(&GIVE_UP)?;
            }
        }
    }

    fn result(&mut self, request: &Fields, answer: &Fields, sale: &Sale) -> Option<SaleOutcome> {
        let named = answer.text(tag::ORDER);
        let ours = named == sale.order;
        if !answers(request, answer) && !ours {
            self.keep_late(answer);
            return None;
        }
        if answer.get(tag::TYPE) != request.get(tag::TYPE) {
            return None;
        }
        if !ours && !named.is_empty() {
            self.keep_late(answer);
            return Some(SaleOutcome::Unknown(UnknownReason::Crossed));
        }
        self.notice_sign_on(answer);
        self.told = Some(sale.order.clone());
        Some(answer::sale_outcome(answer, sale, &self.settings.results))
    }
}
