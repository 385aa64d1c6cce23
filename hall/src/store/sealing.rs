//! Which key a database belongs to, and rows of a program that did not seal.

use super::{AsValue, FromValue, Session, StoreError, Value, values};
use crate::seal::{Seal, SealedAccount};

/// Place of what is about all kiosks, where a key wants a kiosk. No kiosk's code has an asterisk.
pub(super) const EVERY_KIOSK: &str = "*";

/// Accounts and digests that are not sealed yet, by table.
const ACCOUNTS: [&str; 3] = ["quotes", "hold_lines", "lines"];
const DIGESTS: [(&str, &str); 2] = [("holds", "lines_hash"), ("orders", "content_hash")];

impl AsValue for SealedAccount {
    fn as_value(&self) -> Value<'_> {
        self.0.as_value()
    }
}

impl FromValue for SealedAccount {
    fn from_value(value: &Value<'_>) -> Option<Self> {
        String::from_value(value).map(Self)
    }
}

/// Binds the database to a key, or refuses another one.
pub fn bind_key(session: &dyn Session, seal: &Seal) -> Result<(), StoreError> {
    session.execute(
        "INSERT INTO seals (kiosk, fingerprint) VALUES ($1, $2) ON CONFLICT (kiosk) DO NOTHING",
        values![EVERY_KIOSK, seal.fingerprint()],
    )?;
    let sql = "SELECT fingerprint FROM seals WHERE kiosk = $1";
    let bound: String = session.query_one(sql, values![EVERY_KIOSK])?.get(0)?;
    if bound == seal.fingerprint() { Ok(()) } else { Err(StoreError::OtherKey) }
}

/// Seals what an older program left in the open.
pub fn seal_old_rows(session: &dyn Session, seal: &Seal) -> Result<(), StoreError> {
    for table in ACCOUNTS {
        replace(session, table, "account", |plain| seal.account(plain).0)?;
    }
    for (table, column) in DIGESTS {
        replace(session, table, column, |digest| seal.identity(digest))?;
    }
    Ok(())
}

fn replace(
    session: &dyn Session,
    table: &str,
    column: &str,
    sealed: impl Fn(&str) -> String,
) -> Result<(), StoreError> {
    let open = format!("SELECT DISTINCT {column} FROM {table} WHERE {column} NOT LIKE 'sealed1:%'");
    let change = format!("UPDATE {table} SET {column} = $2 WHERE {column} = $1");
    for row in session.query(&open, &[])? {
        let plain: String = row.get(0)?;
        session.execute(&change, values![plain, sealed(&plain)])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::store::schema;

    const PLAIN: &str = "0101234567890";

    fn old_file() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        schema::migrate_sqlite(&connection).unwrap();
        let sql = format!(
            "INSERT INTO quotes VALUES ('BT07', 'BT07Q1', 'E', 'BT-E01', '{PLAIN}', NULL, 1, 0, 0);
             INSERT INTO holds VALUES ('BT07', 'A1', 'digest', 1, 0);
             INSERT INTO hold_lines VALUES ('BT07', 'A1', 0, 'E', 'BT-E01', '{PLAIN}', NULL, 1, 1);"
        );
        connection.execute_batch(&sql).unwrap();
        connection
    }

    fn text(connection: &Connection, sql: &str) -> String {
        Session::query_one(connection, sql, &[]).unwrap().get(0).unwrap()
    }

    #[test]
    fn what_an_older_program_left_in_the_open_is_sealed_once() {
        let (connection, seal) = (old_file(), Seal::new(&[1; 32]));
        for _ in 0..2 {
            seal_old_rows(&connection, &seal).unwrap();
            for table in ["quotes", "hold_lines"] {
                let kept = text(&connection, &format!("SELECT account FROM {table}"));
                assert_eq!(kept, seal.account(PLAIN).0);
            }
            assert_eq!(text(&connection, "SELECT lines_hash FROM holds"), seal.identity("digest"));
        }
    }

    #[test]
    fn a_database_belongs_to_the_key_that_came_first() {
        let connection = old_file();
        bind_key(&connection, &Seal::new(&[1; 32])).unwrap();
        bind_key(&connection, &Seal::new(&[1; 32])).unwrap();
        assert!(matches!(bind_key(&connection, &Seal::new(&[2; 32])), Err(StoreError::OtherKey)));
    }
}
