//! The composition root: builds the parts, owns their start and stop order, and runs the one actor.
//!
//! The actor owns the visit and the teller. It takes messages from one queue (touch, device, hall, time),
//! steps the pure machines and carries out what they ask for. What moves money is carried out only after its
//! journal entry is durable: see `Kiosk::perform`.

mod hall;
mod launch;
mod message;
mod orders;
mod slips;

pub use launch::{LaunchError, Running, Surroundings, identity_dir};
pub use message::{Answer, Message, QUEUE_MAX};

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use crate::clock::Clock;
use crate::devices::{DeviceNews, Devices, Sink};
use crate::hall_link::HallLink;
use crate::journal::{Journal, JournalError, StorageTrouble};
use crate::money::{Fen, Input, Order, OrderId, Teller, TellerSettings};
use crate::visit::{Effect, Event, OutOfService, Screen, Setting, Terminal, Ticket, Visit, World};
use slips::Spool;

/// How often the actor looks at the clock while nothing happens: the countdown shows seconds.
const TICK: Duration = Duration::from_millis(250);

/// Between two looks for slips that nobody came for.
const CLEANING_MS: u64 = 3_600_000;
/// How long a slip is held for its resident.
const SLIP_KEPT_S: i64 = 24 * 3_600;

/// The parts of a kiosk.
pub struct Parts {
    /// Catalogue, site, waits.
    pub setting: Arc<Setting>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Where everything is written down.
    pub journal: Journal,
    /// Everything on the ports.
    pub devices: Devices,
    /// The way to the hall.
    pub link: HallLink,
    /// Takes what is to be seen.
    pub show: Box<dyn FnMut(Screen) + Send>,
    /// Waits of the teller.
    pub teller: TellerSettings,
    /// Columns of the printer.
    pub columns: u8,
    /// A card writer is configured.
    pub card_writer: bool,
    /// Sends device news to this actor, for devices that do not exist.
    pub device_sink: Sink,
}

/// The actor.
pub struct Kiosk {
    parts: Parts,
    visit: Visit,
    teller: Teller,
    world: World,
    spool: Spool,
    /// Orders that wait for their hold.
    holding: HashMap<Ticket, Order>,
    /// The order that the visit has asked for last; of others it hears nothing until it looks at them.
    paying: Option<OrderId>,
    events: VecDeque<Event>,
    shown: Option<Screen>,
    told: Told,
    next_cleaning_ms: u64,
}

/// Which devices have said how they are, since the start.
#[derive(Default)]
struct Told {
    reader: bool,
    printer: bool,
    terminal: bool,
}

impl Kiosk {
    /// Takes the parts over and resumes what the journal holds.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let world = World::dark(parts.clock.now_ms(), parts.clock.local());
        let mut kiosk = Self {
            visit: Visit::new(Arc::clone(&parts.setting)),
            teller: Teller::new(parts.teller),
            world,
            spool: Spool::default(),
            holding: HashMap::new(),
            paying: None,
            events: VecDeque::new(),
            shown: None,
            told: Told::default(),
            next_cleaning_ms: 0,
            parts,
        };
        kiosk.world.card_writer = kiosk.parts.card_writer;
        kiosk.resume();
        kiosk
    }

    /// Serves messages until told to stop, or until nobody can send any more.
    pub fn run(mut self, messages: &Receiver<Message>) {
        self.after();
        loop {
            match messages.recv_timeout(TICK) {
                Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) if self.parts.clock.runs_by_itself() => self.tick(),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn take(&mut self, message: Message) {
        self.look_at_the_clock();
        match message {
            Message::Touch(touch) => self.events.push_back(Event::Touch(touch)),
            Message::Device(news) => self.device_told(news),
            Message::Hall(news) => self.hall_told(news),
            Message::Ask(answer) => {
                self.tick();
                // The asker may have gone.
                let _ = answer.try_send(self.answer());
            }
            Message::Stop => {}
        }
        self.after();
    }

    fn tick(&mut self) {
        self.look_at_the_clock();
        self.look_at_the_storage();
        let outputs = self.teller.handle(self.world.now_ms, Input::Tick);
        self.perform(outputs);
        self.print_next();
        self.events.push_back(Event::Tick);
        self.after();
    }

    /// A disk that was full may have room again, one that failed stops the service; slips that nobody came
    /// for are destroyed after a day.
    fn look_at_the_storage(&mut self) {
        match (self.parts.journal.trouble(), self.world.out_of_service) {
            (None, OutOfService::StorageFull) => self.world.out_of_service = OutOfService::None,
            // Another thread's write may have failed: nobody pays on a journal that takes nothing.
            (Some(StorageTrouble::StorageFailed), _) => {
                self.world.out_of_service = OutOfService::StorageFailed
            }
            _ => {}
        }
        if self.world.now_ms < self.next_cleaning_ms {
            return;
        }
        self.next_cleaning_ms = self.world.now_ms + CLEANING_MS;
        let a_day_ago_s = self.parts.clock.unix_s() - SLIP_KEPT_S;
        if let Err(error) = self.parts.journal.expire_slips(a_day_ago_s) {
            self.storage_failed(&error);
        }
    }

    fn look_at_the_clock(&mut self) {
        self.world.now_ms = self.parts.clock.now_ms();
        self.world.local = self.parts.clock.local();
    }

    /// Steps the visit through everything that happened, then shows the result once.
    fn after(&mut self) {
        while let Some(event) = self.events.pop_front() {
            self.refresh_world();
            for effect in self.visit.handle(event, &self.world) {
                self.carry_out(effect);
            }
        }
        self.refresh_world();
        self.teller.prune(self.visit.watched());
        self.show();
    }

    fn refresh_world(&mut self) {
        let blocked = self.teller.blocking().is_some();
        self.world.terminal = match self.world.terminal {
            Terminal::Absent => Terminal::Absent,
            _ if blocked => Terminal::Blocked,
            _ => Terminal::Ready,
        };
    }

    fn show(&mut self) {
        let screen = self.visit.screen(&self.world);
        if self.shown.as_ref() != Some(&screen) {
            (self.parts.show)(screen.clone());
            self.shown = Some(screen);
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::AskQuote { ticket, fee, account, tariff_item } => {
                self.ask_quote(ticket, fee, account, tariff_item);
            }
            Effect::AskPersonBills(ticket, number) => self.ask_person_bills(ticket, number),
            Effect::Pay(request) => self.pay(request),
            Effect::CancelPayment(_) => self.parts.devices.cancel_sale(),
            Effect::ReadCard => self.parts.devices.read_card(),
            Effect::StopReading => self.parts.devices.stop_reading(),
            Effect::Print(order) => self.print(&order),
            Effect::SlipCameOut(order, out) => self.slip_came_out(&order, out),
            Effect::OpenCase(ticket, order) => self.open_case(ticket, &order),
            Effect::Rate(order, level) => self.rate(&order, level),
            Effect::FindOrder(ticket, order) => self.find(ticket, |journal| journal.order(&order)),
            Effect::FindOrderOf(ticket, number) => {
                self.find(ticket, |journal| journal.latest_of_payer(&journal.payer_digest(&number)));
            }
            Effect::End => self.hold_back_slips(),
        }
    }

    fn device_told(&mut self, news: DeviceNews) {
        match news {
            DeviceNews::Reader(ready) => {
                self.world.reader_ready = ready;
                self.told.reader = true;
            }
            DeviceNews::Printer(printer) => {
                self.world.printer = printer;
                self.told.printer = true;
                self.printer_changed();
            }
            DeviceNews::Terminal(ready) => {
                self.world.terminal = if ready { Terminal::Ready } else { Terminal::Absent };
                self.told.terminal = true;
            }
            DeviceNews::Card(answer) => self.events.push_back(Event::Card(answer)),
            DeviceNews::CardPresent(present) => self.events.push_back(Event::CardPresent(present)),
            DeviceNews::Print(job, news) => self.print_told(job, news),
            news => self.terminal_told(news),
        }
    }

    fn refresh_unsent(&mut self) {
        if let Ok(unsent) = self.parts.journal.unsent_fen() {
            self.world.unsent_fen = Fen::new(unsent).unwrap_or(Fen::ZERO);
        }
    }

    /// The storage failed: nobody is served until it is well again.
    fn storage_failed(&mut self, error: &JournalError) {
        tracing::error!(%error, "journal");
        self.world.out_of_service = match error.resident() {
            Some(StorageTrouble::StorageFull) => OutOfService::StorageFull,
            Some(StorageTrouble::StorageFailed) => OutOfService::StorageFailed,
            None => return,
        };
    }

    fn answer(&self) -> Answer {
        let unsent = self.parts.journal.unsent_count().unwrap_or(u64::MAX);
        let busy = self.parts.devices.in_flight() + self.parts.link.in_flight() + self.spool.under_way();
        Answer {
            quiet: busy == 0 && self.holding.is_empty() && self.events.is_empty(),
            open: self.teller.orders().cloned().collect(),
            unsent,
            online: self.world.online,
            terminal: self.world.terminal,
            ready: self.parts.devices.all_told(self.told.reader, self.told.printer, self.told.terminal)
                && self.world.out_of_service != OutOfService::Starting,
        }
    }
}
