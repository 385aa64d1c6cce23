//! SAM_V readers (GA 450) on a serial port; protocols A.

pub mod codec;
mod driver;
mod settings;
pub mod text_block;

pub use driver::SamV;
pub use settings::{BlockRead, SamVSettings};
