//! The connection: opened, set up, and asked whether it really is set up.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{JournalError, schema};

/// Name of the database in the state directory.
pub(super) const FILE_NAME: &str = "journal.db";
/// First version without the WAL-reset bug.
const OLDEST_SQLITE: i32 = 3_051_003;
/// More than this module has statements, so that none is prepared twice.
const CACHED_STATEMENTS: usize = 64;

/// What is set and must read back: (name, value to set, value read).
const PRAGMAS: [(&str, &str, &str); 8] = [
    // One connection for ever: no shared memory file, no lock calls per commit.
    ("locking_mode", "EXCLUSIVE", "exclusive"),
    ("journal_mode", "WAL", "wal"),
    // Each commit is synced; NORMAL may lose the last ones in a power cut.
    ("synchronous", "FULL", "2"),
    ("foreign_keys", "ON", "1"),
    ("cell_size_check", "ON", "1"),
    ("trusted_schema", "OFF", "0"),
    // Destroyed content is overwritten, not only unlinked.
    ("secure_delete", "ON", "1"),
    // The writer checkpoints itself, after the caller has its answer.
    ("wal_autocheckpoint", "0", "0"),
];

/// Opens the database, or creates it; refuses a newer one before it touches anything.
pub(super) fn open(file: &Path, vfs: Option<&'static str>) -> Result<Connection, JournalError> {
    assert_version()?;
    // SQLite gives the WAL the mode of the database.
    OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(file)?;
    let mut connection = match vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(file, flags(), vfs)?,
        None => Connection::open_with_flags(file, flags())?,
    };
    refuse_newer(&connection)?;
    for (name, value, wanted) in PRAGMAS {
        set(&connection, name, value, wanted)?;
    }
    defend(&connection)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    check(&connection)?;
    schema::bring_up(&mut connection)?;
    Ok(connection)
}

/// Copies the WAL into the database; what is still needed after a crash stays in the WAL.
pub(super) fn checkpoint(connection: &Connection) -> Result<(), JournalError> {
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(0))?;
    if busy == 0 { Ok(()) } else { Err(JournalError::Locked) }
}

fn flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn assert_version() -> Result<(), JournalError> {
    let version = rusqlite::version_number();
    if version < OLDEST_SQLITE { Err(JournalError::SqliteTooOld(version)) } else { Ok(()) }
}

/// Closing a connection would copy a leftover WAL into the file; that waits until the file is known to be
/// ours.
fn refuse_newer(connection: &Connection) -> Result<(), JournalError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    schema::refuse_newer(connection)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(())
}

fn set(
    connection: &Connection,
    name: &'static str,
    value: &str,
    wanted: &'static str,
) -> Result<(), JournalError> {
    connection.pragma_update(None, name, value)?;
    let actual = read(connection, name)?;
    if actual == wanted { Ok(()) } else { Err(JournalError::Pragma { name, wanted, actual }) }
}

pub(super) fn read(connection: &Connection, name: &str) -> Result<String, JournalError> {
    use rusqlite::types::Value;
    let value = connection.pragma_query_value(None, name, |row| row.get::<_, Value>(0))?;
    Ok(match value {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text,
        Value::Null | Value::Real(_) | Value::Blob(_) => String::new(),
    })
}

/// No statement may write to the schema or the file behind SQLite's back.
fn defend(connection: &Connection) -> Result<(), JournalError> {
    let on = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    let actual = on.to_string();
    if on { Ok(()) } else { Err(JournalError::Pragma { name: "defensive", wanted: "true", actual }) }
}

/// Every page, every index, every reference between tables.
pub(super) fn check_all(connection: &Connection) -> Result<(), JournalError> {
    let verdict: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    let strays = connection.prepare("PRAGMA foreign_key_check")?.exists([])?;
    if verdict == "ok" && !strays { Ok(()) } else { Err(JournalError::Corrupt) }
}

fn check(connection: &Connection) -> Result<(), JournalError> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(JournalError::Corrupt) }
}
