//! SIMULATED outside world: an acquirer and the city's billers.
//!
//! Nothing here is a real bank or company, and no money moves. Each side keeps books of its own,
//! written only by what it was asked itself: the acquirer's by the payment terminal and the hall's
//! refunds, the billers' by the hall's bookings. Tests measure the hall on these books.
//!
//! Both work from any thread, also while the hall's HTTP is down.

mod acquirer;
mod acquirer_book;
mod bill;
mod biller_book;
mod billers;
mod error;
mod fields;
mod opening;
mod owner;
mod script;

pub use acquirer::{Acquirer, AcquirerAnswer, AcquirerBehaviour, AcquirerQuery, ReversalAnswer};
pub use acquirer_book::{AcquirerBooks, ChargeRow, ChargeRowState, RefundRow};
pub use biller_book::{BillerBooks, BookedRow, RejectedRow};
pub use billers::Billers;
pub use error::SimError;
pub use script::{Behaviour, Target};
