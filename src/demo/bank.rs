//! The simulated terminal's line to the simulated acquirer: its own, not the kiosk's and not the hall's.

use std::sync::Arc;

use drivers::simulator::{Bank, BankAnswer, BankRecord, BankReversal, Instrument};
use hall::sim::{Acquirer, AcquirerAnswer, AcquirerQuery, ReversalAnswer};

/// Hands the terminal's questions to the acquirer's book.
pub struct AcquirerBank(pub Arc<Acquirer>);

impl Bank for AcquirerBank {
    fn authorise(&self, order: &str, amount_fen: i64, instrument: &Instrument) -> BankAnswer {
        match self.0.authorise(order, amount_fen, instrument.scheme()) {
            Ok(AcquirerAnswer::Approved { reference }) => BankAnswer::Approved { trans_no: reference },
            Ok(AcquirerAnswer::Declined { code }) => BankAnswer::Declined { code },
            Err(_) => BankAnswer::NoAnswer,
        }
    }

    fn query(&self, order: &str) -> BankRecord {
        match self.0.query(order) {
            Ok(AcquirerQuery::Approved { reference, amount_fen }) => {
                BankRecord::Approved { amount_fen, trans_no: reference }
            }
            Ok(AcquirerQuery::Declined) => BankRecord::Declined { code: "05".to_owned() },
            Ok(AcquirerQuery::Reversed) => BankRecord::Reversed,
            Ok(AcquirerQuery::NotFound) => BankRecord::NotFound,
            Err(_) => BankRecord::NoAnswer,
        }
    }

    fn reverse(&self, order: &str) -> BankReversal {
        match self.0.reverse(order) {
            Ok(ReversalAnswer::Reversed) => BankReversal::Reversed,
            Ok(ReversalAnswer::AlreadySettled) => BankReversal::AlreadySettled,
            Ok(ReversalAnswer::NotFound) => BankReversal::NotFound,
            Err(_) => BankReversal::NoAnswer,
        }
    }
}
