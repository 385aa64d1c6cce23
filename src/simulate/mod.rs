//! The journal on simulated disks: the power fails after each sync, every operation fails once.
//!
//! Real: the journal with its SQLite. Simulated: the disk under it ([`disk`]), which remembers what was
//! synced and hands out what a power cut may leave behind; every write may be torn. Each image must open, be
//! whole, hold everything that was acknowledged, and go on working.

mod dice;
pub mod disk;
mod errand;
mod images;
mod run;
#[cfg(test)]
mod tests;
pub mod vfs;

pub use images::Tried;
pub use run::{SimulationError, crash_images};
