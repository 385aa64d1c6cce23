use super::*;
use crate::money::DeclineReason;

#[test]
fn only_what_the_hall_has_to_hear_of_is_in_the_outbox() {
    let (_dir, journal) = fresh();
    let asked = recorded(&journal, order(1, false), &[Step::Intend, Step::Charge]);
    assert!(journal.outbox(10).unwrap().is_empty());
    let lost = recorded(&journal, asked, &[Step::LoseTrack]);
    let rows = journal.outbox(10).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].order.clone(), rows[0].version), (lost, 3));
}

#[test]
fn rows_leave_in_the_order_in_which_they_came_however_they_change() {
    let (_dir, journal) = fresh();
    let first = recorded(&journal, order(1, false), &[Step::Intend, Step::Charge, Step::LoseTrack]);
    let second = recorded(&journal, order(2, false), &charged_steps());
    let first = recorded(&journal, first, &[Step::Reverse]);
    let ids: Vec<_> = journal.outbox(10).unwrap().into_iter().map(|row| row.order.id).collect();
    assert_eq!(ids, [first.id, second.id]);
}

#[test]
fn an_acknowledgement_of_an_older_version_keeps_the_row() {
    let (_dir, journal) = fresh();
    let last =
        recorded(&journal, order(1, false), &[Step::Intend, Step::Charge, Step::LoseTrack, Step::Reverse]);
    assert!(!journal.acknowledge(&last.id, last.version - 1).unwrap());
    assert_eq!(journal.unsent_count().unwrap(), 1);
    assert!(journal.acknowledge(&last.id, last.version).unwrap());
    assert_eq!(journal.unsent_count().unwrap(), 0);
}

#[test]
fn a_row_set_aside_is_seen_but_not_delivered_until_it_is_released() {
    let (_dir, journal) = fresh();
    let refused =
        recorded(&journal, order(1, false), &[Step::Intend, Step::Decline(DeclineReason::Canceled)]);
    let waiting = recorded(&journal, order(2, false), &charged_steps());
    journal.set_aside(&refused.id, "conflict").unwrap();
    journal.count_attempt(&refused.id).unwrap();
    let delivered = |journal: &Journal| {
        journal.undelivered(0, 10).unwrap().into_iter().map(|row| row.order.id).collect::<Vec<_>>()
    };
    assert_eq!(delivered(&journal), std::slice::from_ref(&waiting.id));
    let seen = journal.outbox(1).unwrap();
    assert_eq!((seen[0].set_aside.as_deref(), seen[0].attempts), (Some("conflict"), 1));
    journal.release(&refused.id).unwrap();
    assert_eq!(delivered(&journal), [refused.id, waiting.id]);
}
