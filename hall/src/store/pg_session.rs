//! One connection to PostgreSQL as a session.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

use postgres::error::SqlState;
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, NoTls, Statement};

use super::StoreError;
use super::session::{Row, Session, Value};

/// Longest wait for a connection: a server that is up accepts at once.
const CONNECT_WAIT: Duration = Duration::from_secs(5);

/// Oldest server: what the statements need, and what is tested.
const SERVER_VERSION_MIN: i64 = 150_000;

/// Bounds of one statement and of a transaction that its hall has forgotten.
const BOUNDS: &str = "SET statement_timeout = '30s'; SET lock_timeout = '10s';
    SET idle_in_transaction_session_timeout = '60s'";

/// What another transaction caused. The unique key is one of them: work looks before it inserts, so
/// the row came from somebody who was faster, and the next try sees it.
const PASSING: [&SqlState; 3] =
    [&SqlState::T_R_SERIALIZATION_FAILURE, &SqlState::T_R_DEADLOCK_DETECTED, &SqlState::UNIQUE_VIOLATION];

pub(super) struct PgSession {
    client: RefCell<Client>,
    prepared: RefCell<HashMap<String, Statement>>,
    /// True once the database gave the transaction up in favour of another one.
    gave_up: Cell<bool>,
}

impl PgSession {
    /// Connects and checks what durability depends on.
    pub(super) fn connect(config: &Config) -> Result<Self, StoreError> {
        let mut config = config.clone();
        config.connect_timeout(CONNECT_WAIT).application_name("lucheng-hall");
        let client = config.connect(NoTls)?;
        let session =
            Self { client: RefCell::new(client), prepared: RefCell::default(), gave_up: Cell::new(false) };
        session.batch(BOUNDS)?;
        session.check_server()?;
        Ok(session)
    }

    fn check_server(&self) -> Result<(), StoreError> {
        let version = self.setting("server_version_num")?.parse().unwrap_or(0);
        if version < SERVER_VERSION_MIN {
            return Err(StoreError::OldServer { found: version });
        }
        for name in ["fsync", "synchronous_commit", "full_page_writes"] {
            let found = self.setting(name)?;
            if found == "off" {
                return Err(StoreError::Pragma { name, wanted: "on", found });
            }
        }
        Ok(())
    }

    fn setting(&self, name: &str) -> Result<String, StoreError> {
        self.query_one("SELECT current_setting($1)", &[Value::Text(Cow::Borrowed(name))])?.get(0)
    }

    pub(super) fn begin_anew(&self) {
        self.gave_up.set(false);
    }

    pub(super) fn gave_up(&self) -> bool {
        self.gave_up.get()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.borrow().is_closed()
    }

    fn prepared(&self, sql: &str) -> Result<Statement, StoreError> {
        if let Some(known) = self.prepared.borrow().get(sql) {
            return Ok(known.clone());
        }
        let statement = self.note(self.client.borrow_mut().prepare(sql))?;
        self.prepared.borrow_mut().insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Remembers that the transaction is to be done again.
    fn note<T>(&self, answer: Result<T, postgres::Error>) -> Result<T, StoreError> {
        if let Err(error) = &answer
            && error.code().is_some_and(|state| PASSING.contains(&state))
        {
            self.gave_up.set(true);
        }
        Ok(answer?)
    }
}

impl Session for PgSession {
    fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        let statement = self.prepared(sql)?;
        self.note(self.client.borrow_mut().execute(&statement, &parameters(values)))
    }

    fn query(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepared(sql)?;
        let rows = self.note(self.client.borrow_mut().query(&statement, &parameters(values)))?;
        rows.iter().map(owned).collect()
    }

    fn batch(&self, sql: &str) -> Result<(), StoreError> {
        self.note(self.client.borrow_mut().batch_execute(sql))
    }

    fn clock_ms(&self) -> &'static str {
        "CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT)"
    }
}

fn parameters<'a>(values: &'a [Value<'_>]) -> Vec<&'a (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn owned(row: &postgres::Row) -> Result<Row, StoreError> {
    let columns = row.columns().iter().enumerate();
    columns.map(|(column, about)| cell(row, column, about.type_())).collect::<Result<_, _>>().map(Row)
}

fn cell(row: &postgres::Row, column: usize, kind: &Type) -> Result<Value<'static>, StoreError> {
    let value = match *kind {
        Type::INT8 => row.try_get::<_, Option<i64>>(column)?.map(Value::Integer),
        Type::INT4 => row.try_get::<_, Option<i32>>(column)?.map(|number| Value::Integer(number.into())),
        Type::BOOL => row.try_get::<_, Option<bool>>(column)?.map(|truth| Value::Integer(truth.into())),
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(column)?.map(|bytes| Value::Bytes(bytes.into())),
        _ => row.try_get::<_, Option<String>>(column)?.map(|text| Value::Text(text.into())),
    };
    Ok(value.unwrap_or(Value::Null))
}

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) if *kind == Type::INT4 => i32::try_from(*number)?.to_sql(kind, out),
            Self::Integer(number) if *kind == Type::BOOL => (*number != 0).to_sql(kind, out),
            Self::Integer(number) => number.to_sql(kind, out),
            Self::Text(text) => text.as_ref().to_sql(kind, out),
            Self::Bytes(bytes) => bytes.as_ref().to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        <&str as ToSql>::accepts(kind) || [Type::INT8, Type::INT4, Type::BOOL, Type::BYTEA].contains(kind)
    }

    to_sql_checked!();
}
