//! `lucheng queue`: what the hall has not yet acknowledged.

use std::path::Path;
use std::process::ExitCode;

use crate::journal::{Journal, JournalSettings, OutboxRow};
use crate::money::OrderId;

use super::Outcome;
use super::arguments::{QueueArguments, QueueCommand};

/// Rows that are listed; a kiosk offline for a month holds fewer.
const LIST_MAX: u32 = 100_000;

pub fn run(arguments: &QueueArguments) -> Outcome {
    let journal = open(&arguments.state)?;
    match &arguments.command {
        QueueCommand::List => {
            for row in journal.outbox(LIST_MAX)? {
                println!("{}", line(&row, arguments.json));
            }
        }
        QueueCommand::Show { order } => show(&journal, &OrderId::parse(order)?)?,
        QueueCommand::Retry { order } => journal.release(&OrderId::parse(order)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A journal that does not exist is not made: the call was wrong.
fn open(dir: &Path) -> Result<Journal, Box<dyn std::error::Error>> {
    if !dir.is_dir() {
        return Err(format!("{} is not a state directory", dir.display()).into());
    }
    Ok(Journal::open(JournalSettings::new(dir))?)
}

fn line(row: &OutboxRow, json: bool) -> String {
    let order = &row.order;
    let total_fen = order.total().map_or(0, |total| total.get());
    let aside = row.set_aside.as_deref();
    if json {
        let id = order.id.to_string();
        let charge = order.charge.name();
        return serde_json::json!({
            "order": id, "charge": charge, "total_fen": total_fen,
            "attempts": row.attempts, "set_aside": aside,
        })
        .to_string();
    }
    let aside = aside.map(|reason| format!("  set aside: {reason}")).unwrap_or_default();
    format!(
        "{}  {:<16} {total_fen:>10} fen  {} attempts{aside}",
        order.id.grouped(),
        order.charge.name(),
        row.attempts
    )
}

fn show(journal: &Journal, id: &OrderId) -> Result<(), Box<dyn std::error::Error>> {
    let order = journal.order(id)?.ok_or("no such order in this journal")?;
    println!("{}  {}", order.id.grouped(), order.charge.name());
    for line in &order.lines {
        println!("  {}  {} fen  {:?}", line.fee, line.amount_fen.get(), line.state);
    }
    for (seq, step, version) in journal.steps(id)? {
        println!("  step {seq}: {step} (version {version})");
    }
    Ok(())
}
