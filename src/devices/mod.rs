//! From configuration to running drivers to health: one thread per port, the only user of the crate
//! `drivers`.
//!
//! A thread takes orders from a channel, works its blocking driver and tells what came of it through the
//! [`Sink`]. Between orders it looks after the device, so that the kiosk knows what it can promise. What a
//! thread has been told and not yet finished is counted in [`Devices::in_flight`].

mod build;
mod health;
mod news;
mod printer;
mod reader;
pub mod shell;
mod terminal;
mod work;

pub use build::{DeviceConfigError, Settings};
pub use health::DeviceHealth;
pub use news::{DeviceNews, PrintNews, Sink};

use std::sync::Arc;

use drivers::CancelToken;

use crate::money::{Method, OrderId};
use crate::slip::PaperLine;
use work::{Desk, Load};

/// Everything that hangs on the kiosk's ports.
pub struct Devices {
    load: Load,
    reader: Option<Desk<reader::Order>>,
    printer: Option<Desk<printer::Order>>,
    terminal: Option<Desk<terminal::Order>>,
    sale: CancelToken,
    board: health::Board,
}

impl Devices {
    /// Starts a thread for each configured device.
    #[must_use]
    pub fn start(settings: Settings, sink: Sink) -> Self {
        let load = Load::default();
        let (sink, places) = (Arc::new(sink), &load);
        Self {
            reader: settings.reader.map(|reader| reader::start(reader, Arc::clone(&sink), places)),
            printer: settings.printer.map(|printer| printer::start(printer, Arc::clone(&sink), places)),
            terminal: settings.terminal.map(|terminal| terminal::start(terminal, Arc::clone(&sink), places)),
            load,
            sale: CancelToken::new(),
            board: settings.board,
        }
    }

    /// Orders that are under way; a card that is awaited does not count.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.load.get()
    }

    /// How each configured device is, with the numbers of its port.
    #[must_use]
    pub fn health(&self) -> Vec<DeviceHealth> {
        self.board.read()
    }

    /// Whether each configured device has said how it is.
    #[must_use]
    pub const fn all_told(&self, reader: bool, printer: bool, terminal: bool) -> bool {
        (reader || self.reader.is_none())
            && (printer || self.printer.is_none())
            && (terminal || self.terminal.is_none())
    }

    /// Starts looking for an ID card.
    pub fn read_card(&self) {
        if let Some(reader) = &self.reader {
            reader.tell(reader::Order::Read);
        }
    }

    /// Stops looking for an ID card.
    pub fn stop_reading(&self) {
        if let Some(reader) = &self.reader {
            reader.tell(reader::Order::Stop);
        }
    }

    /// Charges an order; its answer comes as [`DeviceNews::Sale`].
    pub fn sale(&mut self, order: OrderId, amount_fen: i64, method: Method, sink_if_absent: &Sink) {
        self.sale = CancelToken::new();
        let cancel = self.sale.clone();
        match &self.terminal {
            Some(terminal) => terminal.tell(terminal::Order::Sale { order, amount_fen, method, cancel }),
            None => sink_if_absent(DeviceNews::no_terminal(order)),
        }
    }

    /// Asks the terminal to stop the sale under way; only its result says whether it did.
    pub fn cancel_sale(&self) {
        self.sale.cancel();
    }

    /// Asks the terminal about an order.
    pub fn query(&self, order: OrderId) {
        if let Some(terminal) = &self.terminal {
            terminal.tell(terminal::Order::Query(order));
        }
    }

    /// Asks the terminal to take a charge back.
    pub fn reverse(&self, order: OrderId) {
        if let Some(terminal) = &self.terminal {
            terminal.tell(terminal::Order::Reverse(order));
        }
    }

    /// Prints a slip; what comes of it arrives as [`DeviceNews::Print`].
    pub fn print(&self, job: u64, copy: u32, lines: Vec<PaperLine>) -> bool {
        let Some(printer) = &self.printer else { return false };
        printer.tell(printer::Order::Print { job, copy, lines });
        true
    }
}

impl Drop for Devices {
    /// A sale under way is asked to stop, so that the end does not wait for its whole time-out; what becomes
    /// of it is asked after the next start.
    fn drop(&mut self) {
        self.sale.cancel();
    }
}
