//! The schema, as a list of steps; `user_version` counts those that were taken.

use rusqlite::Connection;

use super::{JournalError, connection};

/// Never change a step that was shipped: add one.
const STEPS: [&str; 1] = [include_str!("schema_1.sql")];

/// Refuses a file that a newer program wrote.
pub(super) fn refuse_newer(connection: &Connection) -> Result<(), JournalError> {
    let (found, known) = (version(connection)?, known());
    if found > known { Err(JournalError::Newer { found, known }) } else { Ok(()) }
}

/// Takes the missing steps, each in one transaction with its number.
pub(super) fn bring_up(connection: &mut Connection) -> Result<(), JournalError> {
    let mut reached = version(connection)?;
    let done = usize::try_from(reached).unwrap_or(0);
    for step in STEPS.iter().skip(done) {
        reached += 1;
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", reached)?;
        transaction.commit()?;
        connection::checkpoint(connection)?;
    }
    Ok(())
}

fn version(connection: &Connection) -> Result<i64, JournalError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn known() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}
