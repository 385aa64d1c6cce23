//! Cases and ratings.

use hall_api::{Case, CaseRequest, Rating};

use super::Desk;
use crate::order::{check_kiosk, check_order_id};
use crate::refusal::Refusal;
use crate::store::{self, Session};

impl Desk {
    /// Opens a case, or gives the one that is open.
    pub(crate) async fn open_case(&self, request: CaseRequest) -> Result<Case, Refusal> {
        check_kiosk(&request.kiosk)?;
        check_order_id(&request.order_id)?;
        let now_ms = self.now_ms();
        let work = move |session: &dyn Session| {
            refuse_unknown(session, &request.kiosk, &request.order_id, request.line)?;
            let order = (request.kiosk.as_str(), request.order_id.as_str());
            Ok(store::open_case(session, order, request.kind, request.line, now_ms)?)
        };
        self.store.run(work).await
    }

    /// Keeps a rating.
    pub(crate) async fn rate(&self, order_id: String, rating: Rating) -> Result<(), Refusal> {
        check_kiosk(&rating.kiosk)?;
        check_order_id(&order_id)?;
        if !(1..=5).contains(&rating.level) {
            return Err(Refusal::Invalid { field: "level", why: "1 to 5" });
        }
        let now_ms = self.now_ms();
        let work = move |session: &dyn Session| {
            refuse_unknown(session, &rating.kiosk, &order_id, None)?;
            store::rate(session, (&rating.kiosk, &order_id), rating.level, now_ms)
        };
        self.store.run(work).await
    }
}

/// The order must be this kiosk's own, and have the line.
fn refuse_unknown(
    session: &dyn Session,
    kiosk: &str,
    order_id: &str,
    line: Option<u32>,
) -> Result<(), Refusal> {
    let status = store::own_status(session, kiosk, order_id)?.ok_or(Refusal::UnknownOrder)?;
    let known = line.is_none_or(|line| status.lines.iter().any(|known| known.line == line));
    if known { Ok(()) } else { Err(Refusal::Invalid { field: "line", why: "the order has no such line" }) }
}
