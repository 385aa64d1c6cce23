use super::*;
use crate::slip::JobState;

const CONTENT: &str = r#"{"title":"缴费凭条"}"#;

fn with_slip() -> (TempDir, Journal, OrderId, u64) {
    let (dir, journal) = fresh();
    let order = recorded(&journal, order(1, false), &charged_steps());
    let job = journal.add_slip(&order.id, CONTENT, 1_000).unwrap();
    (dir, journal, order.id, job)
}

fn state(journal: &Journal, order: &OrderId) -> (JobState, u32, bool) {
    let rows = journal.slips(order).unwrap();
    (rows[0].state, rows[0].copies, rows[0].content.is_some())
}

#[test]
fn the_content_is_destroyed_when_the_paper_is_out() {
    let (_dir, journal, order, job) = with_slip();
    assert_eq!(journal.slips(&order).unwrap()[0].content.as_deref(), Some(CONTENT));
    journal.advance_slip(job, JobState::Printing, 0).unwrap();
    journal.advance_slip(job, JobState::Interrupted, 12).unwrap();
    journal.advance_slip(job, JobState::Printing, 12).unwrap();
    assert_eq!(state(&journal, &order), (JobState::Printing, 2, true));
    journal.advance_slip(job, JobState::Printed, 30).unwrap();
    assert_eq!(state(&journal, &order), (JobState::Printed, 2, false));
}

#[test]
fn a_slip_goes_only_where_the_arrows_lead() {
    let (_dir, journal, order, job) = with_slip();
    let refused = journal.advance_slip(job, JobState::Printed, 0);
    assert!(matches!(refused, Err(JournalError::SlipOutOfOrder { from: "due", to: "printed", .. })));
    assert_eq!(state(&journal, &order), (JobState::Due, 0, true));
    let unknown = journal.advance_slip(job + 1, JobState::Printing, 0);
    assert!(matches!(unknown, Err(JournalError::UnknownSlip(_))));
}

#[test]
fn after_a_restart_what_was_printing_is_doubtful_and_the_rest_is_held() {
    let (dir, journal, order, job) = with_slip();
    journal.advance_slip(job, JobState::Printing, 0).unwrap();
    journal.add_slip(&order, CONTENT, 1_000).unwrap();
    drop(journal);
    let states: Vec<_> =
        open(dir.path()).unwrap().slips(&order).unwrap().into_iter().map(|slip| slip.state).collect();
    assert_eq!(states, [JobState::Doubtful, JobState::Held]);
}

#[test]
fn what_nobody_came_for_expires_and_only_that() {
    let (_dir, journal, order, job) = with_slip();
    journal.advance_slip(job, JobState::Held, 0).unwrap();
    assert_eq!(journal.expire_slips(1_000).unwrap(), 0);
    assert_eq!(journal.expire_slips(1_001).unwrap(), 1);
    assert_eq!(state(&journal, &order), (JobState::Expired, 0, false));
    let next = journal.add_slip(&order, CONTENT, 2_000).unwrap();
    assert_eq!(next, job + 1);
}
