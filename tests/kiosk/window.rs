//! The real program in a real window, touched by a real pointer, pays a bill.
//!
//! Pictures of each page are left in `target/window-pictures`, or where `LUCHENG_PICTURES` says.

mod display;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use kiosk_config::KioskConfig;
use libtest_mimic::{Failed, Trial};
use lucheng::demo::evidence::Evidence;
use lucheng::demo::{MORNING, Stage, StageSettings};
use lucheng::journal::{Journal, JournalSettings};

use crate::require;
use display::{Display, Mark, Picture, Place, Process, SIZE, until};

/// The account of the catalogue's sample, and what is owed for it.
const ACCOUNT: &str = "0101234567890";
const OWED_FEN: i64 = 11_663;

/// Where a finger goes; the layout of `ui/pages` at full size.
const TILE_POWER: Place = (305, 800);
const FIRST_FEE: Place = (400, 540);
const MAIN_ACTION: Place = (945, 1848);
/// Columns of 1, 2, 3 and rows of 1, 4, 7, 0 of the figures.
const KEY_COLUMNS: [usize; 3] = [199, 540, 880];
const KEY_ROWS: [usize; 4] = [1131, 1310, 1488, 1667];

/// By what each page is known.
const HEADER: Mark = Mark((20, 20), 0x0B_3F_8A);
const HOME: Mark = Mark((250, 720), 0xFF_F4_DB);
const CATALOGUE: Mark = Mark((60, 470), 0x0B_57_C4);
const ACCOUNT_EMPTY: Mark = Mark((860, 1820), 0xE1_E8_F2);
const ACCOUNT_TYPED: Mark = Mark((860, 1820), 0x0B_57_C4);
const BILL: Mark = Mark((430, 1540), 0xE3_ED_FB);
const PAYING: Mark = Mark((540, 557), 0x0B_57_C4);
const BOOKED: Mark = Mark((480, 420), 0xE2_F5_EB);

/// The one test.
pub fn trials() -> Vec<Trial> {
    vec![require::needs("window::pays_a_bill", missing(), pays_a_bill)]
}

fn missing() -> Option<String> {
    let there = |tool: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(tool).is_file())
    };
    ["Xvfb", "xdotool"].into_iter().find(|tool| !there(tool)).map(|tool| format!("{tool} is not installed"))
}

fn pays_a_bill() -> Result<(), Failed> {
    let dir = tempfile::tempdir()?;
    let stage = stage(dir.path())?;
    let display = Display::start()?;
    let kiosk = start(&display, &stage)?;
    let pictures = pay(&display, &stage)?;
    until(|| stage.printer.printed().len().eq(&1).then_some(())).ok_or("no slip came out")?;
    drop(kiosk);
    keep(&pictures)?;
    each_page_is_its_own(&pictures)?;
    booked_once(&stage)
}

fn stage(dir: &Path) -> Result<Stage, Failed> {
    Ok(Stage::set(StageSettings {
        dir: dir.to_owned(),
        site: "city-hall".to_owned(),
        deadline_divisor: 1,
        line_ms: 1,
        override_dir: None,
        hall_time: Some(MORNING),
        certificates: false,
    })?)
}

fn start(display: &Display, stage: &Stage) -> Result<Process, Failed> {
    let file = stage.dir().join("kiosk.toml");
    fs::write(&file, written(&stage.config()))?;
    let kiosk = Command::new(env!("CARGO_BIN_EXE_lucheng"))
        .args(["run", "--config"])
        .arg(&file)
        .args(["--clock", &MORNING.to_string()])
        .env("DISPLAY", &display.name)
        .env_remove("WAYLAND_DISPLAY")
        .stderr(Stdio::inherit())
        .spawn()?;
    Ok(Process(kiosk))
}

/// The stage's configuration as a file.
pub fn written(config: &KioskConfig) -> String {
    let devices = [
        ("id_reader", &config.devices.id_reader),
        ("receipt_printer", &config.devices.receipt_printer),
        ("payment_terminal", &config.devices.payment_terminal),
    ];
    let device = |(name, device): (&str, &Option<kiosk_config::DeviceConfig>)| {
        let device = device.as_ref()?;
        Some(format!("[devices.{name}]\nprofile = {:?}\nport = {:?}\n", device.profile, device.port))
    };
    let devices: String = devices.into_iter().filter_map(device).collect();
    let (kiosk, hall) = (&config.kiosk, &config.hall);
    format!(
        "state_dir = {:?}\n[kiosk]\ncode = {:?}\nnumber = {:?}\nsite = {:?}\n[hall]\nurl = {:?}\n{devices}",
        config.state_dir, kiosk.code, kiosk.number, kiosk.site, hall.url
    )
}

type Pictures = Vec<(&'static str, Picture)>;

/// Touches what a resident touches, and waits for each page.
fn pay(display: &Display, stage: &Stage) -> Result<Pictures, Failed> {
    let mut pictures = vec![("1-home", display.wait_for("home", HOME)?)];
    display.touch(TILE_POWER)?;
    pictures.push(("2-catalogue", display.wait_for("catalogue", CATALOGUE)?));
    display.touch(FIRST_FEE)?;
    pictures.push(("3-account", display.wait_for("account", ACCOUNT_EMPTY)?));
    ACCOUNT.bytes().try_for_each(|figure| display.touch(key(figure)))?;
    pictures.push(("4-typed", display.wait_for("typed account", ACCOUNT_TYPED)?));
    display.touch(MAIN_ACTION)?;
    pictures.push(("5-bill", display.wait_for("bill", BILL)?));
    display.touch(MAIN_ACTION)?;
    until(|| stage.terminal.waiting_for()).ok_or("the terminal was not asked")?;
    pictures.push(("6-paying", display.wait_for("paying", PAYING)?));
    stage.tap_card(0);
    pictures.push(("7-booked", display.wait_for("booked", BOOKED)?));
    Ok(pictures)
}

/// Where a figure is on the keypad.
fn key(figure: u8) -> Place {
    match usize::from(figure - b'0') {
        0 => (KEY_COLUMNS[1], KEY_ROWS[3]),
        figure => (KEY_COLUMNS[(figure - 1) % 3], KEY_ROWS[(figure - 1) / 3]),
    }
}

fn keep(pictures: &Pictures) -> Result<(), Failed> {
    let folder = std::env::var_os("LUCHENG_PICTURES").map_or_else(beside_the_program, PathBuf::from);
    fs::create_dir_all(&folder)?;
    pictures.iter().try_for_each(|(name, picture)| picture.save(&folder, name).map(drop))
}

/// `target/window-pictures`, wherever the build folder is.
fn beside_the_program() -> PathBuf {
    let profile = Path::new(env!("CARGO_BIN_EXE_lucheng")).parent().and_then(Path::parent);
    profile.unwrap_or(Path::new(".")).join("window-pictures")
}

/// The header reaches all corners of the upper edge, and no page looks like the one before.
fn each_page_is_its_own(pictures: &Pictures) -> Result<(), Failed> {
    for (name, picture) in pictures {
        for corner in [(0, 0), (SIZE.0 - 1, 0), HEADER.0] {
            let colour = picture.colour(corner);
            if colour != HEADER.1 {
                return Err(format!("{name}: {corner:?} is {colour:06X}, not the header's").into());
            }
        }
    }
    let same = pictures.windows(2).find(|pair| pair[0].1 == pair[1].1);
    same.map_or(Ok(()), |pair| Err(format!("{} looks like {}", pair[1].0, pair[0].0).into()))
}

/// Kiosk, hall, acquirer and biller have the payment, each once.
fn booked_once(stage: &Stage) -> Result<(), Failed> {
    let books = until(|| Evidence::gather(stage, None, &[]).ok().filter(settled)).ok_or("not settled")?;
    assert_eq!(books.acquirer.charges.iter().map(|row| row.amount_fen).collect::<Vec<_>>(), [OWED_FEN]);
    assert_eq!(books.billers.booked.iter().map(|row| row.amount_fen).collect::<Vec<_>>(), [OWED_FEN]);
    assert_eq!(books.hall.len(), 1);
    let journal = Journal::open(JournalSettings::new(stage.config().state_dir))?;
    let all = Evidence::gather(stage, Some(&journal), &[])?;
    assert_eq!(all.kiosk.iter().map(|order| order.charge.as_str()).collect::<Vec<_>>(), ["charged"]);
    all.violation().map_or(Ok(()), |broken| Err(broken.into()))
}

fn settled(books: &Evidence) -> bool {
    books.hall.len() == 1 && books.is_settled()
}
