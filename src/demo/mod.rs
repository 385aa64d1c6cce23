//! The whole system in one process: simulated devices on real pseudo-terminals, an embedded hall, scripted
//! visits. No driver and no screen knows; hardware profiles marked `simulated` put the label on screen and
//! slip.

pub mod alone;
mod bank;
pub mod evidence;
pub mod paper;
pub mod resident;
pub mod stage;
pub mod visits;
pub mod window;

pub use stage::{MORNING, Stage, StageError, StageSettings};
