//! How far the printing of one slip has come (`design/money.md`, slip). Each step is a durable journal entry.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// State of a print job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobState {
    /// Waiting for the printer.
    Due,
    /// Bytes may be on their way.
    Printing,
    /// The printer says that the paper came out.
    Printed,
    /// The printer stopped, for paper or a jam.
    Interrupted,
    /// Nobody knows whether it came out.
    Doubtful,
    /// The resident says that it came out, or wants none.
    Waived,
    /// Kept for the same person or the holder of the reference.
    Held,
    /// Kept long enough: the content is destroyed, the row stays.
    Expired,
}

/// What happens to a print job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobStep {
    /// The printer is about to be asked.
    Start,
    /// The printer says that the paper came out.
    Finish,
    /// The printer says that it stopped.
    Interrupt,
    /// The printer did not say; also a crash while printing.
    LoseTrack,
    /// The resident needs it no more.
    Waive,
    /// The visit ended before it was printed.
    Hold,
    /// It was kept for 24 hours.
    Expire,
}

/// A step that the state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a print job in state {state:?} does not take the step {step:?}")]
pub struct IllegalJobStep {
    /// The state that the job is in.
    pub state: JobState,
    /// The step.
    pub step: JobStep,
}

impl JobStep {
    /// Every step.
    pub const ALL: [Self; 7] =
        [Self::Start, Self::Finish, Self::Interrupt, Self::LoseTrack, Self::Waive, Self::Hold, Self::Expire];
}

/// Every state with its name in the journal.
const STATES: [(JobState, &str); 8] = [
    (JobState::Due, "due"),
    (JobState::Printing, "printing"),
    (JobState::Printed, "printed"),
    (JobState::Interrupted, "interrupted"),
    (JobState::Doubtful, "doubtful"),
    (JobState::Waived, "waived"),
    (JobState::Held, "held"),
    (JobState::Expired, "expired"),
];

impl JobState {
    /// Name in the journal.
    #[must_use]
    pub fn name(self) -> &'static str {
        STATES.iter().find(|(state, _)| *state == self).map_or("", |(_, name)| name)
    }

    /// The state of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        STATES.iter().find(|(_, known)| *known == name).map(|(state, _)| *state)
    }

    /// The state after a step.
    pub const fn apply(self, step: JobStep) -> Result<Self, IllegalJobStep> {
        match (self, step) {
            (Self::Due | Self::Interrupted | Self::Held, JobStep::Start) => Ok(Self::Printing),
            (Self::Printing, JobStep::Finish) => Ok(Self::Printed),
            (Self::Printing, JobStep::Interrupt) => Ok(Self::Interrupted),
            (Self::Printing, JobStep::LoseTrack) => Ok(Self::Doubtful),
            (Self::Doubtful, JobStep::Waive) => Ok(Self::Waived),
            // A job that never came to print is kept too: no obligation is forgotten.
            (Self::Due | Self::Interrupted | Self::Doubtful, JobStep::Hold) => Ok(Self::Held),
            (Self::Held, JobStep::Expire) => Ok(Self::Expired),
            _ => Err(IllegalJobStep { state: self, step }),
        }
    }

    /// What a restart makes of the job: its visit is over, so nothing prints by itself any more.
    #[must_use]
    pub const fn step_at_start(self) -> Option<JobStep> {
        match self {
            Self::Printing => Some(JobStep::LoseTrack),
            Self::Due | Self::Interrupted => Some(JobStep::Hold),
            Self::Doubtful | Self::Printed | Self::Waived | Self::Held | Self::Expired => None,
        }
    }

    /// True when the next print has to be marked 补打.
    #[must_use]
    pub const fn prints_again(self) -> bool {
        matches!(self, Self::Interrupted | Self::Held)
    }

    /// True once the job stays as it is.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Printed | Self::Waived | Self::Expired)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_while_printing_is_doubt_and_is_never_printed_again_unasked() {
        assert_eq!(JobState::Printing.step_at_start(), Some(JobStep::LoseTrack));
        assert_eq!(JobState::Printing.apply(JobStep::LoseTrack), Ok(JobState::Doubtful));
        assert!(JobState::Doubtful.apply(JobStep::Start).is_err());
    }

    #[test]
    fn only_what_may_still_come_out_can_become_printed() {
        let printed = |state: &JobState| state.apply(JobStep::Finish) == Ok(JobState::Printed);
        assert_eq!(
            STATES.map(|(state, _)| state).into_iter().filter(printed).collect::<Vec<_>>(),
            [JobState::Printing]
        );
    }

    #[test]
    fn final_states_take_no_step_and_all_others_lead_to_one() {
        for (state, _) in STATES {
            let next: Vec<_> = JobStep::ALL.into_iter().filter_map(|step| state.apply(step).ok()).collect();
            assert_eq!(next.is_empty(), state.is_final(), "{state:?}");
        }
    }
}
