//! The A4 printer: the driver against a simulated printer over real HTTP.

use std::net::TcpListener;

use drivers::document_printer::{
    DocumentFault, DocumentJob, DocumentOutcome, DocumentPrinter, DocumentProgress, DocumentStatus,
    IppPrinter, IppSettings, Supply,
};
use drivers::simulator::{DocumentSim, LostAnswer};
use drivers::{CancelToken, DeviceError, DeviceState};

fn settings() -> IppSettings {
    IppSettings { job_interval_ms: 1, ..IppSettings::default() }
}

fn pair() -> (DocumentSim, IppPrinter) {
    let sim = DocumentSim::start().unwrap();
    let printer = IppPrinter::new(&sim.uri(), settings()).unwrap();
    (sim, printer)
}

fn document(id: &str, pages: usize) -> DocumentJob {
    let pdf = format!("%PDF-1.4\n{}", "<< /Type /Page >>\n".repeat(pages)).into_bytes();
    DocumentJob { id: id.to_owned(), copy: 0, pdf }
}

fn print(printer: &mut IppPrinter, job: &DocumentJob) -> DocumentOutcome {
    printer.print(job, &CancelToken::new(), &mut |_| {})
}

#[test]
fn a_document_comes_out_sheet_by_sheet() {
    let (sim, mut printer) = pair();
    let job = document("A1", 3);
    let mut steps = Vec::new();
    let outcome = printer.print(&job, &CancelToken::new(), &mut |step| steps.push(step));
    assert_eq!(outcome, DocumentOutcome::Printed);
    assert_eq!(steps, [1, 2].map(|sheets| DocumentProgress::Printing { sheets: Some(sheets) }));
    let documents = sim.documents();
    assert_eq!((documents.len(), documents[0].complete), (1, true));
    assert_eq!((documents[0].name.as_str(), &documents[0].pdf), ("lucheng A1 0", &job.pdf));
}

#[test]
fn the_state_says_what_is_wrong() {
    let (sim, mut printer) = pair();
    let status = printer.status().unwrap();
    let well =
        DocumentStatus { state: DeviceState::Online, paper: Supply::Full, toner: Supply::Full, fault: None };
    assert_eq!(status, well);
    sim.go_on_with(&["media-low-warning", "toner-low-report"]);
    assert_eq!(
        printer.status().unwrap(),
        DocumentStatus { paper: Supply::Low, toner: Supply::Low, ..well },
        "low supplies are no reason to stop"
    );
    for (reasons, state, fault) in [
        (vec!["media-empty-error"], DeviceState::Offline, DocumentFault::PaperOut),
        (vec!["media-needed"], DeviceState::Offline, DocumentFault::PaperOut),
        (vec!["toner-low-warning", "media-jam-error"], DeviceState::UserError, DocumentFault::Jammed),
        (vec!["door-open"], DeviceState::UserError, DocumentFault::CoverOpen),
        (vec!["marker-supply-empty-error"], DeviceState::Offline, DocumentFault::TonerOut),
        (vec!["output-area-full-error"], DeviceState::Offline, DocumentFault::OutputFull),
        (vec!["fuser-over-temp-error"], DeviceState::Offline, DocumentFault::Overheated),
        (vec!["opc-life-over-error"], DeviceState::HardwareError, DocumentFault::Hardware),
        (vec!["shutdown"], DeviceState::PoweredOff, DocumentFault::PoweredOff),
        (vec!["paused"], DeviceState::Offline, DocumentFault::Paused),
        (vec!["something-new-error"], DeviceState::Offline, DocumentFault::Offline),
    ] {
        sim.stop_for(&reasons);
        let status = printer.status().unwrap();
        assert_eq!((status.state, status.fault), (state, Some(fault)), "{reasons:?}");
    }
    sim.go_on_with(&[]);
    sim.set_rejects(true);
    assert_eq!(printer.status().unwrap().fault, Some(DocumentFault::Busy));
}

#[test]
fn nothing_is_sent_to_a_printer_that_cannot_print() {
    let (sim, mut printer) = pair();
    sim.stop_for(&["media-empty-error"]);
    let job = document("A1", 1);
    assert_eq!(print(&mut printer, &job), DocumentOutcome::NotStarted(DocumentFault::PaperOut));
    assert!(sim.documents().is_empty());
    sim.go_on_with(&[]);
    assert_eq!(print(&mut printer, &job), DocumentOutcome::Printed);
}

#[test]
fn paper_that_ends_in_the_middle_is_waited_for_and_told() {
    let (sim, mut printer) = pair();
    let mut steps = Vec::new();
    let outcome = printer.print(&document("A1", 4), &CancelToken::new(), &mut |step| {
        steps.push(step);
        match step {
            DocumentProgress::Printing { sheets: Some(2) } => sim.stop_for(&["media-empty-error"]),
            DocumentProgress::Stopped(_) => sim.go_on_with(&[]),
            _ => {}
        }
    });
    assert_eq!(outcome, DocumentOutcome::Printed);
    assert!(steps.contains(&DocumentProgress::Stopped(DocumentFault::PaperOut)), "{steps:?}");
    assert_eq!((sim.documents().len(), sim.documents()[0].sheets), (1, 4));
}

#[test]
fn a_lost_answer_never_prints_a_document_twice() {
    let (sim, mut printer) = pair();
    let job = document("A1", 2);
    sim.lose_next_answer(LostAnswer::AfterTaking);
    assert_eq!(print(&mut printer, &job), DocumentOutcome::Printed);
    assert_eq!(print(&mut printer, &job), DocumentOutcome::Printed, "asked again, it is found again");
    assert_eq!(sim.documents().len(), 1);
    let again = DocumentJob { copy: 1, ..job };
    assert_eq!(print(&mut printer, &again), DocumentOutcome::Printed);
    assert_eq!(sim.documents().len(), 2, "another copy is another job");
}

#[test]
fn a_job_that_was_lost_with_its_answer_is_in_doubt_and_can_be_sent_again() {
    let (sim, mut printer) = pair();
    let job = document("A1", 2);
    sim.lose_next_answer(LostAnswer::WithTheJob);
    assert_eq!(print(&mut printer, &job), DocumentOutcome::Doubtful(DocumentFault::Silent));
    assert_eq!(print(&mut printer, &job), DocumentOutcome::Printed);
    assert_eq!(sim.documents().len(), 1);
}

#[test]
fn a_printer_that_falls_silent_in_a_job_leaves_it_in_doubt_and_is_asked_later() {
    let (sim, mut printer) = pair();
    let job = document("A1", 5);
    let outcome = printer.print(&job, &CancelToken::new(), &mut |_| sim.set_silent(true));
    assert_eq!(outcome, DocumentOutcome::Doubtful(DocumentFault::Silent));
    sim.set_silent(false);
    assert_eq!(print(&mut printer, &job), DocumentOutcome::Printed);
    assert_eq!(sim.documents().len(), 1);
}

#[test]
fn a_cancel_is_a_request_and_the_printer_says_what_became_of_it() {
    let (sim, mut printer) = pair();
    let cancel = CancelToken::new();
    let asked = cancel.clone();
    let outcome = printer.print(&document("A1", 50), &cancel, &mut |_| asked.cancel());
    assert!(matches!(outcome, DocumentOutcome::Canceled { sheets: Some(1..50) }), "{outcome:?}");
    assert_eq!(
        printer.print(&document("A2", 1), &cancel, &mut |_| {}),
        DocumentOutcome::Canceled { sheets: None }
    );
    assert_eq!(sim.documents().len(), 1);
}

#[test]
fn a_job_that_does_not_end_is_taken_back() {
    let sim = DocumentSim::start().unwrap();
    let mut printer = IppPrinter::new(&sim.uri(), IppSettings { job_timeout_ms: 50, ..settings() }).unwrap();
    let outcome =
        printer.print(&document("A1", 4), &CancelToken::new(), &mut |_| sim.stop_for(&["media-jam-error"]));
    assert_eq!(outcome, DocumentOutcome::Interrupted { sheets: Some(1), fault: DocumentFault::TooSlow });
}

#[test]
fn a_job_that_the_printer_gives_up_is_interrupted() {
    let (sim, mut printer) = pair();
    let outcome = printer.print(&document("A1", 4), &CancelToken::new(), &mut |_| sim.abort_jobs());
    assert_eq!(outcome, DocumentOutcome::Interrupted { sheets: Some(1), fault: DocumentFault::Aborted });
}

#[test]
fn what_is_no_printer_is_said_to_be_none() {
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let mut printer = IppPrinter::new(&format!("ipp://127.0.0.1:{port}/ipp/print"), settings()).unwrap();
    assert!(matches!(printer.status(), Err(DeviceError::PortMissing { .. })));
    assert_eq!(
        print(&mut printer, &document("A1", 1)),
        DocumentOutcome::NotStarted(DocumentFault::Unreachable)
    );
    for uri in ["ipps://printer/ipp", "printer", "", "file:///dev/lp0"] {
        assert!(IppPrinter::new(uri, settings()).is_err(), "{uri}");
    }
}

#[test]
fn only_a_pdf_with_an_identity_is_sent() {
    let (sim, mut printer) = pair();
    for job in [
        DocumentJob { pdf: b"hello".to_vec(), ..document("A1", 1) },
        document("", 1),
        document("A1\n", 1),
        document(&"A".repeat(65), 1),
    ] {
        assert_eq!(
            print(&mut printer, &job),
            DocumentOutcome::NotStarted(DocumentFault::BadDocument),
            "{job:?}"
        );
    }
    assert!(sim.documents().is_empty());
}
