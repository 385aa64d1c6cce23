//! What a terminal says of its batch when it is closed.

use serde::{Deserialize, Serialize};

/// A closed batch, in the words of the terminal; what it does not say is `None`. Reconciliation compares it
/// with the acquirer's file, never with our own sums.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// Number of the batch.
    pub batch: Option<String>,
    /// How many transactions it holds.
    pub count: Option<u32>,
    /// Charges less reversals and refunds, in fen.
    pub net_fen: Option<i64>,
}
