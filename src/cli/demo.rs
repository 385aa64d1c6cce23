//! Bare `lucheng`: the whole system in one process.

use std::path::PathBuf;
use std::process::ExitCode;

use kiosk_ui::KioskWindow;
use slint::ComponentHandle;

use crate::clock::{Clock, SystemClock};
use crate::demo::visits::{self, PlaySettings};
use crate::demo::{MORNING, Stage, StageSettings, window};
use crate::view;

use super::Outcome;

/// Milliseconds a simulated print head needs for one line: a slip takes about a second, as on paper.
const LINE_MS: u64 = 30;

pub fn run() -> Outcome {
    let dir = std::env::temp_dir().join(format!("lucheng-demo-{}", std::process::id()));
    if !has_display() {
        return without_display(dir);
    }
    println!("lucheng: demo with simulated devices and an embedded hall; no money moves");
    println!("  its clock starts at {}, when every biller is open", MORNING.time());
    println!("  its files are in {} until you close it", dir.display());
    view::prepare()?;
    let morning = SystemClock::start().local().date().to_datetime(MORNING.time());
    let stage = Stage::set(StageSettings {
        dir: dir.clone(),
        site: "city-hall".to_owned(),
        deadline_divisor: 1,
        line_ms: LINE_MS,
        override_dir: None,
        hall_time: Some(morning),
        certificates: false,
    })?;
    let kiosk_window = KioskWindow::new()?;
    let kiosk = super::run::open(&kiosk_window, &stage.config(), SystemClock::showing(morning))?;
    view::place(&kiosk_window, view::DESIGN, window::kiosk_room);
    let dock = window::open(stage)?;
    kiosk_window.show()?;
    kiosk_window.run()?;
    drop((kiosk, dock));
    std::fs::remove_dir_all(dir)?;
    Ok(ExitCode::SUCCESS)
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

fn without_display(dir: PathBuf) -> Outcome {
    println!(
        "lucheng: there is no display (DISPLAY is not set), so the visit pay-electricity is played without it"
    );
    let visit = visits::find("pay-electricity").ok_or("the visit is missing")?;
    let report = visits::play(visit, PlaySettings::new(&dir))?;
    super::visit::summary(&report, &dir);
    Ok(ExitCode::SUCCESS)
}
