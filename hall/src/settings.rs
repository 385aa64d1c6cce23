//! What a hall needs to start.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Time;

use crate::clock::{Clock, SystemClock};
use crate::database::{Database, IN_MEMORY};
use crate::http::RateLimit;
use crate::seal::KeySource;
use crate::worker::RetryPolicy;

/// How long a claimed line is one hall's own. A biller is waited for ten seconds; the rest is for a
/// hall that is slow, and the least that a dead hall's work waits.
const LEASE: Duration = Duration::from_secs(40);

/// What callers may use up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once; who comes later waits.
    pub connections: usize,
    /// Requests of one caller.
    pub rate: RateLimit,
    /// Longest wait for the head of a request.
    pub head_wait: Duration,
    /// Longest pause in the middle of a body.
    pub body_wait: Duration,
}

impl Default for Limits {
    /// Room for 10,000 kiosks and those that come back. A kiosk asks at least every 25 s and sends a
    /// few kilobytes at most.
    fn default() -> Self {
        Self {
            connections: 12_000,
            rate: RateLimit::default(),
            head_wait: Duration::from_secs(40),
            body_wait: Duration::from_secs(10),
        }
    }
}

/// What a hall needs to start.
#[derive(Clone)]
pub struct HallSettings {
    /// The hall's database.
    pub database: Database,
    /// The key that seals account numbers. Every hall on one database has the same.
    pub key: KeySource,
    /// The simulated acquirer's book.
    pub acquirer_book: PathBuf,
    /// The simulated billers' books.
    pub biller_book: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Folder with files in place of, or beside, the catalogue inside the program.
    pub catalogue_overrides: Option<PathBuf>,
    /// True opens `/sim/v1`, the door to the simulated outside world.
    pub simulation_door: bool,
    /// The hall's clock.
    pub clock: Arc<dyn Clock>,
    /// Time between tries of bookings and refunds.
    pub retry: RetryPolicy,
    /// How long a line that is being booked stays with the hall that took it; afterwards another
    /// hall on the same database takes over. Four times the longest call to a biller, or more.
    pub lease: Duration,
    /// What callers may use up.
    pub limits: Limits,
    /// How kiosks are known; without it nobody is, and only a loopback address is safe.
    pub tls: Option<TlsSettings>,
    /// Wall time in the hall after which each day's books are compared once; none leaves it to the
    /// operator.
    pub reconcile_at: Option<Time>,
}

/// How kiosks are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsSettings {
    /// Folder of the authority and of the hall's own certificate.
    pub folder: PathBuf,
    /// Where kiosks without a certificate enrol; port 0 takes a free one.
    pub enrol_listen: SocketAddr,
}

impl HallSettings {
    /// A hall whose database is a file, with the books beside it, on a free loopback port.
    #[must_use]
    pub fn with_database(database: &Path) -> Self {
        Self::new(Database::Sqlite(database.to_owned()), database)
    }

    /// A hall with any database; the simulated books lie beside `books`, a path that need not
    /// exist.
    #[must_use]
    pub fn new(database: Database, books: &Path) -> Self {
        Self {
            database,
            key: key_beside(books),
            acquirer_book: beside(books, "acquirer"),
            biller_book: beside(books, "billers"),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            catalogue_overrides: None,
            simulation_door: false,
            clock: Arc::new(SystemClock),
            retry: RetryPolicy::default(),
            lease: LEASE,
            limits: Limits::default(),
            tls: None,
            reconcile_at: None,
        }
    }

    /// A hall that leaves nothing behind.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::with_database(Path::new(IN_MEMORY))
    }
}

/// `hall.db` → `hall.key`; memory has a key that passes with it.
fn key_beside(database: &Path) -> KeySource {
    if database == Path::new(IN_MEMORY) {
        return KeySource::Passing;
    }
    KeySource::File(database.with_extension("key"))
}

/// `hall.db` → `hall-acquirer.db`; memory stays memory.
fn beside(database: &Path, name: &str) -> PathBuf {
    if database == Path::new(IN_MEMORY) {
        return database.to_owned();
    }
    let stem = database.file_stem().unwrap_or_default().to_string_lossy();
    let end = database.extension().unwrap_or("db".as_ref()).to_string_lossy();
    database.with_file_name(format!("{stem}-{name}.{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_books_lie_beside_the_database() {
        assert_eq!(beside(Path::new("/var/lib/hall.db"), "billers"), Path::new("/var/lib/hall-billers.db"));
        assert_eq!(beside(Path::new("city"), "acquirer"), Path::new("city-acquirer.db"));
        assert_eq!(key_beside(Path::new("/var/lib/hall.db")), KeySource::File("/var/lib/hall.key".into()));
    }
}
