use super::*;
use crate::journal::OfflineCap;
use crate::money::{DeclineReason, LineProgress};

#[test]
fn an_order_reads_back_as_it_was_recorded() {
    let (_dir, journal) = fresh();
    let last = recorded(&journal, order(1, false), &charged_steps());
    assert_eq!(journal.open_orders().unwrap(), [last]);
}

#[test]
fn a_version_that_does_not_follow_is_refused_and_writes_nothing() {
    let (_dir, journal) = fresh();
    let intended = recorded(&journal, order(1, false), &[Step::Intend]);
    let mut skipped = intended.apply(&Step::Charge).unwrap();
    skipped.version += 1;
    for (wrong, step) in [(&intended, Step::Intend), (&skipped, Step::Charge), (&intended, Step::Charge)] {
        let refused = journal.record(wrong, &step);
        assert!(matches!(refused, Err(JournalError::OutOfOrder { stored: 1, .. })), "{refused:?}");
    }
    assert_eq!(journal.order(&intended.id).unwrap(), Some(intended));
    assert!(journal.outbox(10).unwrap().is_empty());
}

#[test]
fn an_order_begins_with_intend_and_nothing_else() {
    let (_dir, journal) = fresh();
    let step = Step::Decline(DeclineReason::GaveUp);
    let declined = order(1, false).apply(&step).unwrap();
    assert!(matches!(journal.record(&declined, &step), Err(JournalError::OutOfOrder { stored: 0, .. })));
}

#[test]
fn the_cap_counts_every_offline_order_that_the_hall_does_not_know() {
    let (_dir, journal) = fresh();
    let cap = Some(OfflineCap { per_kiosk_fen: 2 * 11_663 });
    let intended = |sequence, offline| order(sequence, offline).apply(&Step::Intend).unwrap();
    let first = intended(1, true);
    let second = intended(2, true);
    journal.intend(&first, cap).unwrap();
    journal.intend(&second, cap).unwrap();
    let refused = journal.intend(&intended(3, true), cap);
    assert!(matches!(refused, Err(JournalError::CapReached { unsent_fen: 23_326, .. })), "{refused:?}");
    journal.intend(&intended(4, false), cap).unwrap();

    // Declined frees its part, and so does the hall's acknowledgement; unknown does not.
    recorded(&journal, first, &[Step::Decline(DeclineReason::Canceled)]);
    assert_eq!(journal.unsent_fen().unwrap(), 11_663);
    let unknown = recorded(&journal, second, &[Step::Charge, Step::LoseTrack]);
    assert_eq!(journal.unsent_fen().unwrap(), 11_663);
    journal.acknowledge(&unknown.id, unknown.version).unwrap();
    assert_eq!(journal.unsent_fen().unwrap(), 0);
    recorded(&journal, unknown, &[Step::Approve(payment())]);
    assert_eq!(journal.unsent_fen().unwrap(), 11_663);
}

#[test]
fn the_same_card_finds_its_newest_order() {
    let (_dir, journal) = fresh();
    let digest = journal.payer_digest("330302199001011234");
    for sequence in [1, 2] {
        let mut order = order(sequence, false);
        order.payer = Some(digest.clone());
        recorded(&journal, order, &[Step::Intend]);
    }
    assert_eq!(journal.latest_of_payer(&digest).unwrap().unwrap().id, order(2, false).id);
    let other = journal.payer_digest("330302199001011235");
    assert_eq!(journal.latest_of_payer(&other).unwrap(), None);
}

#[test]
fn final_orders_are_not_open_any_more() {
    let (_dir, journal) = fresh();
    recorded(&journal, order(1, false), &[Step::Intend, Step::Decline(DeclineReason::Canceled)]);
    assert!(journal.open_orders().unwrap().is_empty());
}

#[test]
fn an_inbox_event_is_remembered_together_with_its_progress() {
    let (_dir, journal) = fresh();
    let charged = recorded(&journal, order(1, false), &charged_steps());
    let news = LineProgress {
        line: 0,
        state: LineState::Booked,
        reference: Some("B-1".to_owned()),
        reason: None,
        balance_fen: None,
    };
    let step = Step::Progress(vec![news]);
    let booked = charged.apply(&step).unwrap();
    journal.record_inbox(7, Some((&booked, &step))).unwrap();
    assert_eq!(journal.inbox_seq().unwrap(), 7);
    assert!(journal.order(&booked.id).unwrap().unwrap().is_final());

    assert!(journal.record_inbox(8, Some((&booked, &step))).is_err());
    journal.record_inbox(3, None).unwrap();
    assert_eq!(journal.inbox_seq().unwrap(), 7);
}

#[test]
fn an_epoch_begins_its_own_sequence_and_never_goes_back() {
    let (_dir, journal) = fresh();
    journal.next_order_id("BT07").unwrap();
    journal.set_epoch(1).unwrap();
    assert_eq!(journal.next_order_id("BT07").unwrap().as_str(), "BT0700100000002");
    journal.set_epoch(2).unwrap();
    assert_eq!(journal.next_order_id("BT07").unwrap().as_str(), "BT0700200000001");
    assert!(matches!(journal.set_epoch(1), Err(JournalError::EpochBack { stored: 2, given: 1 })));
}

#[test]
fn without_an_epoch_there_are_no_order_ids() {
    let dir = tempfile::tempdir().unwrap();
    let journal = open(dir.path()).unwrap();
    assert_eq!(journal.epoch().unwrap(), None);
    assert!(matches!(journal.next_order_id("BT07"), Err(JournalError::NotEnrolled)));
}
