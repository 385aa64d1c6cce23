//! What differs between MIS terminals; a hardware profile fills it.

use serde::{Deserialize, Serialize};

use crate::payment_terminal::ack_link::AckTimes;
use crate::port::PortSettings;
use crate::timing::{scaled_answer_ms, scaled_ms};

/// Settings of a MIS terminal. Times in ms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct MisSettings {
    /// Bits per second.
    pub baud: u32,
    /// Desk, in each request.
    pub desk: String,
    /// Operator, in each request.
    pub operator: String,
    /// Pause within a frame after which the rest is not coming.
    pub character_timeout_ms: u64,
    /// How long the acknowledgement of a frame may take.
    pub ack_timeout_ms: u64,
    /// How often a frame is sent at most.
    pub send_max: u32,
    /// How long a sale may take: the terminal's own time-out.
    pub sale_timeout_ms: u64,
    /// How long the result is waited for after the sale's time-out or a cancel.
    pub close_timeout_ms: u64,
    /// How long a query or a reversal may take.
    pub query_timeout_ms: u64,
    /// How long a sign-on or the closing of a batch may take.
    pub settlement_timeout_ms: u64,
    /// Pause between two enquiries of an idle terminal.
    pub status_interval_ms: u64,
    /// Numbers of the transaction types.
    pub types: MisTypes,
    /// What the results mean.
    pub results: MisResults,
    /// Divides the pauses before a lost port is opened again; 1 in the street.
    pub reopen_divisor: u32,
}

/// Numbers of the transaction types, as the acquirer gives them: the characters that stand in DF02. Empty for
/// a type that the terminal does not have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct MisTypes {
    /// Sale by card.
    pub sale: String,
    /// Sale by a phone code, scanned by the terminal or sent in DF6A.
    pub code_sale: String,
    /// What became of an order.
    pub query: String,
    /// Undo an order.
    pub reversal: String,
    /// Pay back.
    pub refund: String,
    /// Sign on at the bank.
    pub sign_on: String,
    /// Close the batch.
    pub settlement: String,
    /// Are you there? Charges nothing and shows nothing.
    pub enquiry: String,
}

/// What the results in DF07 mean. `00` is yes. Two digits that stand in no list are a refusal of the bank;
/// anything else that stands in no list is unclear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct MisResults {
    /// Neither yes nor no: ask by order number.
    pub unclear: Vec<String>,
    /// The terminal never heard of the order.
    pub not_found: Vec<String>,
    /// Somebody gave the sale up, or nobody paid in time.
    pub canceled: Vec<String>,
    /// The order is undone.
    pub reversed: Vec<String>,
    /// The terminal works at something else.
    pub busy: Vec<String>,
    /// A reversal or refund is refused for good.
    pub final_reversal_refusals: Vec<String>,
    /// The terminal must sign on first; it has charged nothing.
    pub sign_on_first: Vec<String>,
    /// Further sure refusals.
    pub declines: Vec<String>,
}

impl Default for MisTypes {
    fn default() -> Self {
        let type_of = |number: &str| number.to_owned();
        Self {
            sale: type_of("00"),
            code_sale: type_of("08"),
            query: type_of("09"),
            reversal: type_of("01"),
            refund: type_of("02"),
            sign_on: type_of("05"),
            settlement: type_of("06"),
            enquiry: type_of("99"),
        }
    }
}

impl Default for MisResults {
    fn default() -> Self {
        let words = |list: &[&str]| list.iter().map(|&word| word.to_owned()).collect();
        Self {
            unclear: words(&["09", "68", "94", "96", "98", "Z0", "Z1", "Z2", "Z3", "Z4", "Z5", "2O"]),
            not_found: words(&["25", "V0", "Y4"]),
            canceled: words(&["3G", "3E", "3F"]),
            reversed: words(&["X5"]),
            busy: words(&["B0"]),
            final_reversal_refusals: words(&["X4"]),
            sign_on_first: words(&["58", "A0", "A4", "99", "00010014"]),
            declines: Vec::new(),
        }
    }
}

impl Default for MisSettings {
    fn default() -> Self {
        Self {
            baud: 9600,
            desk: "00000001".to_owned(),
            operator: "00000001".to_owned(),
            character_timeout_ms: 1000,
            ack_timeout_ms: 5000,
            send_max: 3,
            sale_timeout_ms: 120_000,
            close_timeout_ms: 15_000,
            query_timeout_ms: 15_000,
            settlement_timeout_ms: 180_000,
            status_interval_ms: 10_000,
            types: MisTypes::default(),
            results: MisResults::default(),
            reopen_divisor: 1,
        }
    }
}

impl MisSettings {
    /// The same with all waits divided, for tests and demonstrations.
    #[must_use]
    pub fn scaled(&self, divisor: u32) -> Self {
        let answer = |ms| scaled_answer_ms(ms, divisor);
        Self {
            character_timeout_ms: answer(self.character_timeout_ms),
            ack_timeout_ms: answer(self.ack_timeout_ms),
            sale_timeout_ms: answer(self.sale_timeout_ms),
            close_timeout_ms: answer(self.close_timeout_ms),
            query_timeout_ms: answer(self.query_timeout_ms),
            settlement_timeout_ms: answer(self.settlement_timeout_ms),
            status_interval_ms: scaled_ms(self.status_interval_ms, divisor),
            reopen_divisor: self.reopen_divisor.max(1).saturating_mul(divisor.max(1)),
            ..self.clone()
        }
    }

    /// Silence after which an idle terminal counts as away: two enquiries and an acknowledgement.
    pub(super) fn silence_ms(&self) -> u64 {
        self.status_interval_ms.saturating_mul(2).saturating_add(self.ack_timeout_ms)
    }

    pub(super) fn ack_times(&self) -> AckTimes {
        AckTimes {
            character_timeout_ms: self.character_timeout_ms,
            ack_timeout_ms: self.ack_timeout_ms,
            send_max: self.send_max,
            reopen_divisor: self.reopen_divisor,
        }
    }

    /// The port at `path` with the rate of these settings.
    #[must_use]
    pub fn port(&self, path: &str) -> PortSettings {
        PortSettings::new(path, self.baud)
    }
}
