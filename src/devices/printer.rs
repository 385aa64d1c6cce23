//! The thread of the receipt printer.

use std::sync::Arc;
use std::time::Duration;

use drivers::receipt_printer::{
    Align, Paper, PaperLine as DriverLine, PrintJob, PrintOutcome, ReceiptPrinter,
};

use crate::slip::{self, PaperLine};
use crate::visit::Printer as Facts;

use super::health::Health;
use super::news::PrintNews;
use super::work::{Desk, Inbox, Load, Next};
use super::{DeviceNews, Sink};

/// What the printer can be told.
pub enum Order {
    /// Print a slip.
    Print {
        /// Identity of the job.
        job: u64,
        /// Which print of it; 0 is the first.
        copy: u32,
        /// Its lines.
        lines: Vec<PaperLine>,
    },
}

/// A printer with its waits.
pub struct Printer {
    /// The driver.
    pub driver: Box<dyn ReceiptPrinter>,
    /// Between two questions about its state.
    pub probe_interval: Duration,
    /// The same while it is not well.
    pub lost_interval: Duration,
    /// How it is.
    pub health: Health,
}

/// Starts the thread.
pub fn start(printer: Printer, sink: Arc<Sink>, load: &Load) -> Desk<Order> {
    Desk::open("receipt-printer", load, move |inbox| Post { printer, sink, facts: None }.run(&inbox))
}

struct Post {
    printer: Printer,
    sink: Arc<Sink>,
    facts: Option<Facts>,
}

impl Post {
    fn run(mut self, inbox: &Inbox<Order>) {
        self.look_after();
        loop {
            let interval = match self.facts {
                Some(Facts::Ready) => self.printer.probe_interval,
                _ => self.printer.lost_interval,
            };
            match inbox.next(interval) {
                Next::Serve(Order::Print { job, copy, lines }) => {
                    self.print(job, copy, &lines);
                    inbox.done();
                }
                Next::Look => self.look_after(),
                Next::End => return,
            }
        }
    }

    fn look_after(&mut self) {
        let found = self.printer.driver.status();
        self.printer.health.look(found.as_ref().map(|status| status.state));
        let facts = match found {
            Ok(status) if status.fault().is_none() => Facts::Ready,
            Ok(status) if status.paper == Paper::Out => Facts::PaperOut,
            // Whoever is about to pay is asked already after one silence, though the printer is not lost yet.
            Ok(_) | Err(_) => Facts::Absent,
        };
        if self.facts.replace(facts) != Some(facts) {
            (self.sink)(DeviceNews::Printer(facts));
        }
    }

    fn print(&mut self, job: u64, copy: u32, lines: &[PaperLine]) {
        let sink = Arc::clone(&self.sink);
        let mut progress = |percent| sink(DeviceNews::Print(job, PrintNews::Progress(percent)));
        // The journal keeps the whole identity.
        let id = u32::try_from(job % u64::from(u32::MAX)).unwrap_or(0);
        let lines = lines.iter().map(driver_line).collect();
        let report = self.printer.driver.print(&PrintJob { id, copy, lines }, &mut progress);
        if report.missing_characters > 0 {
            tracing::warn!(job, missing = report.missing_characters, "no font has some characters of a slip");
        }
        self.look_after();
        (self.sink)(DeviceNews::Print(
            job,
            match report.outcome {
                PrintOutcome::Printed => PrintNews::Printed,
                PrintOutcome::NotStarted(_) => PrintNews::NotStarted,
                PrintOutcome::Interrupted { lines_confirmed, .. } => PrintNews::Interrupted(lines_confirmed),
                PrintOutcome::Doubtful(_) => PrintNews::Doubtful,
            },
        ));
    }
}

fn driver_line(line: &PaperLine) -> DriverLine {
    match line {
        PaperLine::Text { text, align, bold, double } => DriverLine::Text {
            text: text.clone(),
            align: match align {
                slip::Align::Left => Align::Left,
                slip::Align::Center => Align::Center,
            },
            bold: *bold,
            double: *double,
        },
        PaperLine::Rule => DriverLine::Rule,
        PaperLine::Qr { data } => DriverLine::Qr { data: data.clone(), module: QR_MODULE_DOTS },
        PaperLine::Feed(lines) => DriverLine::Feed(*lines),
    }
}

/// Dots of one QR module: 25 mm for a reference on 203 dpi paper, easy for a phone at arm's length.
const QR_MODULE_DOTS: u8 = 6;
