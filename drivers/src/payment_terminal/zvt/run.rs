//! One command from its first byte to its end: what the terminal says in between is answered at once, or it
//! may undo the charge by itself (protocols K).

use std::time::Instant;

use super::apdu::Apdu;
use super::command::Command;
use super::driver::Zvt;
use super::field::{self, Status};
use crate::cancel::CancelToken;
use crate::payment_terminal::SaleProgress;
use crate::payment_terminal::ack_link::{Repeat, Sent};
use crate::port::Line;
use crate::status::DeviceError;
use crate::timing::deadline_ms;

/// How often the screen's cancel is looked at while waiting: a finger does not feel 50 ms.
const CANCEL_POLL_MS: u64 = 50;

/// How a command ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum End {
    /// 06 0F.
    Completed,
    /// 06 1E, with the code.
    Aborted(u8),
    /// 84 xx before it was taken up.
    Refused(u8),
    /// 80 00, for a command that has no other end.
    Accepted,
    /// Nothing in time.
    #[default]
    Silent,
    /// The port was lost.
    LinkLost,
}

/// A command's end, and the last status before it.
#[derive(Debug, Default)]
pub(super) struct Reply {
    pub(super) end: End,
    pub(super) status: Option<Status>,
}

/// How a command is run.
pub(super) struct Run<'a> {
    pub(super) repeat: Repeat,
    /// How long it may take once the terminal has taken it up.
    pub(super) timeout_ms: u64,
    /// Whether 80 00 is all that comes.
    pub(super) ends_accepted: bool,
    pub(super) cancel: Option<&'a CancelToken>,
    pub(super) progress: &'a mut dyn FnMut(SaleProgress),
    /// The books' last receipt before a sale: a status that names it speaks of an earlier one.
    pub(super) stale_receipt: Option<u16>,
}

struct Course {
    reply: Reply,
    accepted: bool,
    closing: bool,
    deadline: Instant,
}

impl<L: Line> Zvt<L> {
    /// Runs a command that needs nobody.
    pub(super) fn run_alone(&mut self, command: &Command, timeout_ms: u64) -> Reply {
        self.run(
            command,
            Run {
                repeat: Repeat::Harmless,
                timeout_ms,
                ends_accepted: matches!(command, Command::Abort | Command::Reset | Command::LogOff),
                cancel: None,
                progress: &mut |_| {},
                stale_receipt: None,
            },
        )
    }

    pub(super) fn run(&mut self, command: &Command, mut run: Run<'_>) -> Reply {
        let mut course = Course {
            reply: Reply::default(),
            accepted: false,
            closing: false,
            deadline: deadline_ms(self.settings.answer_timeout_ms),
        };
        course.reply.end = self.course(command, &mut run, &mut course).unwrap_or_else(|error| {
            tracing::debug!(code = error.code(), "port lost during a command");
            self.registered = false;
            End::LinkLost
        });
        if matches!(course.reply.end, End::Refused(0x6B) | End::Aborted(0x6B)) {
            self.registered = false;
        }
        course.reply
    }

    fn course(
        &mut self,
        command: &Command,
        run: &mut Run<'_>,
        course: &mut Course,
    ) -> Result<End, DeviceError> {
        self.end_enquiry()?;
        let Some(apdu) = command.apdu(self.settings.password) else {
            return Ok(End::Refused(0));
        };
        (run.progress)(SaleProgress::Sent);
        let sent = self.link.send(&apdu.encode(), run.repeat)?;
        course.deadline = deadline_ms(self.settings.answer_timeout_ms);
        if sent == Sent::Unconfirmed && run.repeat == Repeat::Harmless {
            return Ok(End::Silent);
        }
        loop {
            let poll = deadline_ms(CANCEL_POLL_MS).min(course.deadline);
            if let Some(apdu) = self.receive(poll)?
                && let Some(end) = self.heard(&apdu, run, course)?
            {
                return Ok(end);
            }
            let expired = Instant::now() >= course.deadline;
            if expired && (course.closing || !course.accepted || run.cancel.is_none()) {
                return Ok(End::Silent);
            }
            let canceled = run.cancel.is_some_and(CancelToken::is_canceled);
            if !course.closing && course.accepted && (expired || canceled) {
                self.give_up(run, course)?;
            }
        }
    }

    /// Asks the terminal to give the sale up and bounds the wait for the result, which alone counts.
    fn give_up(&mut self, run: &mut Run<'_>, course: &mut Course) -> Result<(), DeviceError> {
        course.closing = true;
        (run.progress)(SaleProgress::CancelRequested);
        if let Some(abort) = Command::Abort.apdu(self.settings.password) {
            self.link.send(&abort.encode(), Repeat::Harmless)?;
        }
        course.deadline = deadline_ms(self.settings.close_timeout_ms);
        Ok(())
    }

    fn heard(
        &mut self,
        apdu: &Apdu,
        run: &mut Run<'_>,
        course: &mut Course,
    ) -> Result<Option<End>, DeviceError> {
        match (apdu.control, apdu.data.first()) {
            ([0x80, _], _) => {
                self.accepted(run, course);
                return Ok(run.ends_accepted.then_some(End::Accepted));
            }
            // Later, it answers our abort.
            ([0x84, code], _) if !course.accepted => return Ok(Some(End::Refused(code))),
            ([0x84, _], _) => return Ok(None),
            ([0x04, 0x0F], _) => {
                self.accepted(run, course);
                self.take_status(apdu, run, course);
            }
            _ => {}
        }
        self.accept()?;
        Ok(match (apdu.control, apdu.data.first()) {
            ([0x06, 0x0F], _) => Some(End::Completed),
            ([0x06, 0x1E], code) => Some(End::Aborted(code.copied().unwrap_or(0))),
            _ => None,
        })
    }

    fn accepted(&mut self, run: &mut Run<'_>, course: &mut Course) {
        if !course.accepted {
            course.accepted = true;
            course.deadline = deadline_ms(run.timeout_ms);
            (run.progress)(SaleProgress::Accepted);
        }
    }

    /// A status of an earlier sale is news about that one; ours is kept, and written over by a copy.
    fn take_status(&mut self, apdu: &Apdu, run: &Run<'_>, course: &mut Course) {
        match field::parse(&apdu.data) {
            Ok(status) if status.receipt.is_some() && status.receipt == run.stale_receipt => {
                tracing::info!("status of an earlier receipt");
            }
            Ok(status) => course.reply.status = Some(status),
            Err(error) => {
                tracing::warn!(%error, "status not understood");
                course.reply.status = None;
            }
        }
    }

    /// 80 00: received and understood.
    pub(super) fn accept(&mut self) -> Result<(), DeviceError> {
        let accept = Apdu::bare([0x80, 0x00]);
        self.link.send(&accept.encode(), Repeat::OnlyIfUnread).map(drop)
    }
}
