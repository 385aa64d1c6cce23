//! One sale from its request to its result.

use std::time::Instant;

use super::answer;
use super::driver::EcrHub;
use super::hub_link::{CANCEL_POLL_MS, Delivery};
use super::message::{TOPIC_CLOSE, TOPIC_ORDER};
use super::request;
use crate::cancel::CancelToken;
use crate::payment_terminal::{Sale, SaleOutcome, SaleProgress, UnknownReason};
use crate::port::Line;
use crate::status::DeviceError;
use crate::timing::deadline_ms;

/// A sale that was sent.
pub(super) struct Pending<'a> {
    sale: &'a Sale,
    msg_id: String,
    frame_id: u8,
    accepted: bool,
    closing: bool,
    deadline: Instant,
}

impl<L: Line> EcrHub<L> {
    pub(super) fn start<'a>(&mut self, sale: &'a Sale) -> Result<Pending<'a>, DeviceError> {
        self.keep_all_late();
        self.last_order = Some(sale.order.clone());
        let request = self.request(TOPIC_ORDER, request::sale(sale));
        let frame_id = self.hub.send(&request)?;
        let deadline = deadline_ms(self.settings.sale_timeout_ms);
        Ok(Pending { sale, msg_id: request.msg_id, frame_id, accepted: false, closing: false, deadline })
    }

    pub(super) fn await_result(
        &mut self,
        mut pending: Pending<'_>,
        cancel: &CancelToken,
        progress: &mut dyn FnMut(SaleProgress),
    ) -> SaleOutcome {
        loop {
            if self.hub.pump(deadline_ms(CANCEL_POLL_MS).min(pending.deadline)).is_err() {
                return SaleOutcome::Unknown(UnknownReason::LinkLost);
            }
            if let Some(outcome) = self.result_of(&pending) {
                return outcome;
            }
            if !self.hub.is_connected() {
                return SaleOutcome::Unknown(UnknownReason::LinkLost);
            }
            match self.hub.delivery(pending.frame_id) {
                Delivery::Acknowledged if !pending.accepted => {
                    pending.accepted = true;
                    progress(SaleProgress::Accepted);
                }
                Delivery::GivenUp => return SaleOutcome::Unknown(UnknownReason::Silence),
                Delivery::Acknowledged | Delivery::UnderWay => {}
            }
            let expired = Instant::now() >= pending.deadline;
            if pending.closing && expired {
                return SaleOutcome::Unknown(UnknownReason::Silence);
            }
            if !pending.closing && (expired || cancel.is_canceled()) {
                self.close(&mut pending, progress);
            }
        }
    }

    /// Asks the terminal to give the sale up and bounds the wait for the result, which alone counts.
    fn close(&mut self, pending: &mut Pending<'_>, progress: &mut dyn FnMut(SaleProgress)) {
        pending.closing = true;
        pending.deadline = deadline_ms(self.settings.close_timeout_ms);
        progress(SaleProgress::CancelRequested);
        let request = self.request(TOPIC_CLOSE, request::order(&pending.sale.order));
        if let Err(error) = self.hub.send(&request) {
            tracing::warn!(code = error.code(), "close not sent");
        }
    }

    fn result_of(&mut self, pending: &Pending<'_>) -> Option<SaleOutcome> {
        while let Some(response) = self.hub.take() {
            if response.topic != TOPIC_ORDER {
                continue;
            }
            let order = answer::order_of(&response);
            if order != pending.sale.order && !order.is_empty() {
                self.keep_late(&response);
                if response.msg_id == pending.msg_id {
                    return Some(SaleOutcome::Unknown(UnknownReason::Crossed));
                }
                continue;
            }
            if order.is_empty() && response.msg_id != pending.msg_id {
                continue;
            }
            if let Some(outcome) = answer::sale_outcome(&response, pending.sale, &self.settings) {
                return Some(outcome);
            }
        }
        None
    }
}
