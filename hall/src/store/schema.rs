//! The schema, brought up to date by a short list of steps.

use rusqlite::Connection;

use super::StoreError;

/// Each step brings a database of version n to n+1. Steps are only ever added.
const STEPS: &[&str] = &[include_str!("schema-1.sql")];

/// Runs the steps that a database has not seen.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let newer = StoreError::NewerSchema { found, known: STEPS.len() };
    let seen = usize::try_from(found).unwrap_or(usize::MAX);
    let steps = STEPS.get(seen..).ok_or(newer)?;
    for (version, step) in (found..).zip(steps) {
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", version.saturating_add(1))?;
    }
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_start_changes_nothing_and_a_newer_file_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(migrate(&mut connection), Err(StoreError::NewerSchema { found: 99, known: 1 })));
    }
}
