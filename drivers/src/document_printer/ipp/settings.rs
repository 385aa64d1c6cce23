//! What differs between IPP printers; a hardware profile fills it.

use serde::{Deserialize, Serialize};

use crate::timing::{scaled_answer_ms, scaled_ms};

/// Settings of an IPP printer. Times in ms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct IppSettings {
    /// Paper by its name in IPP (PWG 5101.1).
    pub media: String,
    /// `one-sided`, `two-sided-long-edge` or `two-sided-short-edge`.
    pub sides: String,
    /// Who prints, as the printer's queue shows it.
    pub user_name: String,
    /// How long reaching the printer may take.
    pub connect_timeout_ms: u64,
    /// How long an answer may take; the document counts, so a slow network needs more.
    pub answer_timeout_ms: u64,
    /// Between two questions about a job.
    pub job_interval_ms: u64,
    /// How often a job whose answer got lost is looked for.
    pub lookups: u32,
    /// How long a job may take to its end; then it is taken back.
    pub job_timeout_ms: u64,
    /// Between two questions about the printer while it has no job.
    pub status_interval_ms: u64,
}

impl Default for IppSettings {
    fn default() -> Self {
        Self {
            media: "iso_a4_210x297mm".to_owned(),
            sides: "one-sided".to_owned(),
            user_name: "lucheng".to_owned(),
            connect_timeout_ms: 3000,
            answer_timeout_ms: 15_000,
            job_interval_ms: 1000,
            lookups: 5,
            job_timeout_ms: 300_000,
            status_interval_ms: 10_000,
        }
    }
}

impl IppSettings {
    /// The same with all waits divided, for tests and demonstrations.
    #[must_use]
    pub fn scaled(&self, divisor: u32) -> Self {
        Self {
            connect_timeout_ms: scaled_answer_ms(self.connect_timeout_ms, divisor),
            answer_timeout_ms: scaled_answer_ms(self.answer_timeout_ms, divisor),
            job_interval_ms: scaled_ms(self.job_interval_ms, divisor),
            job_timeout_ms: scaled_answer_ms(self.job_timeout_ms, divisor),
            status_interval_ms: scaled_ms(self.status_interval_ms, divisor),
            ..self.clone()
        }
    }
}
