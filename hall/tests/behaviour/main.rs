//! The hall from outside: over HTTP, and measured on the books of the simulated outside world.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod bench;
mod bodies;
mod bookings;
mod catalogue;
mod holds;
mod orders;
mod outages;
mod program;
mod random;
mod refunds;
