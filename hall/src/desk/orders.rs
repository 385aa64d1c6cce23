//! Orders: reports come in, states go out.

use std::sync::Arc;

use hall_api::{OrderPage, OrderReport, OrderStatus};

use super::Desk;
use crate::order::{check_kiosk, check_order_id, check_report};
use crate::refusal::Refusal;
use crate::store;

/// Orders of one page; each is some 4 kB at most.
const PAGE_MAX: u32 = 100;

impl Desk {
    /// Takes a report and wakes the worker when it brought work.
    pub(crate) async fn report(
        self: &Arc<Self>,
        order_id: &str,
        report: OrderReport,
    ) -> Result<OrderStatus, Refusal> {
        let order = check_report(order_id, report, &self.catalogue, &self.seal)?;
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

    /// Orders of one kiosk after a given one, by their id.
    pub(crate) async fn orders_of(
        &self,
        kiosk: String,
        after: String,
        limit: Option<u32>,
    ) -> Result<OrderPage, Refusal> {
        check_kiosk(&kiosk)?;
        let limit = limit.unwrap_or(PAGE_MAX);
        if !(1..=PAGE_MAX).contains(&limit) {
            return Err(Refusal::Invalid { field: "limit", why: "1 to 100" });
        }
        self.store.look(move |session| Ok(store::orders_of(session, &kiosk, &after, limit)?)).await
    }

    /// One order as it stands now; only its own to a kiosk that is known.
    pub(crate) async fn order(
        &self,
        order_id: String,
        asker: Option<String>,
    ) -> Result<OrderStatus, Refusal> {
        check_order_id(&order_id)?;
        let found = self.store.look(move |session| match &asker {
            Some(kiosk) => store::own_status(session, kiosk, &order_id),
            None => store::status_by_id(session, &order_id),
        });
        let found = found.await?;
        found.ok_or(Refusal::UnknownOrder)
    }
}
