use std::sync::{Arc, Mutex};

use super::*;
use crate::journal::Moment;

#[test]
fn every_acknowledged_step_is_there_after_a_power_cut() {
    let (dir, journal) = fresh();
    let before = recorded(&journal, order(1, false), &charged_steps());
    let copy = after_power_cut(dir.path());
    let reopened = open(copy.path()).unwrap();
    assert_eq!(reopened.order(&before.id).unwrap(), Some(before.clone()));
    let steps: Vec<String> =
        reopened.steps(&before.id).unwrap().into_iter().map(|(_, step, _)| step).collect();
    assert_eq!(steps, ["intend", "charge", "approve"]);
    assert_eq!(reopened.outbox(10).unwrap().len(), 1);
}

/// Goal: a torn WAL loses nothing that was acknowledged. Method: note the WAL's length at each
/// acknowledgement, cut a copy at many places, and look for every step that was acknowledged below the cut.
#[test]
fn a_wal_torn_anywhere_keeps_what_was_acknowledged_before() {
    let (dir, journal) = fresh();
    let mut order = order(1, false);
    let mut acknowledged = Vec::new();
    for step in charged_steps() {
        order = recorded(&journal, order, &[step]);
        acknowledged.push(std::fs::metadata(dir.path().join("journal.db-wal")).unwrap().len());
    }
    let (first, last) = (acknowledged[0], acknowledged[2]);
    for cut in (first..=last).step_by(1_000).chain(acknowledged.clone()) {
        let copy = after_power_cut(dir.path());
        let wal = std::fs::OpenOptions::new().write(true).open(copy.path().join("journal.db-wal")).unwrap();
        wal.set_len(cut).unwrap();
        let expected = acknowledged.iter().filter(|length| **length <= cut).count();
        let steps = open(copy.path()).unwrap().steps(&order.id).unwrap();
        assert_eq!(steps.len(), expected, "cut at {cut}");
    }
}

#[test]
fn order_ids_are_never_given_twice_not_even_after_a_power_cut() {
    let (dir, journal) = fresh();
    let first = journal.next_order_id("BT07").unwrap();
    let cut = after_power_cut(dir.path());
    drop(journal);
    let second = open(dir.path()).unwrap().next_order_id("BT07").unwrap();
    let after_cut = open(cut.path()).unwrap().next_order_id("BT07").unwrap();
    assert_eq!(first.as_str(), "BT0700100000001");
    assert_eq!(second.as_str(), "BT0700100000002");
    assert_eq!(after_cut, second);
}

#[test]
fn the_observer_sees_both_sides_of_each_commit_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let mut settings = JournalSettings::new(dir.path());
    settings.observer = Some(Arc::new(move |moment, number| log.lock().unwrap().push((moment, number))));
    let journal = Journal::open(settings).unwrap();
    journal.set_epoch(1).unwrap();
    journal.next_order_id("BT07").unwrap();
    let expected = [(Moment::Before, 1), (Moment::After, 1), (Moment::Before, 2), (Moment::After, 2)];
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[test]
fn many_commits_do_not_let_the_wal_grow() {
    let (dir, journal) = fresh();
    for _ in 0..1_200 {
        journal.next_order_id("BT07").unwrap();
    }
    let wal_bytes = std::fs::metadata(dir.path().join("journal.db-wal")).unwrap().len();
    assert!(wal_bytes < 8 * 1024 * 1024, "{wal_bytes}");
}

#[test]
fn a_full_disk_is_said_and_is_over_when_there_is_room() {
    let (_dir, journal) = fresh();
    let limit = |pages: i64| {
        journal
            .writer
            .call(move |desk| Ok(desk.connection.pragma_update(None, "max_page_count", pages)?))
            .unwrap();
    };
    limit(1);
    let steps = charged_steps();
    let mut refused = None;
    let mut sequence = 0;
    while refused.is_none() && sequence < 1_000 {
        sequence += 1;
        let next = order(sequence, false).apply(&steps[0]).unwrap();
        refused = journal.record(&next, &steps[0]).err();
    }
    assert!(matches!(refused, Some(JournalError::Full)), "{refused:?}");
    limit(1_000_000);
    recorded(&journal, order(sequence, false), &steps);
}
