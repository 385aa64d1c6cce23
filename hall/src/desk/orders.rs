//! Orders: reports come in, states go out.

use std::sync::Arc;

use hall_api::{OrderReport, OrderStatus};

use super::Desk;
use crate::order::{check_order_id, check_report};
use crate::refusal::Refusal;
use crate::store;

impl Desk {
    /// Takes a report and wakes the worker when it brought work.
    pub(crate) async fn report(
        self: &Arc<Self>,
        order_id: &str,
        report: OrderReport,
    ) -> Result<OrderStatus, Refusal> {
        let order = check_report(order_id, report, &self.catalogue)?;
        let kiosk = order.kiosk.clone();
        let now = self.clock.now();
        let (status, changed) =
            self.store.run(move |session| store::accept_report(session, &order, now)).await?;
        if changed {
            self.bell.ring(&kiosk);
            self.work.notify_one();
        }
        Ok(status)
    }

    /// One order as it stands now.
    pub(crate) async fn order(&self, order_id: String) -> Result<OrderStatus, Refusal> {
        check_order_id(&order_id)?;
        let found = self.store.look(move |session| store::status_by_id(session, &order_id)).await?;
        found.ok_or(Refusal::UnknownOrder)
    }
}
