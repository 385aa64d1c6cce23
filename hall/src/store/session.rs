//! What work sees of a database: statements with `$1`, `$2`, … that both stores understand.
//!
//! The statements keep to what SQLite and PostgreSQL share. Integers are 64 bits wide in both.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use super::StoreError;
use crate::money::Fen;
use crate::word::from_word;

/// One connection, inside a transaction while work has it.
pub trait Session {
    /// Changes rows and says how many.
    fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError>;

    /// Reads rows.
    fn query(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError>;

    /// Runs several statements that take no values.
    fn batch(&self, sql: &str) -> Result<(), StoreError>;

    /// The database's own clock in milliseconds since 1970, as an expression of its language. It is
    /// one clock for all halls.
    fn clock_ms(&self) -> &'static str;

    /// The first row, if there is any.
    fn query_optional(&self, sql: &str, values: &[Value<'_>]) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, values)?.into_iter().next())
    }

    /// The only row of a statement that always has one.
    fn query_one(&self, sql: &str, values: &[Value<'_>]) -> Result<Row, StoreError> {
        self.query_optional(sql, values)?.ok_or(StoreError::NoRow)
    }
}

/// A value on its way into a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// A number or a truth value.
    Integer(i64),
    /// Text.
    Text(Cow<'a, str>),
    /// Bytes.
    Bytes(Cow<'a, [u8]>),
}

/// What can be put into a statement.
pub trait AsValue {
    /// The value.
    fn as_value(&self) -> Value<'_>;
}

macro_rules! integers {
    ($($type:ty),*) => {
        $(impl AsValue for $type {
            fn as_value(&self) -> Value<'_> {
                Value::Integer(i64::from(*self))
            }
        })*
    };
}
integers!(i64, u32, u8, bool);

impl AsValue for Fen {
    fn as_value(&self) -> Value<'_> {
        Value::Integer(self.0)
    }
}

impl AsValue for str {
    fn as_value(&self) -> Value<'_> {
        Value::Text(Cow::Borrowed(self))
    }
}

impl AsValue for String {
    fn as_value(&self) -> Value<'_> {
        self.as_str().as_value()
    }
}

impl AsValue for [u8] {
    fn as_value(&self) -> Value<'_> {
        Value::Bytes(Cow::Borrowed(self))
    }
}

impl AsValue for Vec<u8> {
    fn as_value(&self) -> Value<'_> {
        self.as_slice().as_value()
    }
}

impl<T: AsValue + ?Sized> AsValue for &T {
    fn as_value(&self) -> Value<'_> {
        (**self).as_value()
    }
}

impl<T: AsValue> AsValue for Option<T> {
    fn as_value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, AsValue::as_value)
    }
}

/// The values of one statement, in order.
macro_rules! values {
    ($($value:expr),* $(,)?) => {
        &[$($crate::store::session::AsValue::as_value(&$value)),*]
    };
}
pub(crate) use values;

/// One row.
#[derive(Clone, Debug)]
pub struct Row(pub(super) Vec<Value<'static>>);

impl Row {
    /// The value of a column, counted from 0.
    pub fn get<T: FromValue>(&self, column: usize) -> Result<T, StoreError> {
        self.0.get(column).and_then(T::from_value).ok_or(StoreError::Column { column })
    }

    /// A wire enumeration from its word.
    pub fn word<T: DeserializeOwned>(&self, column: usize) -> Result<T, StoreError> {
        from_word(&self.get::<String>(column)?).ok_or(StoreError::Column { column })
    }
}

/// What can be read from a row.
pub trait FromValue: Sized {
    /// The value, unless it is of another type or does not fit.
    fn from_value(value: &Value<'_>) -> Option<Self>;
}

impl FromValue for i64 {
    fn from_value(value: &Value<'_>) -> Option<Self> {
        if let Value::Integer(number) = value { Some(*number) } else { None }
    }
}

macro_rules! narrower {
    ($($type:ty),*) => {
        $(impl FromValue for $type {
            fn from_value(value: &Value<'_>) -> Option<Self> {
                Self::try_from(i64::from_value(value)?).ok()
            }
        })*
    };
}
narrower!(i32, u8, u32, u64);

impl FromValue for bool {
    fn from_value(value: &Value<'_>) -> Option<Self> {
        i64::from_value(value).map(|number| number != 0)
    }
}

impl FromValue for Fen {
    fn from_value(value: &Value<'_>) -> Option<Self> {
        i64::from_value(value).map(Self)
    }
}

impl FromValue for String {
    fn from_value(value: &Value<'_>) -> Option<Self> {
        if let Value::Text(text) = value { Some(text.to_string()) } else { None }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value<'_>) -> Option<Self> {
        if let Value::Bytes(bytes) = value { Some(bytes.to_vec()) } else { None }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value<'_>) -> Option<Self> {
        if *value == Value::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}
