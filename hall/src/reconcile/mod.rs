//! PURE: three sides of the same payments, compared by reference and never by date.
//!
//! The channel's settlement file, the hall's orders (what kiosks reported, and what the hall made of
//! it) and the billers' files. Every difference has one of five classes; what has none agrees.

mod compare;
mod sides;

pub use compare::{Class, Difference, Report, reconcile};
pub use sides::{BookedLine, HallLine, HallOrder, SettledOrder};
