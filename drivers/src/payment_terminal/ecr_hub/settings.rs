//! What differs between ECR-Hub terminals; a hardware profile fills it.

use serde::{Deserialize, Serialize};

use crate::port::PortSettings;
use crate::timing::{scaled_answer_ms, scaled_ms, scaled_silence_ms};

/// Settings of an ECR-Hub terminal. Times in ms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct EcrHubSettings {
    /// Bits per second.
    pub baud: u32,
    /// Our application id in each request.
    pub app_id: String,
    /// Protocol version in each request.
    pub version: String,
    /// Pause between two handshakes.
    pub handshake_interval_ms: u64,
    /// How long `probe` and `sale` shake hands before they give up. The sheet allows 180 s at first start;
    /// a resident waits less.
    pub handshake_timeout_ms: u64,
    /// Pause between two heartbeats.
    pub heartbeat_ms: u64,
    /// Silence after which the link counts as lost.
    pub silence_ms: u64,
    /// Pause before an unacknowledged frame is sent again.
    pub resend_ms: u64,
    /// How often an unacknowledged frame is sent at most.
    pub resend_max: u32,
    /// How long a sale may take: the terminal's own time-out.
    pub sale_timeout_ms: u64,
    /// How long the result is waited for after the sale's time-out or a cancel.
    pub close_timeout_ms: u64,
    /// How long a query or a reversal may take.
    pub query_timeout_ms: u64,
    /// How long a sign-on or the closing of a batch may take: the terminal talks to its bank meanwhile.
    pub settlement_timeout_ms: u64,
    /// Topic that closes the batch; empty for terminals that know none.
    pub settlement_topic: String,
    /// Codes that say that this sale was surely not charged, beside `trans_status` 1.
    pub final_declines: Vec<String>,
    /// Codes that say that a reversal or refund is refused for good.
    pub final_reversal_refusals: Vec<String>,
    /// Divides the pauses before a lost port is opened again; 1 in the street.
    pub reopen_divisor: u32,
}

impl Default for EcrHubSettings {
    fn default() -> Self {
        let words = |list: &[&str]| list.iter().map(|&word| word.to_owned()).collect();
        Self {
            baud: 115_200,
            app_id: "wz-lucheng".to_owned(),
            version: "1.0".to_owned(),
            handshake_interval_ms: 1000,
            handshake_timeout_ms: 10_000,
            heartbeat_ms: 2000,
            silence_ms: 30_000,
            resend_ms: 100,
            resend_max: 50,
            sale_timeout_ms: 120_000,
            close_timeout_ms: 15_000,
            query_timeout_ms: 5000,
            settlement_timeout_ms: 60_000,
            settlement_topic: "ecrhub.pay.batch.close".to_owned(),
            // DUPLICATE_ORDER_NO is not here: it says that the order exists, perhaps charged.
            final_declines: words(&["CLOSED", "BUSY", "INVALID_PARAMETER", "UNKNOWN_TOPIC"]),
            final_reversal_refusals: words(&["ALREADY_SETTLED", "NOT_REVERSIBLE", "NOT_REFUNDABLE"]),
            reopen_divisor: 1,
        }
    }
}

impl EcrHubSettings {
    /// The same with all waits divided, for tests and demonstrations. Resends keep their count.
    #[must_use]
    pub fn scaled(&self, divisor: u32) -> Self {
        Self {
            handshake_interval_ms: scaled_ms(self.handshake_interval_ms, divisor),
            handshake_timeout_ms: scaled_answer_ms(self.handshake_timeout_ms, divisor),
            heartbeat_ms: scaled_ms(self.heartbeat_ms, divisor),
            silence_ms: scaled_silence_ms(self.silence_ms, divisor),
            resend_ms: scaled_answer_ms(self.resend_ms, divisor),
            sale_timeout_ms: scaled_answer_ms(self.sale_timeout_ms, divisor),
            close_timeout_ms: scaled_answer_ms(self.close_timeout_ms, divisor),
            query_timeout_ms: scaled_answer_ms(self.query_timeout_ms, divisor),
            settlement_timeout_ms: scaled_answer_ms(self.settlement_timeout_ms, divisor),
            reopen_divisor: self.reopen_divisor.max(1).saturating_mul(divisor.max(1)),
            ..self.clone()
        }
    }

    /// The port at `path` with the baud rate of these settings.
    #[must_use]
    pub fn port(&self, path: &str) -> PortSettings {
        PortSettings::new(path, self.baud)
    }
}
