//! What a port has seen, for the technician and the hall: numbers only, never bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::clock::unix_ms;

/// Counts of one port. A clone counts into the same numbers; they live as long as the program, over every
/// loss of the port.
#[derive(Clone, Debug, Default)]
pub struct PortCounters(Arc<Cells>);

#[derive(Debug, Default)]
struct Cells {
    bytes_in: AtomicU64,
    bytes_out: AtomicU64,
    frames: AtomicU64,
    checksum_errors: AtomicU64,
    retries: AtomicU64,
    opened: AtomicU64,
    last_ok_ms: AtomicU64,
    /// 0 unknown, 1 down, 2 up.
    ready_line: AtomicU8,
}

/// The numbers at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PortCounts {
    /// Bytes received.
    pub bytes_in: u64,
    /// Bytes sent.
    pub bytes_out: u64,
    /// Whole frames received.
    pub frames: u64,
    /// Frames whose checksum, length or end was wrong.
    pub checksum_errors: u64,
    /// Frames sent again.
    pub retries: u64,
    /// How often the port was opened; one more than its losses.
    pub opened: u64,
    /// When the last whole frame came, in ms since 1970 UTC; `None` if none ever did.
    pub last_ok_ms: Option<u64>,
}

impl PortCounters {
    /// Counts that start at 0.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A whole frame arrived: the device works at this moment.
    pub fn frame(&self) {
        self.0.frames.fetch_add(1, Ordering::Relaxed);
        self.0.last_ok_ms.store(unix_ms(), Ordering::Relaxed);
    }

    /// A frame arrived damaged.
    pub fn checksum_error(&self) {
        self.0.checksum_errors.fetch_add(1, Ordering::Relaxed);
    }

    /// A frame is sent again.
    pub fn retry(&self) {
        self.0.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn received(&self, bytes: usize) {
        self.0.bytes_in.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn sent(&self, bytes: usize) {
        self.0.bytes_out.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn opened(&self) {
        self.0.opened.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn ready_line(&self, up: Option<bool>) {
        self.0.ready_line.store(up.map_or(0, |up| 1 + u8::from(up)), Ordering::Relaxed);
    }

    /// Whether the device held its "data set ready" line when it was last asked for something or silent;
    /// `None` where the port has no such line, as USB devices and pseudo-terminals have none.
    #[must_use]
    pub fn is_powered(&self) -> Option<bool> {
        match self.0.ready_line.load(Ordering::Relaxed) {
            0 => None,
            line => Some(line == 2),
        }
    }

    /// The numbers now.
    #[must_use]
    pub fn counts(&self) -> PortCounts {
        let read = |cell: &AtomicU64| cell.load(Ordering::Relaxed);
        let last_ok_ms = read(&self.0.last_ok_ms);
        PortCounts {
            bytes_in: read(&self.0.bytes_in),
            bytes_out: read(&self.0.bytes_out),
            frames: read(&self.0.frames),
            checksum_errors: read(&self.0.checksum_errors),
            retries: read(&self.0.retries),
            opened: read(&self.0.opened),
            last_ok_ms: (last_ok_ms > 0).then_some(last_ok_ms),
        }
    }
}
