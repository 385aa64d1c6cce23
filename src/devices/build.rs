//! From hardware profiles to drivers.

use std::sync::Arc;
use std::time::Duration;

use drivers::id_reader::{SamV, SamVSettings};
use drivers::payment_terminal::zvt::{MemoryError, ReceiptMemory};
use drivers::payment_terminal::{
    EcrHub, EcrHubSettings, Mis, MisSettings, PaymentTerminal, Zvt, ZvtSettings,
};
use drivers::port::{PortCounters, PortSettings, SerialPortLine};
use drivers::receipt_printer::{EscPosPrinter, EscPosSettings};
use kiosk_config::{DeviceClass, DeviceConfig, HardwareProfile, KioskConfig};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::clock::Clock;

use super::health::{Board, Health};
use super::printer::Printer;
use super::reader::Reader;
use super::terminal::Terminal;

/// Between two looks at the printer; paper does not run out faster than a slip prints.
const PRINTER_PROBE_MS: u64 = 2_000;
/// The same while the printer is not well: it must be well again soon after it is back.
const LOST_PROBE_MS: u64 = 500;
/// Between two heartbeats of the terminal, as its driver wants it.
const TERMINAL_IDLE_MS: u64 = 200;

/// The font of the screens, for characters that the printer lacks.
pub(super) const FONT: &[u8] = include_bytes!("../../ui/fonts/LuchengSans-Regular.otf");

/// In the state folder: which receipt of the terminal belongs to which order, for wires that do not say.
const RECEIPTS: &str = "payment-terminal-receipts.json";

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
    /// The waits of a profile cannot be divided.
    #[error("profile {profile}: its waits cannot be divided")]
    Waits {
        /// The profile.
        profile: String,
        /// What stands in the way.
        #[source]
        source: serde_json::Error,
    },
    /// Without the receipts of earlier sales the terminal must not charge.
    #[error("receipts of the payment terminal")]
    Receipts(#[from] MemoryError),
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
    /// How the devices are, once they run.
    pub board: Board,
}

impl Settings {
    /// Reads the profiles of all configured devices; opens no port yet.
    pub fn new(
        config: &KioskConfig,
        profiles: &[HardwareProfile],
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, DeviceConfigError> {
        let shelf = Shelf { config, profiles };
        let printer = shelf.pick::<EscPosSettings>(DeviceClass::ReceiptPrinter, "esc-pos")?;
        let reader = shelf.pick::<SamVSettings>(DeviceClass::IdReader, "sam-v")?;
        let divisor = config.deadline_divisor.max(1);
        let board = Board::default();
        let counters = PortCounters::new();
        let terminal = shelf.terminal(divisor, &counters)?;
        Ok(Self {
            columns: printer.as_ref().map_or(48, |(_, settings)| settings.columns),
            sale_timeout_ms: terminal.as_ref().map_or(120_000, |(_, timeout_ms)| *timeout_ms),
            card_writer: config.devices.card_writer.is_some(),
            simulated: shelf.any_simulated(),
            reader: reader.map(|(port, settings)| reader_of(&port, &settings.scaled(divisor), clock, &board)),
            printer: printer
                .map(|(port, settings)| printer_of(&port, settings.scaled(divisor), divisor, &board)),
            terminal: terminal.map(|(driver, _)| Terminal {
                driver,
                idle_interval: pause(TERMINAL_IDLE_MS, divisor),
                health: Health::new(DeviceClass::PaymentTerminal, counters, board.clone()),
            }),
            board,
        })
    }
}

fn pause(ms: u64, divisor: u32) -> Duration {
    // Shorter pauses than 10 ms only burn the processor of a test machine.
    Duration::from_millis((ms / u64::from(divisor)).max(10))
}

fn line(settings: PortSettings, counters: &PortCounters) -> SerialPortLine {
    SerialPortLine::new(settings).counted(counters.clone())
}

fn reader_of(port: &str, settings: &SamVSettings, clock: &Arc<dyn Clock>, board: &Board) -> Reader {
    let counters = PortCounters::new();
    Reader {
        find_interval: Duration::from_millis(settings.find_interval_ms.max(10)),
        probe_interval: Duration::from_millis(settings.probe_interval_ms),
        driver: Box::new(SamV::new(line(settings.port(port), &counters), settings.clone())),
        clock: Arc::clone(clock),
        health: Health::new(DeviceClass::IdReader, counters, board.clone()),
    }
}

fn printer_of(port: &str, settings: EscPosSettings, divisor: u32, board: &Board) -> Printer {
    let counters = PortCounters::new();
    Printer {
        probe_interval: pause(PRINTER_PROBE_MS, divisor),
        lost_interval: pause(LOST_PROBE_MS, divisor),
        driver: Box::new(EscPosPrinter::new(line(settings.port(port), &counters), settings).with_font(FONT)),
        health: Health::new(DeviceClass::ReceiptPrinter, counters, board.clone()),
    }
}

/// A terminal, and how long it waits for a card or a code.
type Charging = (Box<dyn PaymentTerminal>, u64);

/// The settings of a profile, its waits divided if it says so.
pub(super) fn settings_of<S: Serialize + DeserializeOwned>(
    profile: &HardwareProfile,
) -> Result<S, DeviceConfigError> {
    let settings = S::deserialize(profile.settings.clone())
        .map_err(|source| DeviceConfigError::Settings { profile: profile.id(), source })?;
    drivers::with_waits_divided(&settings, profile.divide_waits)
        .map_err(|source| DeviceConfigError::Waits { profile: profile.id(), source })
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

    fn pick<S: Serialize + DeserializeOwned>(
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
        let settings = settings_of(profile)?;
        Ok(Some((device.port.display().to_string(), settings)))
    }

    /// The terminal, over the wire that its profile names.
    fn terminal(&self, divisor: u32, counters: &PortCounters) -> Result<Option<Charging>, DeviceConfigError> {
        const CLASS: DeviceClass = DeviceClass::PaymentTerminal;
        let Some(device) = self.config.devices.get(CLASS) else { return Ok(None) };
        let found: Option<Charging> = match self.profile(device)?.wire.as_str() {
            "zvt" => {
                let receipts = ReceiptMemory::file(&self.config.state_dir.join(RECEIPTS))?;
                self.pick::<ZvtSettings>(CLASS, "zvt")?.map(|(port, settings)| -> Charging {
                    let line = line(settings.port(&port), counters);
                    (Box::new(Zvt::new(line, settings.scaled(divisor), receipts)), settings.sale_timeout_ms)
                })
            }
            "mis" => self.pick::<MisSettings>(CLASS, "mis")?.map(|(port, settings)| -> Charging {
                let line = line(settings.port(&port), counters);
                (Box::new(Mis::new(line, settings.scaled(divisor))), settings.sale_timeout_ms)
            }),
            _ => self.pick::<EcrHubSettings>(CLASS, "ecr-hub")?.map(|(port, settings)| -> Charging {
                let line = line(settings.port(&port), counters);
                (Box::new(EcrHub::new(line, settings.scaled(divisor))), settings.sale_timeout_ms)
            }),
        };
        Ok(found)
    }

    fn any_simulated(&self) -> bool {
        let configured = DeviceClass::ALL.iter().filter_map(|class| self.config.devices.get(*class));
        configured.filter_map(|device| self.profile(device).ok()).any(|profile| profile.simulated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use drivers::barcode_scanner::ScannerSettings;
    use serde_json::Value;

    /// Every wait of a profile as its driver sees it, in ms.
    fn waits(profile: &HardwareProfile) -> Vec<(String, u64)> {
        let settings = match profile.wire.as_str() {
            "sam-v" => serde_json::to_value(settings_of::<SamVSettings>(profile).unwrap()),
            "esc-pos" => serde_json::to_value(settings_of::<EscPosSettings>(profile).unwrap()),
            "ecr-hub" => serde_json::to_value(settings_of::<EcrHubSettings>(profile).unwrap()),
            "serial-scanner" => serde_json::to_value(settings_of::<ScannerSettings>(profile).unwrap()),
            wire => panic!("a fast profile for {wire}"),
        };
        let Ok(Value::Object(settings)) = settings else { panic!("{}", profile.id()) };
        let waits = settings.into_iter().filter(|(key, _)| key.ends_with("-ms"));
        let mut waits: Vec<_> = waits.filter_map(|(key, ms)| ms.as_u64().map(|ms| (key, ms))).collect();
        waits.sort_by_key(|(_, ms)| *ms);
        waits
    }

    #[test]
    fn a_fast_profile_is_its_model_with_every_wait_a_hundredth_in_the_same_order() {
        let profiles = HardwareProfile::embedded();
        let fast: Vec<_> = profiles.iter().filter(|profile| profile.model.ends_with("-fast")).collect();
        assert!(fast.len() >= 4, "{}", fast.len());
        for fast in fast {
            let model = fast.model.trim_end_matches("-fast");
            let slow = profiles.iter().find(|slow| slow.maker == fast.maker && slow.model == model).unwrap();
            assert_eq!((slow.divide_waits, fast.divide_waits), (1, 100));
            assert_eq!(slow.settings, fast.settings, "{model}");
            let fast_waits = waits(fast);
            for (key, slow_ms) in waits(slow) {
                let fast_ms = fast_waits.iter().find(|(found, _)| *found == key).unwrap().1;
                assert!((fast_ms * 100).abs_diff(slow_ms) < 100, "{model}: {key} {slow_ms} {fast_ms}");
            }
            let slow_ms = |key: &String| waits(slow).iter().find(|(found, _)| found == key).unwrap().1;
            for pair in fast_waits.windows(2) {
                let [(before, less), (after, more)] = pair else { panic!("two at a time") };
                assert!(less == more || slow_ms(before) < slow_ms(after), "{model}: {before}, {after}");
            }
        }
    }
}
