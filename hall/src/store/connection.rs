//! A connection with the settings that durability depends on, each read back.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use super::StoreError;

/// The only other holder of a file is a program that is just ending; it needs no longer.
const BUSY_WAIT: Duration = Duration::from_secs(5);

/// Opens or creates a database; `:memory:` is one that lives as long as its connection.
pub(crate) fn open_database(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_WAIT)?;
    let journal: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if journal != "wal" && path != Path::new(":memory:") {
        return Err(StoreError::Pragma { name: "journal_mode", wanted: "wal", found: journal });
    }
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
    expect(&connection, "synchronous", "2")?;
    expect(&connection, "foreign_keys", "1")?;
    Ok(connection)
}

fn expect(connection: &Connection, name: &'static str, wanted: &'static str) -> Result<(), StoreError> {
    let found: i64 = connection.pragma_query_value(None, name, |row| row.get(0))?;
    let found = found.to_string();
    if found == wanted { Ok(()) } else { Err(StoreError::Pragma { name, wanted, found }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_on_disk_flushes_each_commit() {
        let folder = tempfile::tempdir().unwrap();
        let connection = open_database(&folder.path().join("hall.db")).unwrap();
        let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }
}
