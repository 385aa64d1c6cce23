//! One resident's visit. Pure.
mod screen;
mod touch;
pub use screen::*;
pub use touch::Touch;
