//! Where the hall is and how long the link waits for what.

use std::path::PathBuf;

/// Settings of the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HallLinkSettings {
    /// Address of the hall, such as `https://hall.example:8720`, without the path.
    pub url: String,
    /// The kiosk's code.
    pub kiosk: String,
    /// Folder of the kiosk's certificate, for a hall that wants one.
    pub identity: Option<PathBuf>,
    /// Longest wait for an answer; a resident stands before the screen.
    pub timeout_ms: u64,
    /// How long the hall may keep an inbox question open; below the 30 s after which middle boxes cut.
    pub long_poll_ms: u64,
    /// Between two heartbeats while online.
    pub heartbeat_ms: u64,
    /// Shortest wait before a retry; while offline the heartbeat comes after one to three times this.
    pub backoff_min_ms: u64,
    /// Longest wait before a retry; retries never end.
    pub backoff_max_ms: u64,
}

impl HallLinkSettings {
    /// The usual settings for a hall and a kiosk.
    #[must_use]
    pub fn new(url: impl Into<String>, kiosk: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            kiosk: kiosk.into(),
            identity: None,
            timeout_ms: 12_000,
            long_poll_ms: 25_000,
            heartbeat_ms: 10_000,
            backoff_min_ms: 1_000,
            backoff_max_ms: 300_000,
        }
    }
}
