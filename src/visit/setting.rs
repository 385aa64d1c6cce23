//! What does not change while the kiosk runs: catalogue, site, waits.

use kiosk_config::{Catalogue, FeeType, Keypad, KioskConfig, SiteProfile};

/// Everything the visit knows from the configuration.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Fees and groups.
    pub catalogue: Catalogue,
    /// Where the kiosk stands.
    pub site: SiteProfile,
    /// Kiosk code of order ids, such as `BT07`.
    pub kiosk_code: String,
    /// Number of the kiosk as people read it.
    pub kiosk_number: String,
    /// Idle time after which a visit ends, in milliseconds.
    pub idle_ms: u64,
    /// How long before that end the screen asks whether somebody is there.
    pub warn_ms: u64,
    /// How long the last page stays.
    pub farewell_ms: u64,
    /// Unknown account numbers after which the visit ends.
    pub account_tries: u32,
    /// How long the terminal waits for a card or a code; from its hardware profile.
    pub sale_timeout_ms: u64,
    /// How long the outcome page waits for the hall to book before it prints a slip without the booking.
    pub booking_wait_ms: u64,
    /// Some device or the hall is simulated.
    pub simulated: bool,
}

/// How long the outcome page stays untouched.
const FAREWELL_MS: u64 = 30_000;
/// A resident waits this long for the booking before the slip comes; most billers answer within one second.
const BOOKING_WAIT_MS: u64 = 6_000;

impl Setting {
    /// From the kiosk's configuration; deadlines of the terminal come from its profile.
    #[must_use]
    pub fn new(config: &KioskConfig, catalogue: Catalogue, site: SiteProfile, sale_timeout_ms: u64) -> Self {
        Self {
            catalogue,
            site,
            kiosk_code: config.kiosk.code.clone(),
            kiosk_number: config.kiosk.number.clone(),
            idle_ms: u64::from(config.screen.idle_s) * 1_000,
            warn_ms: u64::from(config.screen.warn_s) * 1_000,
            farewell_ms: FAREWELL_MS,
            account_tries: config.screen.account_tries,
            sale_timeout_ms,
            booking_wait_ms: BOOKING_WAIT_MS,
            simulated: false,
        }
    }

    /// The fee with this code.
    #[must_use]
    pub fn fee(&self, code: &str) -> Option<&FeeType> {
        self.catalogue.fee(code)
    }

    /// Name of a fee; its code when the catalogue has dropped it since.
    #[must_use]
    pub fn fee_name<'a>(&'a self, code: &'a str) -> &'a str {
        self.fee(code).map_or(code, |fee| fee.name.as_str())
    }
}

/// The pad that types such an account.
#[must_use]
pub const fn pad(keypad: Keypad) -> super::Keypad {
    match keypad {
        Keypad::Digits => super::Keypad::Digits,
        Keypad::DigitsX => super::Keypad::DigitsX,
        Keypad::Plate => super::Keypad::Letters,
    }
}
