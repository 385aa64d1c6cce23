//! How close a slip comes to the limit of its wire: `cargo bench -p drivers`.
//!
//! Between the driver and the simulated printer stands a wire that lets bytes through one after the other, as
//! fast as a UART does, in both directions. Measured is from the first byte of the slip to its last.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark may stop at the first surprise")]

mod wire;

use std::time::{Duration, Instant};

use drivers::port::{PortSettings, SerialPortLine};
use drivers::receipt_printer::{
    EscPosPrinter, EscPosSettings, PaperLine, PrintJob, PrintOutcome, ReceiptPrinter,
};
use drivers::simulator::PrinterSim;

use wire::Wire;

/// Bytes of the slip, without what surrounds it.
const SLIP_BYTES: usize = 600;

/// Slips for each rate; the median counts.
const ROUNDS: usize = 9;

struct Figures {
    bytes: usize,
    limit: Duration,
    took: Duration,
    /// From the call to the first byte on the wire.
    first: Duration,
}

fn main() {
    println!(
        "{:>7} {:>6} {:>10} {:>10} {:>7} {:>12}",
        "baud", "bytes", "limit", "took", "over", "first byte"
    );
    for baud in [9600, 19_200, 38_400, 57_600, 115_200] {
        let mut all: Vec<Figures> = (0..ROUNDS).map(|round| print_one(baud, round)).collect();
        all.sort_by_key(|figures| figures.took);
        let median = all.swap_remove(ROUNDS / 2);
        let over = 100.0 * (median.took.as_secs_f64() / median.limit.as_secs_f64() - 1.0);
        println!(
            "{baud:>7} {:>6} {:>7.1} ms {:>7.1} ms {over:>5.1} % {:>9.1} ms",
            median.bytes,
            1000.0 * median.limit.as_secs_f64(),
            1000.0 * median.took.as_secs_f64(),
            1000.0 * median.first.as_secs_f64(),
        );
    }
}

fn print_one(baud: u32, round: usize) -> Figures {
    let sim = PrinterSim::start(None, 0).unwrap();
    let wire = Wire::start(sim.path(), baud).unwrap();
    let settings = EscPosSettings { baud, ..EscPosSettings::default() };
    let line = SerialPortLine::new(PortSettings::new(wire.path().to_str().unwrap(), baud));
    let mut printer = EscPosPrinter::new(line, settings);
    printer.status().unwrap();
    wire.take_sent();
    let called = Instant::now();
    let job = PrintJob { id: u32::try_from(round).unwrap(), copy: 0, lines: slip() };
    let report = printer.print(&job, &mut |_| {});
    assert_eq!(report.outcome, PrintOutcome::Printed);
    figures(&wire.take_sent(), called, baud)
}

/// Lines as on a slip: labels and values of 48 columns, about 30 bytes each.
fn slip() -> Vec<PaperLine> {
    let mut lines = Vec::new();
    let mut bytes = 0;
    while bytes < SLIP_BYTES {
        let line = format!("{:<20}{:>28}", "No.", lines.len());
        bytes += line.len() + 1;
        lines.push(PaperLine::plain(line));
    }
    lines
}

/// The slip begins with the reset and ends with the last question for confirmation.
fn figures(sent: &[(u8, Instant)], called: Instant, baud: u32) -> Figures {
    let bytes: Vec<u8> = sent.iter().map(|(byte, _)| *byte).collect();
    let begin = bytes.windows(2).position(|pair| pair == [0x1B, 0x40]).expect("a reset");
    let end =
        bytes.windows(5).rposition(|found| found == [0x1D, 0x28, 0x48, 0x06, 0x00]).expect("a question") + 10;
    let byte_time = Duration::from_secs(10) / baud;
    let left = |at: usize| sent.get(at).expect("a byte").1;
    let count = end - begin + 1;
    Figures {
        bytes: count,
        limit: byte_time * u32::try_from(count).unwrap(),
        took: left(end) + byte_time - left(begin),
        first: left(0).saturating_duration_since(called).saturating_sub(byte_time),
    }
}
