//! From hardware profiles to drivers.

use std::sync::Arc;
use std::time::Duration;

use drivers::id_reader::{SamV, SamVSettings};
use drivers::payment_terminal::{EcrHub, EcrHubSettings};
use drivers::receipt_printer::{EscPosPrinter, EscPosSettings};
use kiosk_config::{DeviceClass, DeviceConfig, HardwareProfile, KioskConfig};
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::clock::Clock;

use super::printer::Printer;
use super::reader::Reader;
use super::terminal::Terminal;

/// Between two looks at the printer; paper does not run out faster than a slip prints.
const PRINTER_PROBE_MS: u64 = 2_000;
/// Between two heartbeats of the terminal, as its driver wants it.
const TERMINAL_IDLE_MS: u64 = 200;

/// The font of the screens, for characters that the printer lacks.
const FONT: &[u8] = include_bytes!("../../ui/fonts/LuchengSans-Regular.otf");

/// Why a configured device cannot be driven.
#[derive(Debug, Error)]
pub enum DeviceConfigError {
    /// No such hardware profile; the technician corrects the name.
    #[error("no hardware profile {0}")]
    UnknownProfile(String),
    /// The profile speaks a wire that this program has no driver for.
    #[error("profile {profile}: no driver speaks {wire}")]
    UnknownWire {
        /// The profile.
        profile: String,
        /// Its wire.
        wire: String,
    },
    /// A setting of the profile is not one of its driver's.
    #[error("profile {profile}: its settings do not fit the driver")]
    Settings {
        /// The profile.
        profile: String,
        /// What does not fit.
        #[source]
        source: toml::de::Error,
    },
}

/// Drivers ready to be started, and what the kiosk has to know about them.
pub struct Settings {
    /// The ID card reader.
    pub reader: Option<Reader>,
    /// The receipt printer.
    pub printer: Option<Printer>,
    /// The payment terminal.
    pub terminal: Option<Terminal>,
    /// Columns of the printer's narrow font.
    pub columns: u8,
    /// How long the terminal waits for a card or a code.
    pub sale_timeout_ms: u64,
    /// A card writer is configured.
    pub card_writer: bool,
    /// Some device is simulated.
    pub simulated: bool,
}

impl Settings {
    /// Reads the profiles of all configured devices; opens no port yet.
    pub fn new(
        config: &KioskConfig,
        profiles: &[HardwareProfile],
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, DeviceConfigError> {
        let shelf = Shelf { config, profiles };
        let terminal = shelf.pick::<EcrHubSettings>(DeviceClass::PaymentTerminal, "ecr-hub")?;
        let printer = shelf.pick::<EscPosSettings>(DeviceClass::ReceiptPrinter, "esc-pos")?;
        let reader = shelf.pick::<SamVSettings>(DeviceClass::IdReader, "sam-v")?;
        let divisor = config.deadline_divisor.max(1);
        Ok(Self {
            columns: printer.as_ref().map_or(48, |(_, settings)| settings.columns),
            sale_timeout_ms: terminal.as_ref().map_or(120_000, |(_, settings)| settings.sale_timeout_ms),
            card_writer: config.devices.card_writer.is_some(),
            simulated: shelf.any_simulated(),
            reader: reader.map(|(port, settings)| reader_of(&port, &settings.scaled(divisor), clock)),
            printer: printer.map(|(port, settings)| printer_of(&port, settings.scaled(divisor), divisor)),
            terminal: terminal.map(|(port, settings)| terminal_of(&port, settings.scaled(divisor), divisor)),
        })
    }
}

fn pause(ms: u64, divisor: u32) -> Duration {
    // Shorter pauses than 10 ms only burn the processor of a test machine.
    Duration::from_millis((ms / u64::from(divisor)).max(10))
}

fn reader_of(port: &str, settings: &SamVSettings, clock: &Arc<dyn Clock>) -> Reader {
    Reader {
        find_interval: Duration::from_millis(settings.find_interval_ms.max(10)),
        probe_interval: Duration::from_millis(settings.probe_interval_ms),
        driver: Box::new(SamV::on_port(port, settings.clone())),
        clock: Arc::clone(clock),
    }
}

fn printer_of(port: &str, settings: EscPosSettings, divisor: u32) -> Printer {
    let probe_interval = pause(PRINTER_PROBE_MS, divisor);
    let driver = Box::new(EscPosPrinter::on_port(port, settings).with_font(FONT));
    Printer { driver, probe_interval }
}

fn terminal_of(port: &str, settings: EcrHubSettings, divisor: u32) -> Terminal {
    let idle_interval = pause(TERMINAL_IDLE_MS, divisor);
    Terminal { driver: Box::new(EcrHub::on_port(port, settings)), idle_interval }
}

/// Configured devices beside the profiles that they name.
struct Shelf<'a> {
    config: &'a KioskConfig,
    profiles: &'a [HardwareProfile],
}

impl Shelf<'_> {
    fn profile(&self, device: &DeviceConfig) -> Result<&HardwareProfile, DeviceConfigError> {
        let wanted = |profile: &&HardwareProfile| profile.id() == device.profile;
        self.profiles
            .iter()
            .find(wanted)
            .ok_or_else(|| DeviceConfigError::UnknownProfile(device.profile.clone()))
    }

    fn pick<S: DeserializeOwned>(
        &self,
        class: DeviceClass,
        wire: &str,
    ) -> Result<Option<(String, S)>, DeviceConfigError> {
        let Some(device) = self.config.devices.get(class) else { return Ok(None) };
        let profile = self.profile(device)?;
        let name = || profile.id();
        if profile.wire != wire {
            return Err(DeviceConfigError::UnknownWire { profile: name(), wire: profile.wire.clone() });
        }
        let settings = S::deserialize(profile.settings.clone())
            .map_err(|source| DeviceConfigError::Settings { profile: name(), source })?;
        Ok(Some((device.port.display().to_string(), settings)))
    }

    fn any_simulated(&self) -> bool {
        let configured = DeviceClass::ALL.iter().filter_map(|class| self.config.devices.get(*class));
        configured.filter_map(|device| self.profile(device).ok()).any(|profile| profile.simulated)
    }
}
