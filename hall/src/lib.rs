//! The reference central hall: bills, holds, orders, a double-entry ledger.
//!
//! One request goes `door` (the port) → `http` (bodies) → `desk` (what the hall does) → `store`
//! (one job, one transaction). Bookings and refunds are made by the `worker`: it writes down
//! each attempt, asks the outside world through the traits of `outside`, and settles the answer
//! together with the ledger and the kiosk's inbox.
//!
//! | module | what it is |
//! |---|---|
//! | [`Hall`], [`RunningHall`], [`HallSettings`] | start, stop, take offline |
//! | `order` | PURE: what an order is, which changes are legal |
//! | `store` | SQLite or PostgreSQL: schema, ledger, holds, lines, inbox |
//! | `desk` | quotes, holds, reports, cases, ratings |
//! | `worker` | bookings and refunds with back-off, across restarts and among halls |
//! | `watch` | wakes kiosks for what other halls did, forgets lapsed quotes |
//! | [`outside`] | billers and acquirer as the hall sees them |
//! | [`sim`] | SIMULATED billers and acquirer, on books of their own |
//! | `http` | API v1 of `hall-api`, problem documents, limits, OpenAPI |
//! | `door`, `connections` | the port and who is connected |
//! | `metrics` | what is counted |
//! | `identity` | tokens, certificates, the handshake |
//! | [`reconcile`], `night` | PURE: three sides compared; once a night, cases and CSV |
//! | `seal` | account numbers at rest |

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test that panics has failed, as it should"
    )
)]

mod application;
pub mod clock;
mod connections;
mod database;
mod desk;
mod door;
mod hall;
mod http;
mod identity;
mod metrics;
mod money;
mod night;
mod operator;
mod order;
pub mod outside;
pub mod reconcile;
mod refusal;
mod seal;
mod seed;
mod settings;
pub mod sim;
mod store;
mod watch;
mod word;
mod worker;

pub use clock::{Clock, SetClock, SystemClock};
pub use database::{Database, DatabaseUrlError};
pub use hall::{Hall, HallError, RunningHall};
pub use http::{AcquirerOrder, Authorise, Books, Misbehaviour, RateLimit, Script, openapi};
pub use identity::{Authority, IdentityError};
pub use money::Fen;
pub use night::{NightError, export};
pub use operator::{Operator, OperatorError};
pub use seal::{KeySource, SealError};
pub use settings::{HallSettings, Limits, TlsSettings};
pub use store::{DifferenceCase, StoreError};
pub use worker::RetryPolicy;
