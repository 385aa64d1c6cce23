//! What the kiosk's one actor takes from its queue.

use std::sync::mpsc::SyncSender;

use crate::devices::DeviceNews;
use crate::hall_link::HallNews;
use crate::money::Order;
use crate::visit::{Terminal, Touch};

/// Messages that may wait; touches and news come singly, a full queue means that the actor hangs.
pub const QUEUE_MAX: usize = 1_024;

/// One message.
pub enum Message {
    /// The resident touched.
    Touch(Touch),
    /// A device has news.
    Device(DeviceNews),
    /// The hall has news.
    Hall(HallNews),
    /// Time passed, or somebody wants to know: answer when everything before this is done.
    Ask(SyncSender<Answer>),
    /// Stop; orders go on at the next start.
    Stop,
}

/// Where the kiosk stands, for scripted visits and tests.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Nothing is under way: no device, no hall request, no slip.
    pub quiet: bool,
    /// Orders that are not final, or still watched.
    pub open: Vec<Order>,
    /// Rows that the hall has not acknowledged.
    pub unsent: u64,
    /// The hall answers.
    pub online: bool,
    /// The payment terminal.
    pub terminal: Terminal,
    /// Every configured device has said how it is.
    pub ready: bool,
}
