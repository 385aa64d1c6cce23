//! Whether a fee can be finished now, known before the first key is pressed.

use std::time::Duration;

use kiosk_config::{FeeType, HoursState, Need, Offline};

use crate::money::{Fen, OfflineRefusal, admit_offline};

use super::{Obstacle, Printer, Setting, Terminal, World};

/// Must fit between the start of a charge and the biller's day-cut, beyond the terminal's own time-out.
const DAY_CUT_MARGIN_MS: u64 = 60_000;

/// The first thing that stops this fee, with the time that belongs to it.
#[must_use]
pub fn obstacle(fee: &FeeType, setting: &Setting, world: &World) -> (Obstacle, String) {
    let plain = |obstacle| (obstacle, String::new());
    if fee.print_only {
        return plain(Obstacle::PrintOnly);
    }
    if let Some(missing) = missing_device(fee, world) {
        return plain(missing);
    }
    if !world.online && fee.offline == Offline::Refuse {
        return plain(Obstacle::HallAway);
    }
    match terminal_obstacle(world) {
        Obstacle::None => hours_obstacle(fee, setting, world),
        blocked => plain(blocked),
    }
}

/// What keeps the terminal from charging anything.
#[must_use]
pub const fn terminal_obstacle(world: &World) -> Obstacle {
    match world.terminal {
        Terminal::Ready => Obstacle::None,
        Terminal::Blocked => Obstacle::TerminalBlocked,
        Terminal::Absent => Obstacle::TerminalAbsent,
    }
}

fn missing_device(fee: &FeeType, world: &World) -> Option<Obstacle> {
    fee.needs.iter().find_map(|need| match need {
        Need::CardWriter if !world.card_writer => Some(Obstacle::CardWriterAbsent),
        Need::Camera => Some(Obstacle::CameraAbsent),
        Need::PermitWriter | Need::Vehicle => Some(Obstacle::ComingLater),
        Need::Printer => match world.printer {
            Printer::Ready => None,
            Printer::PaperOut => Some(Obstacle::PaperOut),
            Printer::Absent => Some(Obstacle::PrinterAbsent),
        },
        Need::CardWriter => None,
    })
}

fn hours_obstacle(fee: &FeeType, setting: &Setting, world: &World) -> (Obstacle, String) {
    let needed = Duration::from_millis(setting.sale_timeout_ms + DAY_CUT_MARGIN_MS);
    match fee.hours.state_at(world.local.time(), needed) {
        HoursState::Open => (Obstacle::None, String::new()),
        HoursState::ClosedUntil(time) => (Obstacle::ClosedHours, time.strftime("%H:%M").to_string()),
        HoursState::DayCut { until } => (Obstacle::DayCut, until.strftime("%H:%M").to_string()),
    }
}

/// Whether this amount of this fee may be taken while the hall is away; without meaning while it is there.
pub fn offline_admits(
    fee: &FeeType,
    amount: Fen,
    before: Fen,
    setting: &Setting,
    world: &World,
) -> Result<(), OfflineRefusal> {
    if world.online {
        return Ok(());
    }
    let caps = &setting.site.offline;
    let cap = |fen| Fen::new(fen).unwrap_or(Fen::ZERO);
    let unsent = world.unsent_fen.plus(before).unwrap_or(world.unsent_fen);
    let queueable = fee.offline == Offline::Queue;
    admit_offline(queueable, amount, unsent, cap(caps.per_line_fen), cap(caps.per_kiosk_fen))
}
