//! Under construction.
slint::include_modules!();
