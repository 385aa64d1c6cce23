//! The card writer through a real pcscd: our calls, its library, its daemon, and the virtual reader of
//! vsmartcard, into which a simulated card is laid over TCP.

use std::fs;
use std::io::{Read, Write};
use std::iter;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::panic::catch_unwind;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use drivers::card_writer::{
    CardWriter, CardWriterSettings, LoadOutcome, LoadRequest, PurseWriter, Settlement,
};
use drivers::simulator::{Issuer, PurseCard};
use libtest_mimic::{Failed, Trial};

use crate::require::needs;
use crate::support::wait_for;

const DAEMON: &str = "/usr/sbin/pcscd";
const READER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
const SOCKET: &str = "/run/pcscd/pcscd.comm";

/// Direct convention, T=0 and T=1, no history: what a contactless reader makes up.
const ATR: [u8; 5] = [0x3B, 0x80, 0x80, 0x01, 0x01];

/// A broken driver fails each time.
const TRIES: usize = 3;

const KEY: [u8; 16] = [0x5A; 16];
const LOAD: LoadRequest = LoadRequest { amount_fen: 5000, terminal: [0x15, 0x02, 0, 0, 0, 7] };

pub fn trial() -> Trial {
    let missing = if !Path::new(DAEMON).exists() || !Path::new(READER).exists() {
        Some("no pcscd with the virtual reader of vsmartcard".to_owned())
    } else if Path::new(SOCKET).exists() {
        Some("another pcscd runs here".to_owned())
    } else {
        None
    };
    needs("a card is loaded, torn and settled through pcscd", missing, || {
        // The virtual reader loses a card now and then on a loaded machine, as a hand would: lay it again.
        let mut tries = iter::repeat_with(|| catch_unwind(loaded_torn_and_settled)).take(TRIES);
        tries.find(|tried| matches!(tried, Ok(Ok(())))).map(drop).ok_or_else(|| "failed each time".into())
    })
}

fn loaded_torn_and_settled() -> Result<(), Failed> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let _daemon = Daemon::start(port)?;
    let settings = CardWriterSettings { command_timeout_ms: 20_000, ..CardWriterSettings::default() };
    let mut writer = PurseWriter::on_reader("Virtual PCD 00 00", settings);
    wait_for("the reader", || writer.probe().ok());
    assert_eq!(writer.read_purse(), Ok(None));

    let card = Arc::new(Mutex::new(PurseCard::new([0x42; 10], 1230, KEY)));
    let (laid, purse) = lay_until(port, &card, false, || writer.read_purse().ok().flatten());
    assert_eq!((purse.number.digits(), purse.balance_fen), ("42424242424242424242", 1230));
    let pending = writer.begin_load(&LOAD)?;
    let outcome = writer.commit_load(&pending, &approve(&pending));
    assert!(matches!(outcome, LoadOutcome::Written { tac: Some(_) }), "{outcome:?}");
    assert_eq!(card.lock().unwrap().balance_fen(), 6230);
    laid.lift();

    let (laid, pending) = lay_until(port, &card, true, || writer.begin_load(&LOAD).ok());
    assert_eq!(writer.commit_load(&pending, &approve(&pending)), LoadOutcome::Unknown);
    laid.lift();
    assert_eq!(card.lock().unwrap().balance_fen(), 11_230, "it wrote before it was lifted");
    let (laid, settled) = lay_until(port, &card, false, || writer.settle(&pending).ok());
    assert_eq!(settled, Settlement::Written);
    laid.lift();
    Ok(())
}

/// Lays the card until it is seen. The daemon looks a few times a second: it may miss a card that was away
/// for less, until that is lifted once more.
fn lay_until<T>(
    port: u16,
    card: &Arc<Mutex<PurseCard>>,
    torn: bool,
    mut seen: impl FnMut() -> Option<T>,
) -> (Laid, T) {
    wait_for("the card", || {
        let laid = lay(port, card.clone(), torn);
        let until = Instant::now() + Duration::from_secs(3);
        match iter::from_fn(|| (Instant::now() < until).then(&mut seen)).flatten().next() {
            Some(value) => Some((laid, value)),
            None => {
                laid.lift();
                None
            }
        }
    })
}

fn approve(pending: &drivers::card_writer::PendingLoad) -> drivers::card_writer::LoadApproval {
    Issuer::new(KEY).approve(pending, [0x20, 0x26, 0x11, 0x24], [0x10, 0x30, 0x00]).unwrap()
}

/// A pcscd with one virtual reader; it ends with this value.
struct Daemon {
    child: Child,
    _folder: tempfile::TempDir,
}

impl Daemon {
    fn start(port: u16) -> Result<Self, Failed> {
        let folder = tempfile::tempdir()?;
        let readers = format!(
            "FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:0x{port:X}\nLIBPATH {READER}\n\
             CHANNELID 0x{port:X}\n"
        );
        fs::write(folder.path().join("readers"), readers)?;
        let child = Command::new(DAEMON)
            .arg("--foreground")
            .arg("--config")
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { child, _folder: folder })
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(SOCKET);
        let _ = fs::remove_file("/run/pcscd/pcscd.pid");
    }
}

/// A card that lies on the virtual reader until it is lifted or torn away.
struct Laid {
    lifted: Arc<AtomicBool>,
    line: Arc<Mutex<Option<TcpStream>>>,
    thread: JoinHandle<()>,
}

impl Laid {
    fn lift(self) {
        self.lifted.store(true, Ordering::Release);
        if let Some(line) = self.line.lock().unwrap().take() {
            let _ = line.shutdown(Shutdown::Both);
        }
        self.thread.join().unwrap();
    }
}

fn lay(port: u16, card: Arc<Mutex<PurseCard>>, torn: bool) -> Laid {
    let (lifted, line) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(None)));
    let (over, shared) = (lifted.clone(), line.clone());
    let thread = thread::spawn(move || {
        // The reader opens its port anew after each card: a line from just before that is cut at once.
        while !over.load(Ordering::Acquire) {
            let Ok(wire) = TcpStream::connect(("127.0.0.1", port)) else { continue };
            *shared.lock().unwrap() = wire.try_clone().ok();
            if serve(wire, &card, torn).is_ok() {
                return;
            }
        }
    });
    Laid { lifted, line, thread }
}

/// Two bytes of length before each message; one byte alone is about power. Ends well only by being torn.
fn serve(mut wire: TcpStream, card: &Mutex<PurseCard>, torn: bool) -> std::io::Result<()> {
    loop {
        let mut length = [0; 2];
        wire.read_exact(&mut length)?;
        let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
        wire.read_exact(&mut message)?;
        let answer = match message.as_slice() {
            [0] => continue,
            [1 | 2] => {
                card.lock().unwrap().power_on();
                continue;
            }
            [4] => ATR.to_vec(),
            command => card.lock().unwrap().obey(command),
        };
        if torn && message.starts_with(&[0x80, 0x52]) {
            return wire.shutdown(Shutdown::Both);
        }
        let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
        wire.write_all(&[&length[..], &answer].concat())?;
    }
}
