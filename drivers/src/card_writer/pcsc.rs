//! A reader behind PC/SC. A call into its daemon cannot be interrupted, so a thread makes it: one that does
//! not come back in time is left behind, and the next operation starts another.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::Duration;

use pcsc_runtime::{Card, Context, PcscError};

use super::channel::{CardChannel, ChannelError};

/// A reader by its name, or by the beginning of it: the end is a number that changes with the socket.
#[derive(Debug)]
pub struct PcscChannel {
    reader: String,
    timeout: Duration,
    worker: Option<Worker>,
}

/// One call at a time.
enum Call {
    Present,
    Connect,
    Transmit(Vec<u8>),
    Disconnect,
}

/// What a call gives: nothing for [`Call::Connect`], one byte of truth for [`Call::Present`].
type Answer = Result<Vec<u8>, ChannelError>;

#[derive(Debug)]
struct Worker {
    calls: SyncSender<Call>,
    answers: Receiver<Answer>,
}

impl PcscChannel {
    /// A reader whose name begins with `reader`; each call may take `timeout_ms`.
    #[must_use]
    pub fn new(reader: &str, timeout_ms: u64) -> Self {
        Self { reader: reader.to_owned(), timeout: Duration::from_millis(timeout_ms), worker: None }
    }

    fn call(&mut self, call: Call) -> Answer {
        let worker = match self.worker.take() {
            Some(worker) => worker,
            None => Worker::start(self.reader.clone())?,
        };
        worker.calls.send(call).map_err(|_| ChannelError::Failed)?;
        let answer = match worker.answers.recv_timeout(self.timeout) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => return Err(ChannelError::TimeOut),
            Err(RecvTimeoutError::Disconnected) => return Err(ChannelError::Failed),
        };
        // A reader that is gone may come back under a new daemon: the next call starts afresh.
        if answer != Err(ChannelError::NoReader) {
            self.worker = Some(worker);
        }
        answer
    }
}

impl CardChannel for PcscChannel {
    fn name(&self) -> &str {
        &self.reader
    }

    fn card_present(&mut self) -> Result<bool, ChannelError> {
        Ok(!self.call(Call::Present)?.is_empty())
    }

    fn connect(&mut self) -> Result<(), ChannelError> {
        self.call(Call::Connect).map(drop)
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ChannelError> {
        if self.worker.is_none() {
            return Err(ChannelError::NoCard);
        }
        self.call(Call::Transmit(command.to_vec()))
    }

    fn disconnect(&mut self) {
        if self.worker.is_some() {
            let _ = self.call(Call::Disconnect);
        }
    }
}

impl Worker {
    fn start(reader: String) -> Result<Self, ChannelError> {
        let (calls, inbox) = mpsc::sync_channel(1);
        let (outbox, answers) = mpsc::sync_channel(1);
        let work = move || {
            let mut desk = Desk { reader, context: None, card: None };
            while let Ok(call) = inbox.recv() {
                if outbox.send(desk.carry_out(call)).is_err() {
                    return;
                }
            }
        };
        thread::Builder::new().name("pcsc".to_owned()).spawn(work).map_err(|_| ChannelError::Failed)?;
        Ok(Self { calls, answers })
    }
}

/// What belongs to the thread. The card goes before the context that it came from.
struct Desk {
    reader: String,
    card: Option<Card>,
    context: Option<Context>,
}

impl Desk {
    fn carry_out(&mut self, call: Call) -> Answer {
        match call {
            Call::Present => self.present(),
            Call::Connect => self.connect(),
            Call::Transmit(command) => match &self.card {
                // Whatever the service says of the card now, the command may have reached it.
                Some(card) => card.transmit(&command).map_err(|error| match channel_error(error) {
                    ChannelError::NoCard => ChannelError::CardGone,
                    other => other,
                }),
                None => Err(ChannelError::NoCard),
            },
            Call::Disconnect => {
                self.card = None;
                Ok(Vec::new())
            }
        }
    }

    fn present(&mut self) -> Answer {
        let (context, reader) = self.find()?;
        let present = context.card_present(&reader).map_err(channel_error)?;
        Ok(if present { vec![1] } else { Vec::new() })
    }

    fn connect(&mut self) -> Answer {
        self.card = None;
        let (context, reader) = self.find()?;
        let card = context.connect(&reader).map_err(channel_error)?;
        self.card = Some(card);
        Ok(Vec::new())
    }

    fn find(&mut self) -> Result<(&Context, String), ChannelError> {
        if self.context.is_none() {
            self.context = Some(Context::establish().map_err(channel_error)?);
        }
        let context = self.context.as_ref().ok_or(ChannelError::NoReader)?;
        let names = context.readers().map_err(channel_error)?;
        let name = names.into_iter().find(|name| name.starts_with(&self.reader));
        Ok((context, name.ok_or(ChannelError::NoReader)?))
    }
}

fn channel_error(error: PcscError) -> ChannelError {
    match error {
        PcscError::NoLibrary | PcscError::NoService | PcscError::NoReader => ChannelError::NoReader,
        PcscError::NoCard => ChannelError::NoCard,
        PcscError::CardGone => ChannelError::CardGone,
        PcscError::Shared => ChannelError::Busy,
        PcscError::TimeOut => ChannelError::TimeOut,
        PcscError::Other(_) => ChannelError::Failed,
    }
}
