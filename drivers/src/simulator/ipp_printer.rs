//! A simulated A4 printer: IPP over HTTP on a loopback port (protocols I, RFC 8010, RFC 8011).
//!
//! Each question about a job lets one sheet come out, so that no test waits for a motor.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::ipp_wire::{Answer, Request, read_request};

/// Jobs that the queue remembers; the oldest goes first.
const MAX_JOBS: usize = 64;

/// How long a client may take for its request: it is on the same machine.
const READ_WAIT: Duration = Duration::from_secs(5);

/// What of a job is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostAnswer {
    /// The printer takes the job and does not answer.
    AfterTaking,
    /// The printer loses the job with the answer.
    WithTheJob,
}

/// A document that the printer got.
#[derive(Clone, PartialEq, Eq)]
pub struct SimDocument {
    /// Its name in the queue.
    pub name: String,
    /// Its bytes.
    pub pdf: Vec<u8>,
    /// Sheets that came out.
    pub sheets: u32,
    /// Whether all came out.
    pub complete: bool,
}

/// A document names people: only its size is shown.
impl std::fmt::Debug for SimDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SimDocument({}, {} bytes, {} sheets)", self.name, self.pdf.len(), self.sheets)
    }
}

/// `job-state`: working, cancelled, given up, done.
const PROCESSING: i32 = 5;
const CANCELED: i32 = 7;
const ABORTED: i32 = 8;
const COMPLETED: i32 = 9;

#[derive(Debug)]
struct Job {
    number: i32,
    state: i32,
    document: SimDocument,
    /// Sheets that it has.
    pages: u32,
}

#[derive(Debug, Default)]
struct State {
    jobs: Vec<Job>,
    last_number: i32,
    reasons: Vec<String>,
    stopped: bool,
    rejects: bool,
    lost: Option<LostAnswer>,
    silent: bool,
    stop: bool,
}

/// Handle of a simulated A4 printer; the last one ends it.
#[derive(Clone, Debug)]
pub struct DocumentSim {
    shared: Arc<Server>,
}

#[derive(Debug)]
struct Server {
    state: Arc<Mutex<State>>,
    address: SocketAddr,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl DocumentSim {
    /// Starts a printer on a free port of this machine.
    ///
    /// # Errors
    /// If there is no port or no thread.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let state = Arc::new(Mutex::new(State::default()));
        let inner = state.clone();
        let thread = thread::Builder::new().name("ipp".to_owned()).spawn(move || serve(&listener, &inner))?;
        Ok(Self { shared: Arc::new(Server { state, address, thread: Mutex::new(Some(thread)) }) })
    }

    /// Its address.
    #[must_use]
    pub fn uri(&self) -> String {
        format!("ipp://{}/ipp/print", self.shared.address)
    }

    /// Stops the printer for these reasons, as `printer-state-reasons` has them.
    pub fn stop_for(&self, reasons: &[&str]) {
        self.change(|state| (state.stopped, state.reasons) = (true, owned(reasons)));
    }

    /// Says these reasons and goes on working; none: all is well.
    pub fn go_on_with(&self, reasons: &[&str]) {
        self.change(|state| (state.stopped, state.reasons) = (false, owned(reasons)));
    }

    /// Lets the printer take no jobs, or take them again.
    pub fn set_rejects(&self, rejects: bool) {
        self.change(|state| state.rejects = rejects);
    }

    /// Lets the answer to the next job get lost.
    pub fn lose_next_answer(&self, lost: LostAnswer) {
        self.change(|state| state.lost = Some(lost));
    }

    /// Lets the printer hang up on everybody, or answer again.
    pub fn set_silent(&self, silent: bool) {
        self.change(|state| state.silent = silent);
    }

    /// Gives up all jobs, as after an error in a document.
    pub fn abort_jobs(&self) {
        self.change(|state| {
            state.jobs.iter_mut().filter(|job| job.state == PROCESSING).for_each(|job| job.state = ABORTED);
        });
    }

    /// What the printer got, oldest first.
    #[must_use]
    pub fn documents(&self) -> Vec<SimDocument> {
        let state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.jobs.iter().map(|job| job.document.clone()).collect()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.shared.state.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn owned(reasons: &[&str]) -> Vec<String> {
    reasons.iter().map(|reason| (*reason).to_owned()).collect()
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).stop = true;
        // Wakes the thread, which waits for a client.
        drop(TcpStream::connect(self.address));
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

fn serve(listener: &TcpListener, state: &Mutex<State>) {
    for stream in listener.incoming() {
        let (stop, silent) = {
            let state = state.lock().unwrap_or_else(PoisonError::into_inner);
            (state.stop, state.silent)
        };
        if stop {
            return;
        }
        if let Ok(stream) = stream
            && !silent
            && let Err(error) = serve_one(&stream, state)
        {
            tracing::debug!(%error, "simulated printer lost a client");
        }
    }
}

fn serve_one(stream: &TcpStream, state: &Mutex<State>) -> io::Result<()> {
    stream.set_read_timeout(Some(READ_WAIT))?;
    let Some(request) = read_request(stream)? else { return Ok(()) };
    let answer = state.lock().unwrap_or_else(PoisonError::into_inner).answer(request);
    answer.map_or(Ok(()), |answer| answer.send(stream))
}

impl State {
    /// `None`: the answer is lost.
    fn answer(&mut self, request: Request) -> Option<Answer> {
        match request.operation {
            0x0002 => self.take_job(request),
            0x0008 => Some(self.cancel_job(&request)),
            0x0009 => Some(self.tell_job(&request)),
            0x000A => Some(self.tell_jobs(&request)),
            0x000B => Some(self.tell_printer(&request)),
            _ => Some(Answer::new(0x0501, request.id)),
        }
    }

    fn take_job(&mut self, request: Request) -> Option<Answer> {
        if self.rejects {
            return Some(Answer::new(0x0506, request.id));
        }
        let lost = self.lost.take();
        if lost == Some(LostAnswer::WithTheJob) {
            return None;
        }
        self.last_number += 1;
        if self.jobs.len() >= MAX_JOBS {
            self.jobs.remove(0);
        }
        let (id, name, pages) = (request.id, request.text("job-name"), pages_of(&request.document));
        let document = SimDocument { name, pdf: request.document, sheets: 0, complete: false };
        self.jobs.push(Job { number: self.last_number, state: PROCESSING, document, pages });
        let mut answer = Answer::new(0x0000, id);
        self.jobs.last()?.tell(&mut answer);
        lost.is_none().then_some(answer)
    }

    fn cancel_job(&mut self, request: &Request) -> Answer {
        let status = match self.job(request) {
            Some(job) if job.state == PROCESSING => {
                job.state = CANCELED;
                0x0000
            }
            Some(_) => 0x0404,
            None => 0x0406,
        };
        Answer::new(status, request.id)
    }

    fn tell_job(&mut self, request: &Request) -> Answer {
        let stopped = self.stopped;
        let Some(job) = self.job(request) else { return Answer::new(0x0406, request.id) };
        if !stopped {
            job.work();
        }
        let mut answer = Answer::new(0x0000, request.id);
        job.tell(&mut answer);
        answer
    }

    fn tell_jobs(&self, request: &Request) -> Answer {
        let completed = request.text("which-jobs") == "completed";
        let mut answer = Answer::new(0x0000, request.id);
        for job in self.jobs.iter().filter(|job| (job.state >= CANCELED) == completed) {
            job.tell(&mut answer);
        }
        answer
    }

    fn tell_printer(&self, request: &Request) -> Answer {
        let busy = self.jobs.iter().any(|job| job.state == PROCESSING);
        let state = match (self.stopped, busy) {
            (true, _) => 5,
            (false, true) => 4,
            (false, false) => 3,
        };
        let none = vec!["none".to_owned()];
        let mut answer = Answer::new(0x0000, request.id);
        answer.group(0x04);
        answer.number(0x23, "printer-state", state);
        answer.keywords("printer-state-reasons", if self.reasons.is_empty() { &none } else { &self.reasons });
        answer.boolean("printer-is-accepting-jobs", !self.rejects);
        answer
    }

    fn job(&mut self, request: &Request) -> Option<&mut Job> {
        let number = request.number("job-id")?;
        self.jobs.iter_mut().find(|job| job.number == number)
    }
}

impl Job {
    /// One sheet more.
    fn work(&mut self) {
        if self.state != PROCESSING {
            return;
        }
        self.document.sheets = (self.document.sheets + 1).min(self.pages);
        if self.document.sheets == self.pages {
            (self.state, self.document.complete) = (COMPLETED, true);
        }
    }

    fn tell(&self, answer: &mut Answer) {
        answer.group(0x02);
        answer.number(0x21, "job-id", self.number);
        answer.word(0x42, "job-name", &self.document.name);
        answer.number(0x23, "job-state", self.state);
        let reason = match self.state {
            PROCESSING => "job-printing",
            CANCELED => "job-canceled-by-user",
            ABORTED => "aborted-by-system",
            _ => "job-completed-successfully",
        };
        answer.word(0x44, "job-state-reasons", reason);
        answer.number(0x21, "job-media-sheets-completed", i32::try_from(self.document.sheets).unwrap_or(0));
    }
}

/// Pages of a simple PDF.
fn pages_of(pdf: &[u8]) -> u32 {
    let page = b"/Type /Page";
    let pages = pdf.windows(page.len() + 1).filter(|found| found.starts_with(page) && !found.ends_with(b"s"));
    u32::try_from(pages.count()).unwrap_or(1).max(1)
}
