//! PURE: what an order is and how it may change.

mod charge;
mod checked;
mod content;

pub use charge::{can_follow, line_after};
pub use checked::{CheckedLine, CheckedOrder, check_account, check_kiosk, check_order_id, check_report};
pub use content::content_hash;

use crate::money::Fen;

/// Lines of one order. A basket fills one payment page; 20 rows fit a page of the screen twice.
pub const LINES_MAX: usize = 20;

/// Largest sum of one order, a hundred million yuan: far above every fee, and the ledger can hold
/// nine hundred million such orders before a balance no longer fits.
pub const TOTAL_MAX: Fen = Fen(10_000_000_000);
