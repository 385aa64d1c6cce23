//! Opens the one device that a command names.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use drivers::DeviceError;
use drivers::barcode_scanner::{BarcodeScanner, ScannerSettings, SerialScanner};
use drivers::id_reader::{IdReader, SamV, SamVSettings};
use drivers::payment_terminal::{EcrHub, EcrHubSettings, PaymentTerminal};
use drivers::port::{PortCounters, PortCounts, PortSettings, SerialPortLine};
use drivers::receipt_printer::{EscPosPrinter, EscPosSettings, ReceiptPrinter};
use kiosk_config::{DeviceClass, HardwareProfile};

use super::super::build::{DeviceConfigError, FONT, settings_of};
use super::ShellError;

/// How often a wait looks whether something came; a person does not notice 50 ms.
const LOOK: Duration = Duration::from_millis(50);

/// Where a device hangs and what it is.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its port.
    pub port: PathBuf,
    /// Its hardware profile.
    pub profile: HardwareProfile,
}

impl Place {
    /// A device of `class` at `port`, by the name of its profile.
    pub fn new(
        port: PathBuf,
        class: DeviceClass,
        name: &str,
        profiles: &[HardwareProfile],
    ) -> Result<Self, ShellError> {
        let profile = profiles
            .iter()
            .find(|profile| profile.id() == name)
            .ok_or_else(|| DeviceConfigError::UnknownProfile(name.to_owned()))?;
        if profile.class != class {
            let class = profile.class.name();
            return Err(ShellError::WrongClass { profile: profile.id(), class });
        }
        Ok(Self { port, profile: profile.clone() })
    }

    /// Sets one setting of the driver, for a time-out from the command line.
    pub fn set(&mut self, key: &str, ms: u64) {
        let ms = ms.saturating_mul(u64::from(self.profile.divide_waits.max(1)));
        let ms = i64::try_from(ms).unwrap_or(i64::MAX);
        self.profile.settings.insert(key.to_owned(), toml::Value::Integer(ms));
    }

    /// The path, for messages.
    #[must_use]
    pub fn name(&self) -> String {
        self.port.display().to_string()
    }

    fn line(&self, settings: PortSettings, counters: &PortCounters) -> SerialPortLine {
        SerialPortLine::new(settings).counted(counters.clone())
    }

    pub(super) fn reader(&self, counters: &PortCounters) -> Result<SamV<SerialPortLine>, ShellError> {
        self.speaks("sam-v")?;
        let settings: SamVSettings = settings_of(&self.profile)?;
        Ok(SamV::new(self.line(settings.port(&self.name()), counters), settings))
    }

    pub(super) fn printer(
        &self,
        counters: &PortCounters,
    ) -> Result<EscPosPrinter<SerialPortLine>, ShellError> {
        self.speaks("esc-pos")?;
        let settings: EscPosSettings = settings_of(&self.profile)?;
        Ok(EscPosPrinter::new(self.line(settings.port(&self.name()), counters), settings).with_font(FONT))
    }

    pub(super) fn terminal(&self, counters: &PortCounters) -> Result<Box<dyn PaymentTerminal>, ShellError> {
        self.speaks("ecr-hub")?;
        let settings: EcrHubSettings = settings_of(&self.profile)?;
        Ok(Box::new(EcrHub::new(self.line(settings.port(&self.name()), counters), settings)))
    }

    pub(super) fn scanner(
        &self,
        counters: &PortCounters,
    ) -> Result<SerialScanner<SerialPortLine>, ShellError> {
        self.speaks("serial-scanner")?;
        let settings: ScannerSettings = settings_of(&self.profile)?;
        Ok(SerialScanner::new(self.line(settings.port(&self.name()), counters), settings))
    }

    fn speaks(&self, wire: &str) -> Result<(), ShellError> {
        if self.profile.wire == wire {
            return Ok(());
        }
        let (profile, wire) = (self.profile.id(), self.profile.wire.clone());
        Err(DeviceConfigError::UnknownWire { profile, wire }.into())
    }

    pub(super) fn failed(&self, source: DeviceError) -> ShellError {
        ShellError::Device { port: self.name(), source }
    }
}

/// A device of any class, for what can be asked of all.
pub struct Single {
    /// Where it hangs.
    pub place: Place,
    counters: PortCounters,
    driver: Driver,
}

enum Driver {
    Reader(Box<dyn IdReader>),
    Printer(Box<dyn ReceiptPrinter>),
    Terminal(Box<dyn PaymentTerminal>),
    Scanner(Box<dyn BarcodeScanner>),
}

impl Single {
    /// Makes the driver; the port is opened by the first question.
    pub fn new(place: Place) -> Result<Self, ShellError> {
        let counters = PortCounters::new();
        let driver = match place.profile.class {
            DeviceClass::IdReader => Driver::Reader(Box::new(place.reader(&counters)?)),
            DeviceClass::ReceiptPrinter => Driver::Printer(Box::new(place.printer(&counters)?)),
            DeviceClass::PaymentTerminal => Driver::Terminal(place.terminal(&counters)?),
            DeviceClass::Scanner => Driver::Scanner(Box::new(place.scanner(&counters)?)),
            class @ DeviceClass::CardWriter => return Err(ShellError::NoDriver(class.name())),
        };
        Ok(Self { place, counters, driver })
    }

    /// What passed through the port so far.
    #[must_use]
    pub fn counts(&self) -> PortCounts {
        self.counters.counts()
    }

    /// Asks the device how it is; moves no money and no paper.
    pub(super) fn ask(&mut self) -> Result<Answer, DeviceError> {
        match &mut self.driver {
            Driver::Reader(reader) => reader.probe().map(|()| Answer::default()),
            Driver::Terminal(terminal) => terminal.probe().map(|()| Answer::default()),
            Driver::Scanner(scanner) => scanner.probe().map(|()| Answer::default()),
            Driver::Printer(printer) => printer.status().map(|status| Answer {
                state: status.state,
                detail: serde_json::to_value(status).unwrap_or_default(),
            }),
        }
    }
}

/// What a device says of itself.
pub(super) struct Answer {
    pub(super) state: drivers::DeviceState,
    pub(super) detail: serde_json::Value,
}

impl Default for Answer {
    fn default() -> Self {
        Self { state: drivers::DeviceState::Online, detail: serde_json::Value::Null }
    }
}

/// Tries until it gives something or the time is over.
pub(super) fn wait_for<T, E>(
    timeout: Option<Duration>,
    mut attempt: impl FnMut() -> Result<Option<T>, E>,
) -> Result<Option<T>, E> {
    let begin = Instant::now();
    loop {
        if let Some(found) = attempt()? {
            return Ok(Some(found));
        }
        if timeout.is_some_and(|timeout| begin.elapsed() >= timeout) {
            return Ok(None);
        }
        pause(LOOK);
    }
}

/// Nobody wakes this thread: it waits for time alone.
pub(super) fn pause(time: Duration) {
    thread::park_timeout(time);
}
