//! What stands around a kiosk in demo, visit and test: simulated devices, a hall, a place for the files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use drivers::simulator::{Instrument, PrinterSim, SamVSim, SimCard, TerminalSim, TerminalTimes};
use hall::{Authority, Hall, HallError, HallSettings, IdentityError, RunningHall, TlsSettings};
use jiff::civil::DateTime;
use kiosk_config::{
    DemoPerson, DeviceConfig, DevicesConfig, HallConfig, KioskConfig, KioskIdentity, ScreenConfig,
    demo_people,
};
use thiserror::Error;

use super::bank::AcquirerBank;
use crate::clock::{calendar, in_china};

/// The moment of the target pictures, in China: no biller is closing its day then.
pub const MORNING: DateTime = jiff::civil::date(2026, 11, 24).at(10, 26, 0, 0);

/// What a stage needs to be told.
#[derive(Clone, Debug)]
pub struct StageSettings {
    /// Folder for journal, books and device links; made when absent.
    pub dir: PathBuf,
    /// Site of the kiosk.
    pub site: String,
    /// Divides every wait; 1 in the demo, larger in visits.
    pub deadline_divisor: u32,
    /// Milliseconds the simulated printer needs for one line.
    pub line_ms: u64,
    /// Files in place of, or beside, those inside the program.
    pub override_dir: Option<PathBuf>,
    /// The hall's clock starts at this time in China; none: the real one.
    pub hall_time: Option<DateTime>,
    /// The hall knows kiosks by certificates of an authority of its own.
    pub certificates: bool,
}

/// Why a stage cannot be set.
#[derive(Debug, Error)]
pub enum StageError {
    /// A folder or a pseudo-terminal cannot be made.
    #[error("simulated devices")]
    Devices(#[from] io::Error),
    /// The hall's authority cannot be made.
    #[error("the hall's authority")]
    Authority(#[from] IdentityError),
    /// The hall does not start.
    #[error("embedded hall")]
    Hall(#[from] HallError),
}

/// Simulated devices and an embedded hall, with everything that can be done to them.
pub struct Stage {
    /// The reader.
    pub reader: SamVSim,
    /// The printer.
    pub printer: PrinterSim,
    /// The terminal.
    pub terminal: TerminalSim,
    /// The hall.
    pub hall: RunningHall,
    /// Ten invented people.
    pub people: Vec<DemoPerson>,
    settings: StageSettings,
}

impl Stage {
    /// Starts the hall first, then the devices.
    pub fn set(settings: StageSettings) -> Result<Self, StageError> {
        let ports = settings.dir.join("ports");
        fs::create_dir_all(&ports)?;
        let hall = Hall::start(hall_settings(&settings)?)?;
        let times = TerminalTimes::default().scaled(settings.deadline_divisor);
        let bank = Arc::new(AcquirerBank(hall.acquirer()));
        Ok(Self {
            reader: SamVSim::start(Some(&ports.join("id-reader")))?,
            printer: PrinterSim::start(Some(&ports.join("receipt-printer")), settings.line_ms)?,
            terminal: TerminalSim::start(Some(&ports.join("payment-terminal")), bank, times)?,
            hall,
            people: demo_people(),
            settings,
        })
    }

    /// The folder of the stage.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.settings.dir
    }

    /// Folder of the hall's authority, where the hall has one.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        authority_of(&self.settings)
    }

    /// The configuration of a kiosk on this stage.
    #[must_use]
    pub fn config(&self) -> KioskConfig {
        let device =
            |name: &str, port: &Path| Some(DeviceConfig { profile: name.to_owned(), port: port.to_owned() });
        KioskConfig {
            state_dir: self.settings.dir.join("kiosk"),
            seal_key_file: None,
            override_dir: self.settings.override_dir.clone(),
            deadline_divisor: self.settings.deadline_divisor,
            kiosk: KioskIdentity {
                code: KIOSK.0.into(),
                number: KIOSK.1.into(),
                site: self.settings.site.clone(),
            },
            hall: HallConfig {
                url: self.hall.url(),
                connect_timeout_ms: 2_000,
                timeout_ms: 12_000,
                heartbeat_s: 10,
                token: None,
            },
            devices: DevicesConfig {
                id_reader: device("simulated/id-reader", self.reader.path()),
                receipt_printer: device("simulated/receipt-printer", self.printer.path()),
                payment_terminal: device("simulated/payment-terminal", self.terminal.path()),
                scanner: None,
                card_writer: None,
            },
            screen: ScreenConfig { idle_s: 60, warn_s: 20, elder_idle_s: 120, account_tries: 10 },
        }
    }

    /// Lays the card of one of the ten people on the reader.
    pub fn lay_card(&self, person: usize) {
        if let Some(person) = self.people.get(person) {
            self.reader.lay_card(card_of(person));
        }
    }

    /// Holds the bank card of one of the ten people to the terminal.
    pub fn tap_card(&self, person: usize) {
        if let Some(person) = self.people.get(person) {
            let (first6, last4) = (person.bank_card.first6.clone(), person.bank_card.last4.clone());
            self.terminal.present(Instrument::Card { first6, last4, scheme: "UNIONPAY".to_owned() });
        }
    }

    /// Shows a payment code on a phone to the terminal.
    pub fn show_code(&self) {
        self.terminal.present(Instrument::phone_code("WECHAT"));
    }
}

/// Code and number of the kiosk on the stage.
const KIOSK: (&str, &str) = ("BT07", "07 \u{53F7}");

fn authority_of(settings: &StageSettings) -> PathBuf {
    settings.dir.join("authority")
}

fn hall_settings(settings: &StageSettings) -> Result<HallSettings, StageError> {
    let mut hall = HallSettings::with_database(&settings.dir.join("hall.db"));
    hall.catalogue_overrides.clone_from(&settings.override_dir);
    if let Some(time) = settings.hall_time.and_then(in_china) {
        hall.clock = Arc::new(hall::SetClock::at(time));
    }
    if settings.certificates {
        let folder = authority_of(settings);
        fs::create_dir_all(&folder)?;
        Authority::make(&folder, vec!["127.0.0.1".to_owned()], calendar())?;
        hall.tls = Some(TlsSettings { folder, enrol_listen: hall.listen });
    }
    Ok(hall)
}

/// The chip card of an invented person.
#[must_use]
pub fn card_of(person: &DemoPerson) -> SimCard {
    SimCard {
        nation: person.nation_code.clone(),
        address: person.address.clone(),
        authority: person.issuer.clone(),
        valid_from: person.valid_from.strftime("%Y%m%d").to_string(),
        valid_to: match person.valid_until {
            Some(date) => date.strftime("%Y%m%d").to_string(),
            None => LONG_TERM.to_owned(),
        },
        ..SimCard::resident(&person.name, &person.id_number)
    }
}

/// What a card of an older person says in place of its last day (GA/T 490).
const LONG_TERM: &str = "\u{957F}\u{671F}";
