//! Home page.

use kiosk_ui::{self as ui, KioskWindow};
use slint::ComponentHandle;

use super::codes;
use super::rows::refresh;
use crate::visit::{HomeTile, HomeView};

pub(super) fn show(window: &KioskWindow, view: &HomeView) {
    let home = window.global::<ui::Home>();
    home.set_fee_count(codes::count(view.fee_count));
    home.set_reader_ready(view.reader_ready);
    home.set_terminal_blocked(view.terminal_blocked);
    refresh(&home.get_tiles(), view.tiles.iter().map(tile).collect(), |tiles| home.set_tiles(tiles));
}

fn tile(tile: &HomeTile) -> ui::HomeTile {
    ui::HomeTile {
        id: (&tile.id).into(),
        name: (&tile.name).into(),
        icon: (&tile.icon).into(),
        tint: (&tile.tint).into(),
        obstacle: codes::obstacle(tile.obstacle),
    }
}
