//! A hall on a loopback port that says what the test wants, and counts what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// What the hall says to one request.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    /// A status and a body.
    Say(u16, String),
    /// Closes the connection without a word.
    HangUp,
    /// Keeps the connection open and says nothing.
    Silence,
}

/// One request: `PUT /v1/orders/…` and its body.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) line: String,
    pub(super) body: String,
}

type Script = Box<dyn FnMut(&Seen) -> Answer + Send>;

pub(super) struct FakeHall {
    pub(super) port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl FakeHall {
    /// A hall whose health and empty inbox are always there; `script` answers the rest.
    pub(super) fn start(script: impl FnMut(&Seen) -> Answer + Send + 'static) -> Self {
        Self::on_port(0, script)
    }

    /// The same on a given port, as after a restart.
    pub(super) fn on_port(port: u16, script: impl FnMut(&Seen) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let ended = Arc::new(AtomicBool::new(false));
        let script: Arc<Mutex<Script>> = Arc::new(Mutex::new(Box::new(script)));
        let (log, over) = (Arc::clone(&seen), Arc::clone(&ended));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let (script, log, over) = (Arc::clone(&script), Arc::clone(&log), Arc::clone(&over));
                std::thread::spawn(move || serve(stream.unwrap(), &script, &log, &over));
            }
        });
        Self { port, seen, ended, thread: Some(thread) }
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Requests so far that begin like this.
    pub(super) fn seen(&self, beginning: &str) -> Vec<Seen> {
        self.seen.lock().unwrap().iter().filter(|seen| seen.line.starts_with(beginning)).cloned().collect()
    }
}

impl Drop for FakeHall {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes the listener, so that the port is free again.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        self.thread.take().unwrap().join().unwrap();
    }
}

/// One request a connection: nothing of a hall that has ended stays alive.
fn serve(mut stream: TcpStream, script: &Mutex<Script>, log: &Mutex<Vec<Seen>>, over: &AtomicBool) {
    let Some(seen) = read(&stream) else { return };
    if over.load(Ordering::SeqCst) {
        return;
    }
    let answer = usual(&seen).unwrap_or_else(|| (script.lock().unwrap())(&seen));
    log.lock().unwrap().push(seen);
    match answer {
        Answer::HangUp => {}
        Answer::Silence => drop(stream.read(&mut [0])),
        Answer::Say(status, body) => {
            let length = body.len();
            let text = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
                 connection: close\r\n\r\n{body}"
            );
            let _ = stream.write_all(text.as_bytes());
        }
    }
}

fn usual(seen: &Seen) -> Option<Answer> {
    let health = r#"{"version":"1","now":"2026-11-24T09:30:00+08:00","simulated":true}"#;
    seen.line.starts_with("GET /v1/health").then(|| Answer::Say(200, health.to_owned()))
}

fn read(stream: &TcpStream) -> Option<Seen> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok().filter(|length| *length > 0)?;
        let header = header.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Seen { line: line.trim().to_owned(), body: String::from_utf8(body).unwrap() })
}

/// The order's status as a hall that takes every report would answer it.
pub(super) fn accepts(seen: &Seen) -> Answer {
    if seen.line.contains("/inbox") {
        return Answer::Silence;
    }
    let report: hall_api::OrderReport = match serde_json::from_str(&seen.body) {
        Ok(report) => report,
        Err(_) => return refuses("unknown-order", 404),
    };
    Answer::Say(200, status(&order_id(seen), report.version, "booked"))
}

pub(super) fn refuses(kind: &str, status: u16) -> Answer {
    Answer::Say(status, format!(r#"{{"kind":"{kind}","status":{status},"detail":""}}"#))
}

pub(super) fn order_id(seen: &Seen) -> String {
    let path = seen.line.split(' ').nth(1).unwrap();
    path.rsplit('/').next().unwrap().to_owned()
}

pub(super) fn status(order_id: &str, version: u32, line: &str) -> String {
    format!(
        r#"{{"order_id":"{order_id}","version":{version},"charge":"charged",
            "lines":[{{"line":0,"state":"{line}","biller_reference":"B-1"}}],"business_date":"2026-11-24"}}"#
    )
}
