//! A4 printer, IPP.

use drivers::CancelToken;
use drivers::document_printer::{
    DocumentFault, DocumentJob, DocumentOutcome, DocumentPrinter, DocumentProgress, IppPrinter, IppSettings,
};
use drivers::simulator::{DocumentSim, LostAnswer};

use super::{Row, compare};

const BEFORE_A_JOB: &str = "the state before a job";
const TAKING: &str = "the job to be taken";
const IN_A_JOB: &str = "the end of a job";
const BY_NAME: &str = "by looking for the job by its name";

/// A printer breaks before the job, or at its first sheet.
struct Fault<'a> {
    state: &'static str,
    name: &'static str,
    heals: &'static str,
    before: &'a dyn Fn(&DocumentSim),
    within: &'a dyn Fn(&DocumentSim),
}

const REASONS: [(&str, &str, &str); 7] = [
    ("no paper", "media-empty-error", "when paper is put in"),
    ("jam", "media-jam-error", "when the jam is cleared"),
    ("door open", "door-open", "when it is closed"),
    ("no toner", "toner-empty-error", "with a new cartridge"),
    ("tray full", "output-area-full-error", "when it is emptied"),
    ("too hot", "fuser-over-temp-error", "when it has cooled down"),
    ("paused", "paused", "when it is resumed"),
];

fn pair() -> (DocumentSim, IppPrinter) {
    let sim = DocumentSim::start().unwrap();
    let settings = IppSettings {
        job_interval_ms: 1,
        answer_timeout_ms: 2000,
        job_timeout_ms: 10_000,
        ..IppSettings::default()
    };
    let printer = IppPrinter::new(&sim.uri(), settings).unwrap();
    (sim, printer)
}

fn document(id: &str) -> DocumentJob {
    let pdf = format!("%PDF-1.4\n{}", "<< /Type /Page >>\n".repeat(4)).into_bytes();
    DocumentJob { id: id.to_owned(), copy: 0, pdf }
}

#[test]
fn the_document_printer_survives_every_fault_in_every_state() {
    let nothing: &dyn Fn(&DocumentSim) = &|_| {};
    let mut rows = Vec::new();
    let mut play = |state, name, heals, before: &dyn Fn(&DocumentSim), within: &dyn Fn(&DocumentSim)| {
        rows.push(row(&Fault { state, name, heals, before, within }));
    };
    for (name, reason, heals) in REASONS {
        play(BEFORE_A_JOB, name, heals, &|sim| sim.stop_for(&[reason]), nothing);
    }
    play(BEFORE_A_JOB, "silence", "when it answers again", &|sim| sim.set_silent(true), nothing);
    play(BEFORE_A_JOB, "it takes no jobs", "when its queue is opened", &|sim| sim.set_rejects(true), nothing);
    for (name, lost) in
        [("the answer is lost", LostAnswer::AfterTaking), ("job and answer are lost", LostAnswer::WithTheJob)]
    {
        play(TAKING, name, BY_NAME, &|sim| sim.lose_next_answer(lost), nothing);
    }
    for (name, reason, heals) in REASONS {
        play(IN_A_JOB, name, heals, nothing, &|sim| sim.stop_for(&[reason]));
    }
    play(IN_A_JOB, "silence", BY_NAME, nothing, &|sim| sim.set_silent(true));
    play(IN_A_JOB, "it gives the job up", "with a new job", nothing, &DocumentSim::abort_jobs);
    compare("document-printer", rows);
}

/// Plays one job, and mends a stopped printer as soon as it says why.
fn row(fault: &Fault<'_>) -> Row {
    let (sim, mut printer) = pair();
    (fault.before)(&sim);
    let (mut said, mut is_broken) = (None, false);
    let outcome = printer.print(&document("A1"), &CancelToken::new(), &mut |step| match step {
        DocumentProgress::Stopped(why) => {
            said = Some(why);
            sim.go_on_with(&[]);
        }
        _ if !is_broken => {
            is_broken = true;
            (fault.within)(&sim);
        }
        _ => {}
    });
    let whole = sim.documents().iter().filter(|document| document.complete).count();
    match outcome {
        DocumentOutcome::Printed => assert_eq!(whole, 1, "{}", fault.name),
        DocumentOutcome::NotStarted(_) => assert_eq!(whole, 0, "{}", fault.name),
        _ => assert!(whole <= 1, "{}", fault.name),
    }
    sim.set_silent(false);
    sim.set_rejects(false);
    sim.go_on_with(&[]);
    ends_once(&sim, &mut printer, outcome);
    let (answer, resident, technician) = words(outcome, said);
    let Fault { state, name, heals, .. } = *fault;
    Row { state, fault: name, answer, resident: resident.to_owned(), technician, heals }
}

/// A job that is in doubt or did not begin is asked for again, and comes out once; then another one does.
fn ends_once(sim: &DocumentSim, printer: &mut IppPrinter, outcome: DocumentOutcome) {
    let mut print = |id: &str| printer.print(&document(id), &CancelToken::new(), &mut |_| {});
    if matches!(outcome, DocumentOutcome::Doubtful(_) | DocumentOutcome::NotStarted(_)) {
        assert_eq!(print("A1"), DocumentOutcome::Printed);
    }
    assert_eq!(print("A2"), DocumentOutcome::Printed);
    let named = |id: &str| sim.documents().iter().filter(|document| document.name.contains(id)).count();
    assert_eq!((named("A1"), named("A2")), (1, 1));
}

fn words(outcome: DocumentOutcome, said: Option<DocumentFault>) -> (String, &'static str, String) {
    match (outcome, said) {
        (DocumentOutcome::Printed, None) => ("printed".to_owned(), "take the sheets", "online".to_owned()),
        (DocumentOutcome::Printed, Some(fault)) => (
            format!("stopped: {}, then printed", word(fault)),
            "asked to wait, then to take the sheets",
            word(fault),
        ),
        (DocumentOutcome::NotStarted(fault), _) => (
            format!("not started: {}", word(fault)),
            "printing is out of use, said before anything is chosen",
            word(fault),
        ),
        (DocumentOutcome::Interrupted { fault, .. }, _) => (
            format!("interrupted: {}", word(fault)),
            "told that sheets are missing; printed anew",
            word(fault),
        ),
        (DocumentOutcome::Canceled { .. }, _) => ("canceled".to_owned(), "canceled", "online".to_owned()),
        (DocumentOutcome::Doubtful(fault), _) => (
            format!("doubtful: {}", word(fault)),
            "asked to wait until the printer says what became of it",
            word(fault),
        ),
    }
}

fn word(fault: DocumentFault) -> String {
    serde_json::to_value(fault).unwrap().as_str().unwrap().to_owned()
}
