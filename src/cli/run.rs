//! `lucheng run`: the kiosk on its screen.

use std::process::ExitCode;
use std::sync::Arc;

use kiosk_config::KioskConfig;
use kiosk_ui::KioskWindow;
use slint::ComponentHandle;

use crate::clock::SystemClock;
use crate::kiosk::{LaunchError, Running, Surroundings};
use crate::view;

use super::Outcome;
use super::arguments::RunArguments;

pub fn run(arguments: &RunArguments) -> Outcome {
    let config = match super::config::load(&arguments.file.config, &arguments.file.sets) {
        Ok(config) => config,
        Err(code) => return Ok(code),
    };
    view::prepare()?;
    let window = KioskWindow::new()?;
    #[cfg(feature = "demo")]
    let clock = arguments.clock.map_or_else(SystemClock::start, SystemClock::showing);
    #[cfg(not(feature = "demo"))]
    let clock = SystemClock::start();
    let kiosk = open(&window, &config, clock)?;
    view::place(&window, view::DESIGN, view::Room::whole);
    window.run()?;
    drop(kiosk);
    Ok(ExitCode::SUCCESS)
}

/// Starts a kiosk behind a window.
pub fn open(window: &KioskWindow, config: &KioskConfig, clock: SystemClock) -> Result<Running, LaunchError> {
    let poster = view::Poster::to_window(window);
    let surroundings = Surroundings {
        clock: Arc::new(clock),
        show: Box::new(move |screen| poster.post(screen)),
        observer: None,
        reserve_bytes: None,
    };
    let kiosk = Running::launch(config, surroundings)?;
    view::connect(window, kiosk.touches());
    Ok(kiosk)
}
