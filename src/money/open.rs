//! One order that the teller looks after, with what it waits for.

use super::{Charge, Method, Order, TellerSettings};

#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) order: Order,
    /// When the charge began.
    since_ms: u64,
    /// When the terminal is asked next.
    pub(super) due_ms: u64,
    /// A sale, question or reversal is under way.
    pub(super) asking: bool,
    /// Questions asked so far, for the screen.
    pub(super) queries: u32,
}

impl Open {
    pub(super) const fn new(order: Order, now_ms: u64) -> Self {
        Self { order, since_ms: now_ms, due_ms: now_ms, asking: false, queries: 0 }
    }

    /// Whether the order needs a tick. Before the answer to a sale it does so only when a record failed.
    pub(super) const fn is_waiting(&self) -> bool {
        use Charge as C;
        !self.asking && matches!(self.order.charge, C::Intended | C::Charging | C::Unknown | C::Reversing(_))
    }

    /// Whether the terminal is asked before the charge is taken back: at least once, also after a restart.
    pub(super) fn is_patient(&self, settings: &TellerSettings, now_ms: u64) -> bool {
        let limit_ms = match self.order.method {
            Method::Card => settings.card_limit_ms,
            Method::PhoneCode => settings.code_limit_ms,
        };
        self.queries == 0 || now_ms.saturating_sub(self.since_ms) < limit_ms
    }
}
