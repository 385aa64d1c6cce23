//! `print`: a text on the receipt printer, line by line.

use drivers::port::PortCounters;
use drivers::receipt_printer::{PaperLine, PrintJob, PrintOutcome, ReceiptPrinter};
use serde_json::json;

use super::open::Place;
use super::{Ending, Report, ShellError};

impl Place {
    /// Prints a text and cuts. `job` is the number by which the printer confirms it.
    pub fn print(&self, text: &str, job: u32) -> Result<Report, ShellError> {
        let mut printer = self.printer(&PortCounters::new())?;
        let lines: Vec<PaperLine> = text.lines().map(PaperLine::plain).collect();
        let count = lines.len();
        let report = printer.print(&PrintJob { id: job, copy: 0, lines }, &mut |_| {});
        let (ending, said) = match report.outcome {
            PrintOutcome::Printed => (Ending::Done, format!("{count} lines printed")),
            PrintOutcome::NotStarted(fault) => (Ending::Failed, format!("nothing printed: {fault:?}")),
            PrintOutcome::Interrupted { lines_confirmed, fault } => (
                Ending::Failed,
                format!("stopped by {fault:?}; at least {lines_confirmed} of {count} lines are on paper"),
            ),
            PrintOutcome::Doubtful(fault) => {
                (Ending::Unknown, format!("nobody knows what is on paper: {fault:?}; look before you repeat"))
            }
        };
        let json = json!({
            "lines": count,
            "outcome": report.outcome,
            "missing-characters": report.missing_characters,
        });
        Ok(Report::new(ending, json, said))
    }
}
