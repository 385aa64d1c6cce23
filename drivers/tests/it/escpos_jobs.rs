//! Jobs that stop, go on, or are asked for twice.

use std::sync::mpsc;
use std::thread;

use drivers::receipt_printer::escpos::Confirm;
use drivers::receipt_printer::{
    EscPosPrinter, EscPosSettings, PrintJob, PrintOutcome, PrinterFault, ReceiptPrinter,
};
use drivers::simulator::{PaperLevel, PrinterSim};

use crate::escpos_driver::{numbered, pair, print, settings};
use crate::support::path;

fn again(job: &PrintJob) -> PrintJob {
    PrintJob { copy: job.copy + 1, ..job.clone() }
}

#[test]
fn a_print_that_was_sent_is_not_sent_again_under_the_same_number() {
    let (sim, mut printer) = pair();
    let job = numbered(3);
    assert_eq!(print(&mut printer, &job), PrintOutcome::Printed);
    assert_eq!(print(&mut printer, &job), PrintOutcome::NotStarted(PrinterFault::SentBefore));
    assert_eq!(print(&mut printer, &again(&job)), PrintOutcome::Printed);
    assert_eq!(print(&mut printer, &job), PrintOutcome::NotStarted(PrinterFault::SentBefore));
    assert_eq!(sim.printed().len(), 2);
}

#[test]
fn a_print_that_never_began_may_begin_later_under_the_same_number() {
    let (sim, mut printer) = pair();
    let job = numbered(3);
    sim.set_paper(PaperLevel::Out);
    assert_eq!(print(&mut printer, &job), PrintOutcome::NotStarted(PrinterFault::PaperOut));
    sim.refill();
    assert_eq!(print(&mut printer, &job), PrintOutcome::Printed);
}

#[test]
fn the_late_confirmation_of_an_interrupted_print_does_not_confirm_its_reprint() {
    let (sim, mut printer) = pair();
    let job = numbered(8);
    sim.out_after_lines(3);
    assert!(matches!(print(&mut printer, &job), PrintOutcome::Interrupted { lines_confirmed: 0, .. }));
    sim.refill();
    sim.out_after_lines(15);
    let outcome = print(&mut printer, &again(&job));
    assert!(matches!(outcome, PrintOutcome::Interrupted { lines_confirmed: 0, .. }), "{outcome:?}");
}

#[test]
fn late_answers_without_identity_do_not_confirm_a_reprint_either() {
    let sim = PrinterSim::start(None, 0).unwrap();
    sim.set_ignores_process_id(true);
    let settings = EscPosSettings { confirm: Confirm::GsR, ..settings() };
    let mut printer = EscPosPrinter::on_port(path(sim.path()), settings);
    let job = numbered(20);
    sim.out_after_lines(3);
    assert!(matches!(print(&mut printer, &job), PrintOutcome::Interrupted { lines_confirmed: 0, .. }));
    sim.refill();
    // The rest of the first print with its feed is 21 lines, the cut of its own feeds 4.
    sim.out_after_lines(21 + 4 + 2);
    let outcome = print(&mut printer, &again(&job));
    assert_eq!(outcome, PrintOutcome::Interrupted { lines_confirmed: 0, fault: PrinterFault::PaperOut });
}

#[test]
fn a_head_that_is_too_hot_is_waited_for() {
    let sim = PrinterSim::start(None, 2).unwrap();
    let mut printer = EscPosPrinter::on_port(path(sim.path()), settings());
    let cool = sim.clone();
    let (heated, is_hot) = mpsc::channel();
    let cooling = thread::spawn(move || {
        is_hot.recv().unwrap();
        cool.set_overheated(false);
    });
    let outcome = printer.print(&numbered(60), &mut |percent| {
        if percent == 13 {
            // The printer tells of it at once, before it cools down.
            sim.set_overheated(true);
            heated.send(()).unwrap();
        }
    });
    cooling.join().unwrap();
    assert_eq!(outcome.outcome, PrintOutcome::Printed);
}

#[test]
fn a_head_that_stays_too_hot_interrupts_the_job() {
    let sim = PrinterSim::start(None, 2).unwrap();
    let mut printer = EscPosPrinter::on_port(path(sim.path()), EscPosSettings::default().scaled(100));
    let outcome = printer.print(&numbered(60), &mut |percent| {
        if percent >= 13 {
            sim.set_overheated(true);
        }
    });
    assert!(
        matches!(
            outcome.outcome,
            PrintOutcome::Interrupted { lines_confirmed: 8.., fault: PrinterFault::Overheated }
        ),
        "{outcome:?}"
    );
    let status = printer.status().unwrap();
    assert_eq!((status.overheated, status.fault()), (true, Some(PrinterFault::Overheated)));
}

#[test]
fn a_recoverable_error_is_cleared_and_the_rest_of_the_last_slip_cut_off() {
    let (sim, mut printer) = pair();
    sim.out_after_lines(3);
    let job = numbered(8);
    assert!(matches!(print(&mut printer, &job), PrintOutcome::Interrupted { .. }));
    sim.set_recoverable_error();
    sim.refill();
    sim.clear_printed();
    assert_eq!(print(&mut printer, &again(&job)), PrintOutcome::Printed);
    let slips = sim.printed();
    assert_eq!(slips.len(), 1, "the buffer was cleared");
    assert_eq!(slips[0].lines[0].text, "line 0");
}

#[test]
fn the_settings_say_how_many_lines_are_left_after_the_near_end() {
    let sim = PrinterSim::start(None, 0).unwrap();
    let settings = EscPosSettings { lines_at_near_end: 100, ..settings() };
    let mut printer = EscPosPrinter::on_port(path(sim.path()), settings);
    assert_eq!(printer.status().unwrap().lines_left, None);
    sim.set_paper(PaperLevel::Low);
    assert_eq!(printer.status().unwrap().lines_left, Some(100));
    assert_eq!(print(&mut printer, &numbered(30)), PrintOutcome::Printed);
    assert_eq!(printer.status().unwrap().lines_left, Some(70));
    sim.refill();
    assert_eq!(printer.status().unwrap().lines_left, None);
}
