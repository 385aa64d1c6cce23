//! No print job is lost, doubled, or left unknown without a mark.

use drivers::receipt_printer::{
    EscPosPrinter, EscPosSettings, PaperLine, PrintJob, PrintOutcome, ReceiptPrinter,
};
use drivers::simulator::{PaperLevel, PrintedSlip, PrinterSim};

use crate::soak::{Dice, FAST, soak};
use crate::support::path;

/// Lines of a slip beside its head: two parts to be confirmed.
const LINES: usize = 10;

/// Tries of one job, the last ones without faults; a machine under load may not answer within 10 ms.
const TRIES: u64 = 500;

/// Tries that may meet a fault.
const SPOILED_TRIES: u64 = 3;

/// The lines of one try. A second try is marked, as the kiosk marks it.
fn lines(job: u64, attempt: u64) -> Vec<String> {
    let mark = if attempt > 0 { " AGAIN" } else { "" };
    (0..LINES).map(|line| format!("JOB {job} TRY {attempt} LINE {line}{mark}")).collect()
}

fn spoil(sim: &PrinterSim, dice: &mut Dice) {
    match dice.roll(10) {
        0..=3 => {}
        4 => sim.out_after_lines(dice.roll(LINES as u64 + 4) as usize),
        5 => sim.set_cover(true),
        6 => sim.set_cutter_stuck(true),
        7 => sim.set_silent(true),
        _ => sim.faults().add(dice.fault()),
    }
}

fn heal(sim: &PrinterSim) {
    sim.faults().clear();
    sim.plug_cable();
    sim.set_silent(false);
    sim.set_cover(false);
    sim.set_cutter_stuck(false);
    sim.set_paper(PaperLevel::Full);
}

/// How often this line stands on the paper.
fn times(paper: &[PrintedSlip], line: &str) -> usize {
    paper.iter().flat_map(|slip| &slip.lines).filter(|found| found.text.trim() == line).count()
}

fn whole(paper: &[PrintedSlip], wanted: &[String]) -> usize {
    let is_whole = |slip: &&PrintedSlip| {
        let texts: Vec<&str> = slip.lines.iter().map(|line| line.text.trim()).collect();
        slip.complete && texts.windows(wanted.len()).any(|part| part == wanted)
    };
    paper.iter().filter(is_whole).count()
}

fn judge(outcome: PrintOutcome, wanted: &[String], paper: &[PrintedSlip]) {
    let counts: Vec<usize> = wanted.iter().map(|line| times(paper, line)).collect();
    let said = format!("{outcome:?} of {}, on paper {counts:?}", wanted[0]);
    assert!(counts.iter().all(|count| *count <= 1), "doubled: {said}");
    match outcome {
        PrintOutcome::Printed => assert_eq!(whole(paper, wanted), 1, "lost: {said}"),
        PrintOutcome::NotStarted(_) => assert_eq!(counts.iter().sum::<usize>(), 0, "unknown: {said}"),
        PrintOutcome::Interrupted { lines_confirmed, .. } => {
            assert_eq!(counts.iter().take(lines_confirmed).sum::<usize>(), lines_confirmed, "lost: {said}");
        }
        PrintOutcome::Doubtful(_) => {}
    }
}

#[test]
fn no_print_job_is_lost_doubled_or_left_unknown_without_a_mark() {
    let sim = PrinterSim::start(None, 0).unwrap();
    let settings = drivers::with_waits_divided(&EscPosSettings::default(), FAST).unwrap();
    let mut printer = EscPosPrinter::on_port(path(sim.path()), settings);
    soak("print jobs", sim.faults(), |runs, mut dice| {
        let mut doubts = 0;
        for job in 0..runs {
            let mut tries = Vec::new();
            loop {
                let attempt = tries.len() as u64;
                assert!(attempt < TRIES, "job {job} never came out");
                if attempt < SPOILED_TRIES {
                    spoil(&sim, &mut dice);
                }
                let wanted = lines(job, attempt);
                let slip = wanted.iter().map(PaperLine::plain).collect();
                let print = PrintJob { id: job as u32, copy: attempt as u32, lines: slip };
                let outcome = printer.print(&print, &mut |_| {}).outcome;
                heal(&sim);
                tries.push((outcome, wanted));
                if outcome == PrintOutcome::Printed {
                    break;
                }
            }
            doubts += tries.len() - 1;
            // The last try is confirmed, so the printer has been through everything before it.
            let paper = sim.printed();
            tries.iter().for_each(|(outcome, wanted)| judge(*outcome, wanted, &paper));
            sim.clear_printed();
        }
        eprintln!("print jobs: {doubts} tries were not confirmed, each was printed again with its mark");
    });
}
