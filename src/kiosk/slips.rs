//! Slips: one print job each, with an identity in the journal, printed one after the other.

use std::collections::BTreeMap;

use kiosk_config::FeeType;

use crate::devices::PrintNews;
use crate::journal::JournalError;
use crate::money::{Order, OrderId};
use crate::slip::{FeeFacts, JobState, JobStep, Slip, SlipFacts, layout, slips_for};
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

impl Spool {
    /// Jobs whose bytes are on their way.
    pub fn under_way(&self) -> usize {
        self.jobs.iter().filter(|job| job.state == JobState::Printing).count()
    }

    /// What the resident sees of all slips of an order: the worst of them.
    fn view(&self, order: &OrderId) -> (SlipView, u8) {
        let jobs = || self.jobs.iter().filter(|job| job.order == *order);
        let any = |state: JobState| jobs().any(|job| job.state == state);
        let percent = jobs().map(|job| job.percent).min().unwrap_or(0);
        let view = match () {
            () if any(JobState::Doubtful) => SlipView::Doubtful,
            () if any(JobState::Interrupted) => SlipView::Interrupted,
            () if any(JobState::Printing) => SlipView::Printing,
            () if any(JobState::Due) => SlipView::Waiting,
            () if any(JobState::Held) => SlipView::Held,
            () if jobs().next().is_some() => SlipView::Printed,
            () => SlipView::None,
        };
        (view, percent)
    }
}

/// Characters of `2026-11-24T10:26:05`; the offset behind them is always China's.
const LOCAL_TIME_CHARS: usize = 19;

impl Kiosk {
    /// Prints what an order's state asks for; what is held of it comes first, marked 补打.
    pub(super) fn print(&mut self, id: &OrderId) {
        let held = self.take_held(id);
        if !held {
            self.add_slips(id);
        }
        self.print_next();
        self.show_slip(id);
    }

    fn take_held(&mut self, id: &OrderId) -> bool {
        let rows = self.parts.journal.slips(id).unwrap_or_default();
        let mut found = false;
        for row in rows.into_iter().filter(|row| row.state == JobState::Held) {
            let Some(slip) = row.content.as_deref().and_then(|text| serde_json::from_str(text).ok()) else {
                continue;
            };
            let (order, state, copies) = (id.clone(), row.state, row.copies);
            self.spool.jobs.push(Job { id: row.job, order, slip, state, percent: 0, copies });
            found = true;
        }
        found
    }

    fn add_slips(&mut self, id: &OrderId) {
        let order = self.teller.order(id).cloned().or_else(|| self.parts.journal.order(id).ok().flatten());
        let Some(order) = order else { return };
        for slip in slips_for(&order, &self.slip_facts(&order)).unwrap_or_default() {
            let content = serde_json::to_string(&slip).unwrap_or_default();
            match self.parts.journal.add_slip(id, &content, self.parts.clock.unix_s()) {
                Ok(job) => {
                    let (order, state) = (id.clone(), JobState::Due);
                    self.spool.jobs.push(Job { id: job, order, slip, state, percent: 0, copies: 0 });
                }
                Err(error) => self.storage_failed(&error),
            }
        }
    }

    /// Sends the next job, when the printer can take one and none is on its way.
    fn print_next(&mut self) {
        if self.world.printer != Printer::Ready || self.spool.under_way() > 0 {
            return;
        }
        let wanted = |job: &&Job| matches!(job.state, JobState::Due | JobState::Interrupted | JobState::Held);
        let Some(id) = self.spool.jobs.iter().find(wanted).map(|job| job.id) else { return };
        if let Err(error) = self.send(id) {
            self.storage_failed(&error);
        }
    }

    fn send(&mut self, id: u64) -> Result<(), JournalError> {
        let Some(job) = self.spool.jobs.iter_mut().find(|job| job.id == id) else { return Ok(()) };
        let Ok(next) = job.state.apply(JobStep::Start) else { return Ok(()) };
        self.parts.journal.advance_slip(id, next, 0)?;
        let slip = (0..job.copies).fold(job.slip.clone(), |slip, _| slip.again());
        (job.state, job.percent, job.copies) = (next, 0, job.copies + 1);
        let lines = layout(&slip, self.parts.columns);
        if !self.parts.devices.print(id, lines) {
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
        let (view, percent) = self.spool.view(order);
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
