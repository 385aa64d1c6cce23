//! Where a hall keeps its data.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use thiserror::Error;

/// A path that SQLite takes for a database in memory.
pub(crate) const IN_MEMORY: &str = ":memory:";

/// A database.
#[derive(Clone)]
pub enum Database {
    /// A SQLite file, for a demonstration or a small town; `:memory:` ends with the hall.
    Sqlite(PathBuf),
    /// A PostgreSQL database of version 15 or newer, for a city and for several halls at once.
    Postgres(Box<postgres::Config>),
}

/// The password is not shown.
impl fmt::Debug for Database {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => out.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(config) => out.debug_tuple("Postgres").field(&config.get_dbname()).finish(),
        }
    }
}

/// A text that names no database.
#[derive(Debug, Error)]
pub enum DatabaseUrlError {
    /// Neither scheme.
    #[error("sqlite:FILE or postgres://USER@HOST/DATABASE")]
    Scheme,
    /// PostgreSQL's own reader refused it.
    #[error("not an address of a PostgreSQL database")]
    Postgres(#[source] postgres::Error),
}

impl FromStr for Database {
    type Err = DatabaseUrlError;

    fn from_str(url: &str) -> Result<Self, DatabaseUrlError> {
        match url.split_once(':') {
            Some(("sqlite", file)) if !file.is_empty() => Ok(Self::Sqlite(PathBuf::from(file))),
            Some(("postgres" | "postgresql", _)) => {
                url.parse().map(|config| Self::Postgres(Box::new(config))).map_err(DatabaseUrlError::Postgres)
            }
            _ => Err(DatabaseUrlError::Scheme),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_file_or_a_server_and_its_password_stays_hidden() {
        assert!(matches!("sqlite:hall.db".parse(), Ok(Database::Sqlite(path)) if path.ends_with("hall.db")));
        let server: Database = "postgres://hall:secret@db.example/hall".parse().unwrap();
        assert!(!format!("{server:?}").contains("secret"));
        for wrong in ["", "sqlite:", "hall.db", "mysql://db/hall", "postgres://db:port/hall"] {
            assert!(wrong.parse::<Database>().is_err(), "{wrong}");
        }
    }
}
