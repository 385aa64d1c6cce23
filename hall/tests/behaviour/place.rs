//! Where a hall under test keeps its data.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use hall::{Database, HallSettings};
use tempfile::TempDir;

/// A server for tests: `postgres://USER@HOST/DATABASE`.
const SERVER: &str = "LUCHENG_POSTGRES";

/// A kind of store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    /// What is missing for tests on this store.
    pub fn missing(self) -> Option<String> {
        let lacks = self == Self::Postgres && std::env::var_os(SERVER).is_none();
        lacks.then(|| format!("no {SERVER}"))
    }
}

/// A database and simulated books that outlive one hall.
pub struct Place {
    pub on: Kind,
    pub url: String,
    folder: TempDir,
}

impl Place {
    pub fn new(on: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match on {
            Kind::Sqlite => format!("sqlite:{}", folder.path().join("hall.db").display()),
            Kind::Postgres => fresh_schema(),
        };
        Self { on, url, folder }
    }

    pub fn books(&self) -> std::path::PathBuf {
        self.folder.path().join("hall.db")
    }

    pub fn settings(&self) -> HallSettings {
        HallSettings::new(self.url.parse().unwrap(), &self.books())
    }
}

/// A hall that leaves nothing behind but, on a server, a schema.
pub fn passing(on: Kind) -> HallSettings {
    match on {
        Kind::Sqlite => HallSettings::in_memory(),
        Kind::Postgres => {
            HallSettings::new(fresh_schema().parse::<Database>().unwrap(), Path::new(":memory:"))
        }
    }
}

/// The server's address with a schema that no other test has.
fn fresh_schema() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let schema = format!("test_{}_{number}", std::process::id());
    let server = std::env::var(SERVER).unwrap();
    let create = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
    on_server(&server, move |client| client.batch_execute(&create).unwrap());
    let join = if server.contains('?') { '&' } else { '?' };
    format!("{server}{join}options=-csearch_path%3D{schema}")
}

/// Talks to a server on a thread of its own: the driver may not wait inside a runtime.
pub fn on_server<T: Send>(url: &str, talk: impl FnOnce(&mut postgres::Client) -> T + Send) -> T {
    std::thread::scope(|scope| {
        let talking = scope.spawn(|| talk(&mut postgres::Client::connect(url, postgres::NoTls).unwrap()));
        talking.join().unwrap()
    })
}
