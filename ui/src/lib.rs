//! The kiosk's screens: `KioskWindow`, the demo's `DockWindow`, and the globals of `api.slint` and
//! `dock_api.slint`.

#[allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::pedantic,
    clippy::restriction
)]
mod generated {
    slint::include_modules!();
}

pub use generated::*;
