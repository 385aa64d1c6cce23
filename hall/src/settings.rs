//! What a hall needs to start.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::clock::{Clock, SystemClock};
use crate::worker::RetryPolicy;

/// A path that SQLite takes for a database in memory.
const IN_MEMORY: &str = ":memory:";

/// What a hall needs to start.
#[derive(Clone)]
pub struct HallSettings {
    /// The hall's database; `:memory:` ends with the hall.
    pub database: PathBuf,
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
}

impl HallSettings {
    /// A hall whose database is `database`, with the books beside it, on a free loopback port.
    #[must_use]
    pub fn with_database(database: &Path) -> Self {
        Self {
            database: database.to_owned(),
            acquirer_book: beside(database, "acquirer"),
            biller_book: beside(database, "billers"),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            catalogue_overrides: None,
            simulation_door: false,
            clock: Arc::new(SystemClock),
            retry: RetryPolicy::default(),
        }
    }

    /// A hall that leaves nothing behind.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::with_database(Path::new(IN_MEMORY))
    }
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
    }
}
