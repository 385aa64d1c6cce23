//! People and enterprises: numbers that prove themselves, and how they are shown. Pure: no clock, no reader.
//!
//! What identifies a person is wiped from memory when it is dropped, and never reaches a log: [`IdNumber`]
//! and [`Person`] say nothing in `{:?}`. On screen and paper only the masked forms appear.

mod credit_code;
mod id_number;
mod mask;
mod resident;

pub use credit_code::{CreditCode, CreditCodeError};
pub use id_number::{IdNumber, IdNumberError};
pub use mask::{group_account, mask_account, mask_name, mask_phone};
pub use resident::{CardKind, Person};
