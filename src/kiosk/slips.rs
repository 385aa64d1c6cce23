//! Slips: one print job each, with an identity in the journal, printed one after the other.

use std::collections::BTreeMap;

use kiosk_config::FeeType;

use crate::devices::PrintNews;
use crate::journal::{JournalError, SlipRow};
use crate::money::{Order, OrderId};
use crate::slip::{FeeFacts, Heading, JobState, JobStep, Slip, SlipFacts, layout, slips_for};
use crate::visit::{Event, Printer, SlipView, qr_text};

use super::Kiosk;

/// Jobs of the visit that is going on. What a visit leaves behind is held in the journal.
#[derive(Default)]
pub struct Spool {
    jobs: Vec<Job>,
}

struct Job {
    id: u64,
    order: OrderId,
    slip: Slip,
    state: JobState,
    percent: u8,
    /// How often printing began.
    copies: u32,
}

impl Job {
    fn held(row: &SlipRow, order: &Order, slip: Slip) -> Self {
        let kept = row.content.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let (slip, order) = (kept.unwrap_or(slip), order.id.clone());
        Self { id: row.job, order, slip, state: row.state, percent: 0, copies: row.copies }
    }

    const fn can_start(&self) -> bool {
        match self.state {
            JobState::Due | JobState::Held => true,
            JobState::Interrupted => self.copies < COPIES_MAX,
            _ => false,
        }
    }
}

impl Spool {
    /// Jobs whose bytes are on their way.
    pub fn under_way(&self) -> usize {
        self.jobs.iter().filter(|job| job.state == JobState::Printing).count()
    }

    /// What the resident sees of all slips of an order: the worst of them. Without a printer the reference on
    /// the screen stands for the paper.
    fn view(&self, order: &OrderId, printer: Printer) -> (SlipView, u8) {
        let jobs = || self.jobs.iter().filter(|job| job.order == *order);
        let any = |state: JobState| jobs().any(|job| job.state == state);
        let stopped = any(JobState::Due) || any(JobState::Interrupted);
        let percent = jobs().map(|job| job.percent).min().unwrap_or(0);
        let view = match () {
            () if any(JobState::Doubtful) => SlipView::Doubtful,
            () if any(JobState::Printing) => SlipView::Printing,
            () if stopped && printer == Printer::Absent => SlipView::Paperless,
            () if any(JobState::Interrupted) => SlipView::Interrupted,
            () if any(JobState::Due) && printer == Printer::PaperOut => SlipView::Paperless,
            () if any(JobState::Due) => SlipView::Waiting,
            () if any(JobState::Held) => SlipView::Held,
            () if jobs().next().is_some() => SlipView::Printed,
            () => SlipView::None,
        };
        (view, percent)
    }
}

/// A job that stopped is begun again at most this often; then somebody has to look at the printer.
const COPIES_MAX: u32 = 3;

/// Characters of `2026-11-24T10:26:05`; the offset behind them is always China's.
const LOCAL_TIME_CHARS: usize = 19;

impl Kiosk {
    /// Prints what an order's state asks for now.
    pub(super) fn print(&mut self, id: &OrderId) {
        let order = self.teller.order(id).cloned().or_else(|| self.parts.journal.order(id).ok().flatten());
        if let Some(order) = order
            && let Err(error) = self.add_jobs(&order)
        {
            self.storage_failed(&error);
        }
        self.print_next();
        self.show_slip(id);
    }

    /// One job per slip. A held one with the same heading is printed, marked 补打; a held one that the order
    /// has outgrown is destroyed.
    fn add_jobs(&mut self, order: &Order) -> Result<(), JournalError> {
        let rows = self.parts.journal.slips(&order.id)?;
        let mut held: Vec<SlipRow> = rows.into_iter().filter(|row| row.state == JobState::Held).collect();
        for slip in slips_for(order, &self.slip_facts(order)).unwrap_or_default() {
            let kept = held.iter().position(|row| heading(row) == Some(slip.heading()));
            let job = match kept.map(|place| held.swap_remove(place)) {
                Some(row) => Job::held(&row, order, slip),
                None => self.new_job(order, slip)?,
            };
            self.spool.jobs.retain(|other| other.id != job.id);
            self.spool.jobs.push(job);
        }
        held.iter().try_for_each(|row| self.parts.journal.advance_slip(row.job, JobState::Expired, 0))
    }

    fn new_job(&self, order: &Order, slip: Slip) -> Result<Job, JournalError> {
        let content = serde_json::to_string(&slip).unwrap_or_default();
        let id = self.parts.journal.add_slip(&order.id, &content, self.parts.clock.unix_s())?;
        Ok(Job { id, order: order.id.clone(), slip, state: JobState::Due, percent: 0, copies: 0 })
    }

    /// Sends the next job, when the printer can take one and none is on its way.
    pub(super) fn print_next(&mut self) {
        if self.world.printer != Printer::Ready || self.spool.under_way() > 0 {
            return;
        }
        let Some(id) = self.spool.jobs.iter().find(|job| job.can_start()).map(|job| job.id) else { return };
        if let Err(error) = self.send(id) {
            self.storage_failed(&error);
        }
    }

    fn send(&mut self, id: u64) -> Result<(), JournalError> {
        let Some(job) = self.spool.jobs.iter_mut().find(|job| job.id == id) else { return Ok(()) };
        let Ok(next) = job.state.apply(JobStep::Start) else { return Ok(()) };
        self.parts.journal.advance_slip(id, next, 0)?;
        let slip = (0..job.copies).fold(job.slip.clone(), |slip, _| slip.again());
        let copy = job.copies;
        (job.state, job.percent, job.copies) = (next, 0, copy + 1);
        let lines = layout(&slip, self.parts.columns);
        if !self.parts.devices.print(id, copy, lines) {
            self.step_job(id, JobStep::Interrupt, 0);
        }
        Ok(())
    }

    fn step_job(&mut self, id: u64, step: JobStep, lines: usize) {
        let Some(job) = self.spool.jobs.iter_mut().find(|job| job.id == id) else { return };
        let Ok(next) = job.state.apply(step) else { return };
        let lines = u32::try_from(lines).unwrap_or(u32::MAX);
        match self.parts.journal.advance_slip(id, next, lines) {
            Ok(()) => job.state = next,
            Err(error) => self.storage_failed(&error),
        }
    }

    pub(super) fn print_told(&mut self, id: u64, news: PrintNews) {
        let Some(order) = self.spool.jobs.iter().find(|job| job.id == id).map(|job| job.order.clone()) else {
            return;
        };
        match news {
            PrintNews::Progress(percent) => {
                if let Some(job) = self.spool.jobs.iter_mut().find(|job| job.id == id) {
                    job.percent = percent;
                }
            }
            PrintNews::Printed => self.step_job(id, JobStep::Finish, 0),
            PrintNews::NotStarted => self.step_job(id, JobStep::Interrupt, 0),
            PrintNews::Interrupted(lines) => self.step_job(id, JobStep::Interrupt, lines),
            PrintNews::Doubtful => self.step_job(id, JobStep::LoseTrack, 0),
        }
        if self.visit.watched() != Some(&order) {
            self.hold_back_slips();
        }
        // A printer that stopped is tried again when it says that it is well: see `printer_changed`.
        if matches!(news, PrintNews::Printed) {
            self.print_next();
        }
        self.show_slip(&order);
    }

    /// Paper is back: the job that stopped goes on, as long as its resident is still here.
    pub(super) fn printer_changed(&mut self) {
        self.print_next();
        if let Some(order) = self.visit.watched().cloned() {
            self.show_slip(&order);
        }
    }

    fn show_slip(&mut self, order: &OrderId) {
        let (view, percent) = self.spool.view(order, self.world.printer);
        if view != SlipView::None {
            self.events.push_back(Event::Slip(order.clone(), view, percent));
        }
    }

    pub(super) fn slip_came_out(&mut self, order: &OrderId, out: bool) {
        let step = if out { JobStep::Waive } else { JobStep::Hold };
        let doubtful = |job: &&Job| job.order == *order && job.state == JobState::Doubtful;
        let ids: Vec<u64> = self.spool.jobs.iter().filter(doubtful).map(|job| job.id).collect();
        ids.into_iter().for_each(|id| self.step_job(id, step, 0));
    }

    /// The visit is over: nothing prints by itself any more; what did not come out is held for its resident.
    pub(super) fn hold_back_slips(&mut self) {
        let open: Vec<u64> =
            self.spool.jobs.iter().filter(|job| !job.state.is_final()).map(|job| job.id).collect();
        open.into_iter().for_each(|id| self.step_job(id, JobStep::Hold, 0));
        self.spool.jobs.retain(|job| job.state == JobState::Printing);
    }

    /// What an earlier order's slips have come to.
    pub(super) fn slip_state(&self, order: &OrderId) -> SlipView {
        let rows = self.parts.journal.slips(order).unwrap_or_default();
        let any = |wanted: JobState| rows.iter().any(|row| row.state == wanted);
        match () {
            () if any(JobState::Held) => SlipView::Held,
            () if any(JobState::Doubtful) => SlipView::Doubtful,
            () if any(JobState::Printed) => SlipView::Printed,
            () => SlipView::None,
        }
    }

    fn slip_facts(&self, order: &Order) -> SlipFacts {
        let setting = &self.parts.setting;
        let fees = order.lines.iter().filter_map(|line| setting.fee(&line.fee));
        SlipFacts {
            hall: setting.site.name.clone(),
            kiosk_code: setting.kiosk_code.clone(),
            kiosk_number: setting.kiosk_number.clone(),
            hotline: setting.site.phone.clone(),
            made_at: order.made_at.chars().take(LOCAL_TIME_CHARS).collect::<String>().replace('T', " "),
            simulated: setting.simulated,
            qr: qr_text(order),
            fees: fees.map(|fee| (fee.code.clone(), fee_facts(fee))).collect(),
        }
    }
}

fn heading(row: &SlipRow) -> Option<Heading> {
    let slip: Slip = serde_json::from_str(row.content.as_deref()?).ok()?;
    Some(slip.heading())
}

fn fee_facts(fee: &FeeType) -> FeeFacts {
    let items = fee.tariffs.iter().flat_map(|tariff| &tariff.items);
    FeeFacts {
        name: fee.name.clone(),
        biller: fee.biller.name.clone(),
        account_label: fee.account.label.clone(),
        labels: fee.slip_fields.iter().map(|field| (field.key.clone(), field.label.clone())).collect(),
        items: items.map(|item| (item.key.clone(), item.name.clone())).collect::<BTreeMap<_, _>>(),
        invoice: fee.invoice.clone(),
    }
}
