//! The thread of the ID card reader.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::Date;

use drivers::id_reader::{CardKind, IdCard, IdReader, ValidTo};
use drivers::status::UserFault;
use drivers::{CancelToken, DeviceError, DeviceState};

use crate::clock::Clock;
use crate::person::{CardKind as Kind, IdNumber, Person};
use crate::visit::CardFault;

use super::health::Health;
use super::work::{Desk, Inbox, Load, Next};
use super::{DeviceNews, Sink};

/// What the reader can be told.
pub enum Order {
    /// Look for a card until one is read.
    Read,
    /// Stop looking.
    Stop,
}

/// A reader with its waits.
pub struct Reader {
    /// The driver.
    pub driver: Box<dyn IdReader>,
    /// Between two looks for a card.
    pub find_interval: Duration,
    /// Between two questions whether the reader is well.
    pub probe_interval: Duration,
    /// Says what day it is: cards expire.
    pub clock: Arc<dyn Clock>,
    /// How it is.
    pub health: Health,
}

/// Starts the thread.
pub fn start(reader: Reader, sink: Arc<Sink>, load: &Load) -> Desk<Order> {
    Desk::open("id-reader", load, move |inbox| Post::new(reader, sink).run(&inbox))
}

struct Post {
    reader: Reader,
    sink: Arc<Sink>,
    reading: bool,
    /// A card was read and has not been lifted yet.
    lies: bool,
    ready: Option<bool>,
    probed: Option<Instant>,
}

impl Post {
    const fn new(reader: Reader, sink: Arc<Sink>) -> Self {
        Self { reader, sink, reading: false, lies: false, ready: None, probed: None }
    }

    fn run(mut self, inbox: &Inbox<Order>) {
        self.look_after();
        loop {
            match inbox.next(self.reader.find_interval) {
                Next::Serve(order) => {
                    self.reading = matches!(order, Order::Read);
                    inbox.done();
                }
                Next::Look => {}
                Next::End => return,
            }
            self.look_after();
        }
    }

    fn look_after(&mut self) {
        if self.lies {
            return self.watch_removal();
        }
        if self.reading {
            return self.read();
        }
        // A reader that is not well is looked at more often: it must be well again soon after it is back.
        let lost = self.ready == Some(false);
        if lost || self.probed.is_none_or(|at| at.elapsed() >= self.reader.probe_interval) {
            self.probed = Some(Instant::now());
            let found = self.reader.driver.probe();
            self.found(found.as_ref().map(|()| DeviceState::Online));
        }
    }

    fn found(&mut self, found: Result<DeviceState, &DeviceError>) {
        let ready = self.reader.health.look(found) == DeviceState::Online;
        if self.ready.replace(ready) != Some(ready) {
            (self.sink)(DeviceNews::Reader(ready));
        }
    }

    fn watch_removal(&mut self) {
        match self.reader.driver.card_present() {
            Ok(true) => {}
            // An error is not "removed", but a reader without a port has no card to leave behind.
            Err(error) if !error.is_port_loss() => {}
            Ok(false) | Err(_) => {
                self.lies = false;
                (self.sink)(DeviceNews::CardPresent(false));
            }
        }
    }

    fn read(&mut self) {
        match self.reader.driver.read_card(&CancelToken::new()) {
            Ok(None) => self.found(Ok(DeviceState::Online)),
            Ok(Some(card)) => {
                self.found(Ok(DeviceState::Online));
                self.reading = false;
                self.lies = true;
                (self.sink)(DeviceNews::CardPresent(true));
                (self.sink)(DeviceNews::Card(person(&card, self.reader.clock.local().date())));
            }
            Err(error) => self.failed(&error),
        }
    }

    fn failed(&mut self, error: &DeviceError) {
        // What a card says is no fault of the reader.
        let answered = matches!(error, DeviceError::UserError(_) | DeviceError::Protocol(_));
        self.found(if answered { Ok(DeviceState::Online) } else { Err(error) });
        if *error == DeviceError::UserError(UserFault::RemoveCard) {
            self.lies = true;
            return (self.sink)(DeviceNews::CardPresent(true));
        }
        (self.sink)(DeviceNews::Card(Err(match error {
            DeviceError::UserError(UserFault::LayCardAgain) => CardFault::Lifted,
            DeviceError::UserError(UserFault::UnsupportedCard) => CardFault::Unsupported,
            DeviceError::Protocol(_) => CardFault::Unreadable,
            DeviceError::Canceled => return,
            _ => CardFault::ReaderAbsent,
        })));
    }
}

/// The person on a card that is of a kind the kiosk serves and has not expired.
fn person(card: &IdCard, today: Date) -> Result<Person, CardFault> {
    let kind = match card.kind {
        CardKind::Resident => Kind::Resident,
        CardKind::HongKongMacauTaiwan => Kind::HongKongMacauTaiwan,
        CardKind::Foreigner2023 => Kind::Foreigner,
        CardKind::Foreigner2017 => return Err(CardFault::Unsupported),
    };
    let id_number = IdNumber::parse(&card.number, today).map_err(|_| CardFault::Unreadable)?;
    let person = Person { name: card.name.clone(), id_number, valid_to: valid_to(card), kind };
    if person.is_valid_on(today) { Ok(person) } else { Err(CardFault::Expired) }
}

fn valid_to(card: &IdCard) -> Option<Date> {
    let ValidTo::Date(date) = card.valid_to else { return None };
    let part = |value: u8| i8::try_from(value).unwrap_or(0);
    Date::new(i16::try_from(date.year()).unwrap_or(0), part(date.month()), part(date.day())).ok()
}
