//! What the visit may know of the world around it at one moment.

use jiff::civil::DateTime;

use crate::money::Fen;

use super::OutOfService;

/// State of the printer, as far as a resident cares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Printer {
    /// It prints.
    Ready,
    /// Paper has to be refilled.
    PaperOut,
    /// There is none, or it does not answer.
    #[default]
    Absent,
}

/// State of the payment terminal, as far as a resident cares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Terminal {
    /// It takes payments.
    Ready,
    /// An earlier order is not settled yet.
    Blocked,
    /// There is none, or it does not answer.
    #[default]
    Absent,
}

/// Facts at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    /// Monotonic milliseconds; never goes back.
    pub now_ms: u64,
    /// Date and time on the wall, at the hall's place.
    pub local: DateTime,
    /// The hall answers.
    pub online: bool,
    /// The receipt printer.
    pub printer: Printer,
    /// The ID card reader answers.
    pub reader_ready: bool,
    /// The payment terminal.
    pub terminal: Terminal,
    /// A card writer is configured and answers.
    pub card_writer: bool,
    /// Sum of offline orders that the hall has not acknowledged.
    pub unsent_fen: Fen,
    /// Why nobody can be served.
    pub out_of_service: OutOfService,
}

impl World {
    /// A world in which nothing answers yet.
    #[must_use]
    pub const fn dark(now_ms: u64, local: DateTime) -> Self {
        Self {
            now_ms,
            local,
            online: false,
            printer: Printer::Absent,
            reader_ready: false,
            terminal: Terminal::Absent,
            card_writer: false,
            unsent_fen: Fen::ZERO,
            out_of_service: OutOfService::Starting,
        }
    }
}
