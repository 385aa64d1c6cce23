//! The work that open lines wait for.
//!
//! A task is claimed in one transaction, which writes down that its outside step is about to be
//! made, and settled in another one. What lies between may be lost with the process at any point.

use hall_api::LineState;

use super::lines::LineKey;
use super::{AsValue, Row, Session, StoreError, Value, values};
use crate::money::Fen;
use crate::seal::SealedKey;
use crate::word::word_of;

/// What a line waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskKind {
    /// The biller is to book it.
    Book,
    /// The acquirer is to give its money back.
    Refund,
}

/// One outside step.
#[derive(Clone, Debug)]
pub struct Task {
    /// The kiosk.
    pub kiosk: String,
    /// The order.
    pub order_id: String,
    /// The line.
    pub line: u32,
    /// What to do.
    pub kind: TaskKind,
    /// Whose account.
    pub key: SealedKey,
    /// How much.
    pub amount: Fen,
    /// How often it was tried before.
    pub tried_before: u32,
}

impl Task {
    /// Kiosk, order and line.
    #[must_use]
    pub fn line_key(&self) -> LineKey<'_> {
        (&self.kiosk, &self.order_id, self.line)
    }

    /// Where its line stands until the step is settled.
    const fn open_state(&self) -> LineState {
        match self.kind {
            TaskKind::Book => LineState::Booking,
            TaskKind::Refund => LineState::Refunding,
        }
    }

    /// Who is asked: one of them is asked one thing at a time.
    #[must_use]
    pub fn party(&self) -> &str {
        match self.kind {
            TaskKind::Book => &self.key.biller,
            TaskKind::Refund => ACQUIRER,
        }
    }
}

/// Name of the acquirer among the parties; no biller code has a blank.
const ACQUIRER: &str = "the acquirer";

/// Twice the longest back-off. A task due later than this was put off before the clock was set
/// back, and is due now.
const DELAY_MAX_MS: i64 = 10 * 60 * 1_000;

/// Makes all open work due: after a start nobody knows how the clock moved meanwhile.
pub fn reset_delays(session: &dyn Session) -> Result<(), StoreError> {
    let sql = "UPDATE lines SET next_attempt_ms = 0
               WHERE state IN ('booking', 'refunding') AND next_attempt_ms <> 0";
    session.execute(sql, &[]).map(drop)
}

/// Frees what an earlier run of the only hall had claimed.
pub fn release_claims(session: &dyn Session) -> Result<(), StoreError> {
    session.execute("UPDATE lines SET claimed_until_ms = 0 WHERE claimed_until_ms <> 0", &[]).map(drop)
}

/// Takes the oldest due task whose party is not busy, and writes down that it is being tried. No
/// other hall takes it before the lease is over.
pub fn claim_task(
    session: &dyn Session,
    busy: &[String],
    now_ms: i64,
    lease_ms: i64,
) -> Result<Option<Task>, StoreError> {
    let clock = session.clock_ms();
    let marks: Vec<String> = (0..busy.len()).map(|place| format!("${}", place.saturating_add(3))).collect();
    let idle = if marks.is_empty() {
        String::new()
    } else {
        let party = format!("CASE state WHEN 'booking' THEN biller ELSE '{ACQUIRER}' END");
        format!("AND {party} NOT IN ({})", marks.join(", "))
    };
    let sql = format!(
        "SELECT kiosk, order_id, line, state, biller, fee, account, tariff_item, amount_fen, attempts
         FROM lines WHERE state IN ('booking', 'refunding') AND NOT (next_attempt_ms BETWEEN $1 AND $2)
           AND claimed_until_ms < {clock} {idle}
         ORDER BY next_attempt_ms LIMIT 1"
    );
    let window = [now_ms.saturating_add(1), now_ms.saturating_add(DELAY_MAX_MS)];
    let values: Vec<Value<'_>> =
        window.iter().map(AsValue::as_value).chain(busy.iter().map(AsValue::as_value)).collect();
    let Some(row) = session.query_optional(&sql, &values)? else { return Ok(None) };
    let task = read_task(&row)?;
    let (kiosk, order_id, line) = task.line_key();
    let claimed = session.execute(
        &format!(
            "UPDATE lines SET attempts = attempts + 1, claimed_until_ms = {clock} + $4
             WHERE kiosk = $1 AND order_id = $2 AND line = $3 AND state = $5 AND attempts = $6
               AND claimed_until_ms < {clock}"
        ),
        values![kiosk, order_id, line, lease_ms, word_of(&task.open_state()), task.tried_before],
    )?;
    // Another hall was faster: it is told by the counter that both wanted to raise.
    Ok(Some(task).filter(|_| claimed == 1))
}

fn read_task(row: &Row) -> Result<Task, StoreError> {
    let state: LineState = row.word(3)?;
    Ok(Task {
        kiosk: row.get(0)?,
        order_id: row.get(1)?,
        line: row.get(2)?,
        kind: if state == LineState::Booking { TaskKind::Book } else { TaskKind::Refund },
        key: SealedKey {
            biller: row.get(4)?,
            fee: row.get(5)?,
            account: row.get(6)?,
            tariff_item: row.get(7)?,
        },
        amount: row.get(8)?,
        tried_before: row.get(9)?,
    })
}

/// True while a line waits for the step of this task. A hall whose lease ran out may find that
/// another one has settled it.
pub fn is_open(session: &dyn Session, task: &Task) -> Result<bool, StoreError> {
    let (kiosk, order_id, line) = task.line_key();
    let row = session.query_one(
        "SELECT state FROM lines WHERE kiosk = $1 AND order_id = $2 AND line = $3",
        values![kiosk, order_id, line],
    )?;
    Ok(row.word::<LineState>(0)? == task.open_state())
}

/// Leaves a line as it is and tries again later.
pub fn postpone_task(session: &dyn Session, task: &Task, next_attempt_ms: i64) -> Result<(), StoreError> {
    let (kiosk, order_id, line) = task.line_key();
    session.execute(
        "UPDATE lines SET next_attempt_ms = $4, claimed_until_ms = 0
         WHERE kiosk = $1 AND order_id = $2 AND line = $3",
        values![kiosk, order_id, line, next_attempt_ms],
    )?;
    Ok(())
}
