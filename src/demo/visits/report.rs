//! `report.json`: every step with its states and times, and all books side by side.

use std::time::Duration;

use serde::Serialize;

use crate::demo::evidence::Evidence;
use crate::money::Order;
use crate::visit::Screen;

use super::Visit;

/// One step of a visit.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// What happened.
    pub name: String,
    /// File with the picture.
    pub picture: String,
    /// Real time since the start, in milliseconds.
    pub real_ms: u64,
    /// Page on the screen.
    pub page: String,
    /// Time on the kiosk's clock.
    pub clock: String,
    /// Open orders: id, charge, lines.
    pub orders: Vec<OrderLook>,
}

/// Where an order stands.
#[derive(Clone, Debug, Serialize)]
pub struct OrderLook {
    /// Identity.
    pub id: String,
    /// State of the charge.
    pub charge: String,
    /// States of the lines.
    pub lines: Vec<String>,
}

/// Everything about one played visit.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Name of the visit.
    pub visit: String,
    /// Journey of the domain document.
    pub journey: String,
    /// What it shows.
    pub about: String,
    /// Devices, billers and acquirer are simulated.
    pub simulated: bool,
    /// Everything was as it must be.
    pub passed: bool,
    /// The steps.
    pub steps: Vec<Step>,
    /// Slips that came out.
    pub slips: Vec<String>,
    /// The kiosk's, the hall's, the acquirer's and the billers' records.
    pub books: Evidence,
}

impl Step {
    /// A step as it looks now.
    #[must_use]
    pub fn new(name: &str, picture: String, real: Duration, screen: Option<&Screen>, open: &[Order]) -> Self {
        Self {
            name: name.to_owned(),
            picture,
            real_ms: u64::try_from(real.as_millis()).unwrap_or(u64::MAX),
            page: screen.map(|screen| screen.page.name().to_owned()).unwrap_or_default(),
            clock: screen.map(|screen| screen.frame.clock.clone()).unwrap_or_default(),
            orders: open.iter().map(OrderLook::of).collect(),
        }
    }
}

impl OrderLook {
    fn of(order: &Order) -> Self {
        Self {
            id: order.id.to_string(),
            charge: order.charge.name().to_owned(),
            lines: order.lines.iter().map(|line| format!("{:?}", line.state).to_lowercase()).collect(),
        }
    }
}

impl Report {
    /// Puts a report together.
    #[must_use]
    pub fn new(visit: &Visit, passed: bool, steps: Vec<Step>, books: Evidence, slips: Vec<String>) -> Self {
        Self {
            visit: visit.name.to_owned(),
            journey: visit.journey.to_owned(),
            about: visit.about.to_owned(),
            simulated: true,
            passed,
            steps,
            slips,
            books,
        }
    }

    /// The report as text.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}
