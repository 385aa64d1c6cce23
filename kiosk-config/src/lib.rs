//! Typed configuration of a kiosk: what can be paid, where the kiosk stands, which devices it has.
//!
//! Everything is data in TOML, read strictly and checked as a whole: a reader gets every problem
//! of every file at once, each with its file and line ([`Finding`]).
//!
//! - [`Catalogue`]: the fees ([`FeeType`]) and their groups, from `catalogue/*.toml`;
//! - [`SiteProfile`]: the places where kiosks stand, from `sites/*.toml`;
//! - [`HardwareProfile`]: device models, from `hardware/<maker>/<model>.toml`;
//! - [`DemoPerson`]: invented residents of the demo, from `demo/people.toml`;
//! - [`KioskConfig`]: the file of one kiosk, read by [`load`], explained by [`explain`] and [`schema`].
//!
//! The files are embedded. A folder on disk with the same shape (`override_dir` in the kiosk's
//! file) replaces or adds single files, so that a new fee type needs no release.
//!
//! Nothing here opens a port, knows the time or talks to a network.

mod catalogue;
mod catalogue_check;
mod demo;
mod document;
mod entry;
mod fee;
mod finding;
mod hardware;
mod key;
mod kiosk;
mod reading;
mod relation;
mod schema;
mod shelf;
mod show;
mod site;

pub use catalogue::{Catalogue, Group, HomeTile};
pub use demo::{BankCard, DemoPerson, Sex, demo_people, load_people};
pub use document::parse_data;
pub use fee::account::{Account, AccountFault, AccountRule, Keypad};
pub use fee::amount::{AmountFault, AmountRule};
pub use fee::check_digit::AccountCheck;
pub use fee::fault::FeeFault;
pub use fee::hours::{DayCut, Hours, HoursState};
pub use fee::tariff::{Tariff, TariffItem};
pub use fee::{BillKind, Biller, FeeType, Need, Offline, Refund, SlipField, TileNote};
pub use finding::{Finding, FindingKind};
pub use hardware::{DeviceClass, HardwareProfile};
pub use kiosk::{DeviceConfig, DevicesConfig, HallConfig, KioskConfig, KioskIdentity, ScreenConfig};
pub use reading::{load, parse};
pub use schema::schema;
pub use show::{explain, show};
pub use site::{LanguagePolicy, OfflineCaps, SiteKind, SiteProfile};
