//! What happened to a simulated device, for whoever watches.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

/// Events kept for a watcher; one that looks each second loses none.
const MAX_EVENTS: usize = 256;

/// One event. Nothing personal is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum SimEvent {
    /// The cable is in and the pseudo-terminal exists.
    Plugged,
    /// The cable is out.
    Unplugged,
    /// A scripted fault struck what the device sent.
    Fault {
        /// Its kind, as in a script.
        kind: &'static str,
    },
    /// A card lies on the reader.
    CardLaid,
    /// The reader is empty.
    CardLifted,
    /// The card was read to the end.
    CardRead,
    /// A code was sent to the host.
    CodeSent,
    /// The host lit the scanner.
    ScannerLit,
    /// A slip was cut, or torn by the end of the paper.
    Slip {
        /// Its lines.
        lines: usize,
        /// Whether it was cut.
        complete: bool,
    },
    /// The printer stopped for want of paper.
    PaperOut,
    /// Bytes that are no command the simulator knows.
    UnknownCommand {
        /// The first two of them.
        bytes: [u8; 2],
    },
    /// The terminal granted a link.
    LinkUp,
    /// The terminal dropped the link, because the host was silent.
    LinkDown,
    /// A sale arrived; the terminal waits for a card or code.
    SaleAsked {
        /// Order number.
        order: String,
        /// Amount in fen.
        amount_fen: i64,
    },
    /// A card or code came that does not fit the sale.
    WrongInstrument,
    /// The bank charged.
    Approved {
        /// Order number.
        order: String,
    },
    /// Nobody charged.
    Declined {
        /// Order number.
        order: String,
        /// Why.
        code: String,
    },
    /// A charge was undone.
    Reversed {
        /// Order number.
        order: String,
    },
}

/// A bounded list of events, shared between a device and its handle.
#[derive(Clone, Debug, Default)]
pub(super) struct Events(Arc<Mutex<VecDeque<SimEvent>>>);

impl Events {
    pub(super) fn push(&self, event: SimEvent) {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if events.len() >= MAX_EVENTS {
            events.pop_front();
        }
        events.push_back(event);
    }

    pub(super) fn take(&self) -> Vec<SimEvent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
    }
}
