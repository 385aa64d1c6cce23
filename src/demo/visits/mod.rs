//! Scripted visits: a resident, the real screens, the real kiosk, simulated devices, a real hall.
//!
//! Each visit is a function from a [`Play`] to what it must find true. `lucheng visit NAME --out DIR` plays
//! one and leaves a picture per step, the slips and `report.json`.

mod paying;
mod play;
mod report;
mod trouble;

pub use paying::ELECTRICITY;
pub use play::{Play, PlayError, PlaySettings, play};
pub use report::Report;

/// A visit that can be played.
#[derive(Clone, Copy)]
pub struct Visit {
    /// Name on the command line.
    pub name: &'static str,
    /// Journey of the domain document, where it is one.
    pub journey: &'static str,
    /// What it shows, in one sentence.
    pub about: &'static str,
    /// Changes to the stage before it begins.
    pub prepare: fn(&mut PlaySettings),
    /// The script.
    pub script: fn(&mut Play) -> Result<(), PlayError>,
}

const fn as_usual(_: &mut PlaySettings) {}

const fn visit(
    name: &'static str,
    journey: &'static str,
    about: &'static str,
    script: fn(&mut Play) -> Result<(), PlayError>,
) -> Visit {
    Visit { name, journey, about, prepare: as_usual, script }
}

/// Every visit, in the order of `--list`.
pub const VISITS: &[Visit] = &[
    visit("pay-electricity", "J1", "A resident pays an electricity bill by card.", paying::pay_electricity),
    visit("pay-by-code", "J1", "A resident pays a water bill by phone code.", paying::pay_by_code),
    visit(
        "pay-basket",
        "J3",
        "Three bills in one payment; one biller refuses and only that line is refunded.",
        paying::pay_basket,
    ),
    visit(
        "my-bills",
        "J3",
        "An ID card shows the resident's bills of all billers; two are paid together.",
        paying::my_bills,
    ),
    visit(
        "wrong-payee",
        "J2",
        "After paying, the resident says that the account was wrong; a case opens.",
        paying::wrong_payee,
    ),
    visit(
        "top-up-offline",
        "J14",
        "The hall is away: a top-up is taken, its slip says that it is not booked yet.",
        trouble::top_up_offline,
    ),
    visit(
        "hall-returns",
        "J14",
        "The hall comes back: what was taken is booked once, without a touch.",
        trouble::hall_returns,
    ),
    visit(
        "card-declined",
        "J4",
        "The bank refuses; nothing is charged; the resident pays another way.",
        trouble::card_declined,
    ),
    visit(
        "terminal-silent",
        "J1",
        "The terminal charges and says nothing; the kiosk asks until it knows.",
        trouble::terminal_silent,
    ),
    visit(
        "terminal-unplugged",
        "J1",
        "The terminal's cable is cut while paying; the charge is reversed.",
        trouble::terminal_unplugged,
    ),
    visit("paper-out", "J11", "Paper runs out in the middle of a slip and is refilled.", trouble::paper_out),
    visit(
        "printer-absent",
        "J11",
        "Without a printer the resident agrees to a reference on the screen.",
        trouble::printer_absent,
    ),
    visit("wrong-account", "J1", "Ten unknown account numbers end the visit.", trouble::wrong_account),
    visit(
        "idle-timeout",
        "J12",
        "A resident walks away; the screen asks, then forgets.",
        trouble::idle_timeout,
    ),
    visit(
        "restart-and-look-up",
        "J13",
        "The kiosk stops while paying; the same card finds the order after the start.",
        trouble::restart_and_look_up,
    ),
    Visit {
        name: "zero-tariff",
        journey: "",
        about: "In the mining district fees for services to residents are zero: registered, not paid.",
        prepare: paying::in_the_mining_district,
        script: paying::zero_tariff,
    },
];

/// The visit of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Visit> {
    VISITS.iter().find(|visit| visit.name == name)
}
