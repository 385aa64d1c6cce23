//! SQLite: one thread owns the only connection and is the only writer.
//!
//! Each job runs in a savepoint of its own; all that wait at the same moment share one
//! transaction, and so one flush to the disk. An answer leaves only after the commit.

use std::borrow::Cow;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};

use rusqlite::Connection;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};

use super::connection::open_database;
use super::job::Job;
use super::queue::Queue;
use super::session::{Row, Session, Value};
use super::{Engine, QUEUE_MAX, StoreError, schema};

/// Jobs that share one transaction. One flush takes milliseconds, one job tens of microseconds:
/// with 64 the flush no longer dominates and nobody waits noticeably for the others.
const BATCH_MAX: usize = 64;

pub(super) struct Sqlite {
    queue: Queue,
}

impl Sqlite {
    /// Opens or creates the file, checks its settings, brings its schema up to date.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let connection = open_database(path)?;
        // One hall per file: a second one on the same file fails here instead of booking twice.
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        connection.execute_batch("BEGIN EXCLUSIVE; COMMIT")?;
        schema::migrate_sqlite(&connection)?;
        let (sender, jobs) = sync_channel(QUEUE_MAX);
        let builder = std::thread::Builder::new().name("hall-store".to_owned());
        let thread = builder.spawn(move || run_writer(&connection, &jobs)).map_err(StoreError::Thread)?;
        Ok(Self { queue: Queue::new(sender, vec![thread]) })
    }
}

impl Engine for Sqlite {
    fn submit(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        self.queue.submit(job)
    }

    fn is_shared(&self) -> bool {
        false
    }

    fn close(&self) {
        self.queue.close();
    }
}

impl Session for Connection {
    fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        let changed = self.prepare_cached(&numbered(sql))?.execute(rusqlite::params_from_iter(values))?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    fn query(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let mut statement = self.prepare_cached(&numbered(sql))?;
        let columns = statement.column_count();
        let read = |row: &rusqlite::Row<'_>| {
            (0..columns).map(|column| row.get_ref(column).map(owned)).collect::<Result<_, _>>().map(Row)
        };
        let rows = statement.query_map(rusqlite::params_from_iter(values), read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn batch(&self, sql: &str) -> Result<(), StoreError> {
        Ok(self.execute_batch(sql)?)
    }

    fn clock_ms(&self) -> &'static str {
        "CAST(unixepoch('subsec') * 1000 AS INTEGER)"
    }
}

/// `$1` is a name to SQLite; `?1` is the first value.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

fn owned(value: ValueRef<'_>) -> Value<'static> {
    match value {
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Text(text) => Value::Text(Cow::Owned(String::from_utf8_lossy(text).into_owned())),
        ValueRef::Blob(bytes) => Value::Bytes(Cow::Owned(bytes.to_vec())),
        // No column holds fractions; one that did would read as missing.
        ValueRef::Null | ValueRef::Real(_) => Value::Null,
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Integer(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// Serves jobs until every sender is gone.
fn run_writer(connection: &Connection, jobs: &Receiver<Box<dyn Job>>) {
    while let Ok(first) = jobs.recv() {
        let batch = std::iter::once(first).chain(jobs.try_iter().take(BATCH_MAX - 1)).collect();
        run_batch(connection, batch);
    }
}

fn run_batch(connection: &Connection, batch: Vec<Box<dyn Job>>) {
    if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        tracing::error!(%error, "cannot begin a transaction");
        return;
    }
    let mut done = Vec::with_capacity(batch.len());
    for mut job in batch {
        let kept = in_savepoint(connection, job.as_mut());
        done.push((job, kept));
        // A full disk rolls the whole transaction back; later jobs must not commit on their own.
        if connection.is_autocommit() {
            break;
        }
    }
    let committed = commit(connection);
    for (job, kept) in done {
        job.reply(kept.and(if committed { Ok(()) } else { Err(StoreError::NotCommitted) }));
    }
}

/// Keeps what a job changed only when it succeeds.
fn in_savepoint(connection: &Connection, job: &mut dyn Job) -> Result<(), StoreError> {
    connection.execute_batch("SAVEPOINT job")?;
    let end = if job.work(connection) { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" };
    Ok(connection.execute_batch(end)?)
}

fn commit(connection: &Connection) -> bool {
    let Err(error) = connection.execute_batch("COMMIT") else { return true };
    tracing::error!(%error, "cannot commit a transaction");
    if !connection.is_autocommit()
        && let Err(error) = connection.execute_batch("ROLLBACK")
    {
        tracing::error!(%error, "cannot roll a transaction back");
    }
    false
}
