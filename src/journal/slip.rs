//! Print jobs: each has an identity of its own and is known by the paper that came out, not by the bytes
//! sent.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use sha2::{Digest, Sha256};

use super::key::hex;
use super::seal::Place;
use super::{Journal, JournalError};
use crate::money::OrderId;
use crate::slip::{JobState, JobStep};

/// A print job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlipRow {
    /// Its identity.
    pub job: u64,
    /// How far it has come.
    pub state: JobState,
    /// How often printing began; beyond the first it is marked 补打.
    pub copies: u32,
    /// Lines that are known to be on paper.
    pub printed_lines: u32,
    /// The slip as JSON; none once it was destroyed.
    pub content: Option<String>,
}

/// Whether a job may be written down as `next`; staying put only tells of more lines.
fn may_become(state: JobState, next: JobState) -> bool {
    state == next && !state.is_final() || JobStep::ALL.iter().any(|step| state.apply(*step) == Ok(next))
}

impl Journal {
    /// Writes a print job down as [`JobState::Due`] and gives its number. `made_at_s` is the kiosk's clock in
    /// Unix seconds; only [`Journal::expire_slips`] looks at it.
    pub fn add_slip(&self, order: &OrderId, content_json: &str, made_at_s: i64) -> Result<u64, JournalError> {
        let (id, keys) = (order.to_string(), self.keys.clone());
        let content = zeroize::Zeroizing::new(content_json.to_owned());
        self.write(move |transaction| {
            // Rows are never deleted, so no number comes twice.
            let job: i64 =
                transaction.query_row("SELECT coalesce(max(job), 0) + 1 FROM slips", [], |row| row.get(0))?;
            let sealed = keys.seal_bytes(&Place::slip(job.unsigned_abs()), content.as_bytes())?;
            let sha256 = hex(&Sha256::digest(content.as_bytes()));
            let mut insert = transaction.prepare_cached(
                "INSERT INTO slips (job, order_id, state, made_at_s, sha256, sealed)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;
            insert.execute(params![job, id, JobState::Due.name(), made_at_s, sha256, sealed])?;
            Ok(job.unsigned_abs())
        })
    }

    /// Moves a print job on. The content is destroyed as soon as the paper is known to be out.
    pub fn advance_slip(&self, job: u64, next: JobState, printed_lines: u32) -> Result<(), JournalError> {
        self.write(move |transaction| {
            let from = state_of(transaction, job)?;
            if !may_become(from, next) {
                return Err(JournalError::SlipOutOfOrder { job, from: from.name(), to: next.name() });
            }
            let begins = next == JobState::Printing && from != next;
            let mut update = transaction.prepare_cached(
                "UPDATE slips SET state = ?2, copies = copies + ?3, printed_lines = ?4,
                 sealed = iif(?5, NULL, sealed) WHERE job = ?1",
            )?;
            update.execute(params![number(job), next.name(), begins, printed_lines, next.is_final()])?;
            Ok(())
        })
    }

    /// Print jobs of an order, oldest first.
    pub fn slips(&self, order: &OrderId) -> Result<Vec<SlipRow>, JournalError> {
        let id = order.to_string();
        let rows: Vec<SealedSlip> = self.read(move |transaction| {
            let mut statement = transaction.prepare_cached(
                "SELECT job, state, copies, printed_lines, sealed FROM slips
                 WHERE order_id = ?1 ORDER BY job",
            )?;
            let rows = statement.query_map(params![id], SealedSlip::from_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })?;
        rows.into_iter().map(|row| row.open(self)).collect()
    }

    /// Destroys what was made before a time and nobody came for; row and hash stay. Gives how many.
    pub fn expire_slips(&self, made_before_s: i64) -> Result<usize, JournalError> {
        self.write(move |transaction| {
            let mut update = transaction.prepare_cached(
                "UPDATE slips SET state = 'expired', sealed = NULL
                 WHERE sealed IS NOT NULL AND made_at_s < ?1 AND state IN ('held', 'doubtful')",
            )?;
            Ok(update.execute(params![made_before_s])?)
        })
    }

    /// After a start no visit is open: what was printing is doubtful, what had not begun or had stopped is
    /// held.
    pub(super) fn settle_slips_after_start(&self) -> Result<(), JournalError> {
        let pending = "SELECT EXISTS (SELECT 1 FROM slips WHERE sealed IS NOT NULL
                       AND state IN ('due', 'interrupted', 'printing'))";
        if !self.read(move |transaction| Ok(transaction.query_row(pending, [], |row| row.get(0))?))? {
            return Ok(());
        }
        self.write(|transaction| {
            transaction.execute("UPDATE slips SET state = 'doubtful' WHERE state = 'printing'", [])?;
            transaction
                .execute("UPDATE slips SET state = 'held' WHERE state IN ('due', 'interrupted')", [])?;
            Ok(())
        })
    }
}

struct SealedSlip {
    job: u64,
    state: Option<JobState>,
    copies: u32,
    printed_lines: u32,
    sealed: Option<Vec<u8>>,
}

impl SealedSlip {
    fn from_row(row: &Row<'_>) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            job: row.get::<_, i64>(0)?.unsigned_abs(),
            state: JobState::named(&row.get::<_, String>(1)?),
            copies: row.get(2)?,
            printed_lines: row.get(3)?,
            sealed: row.get(4)?,
        })
    }

    fn open(self, journal: &Journal) -> Result<SlipRow, JournalError> {
        let Self { job, state, copies, printed_lines, sealed } = self;
        let broken = JournalError::Sealed { table: "slips" };
        let plain = sealed.map(|sealed| journal.keys.open_bytes(&Place::slip(job), &sealed)).transpose()?;
        let content = plain.map(String::from_utf8).transpose();
        let content = content.map_err(|_| JournalError::Sealed { table: "slips" })?;
        Ok(SlipRow { job, state: state.ok_or(broken)?, copies, printed_lines, content })
    }
}

fn state_of(transaction: &Transaction<'_>, job: u64) -> Result<JobState, JournalError> {
    let mut statement = transaction.prepare_cached("SELECT state FROM slips WHERE job = ?1")?;
    let name: Option<String> = statement.query_row(params![number(job)], |row| row.get(0)).optional()?;
    name.and_then(|name| JobState::named(&name)).ok_or(JournalError::UnknownSlip(job))
}

fn number(job: u64) -> i64 {
    i64::try_from(job).unwrap_or(i64::MAX)
}
