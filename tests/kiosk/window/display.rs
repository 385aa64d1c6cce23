//! An X server without a monitor, fingers on it, and pictures of it. The server's picture is a file.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use tempfile::TempDir;

/// Width and height of the kiosk's display.
pub const SIZE: (usize, usize) = (1080, 1920);
/// Longest wait for anything to be seen or written.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// A process that ends with its owner.
pub struct Process(pub Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running Xvfb.
pub struct Display {
    /// Its name for `DISPLAY`.
    pub name: String,
    folder: TempDir,
    _server: Process,
}

impl Display {
    /// Starts a server on a free display.
    pub fn start() -> Result<Self, Failed> {
        let folder = tempfile::tempdir()?;
        let screen = format!("{}x{}x24", SIZE.0, SIZE.1);
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", &screen, "-nolisten", "tcp", "-nocursor", "-fbdir"])
            .arg(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let answer = server.stdout.take().ok_or("Xvfb has no output")?;
        let server = Process(server);
        let mut number = String::new();
        BufReader::new(answer).read_line(&mut number)?;
        Ok(Self { name: format!(":{}", number.trim()), folder, _server: server })
    }

    /// Touches the glass at a place.
    pub fn touch(&self, place: Place) -> Result<(), Failed> {
        let (x, y) = (place.0.to_string(), place.1.to_string());
        let touched = Command::new("xdotool")
            .env("DISPLAY", &self.name)
            .args(["mousemove", &x, &y, "mousedown", "1", "mouseup", "1"])
            .status()?;
        if touched.success() { Ok(()) } else { Err("xdotool did not touch".into()) }
    }

    /// What is seen now.
    pub fn picture(&self) -> Result<Picture, Failed> {
        Picture::from_xwd(&fs::read(self.folder.path().join("Xvfb_screen0"))?).ok_or("no picture".into())
    }

    /// Waits until a place has a colour; says what was seen instead.
    pub fn wait_for(&self, what: &str, mark: Mark) -> Result<Picture, Failed> {
        let mut seen = None;
        let arrived = until(|| {
            let picture = self.picture().ok()?;
            seen = Some(picture.colour(mark.0));
            (seen == Some(mark.1)).then_some(picture)
        });
        arrived.ok_or_else(|| format!("{what}: {:?} is {seen:06X?}, not {:06X}", mark.0, mark.1).into())
    }
}

/// Column and row.
pub type Place = (usize, usize);

/// A place, and the colour by which something is known to be seen there.
#[derive(Clone, Copy)]
pub struct Mark(pub Place, pub u32);

/// Asks again and again, but not for ever.
pub fn until<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + PATIENCE;
    loop {
        match ask() {
            None if Instant::now() < end => std::thread::park_timeout(LOOK),
            answer => return answer,
        }
    }
}

/// The whole screen at one moment.
#[derive(PartialEq)]
pub struct Picture(Vec<u32>);

impl Picture {
    /// Reads the server's file: a header of 25 numbers, the colours, then rows of pixels.
    fn from_xwd(file: &[u8]) -> Option<Self> {
        let number = |place: usize| {
            let bytes = file.get(place * 4..place * 4 + 4)?;
            usize::try_from(u32::from_be_bytes(bytes.try_into().ok()?)).ok()
        };
        let begin = number(0)? + number(19)? * 12;
        let pixels = file.get(begin..begin + SIZE.0 * SIZE.1 * 4)?.chunks_exact(4);
        Some(Self(pixels.map(|p| u32::from_le_bytes([p[0], p[1], p[2], 0])).collect()))
    }

    /// The colour at a place.
    pub fn colour(&self, place: Place) -> u32 {
        self.0[place.1 * SIZE.0 + place.0]
    }

    /// Saves it as PNG.
    pub fn save(&self, folder: &Path, name: &str) -> Result<PathBuf, Failed> {
        let path = folder.join(format!("{name}.png"));
        let (width, height) = (u32::try_from(SIZE.0)?, u32::try_from(SIZE.1)?);
        let mut encoder = png::Encoder::new(BufWriter::new(File::create(&path)?), width, height);
        encoder.set_color(png::ColorType::Rgb);
        let bytes: Vec<u8> = self.0.iter().flat_map(|p| p.to_be_bytes().into_iter().skip(1)).collect();
        encoder.write_header()?.write_image_data(&bytes)?;
        Ok(path)
    }
}
