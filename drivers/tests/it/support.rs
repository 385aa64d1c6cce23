//! What the tests share.

use std::time::{Duration, Instant};

/// Longest wait for something that must happen: a loaded machine may stop a thread for seconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// `"AA 01"` as bytes.
pub fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

/// Tries until it gives something; fails after [`PATIENCE`].
pub fn wait_for<T>(what: &str, attempt: impl FnMut() -> Option<T>) -> T {
    wait_within(PATIENCE, what, attempt)
}

/// The same with a patience of one's own.
pub fn wait_within<T>(patience: Duration, what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let give_up = Instant::now() + patience;
    loop {
        if let Some(value) = attempt() {
            return value;
        }
        assert!(Instant::now() < give_up, "never happened: {what}");
        std::thread::yield_now();
    }
}

pub fn path(path: &std::path::Path) -> &str {
    path.to_str().unwrap()
}
