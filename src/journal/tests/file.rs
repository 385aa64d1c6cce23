use std::os::unix::fs::PermissionsExt;

use rusqlite::Connection;

use super::*;
use crate::journal::{StorageTrouble, connection};

#[test]
fn the_settings_that_make_commits_durable_are_in_force() {
    let (_dir, journal) = fresh();
    let wanted = [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("cell_size_check", "1"),
        ("trusted_schema", "0"),
        ("secure_delete", "1"),
    ];
    for (name, value) in wanted {
        let actual = journal.writer.call(move |desk| connection::read(&desk.connection, name)).unwrap();
        assert_eq!(actual, value, "{name}");
    }
}

#[test]
fn a_second_opener_is_refused_until_the_first_is_gone() {
    let (dir, journal) = fresh();
    assert!(matches!(open(dir.path()), Err(JournalError::Locked)));
    drop(journal);
    assert!(open(dir.path()).is_ok());
}

#[test]
fn a_newer_journal_is_refused_and_not_touched() {
    let (dir, journal) = fresh();
    drop(journal);
    let file = dir.path().join("journal.db");
    Connection::open(&file).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = std::fs::read(&file).unwrap();
    assert!(matches!(open(dir.path()), Err(JournalError::Newer { found: 99, known: 1 })));
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn a_damaged_file_is_refused() {
    let (dir, journal) = fresh();
    recorded(&journal, order(1, false), &charged_steps());
    drop(journal);
    let file = dir.path().join("journal.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let from = 4_096;
    bytes[from..].fill(0x5a);
    std::fs::write(&file, bytes).unwrap();
    assert!(matches!(open(dir.path()), Err(JournalError::Corrupt)));
}

#[test]
fn a_journal_without_its_key_is_refused_and_gets_no_new_one() {
    let (dir, journal) = fresh();
    drop(journal);
    let key = dir.path().join("journal.key");
    std::fs::remove_file(&key).unwrap();
    assert!(matches!(open(dir.path()), Err(JournalError::Key)));
    assert!(!key.exists());
}

#[test]
fn key_and_database_are_for_the_owner_only() {
    let (dir, _journal) = fresh();
    for name in ["journal.key", "journal.db", "journal.db-wal"] {
        let mode = std::fs::metadata(dir.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
}

#[test]
fn entries_cannot_be_changed_or_deleted() {
    let (_dir, journal) = fresh();
    recorded(&journal, order(1, false), &charged_steps());
    for statement in ["DELETE FROM entries", "UPDATE entries SET step = 'x'"] {
        let tried = journal.write(move |transaction| Ok(transaction.execute(statement, [])?));
        assert!(matches!(tried, Err(JournalError::Sqlite(_))), "{statement}");
    }
}

#[test]
fn room_is_measured_against_the_reserve() {
    let dir = tempfile::tempdir().unwrap();
    let mut settings = JournalSettings::new(dir.path());
    settings.reserve_bytes = 1;
    assert!(Journal::open(settings.clone()).unwrap().has_room());
    settings.reserve_bytes = u64::MAX;
    let full = Journal::open(settings).unwrap();
    assert_eq!(full.trouble(), Some(StorageTrouble::StorageFull));
}

#[test]
fn after_a_disk_failure_nothing_more_is_written() {
    let (_dir, journal) = fresh();
    let failed = rusqlite::ffi::Error { code: rusqlite::ErrorCode::SystemIoFailure, extended_code: 10 };
    let failed = rusqlite::Error::SqliteFailure(failed, None);
    let tried: Result<(), _> = journal.write(move |_| Err(failed.into()));
    assert!(matches!(tried, Err(JournalError::Disk(_))));
    assert!(matches!(journal.next_order_id("BT07"), Err(JournalError::Halted)));
    assert_eq!(journal.trouble(), Some(StorageTrouble::StorageFailed));
    assert_eq!(journal.epoch().unwrap(), Some(1));
}
