//! The schema, brought up to date by a library of migrations.
//!
//! `refinery` keeps, in the database, which steps were made and a checksum of each. It refuses a
//! database with a step that this program does not know, or that another program wrote
//! differently. Its own drivers do not take our SQLite, so it works on our sessions: one list of
//! steps, in one text, serves both stores.

use refinery_core::traits::sync::{Query, Transaction};
use refinery_core::{Migrate, Migration, Runner, Target};
use rusqlite::Connection;

use super::StoreError;
use super::session::{Row, Session};

/// Steps are only ever added. They are written for SQLite.
const STEPS: &[(&str, &str)] = &[
    ("V1__first", include_str!("migrations/V1__first.sql")),
    ("V2__several_halls", include_str!("migrations/V2__several_halls.sql")),
    ("V3__sealed", include_str!("migrations/V3__sealed.sql")),
    ("V4__identity", include_str!("migrations/V4__identity.sql")),
    ("V5__reconciliation", include_str!("migrations/V5__reconciliation.sql")),
    ("V6__records", include_str!("migrations/V6__records.sql")),
];

/// Only one hall at a time brings a shared database up to date. The number is "hall" in ASCII.
const LOCK: &str = "SELECT pg_advisory_lock(1751215212)";
const UNLOCK: &str = "SELECT pg_advisory_unlock(1751215212)";

/// What PostgreSQL calls the same types; its tables are always strict.
const POSTGRES_WORDS: [(&str, &str); 3] = [(" INTEGER", " BIGINT"), (" BLOB", " BYTEA"), (") STRICT;", ");")];

/// Runs the steps that a SQLite file has not seen.
pub(super) fn migrate_sqlite(connection: &Connection) -> Result<(), StoreError> {
    let steps = steps(ToOwned::to_owned)?;
    // Files of the first program counted their only step themselves.
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version == 1 {
        run(connection, &steps, Target::FakeVersion(1))?;
        connection.pragma_update(None, "user_version", 0)?;
    }
    run(connection, &steps, Target::Latest)
}

/// Runs the steps that a PostgreSQL database has not seen.
pub(super) fn migrate_postgres(session: &dyn Session) -> Result<(), StoreError> {
    let steps = steps(in_postgres_words)?;
    session.batch(LOCK)?;
    let migrated = run(session, &steps, Target::Latest);
    session.batch(UNLOCK)?;
    migrated
}

fn in_postgres_words(sql: &str) -> String {
    POSTGRES_WORDS.iter().fold(sql.to_owned(), |sql, (from, to)| sql.replace(from, to))
}

fn steps(translate: fn(&str) -> String) -> Result<Vec<Migration>, StoreError> {
    let steps = STEPS.iter().map(|(name, sql)| Migration::unapplied(name, &translate(sql)));
    steps.collect::<Result<_, _>>().map_err(|error| StoreError::Schema(Box::new(error)))
}

fn run(session: &dyn Session, steps: &[Migration], target: Target) -> Result<(), StoreError> {
    let done = Runner::new(steps).set_grouped(true).set_target(target).run(&mut Migrating(session));
    done.map(drop).map_err(|error| StoreError::Schema(Box::new(error)))
}

/// A session as the library wants it.
struct Migrating<'a>(&'a dyn Session);

impl Transaction for Migrating<'_> {
    type Error = StoreError;

    fn execute<'a, T: Iterator<Item = &'a str>>(&mut self, queries: T) -> Result<usize, StoreError> {
        self.0.batch("BEGIN")?;
        let mut count = 0;
        for query in queries {
            if let Err(error) = self.0.batch(query) {
                self.0.batch("ROLLBACK")?;
                return Err(error);
            }
            count += 1;
        }
        self.0.batch("COMMIT").map(|()| count)
    }
}

impl Query<Vec<Migration>> for Migrating<'_> {
    fn query(&mut self, query: &str) -> Result<Vec<Migration>, StoreError> {
        self.0.query(query, &[])?.iter().map(applied).collect()
    }
}

impl Migrate for Migrating<'_> {}

/// The moment of a step is for people; the library compares the rest.
fn applied(row: &Row) -> Result<Migration, StoreError> {
    let checksum = row.get::<String>(3)?.parse().map_err(|_| StoreError::Corrupt { column: "checksum" })?;
    Ok(Migration::applied(row.get(0)?, row.get(1)?, time::OffsetDateTime::UNIX_EPOCH, checksum))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(connection: &Connection) -> Vec<String> {
        let sql = "SELECT sql FROM sqlite_master WHERE name NOT LIKE 'refinery%' ORDER BY name";
        let rows = Session::query(connection, sql, &[]).unwrap();
        rows.iter().filter_map(|row| row.get(0).unwrap()).collect()
    }

    #[test]
    fn a_second_start_changes_nothing_and_a_newer_file_is_refused() {
        let connection = Connection::open_in_memory().unwrap();
        migrate_sqlite(&connection).unwrap();
        let before = tables(&connection);
        migrate_sqlite(&connection).unwrap();
        assert_eq!(tables(&connection), before);
        let newer = "INSERT INTO refinery_schema_history VALUES (99, 'later', '2030-01-01T00:00:00Z', '1')";
        connection.execute_batch(newer).unwrap();
        assert!(matches!(migrate_sqlite(&connection), Err(StoreError::Schema(_))));
    }

    #[test]
    fn a_file_of_the_first_program_becomes_the_same_as_a_new_one() {
        let old = Connection::open_in_memory().unwrap();
        old.execute_batch(STEPS[0].1).unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        migrate_sqlite(&old).unwrap();
        let new = Connection::open_in_memory().unwrap();
        migrate_sqlite(&new).unwrap();
        assert_eq!(tables(&old), tables(&new));
    }

    #[test]
    fn a_step_that_was_changed_afterwards_is_refused() {
        let connection = Connection::open_in_memory().unwrap();
        migrate_sqlite(&connection).unwrap();
        let other = "UPDATE refinery_schema_history SET checksum = '1' WHERE version = 1";
        connection.execute_batch(other).unwrap();
        assert!(matches!(migrate_sqlite(&connection), Err(StoreError::Schema(_))));
    }
}
