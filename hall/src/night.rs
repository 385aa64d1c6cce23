//! What a hall does once a night: compare its books with the others', and open cases.

use std::collections::{BTreeMap, HashSet};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Time;
use tokio::sync::watch;

use crate::clock::{business_date, hall_time};
use crate::database::Database;
use crate::desk::Desk;
use crate::outside::{BillerDesk, RefundDesk};
use crate::reconcile::{BookedLine, HallOrder, Report, SettledOrder, reconcile};
use crate::store::{self, FinanceRow, Session, Store, StoreError};

/// Why the books could not be compared or written out.
#[derive(Debug, thiserror::Error)]
pub enum NightError {
    /// The hall's own database.
    #[error("cannot use the hall's database")]
    Store(#[from] StoreError),
    /// A file of the channel or of a biller did not come.
    #[error("the file of the {side} did not come")]
    NoFile {
        /// Whose.
        side: &'static str,
    },
    /// A file cannot be written.
    #[error("cannot write {path}")]
    Write {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: csv::Error,
    },
}

/// The other sides' files.
pub(crate) struct Files {
    pub(crate) channel: Arc<dyn RefundDesk>,
    pub(crate) billers: Arc<dyn BillerDesk>,
}

/// How often a hall looks whether it is time. The comparison itself takes minutes at most.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Compares once a night, whichever hall is first.
pub(crate) struct Night {
    pub(crate) desk: Arc<Desk>,
    pub(crate) files: Files,
    pub(crate) at: Time,
}

impl Night {
    pub(crate) async fn run(self, mut stop: watch::Receiver<bool>) {
        let night = Arc::new(self);
        let mut look = tokio::time::interval(LOOK_EVERY);
        loop {
            tokio::select! {
                _ = look.tick() => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
            let night = Arc::clone(&night);
            match tokio::task::spawn_blocking(move || night.compare_if_due()).await {
                Ok(Ok(None)) => {}
                Ok(Ok(Some(report))) => {
                    let (even, differences) = (report.even, report.differences.len());
                    tracing::info!(even, differences, "the books are compared");
                }
                Ok(Err(error)) => tracing::error!(error = &error as &dyn Error, "cannot compare the books"),
                Err(error) => tracing::error!(%error, "comparing the books ended by a panic"),
            }
        }
    }

    fn compare_if_due(&self) -> Result<Option<Report>, NightError> {
        let now = self.desk.clock.now();
        if hall_time(now).time() < self.at {
            return Ok(None);
        }
        let (date, now_ms) = (business_date(now).to_string(), now.as_millisecond());
        let begin = move |session: &dyn Session| store::begin_reconciliation(session, &date, now_ms);
        if self.desk.store.run_waiting(begin)? {
            return compare(&self.desk.store, &self.files, now).map(Some);
        }
        Ok(None)
    }
}

/// Compares the three sides and keeps what differs. Again on the same day it finds the same.
pub(crate) fn compare(store: &Store, files: &Files, now: Timestamp) -> Result<Report, NightError> {
    let before = store.run_waiting(store::orders_to_compare)?;
    let channel = files.channel.settlement().ok_or(NightError::NoFile { side: "channel" })?;
    let billers = files.billers.booked().ok_or(NightError::NoFile { side: "billers" })?;
    let after = store.run_waiting(store::orders_to_compare)?;
    let report = at_rest(&before, after, channel, billers);
    let (kept, date, now_ms) = (report.clone(), business_date(now).to_string(), now.as_millisecond());
    store
        .run_waiting::<_, StoreError, _>(move |session| store::keep_report(session, &kept, &date, now_ms))?;
    Ok(report)
}

/// Compares what did not move while the files came; the rest is for the next night.
fn at_rest(
    before: &[HallOrder],
    after: Vec<HallOrder>,
    mut channel: Vec<SettledOrder>,
    mut billers: Vec<BookedLine>,
) -> Report {
    let known: HashSet<&HallOrder> = before.iter().collect();
    let (resting, moving): (Vec<HallOrder>, Vec<HallOrder>) =
        after.into_iter().partition(|order| known.contains(order));
    let moving: HashSet<String> = moving.into_iter().map(|order| order.order_id).collect();
    channel.retain(|row| !moving.contains(&row.order_id));
    billers.retain(|row| !moving.contains(&row.order_id));
    reconcile(channel, &resting, billers)
}

/// Writes `payments.csv`, and `statement-BILLER.csv` for each biller, into a folder. Says how many
/// rows there are.
pub fn export(database: &Database, folder: &Path) -> Result<usize, NightError> {
    let rows = Store::open(database)?.run_waiting(store::finance_rows)?;
    let mut statements: BTreeMap<&str, Vec<&FinanceRow>> = BTreeMap::new();
    for row in &rows {
        statements.entry(row.biller()).or_default().push(row);
    }
    write(&folder.join("payments.csv"), rows.iter())?;
    for (biller, rows) in statements {
        write(&folder.join(format!("statement-{biller}.csv")), rows.into_iter())?;
    }
    Ok(rows.len())
}

fn write<'a>(path: &Path, rows: impl Iterator<Item = &'a FinanceRow>) -> Result<(), NightError> {
    let failed = |source| NightError::Write { path: path.to_owned(), source };
    let mut file = csv::Writer::from_path(path).map_err(failed)?;
    for row in rows {
        file.serialize(row).map_err(failed)?;
    }
    file.flush().map_err(|error| failed(error.into()))
}
