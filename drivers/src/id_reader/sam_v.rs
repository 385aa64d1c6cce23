//! SAM_V readers (GA 450) on a serial port; protocols A.

pub mod codec;
mod command;
mod driver;
mod exchange;
mod sam_id;
mod settings;
mod status;
pub mod text_block;

pub use driver::SamV;
pub use sam_id::SamId;
pub use settings::{BlockRead, SamVSettings};
