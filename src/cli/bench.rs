//! `lucheng bench`: ratios against something run side by side, on the same disk, in the same run.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::journal::{Journal, JournalSettings};
use crate::money::{Charge, DeclineReason, Fen, Line, LineState, Method, Order, Step};

use super::Outcome;
use super::arguments::{BenchArguments, BenchWhat};

/// A block of the bare file: one page of SQLite.
const BLOCK: [u8; 4_096] = [0x5A; 4_096];

pub fn run(arguments: &BenchArguments) -> Outcome {
    match arguments.what {
        BenchWhat::Journal => journal(&arguments.dir, arguments.steps),
    }
}

/// Both sides take turns, so that whatever else the machine does hits both.
fn journal(dir: &Path, steps: u32) -> Outcome {
    let place = dir.join(format!("bench-{}", std::process::id()));
    fs::create_dir_all(&place)?;
    let measured = measure(&place, steps);
    fs::remove_dir_all(&place)?;
    let (bare, step) = measured?;
    println!("{steps} durable steps, taking turns on the same disk");
    report("append 4 KiB + fdatasync", &bare);
    report("journal step", &step);
    let ratio = |share| quantile(&step, share).as_secs_f64() / quantile(&bare, share).as_secs_f64();
    println!("ratio  p50 {:.2}  p99 {:.2}", ratio(50), ratio(99));
    Ok(ExitCode::SUCCESS)
}

type Times = Vec<Duration>;

fn measure(place: &Path, steps: u32) -> Result<(Times, Times), Box<dyn std::error::Error>> {
    let journal = Journal::open(JournalSettings::new(place.join("journal")))?;
    journal.set_epoch(1)?;
    let mut file = File::create(place.join("bare"))?;
    let (mut bare, mut step) = (Times::new(), Times::new());
    for _ in 0..steps / 2 {
        let order = order(&journal)?;
        bare.push(timed(|| append(&mut file))?);
        step.push(timed(|| Ok(journal.intend(&order, None)?))?);
        let declined = Step::Decline(DeclineReason::GaveUp);
        let next = order.apply(&declined)?;
        bare.push(timed(|| append(&mut file))?);
        step.push(timed(|| Ok(journal.record(&next, &declined)?))?);
    }
    bare.sort_unstable();
    step.sort_unstable();
    Ok((bare, step))
}

fn append(file: &mut File) -> Result<(), Box<dyn std::error::Error>> {
    file.write_all(&BLOCK)?;
    Ok(file.sync_data()?)
}

fn timed(
    work: impl FnOnce() -> Result<(), Box<dyn std::error::Error>>,
) -> Result<Duration, Box<dyn std::error::Error>> {
    let begin = Instant::now();
    work()?;
    Ok(begin.elapsed())
}

fn quantile(sorted: &Times, percent: usize) -> Duration {
    sorted.get(sorted.len().saturating_sub(1) * percent / 100).copied().unwrap_or(Duration::MAX)
}

fn report(name: &str, sorted: &Times) {
    let ms = |percent| quantile(sorted, percent).as_secs_f64() * 1_000.0;
    println!("{name:<26} p50 {:.3} ms  p99 {:.3} ms", ms(50), ms(99));
}

fn order(journal: &Journal) -> Result<Order, Box<dyn std::error::Error>> {
    let line = Line {
        fee: "BT-E01".to_owned(),
        account: "0101234567890".to_owned(),
        owner_masked: String::new(),
        tariff_item: None,
        quote_id: None,
        fields: Vec::new(),
        amount_fen: Fen::new(11_663)?,
        state: LineState::Waiting,
        reference: None,
        reason: None,
        balance_fen: None,
    };
    Ok(Order {
        id: journal.next_order_id("BT07")?,
        lines: vec![line],
        method: Method::Card,
        offline: false,
        made_at: "2026-11-24T10:26:00+08:00".to_owned(),
        payer: None,
        charge: Charge::Intended,
        late_approval: None,
        version: 1,
    })
}
