//! Slips: what the resident takes home, as a value, laid out to lines. Pure: no printer, no clock.
//!
//! An order becomes slips ([`slips_for`]): one for what is booked, others for what is pending, refunded or
//! not known. The heading follows from the lines, so a receipt for what is not booked cannot be made. A slip
//! becomes lines for paper of any width ([`layout`]), and [`JobState`] says how far its printing has come.
//! Every Chinese word on paper stands in `words`.

mod content;
mod layout;
mod paper;
mod sorting;
mod spool;
#[cfg(test)]
mod tests;
mod words;

pub use content::{Edition, Heading, PaidBy, Slip, SlipContent, SlipError, SlipLine, Standing};
pub use layout::layout;
pub use paper::{Align, PaperLine};
pub use sorting::{FeeFacts, SlipFacts, slips_for};
pub use spool::{IllegalJobStep, JobState, JobStep};
