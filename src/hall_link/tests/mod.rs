//! The link against a hall of a few lines on a loopback port.

mod delivery;
mod fake_hall;
mod inbox;
mod link;
mod question;

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fake_hall::{Answer, FakeHall};

use super::{HallLink, HallLinkSettings, HallNews};
use crate::journal::Journal;

/// Longest wait for news; only a broken test gets there.
const PATIENCE: Duration = Duration::from_secs(20);

struct Bench {
    link: HallLink,
    journal: Journal,
    news: Receiver<HallNews>,
    _dir: tempfile::TempDir,
}

impl Bench {
    /// A link to a hall, with waits that are small enough for a test.
    fn start(url: String) -> Self {
        Self::prepared(url, |_| {})
    }

    /// The same, with a journal that already holds something.
    fn prepared(url: String, prepare: impl FnOnce(&Journal)) -> Self {
        let (dir, journal) = crate::journal::tests::fresh();
        prepare(&journal);
        let (sender, news) = channel();
        let sender = Mutex::new(sender);
        let sink = Arc::new(move |news| drop(sender.lock().unwrap().send(news)));
        let settings = HallLinkSettings {
            timeout_ms: 500,
            long_poll_ms: 200,
            heartbeat_ms: 50,
            backoff_min_ms: 10,
            backoff_max_ms: 40,
            ..HallLinkSettings::new(url, "BT07")
        };
        let link = HallLink::start(settings, journal.clone(), sink).unwrap();
        Self { link, journal, news, _dir: dir }
    }

    /// Waits for news of a kind; other news is passed over.
    fn wait<T>(&self, wanted: impl Fn(&HallNews) -> Option<T>) -> T {
        loop {
            let news = self.news.recv_timeout(PATIENCE).unwrap();
            if let Some(found) = wanted(&news) {
                return found;
            }
        }
    }

    fn wait_online(&self, wanted: bool) {
        self.wait(|news| matches!(news, HallNews::Link { online } if *online == wanted).then_some(()));
    }

    fn wait_delivered(&self) -> String {
        self.wait(|news| match news {
            HallNews::Delivered { status } => Some(status.order_id.clone()),
            _ => None,
        })
    }
}
