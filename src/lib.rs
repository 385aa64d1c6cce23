//! 鹿城之窗: the self-service kiosk of a city.
//!
//! ```text
//! view → visit ← kiosk        visit → money, person, slip        kiosk → journal, devices, hall_link
//! ```
//!
//! | room | what it is |
//! |---|---|
//! | [`visit`] | PURE: one resident's visit, `(Visit, Event) → (Visit, effects)` |
//! | [`money`] | PURE: fen, amounts in words, the order's states, the teller |
//! | [`person`] | PURE: ID numbers, names, masking |
//! | [`slip`] | PURE: slips as values, laid out to lines; print jobs |
//! | [`kiosk`] | the composition root and the one actor |
//! | [`journal`] | SQLite, the only writer |
//! | [`devices`] | drivers on their threads |
//! | [`hall_link`] | HTTP to the hall |
//! | [`view`] | Slint globals ↔ visit |
//! | [`clock`] | the only reader of clocks |
//! | [`cli`] | one file per command |
//! | [`demo`] | simulated devices, embedded hall, scripted visits |
//! | `simulate` | the journal on simulated disks |
//!
//! The one path through it: a touch in `view` becomes an event of `visit`, its effect reaches `kiosk`, which
//! writes to `journal` before it asks `devices`; the answer goes through `money::Teller` back into `journal`,
//! and from its outbox through `hall_link` to the hall.

pub mod cli;
pub mod clock;
#[cfg(feature = "demo")]
pub mod demo;
pub mod devices;
pub mod hall_link;
pub mod journal;
pub mod kiosk;
pub mod money;
pub mod person;
#[cfg(feature = "simulate")]
pub mod simulate;
pub mod slip;
#[cfg(feature = "screen")]
pub mod view;
pub mod visit;
